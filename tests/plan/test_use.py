"""Pipelines built from pipelines: ids, seeds, what reaches inside, and where files go."""

from __future__ import annotations


def test_ids_are_the_qualified_name_with_the_axes_of_the_caller_first(using) -> None:
    plan = using(
        """
        axes: {language: [en, de]}
        nodes:
          spot: {use: part.yaml, over: [language], with: {line: "Hello {{ language }}"}}
        """
    ).plan()
    assert list(plan) == [
        "spot.b_roll[language=en,scene=a]",
        "spot.b_roll[language=en,scene=b]",
        "spot.b_roll[language=de,scene=a]",
        "spot.b_roll[language=de,scene=b]",
        "spot.film[language=en]",
        "spot.film[language=de]",
    ]
    one = plan["spot.b_roll[language=de,scene=b]"]
    assert (one["node"], one["axes"]) == ("spot.b_roll", {"language": "de", "scene": "b"})
    assert (one["input"]["prompt"], one["input"]["duration"]) == ("Hello de at b", 4)
    assert plan["spot.film[language=de]"]["needs"] == [
        "spot.b_roll[language=de,scene=a]",
        "spot.b_roll[language=de,scene=b]",
    ]


def test_what_with_leaves_out_or_makes_null_has_its_default(using) -> None:
    plan = using(
        """
        params: {length: {type: integer, default: ~}, words: Some}
        nodes:
          spot: {use: part.yaml, with: {line: "{{ params.words }}", seconds: "{{ params.length }}"}}
        """
    ).plan()
    assert plan["spot.b_roll[scene=a]"]["input"]["prompt"] == "Some at a"
    assert plan["spot.b_roll[scene=a]"]["input"]["duration"] == 4


def test_seeds_come_from_the_callers_root_seed_the_qualified_name_and_the_take(using, used_part) -> None:
    plan = using(
        """
        axes: {language: [en, de], take: {takes: 2}}
        nodes:
          spot: {use: part.yaml, over: [language, take], with: {line: "{{ language }}"}}
          b_roll: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: x}}
          other: {use: part.yaml}
        """,
        used_part.replace("name: part", "name: part\nseed: 999"),
    ).plan()
    first = plan["spot.b_roll[language=en,take=1,scene=a]"]["seed"]
    assert plan["spot.b_roll[language=de,take=1,scene=b]"]["seed"] == first
    second = plan["spot.b_roll[language=en,take=2,scene=a]"]["seed"]
    assert len({first, second, plan["b_roll"]["seed"], plan["other.b_roll[scene=a]"]["seed"]}) == 4


def test_was_on_the_using_node_and_inside_carries_seeds_over_a_rename(using, used_part) -> None:
    before = using("nodes: {spot: {use: part.yaml}}\n").plan()["spot.b_roll[scene=a]"]
    after = using("nodes: {advert: {use: part.yaml, was: spot}}\n").plan()["advert.b_roll[scene=a]"]
    assert (after["seed"], after["key"]) == (before["seed"], before["key"])
    part = used_part.replace("b_roll", "cutaway").replace("cutaway:\n", "cutaway:\n    was: b_roll\n")
    inner = using("nodes: {advert: {use: part.yaml, was: spot}}\n", part).plan()["advert.cutaway[scene=a]"]
    assert (inner["seed"], inner["key"]) == (before["seed"], before["key"])


def test_when_and_exclude_drop_whole_uses_and_are_counted(using) -> None:
    project = using(
        """
        axes: {language: [en, de, ja]}
        exclude: [{language: ja}]
        nodes:
          spot: {use: part.yaml, over: [language], when: language != 'de'}
        """
    )
    finished = project.run("plan", "pipeline.yaml", "--simulate", "--json").json
    assert [one["id"] for one in finished["instances"]] == [
        "spot.b_roll[language=en,scene=a]",
        "spot.b_roll[language=en,scene=b]",
        "spot.film[language=en]",
    ]
    assert finished["totals"]["excluded"] == 2


def test_templates_inside_see_the_names_of_their_own_file(using, used_part) -> None:
    part = used_part.replace("{{ params.line }} at", "{{ pipeline.name }} {{ node.name }}")
    plan = using("params: {line: outside}\nnodes: {spot: {use: part.yaml}}\n", part).plan()
    assert plan["spot.b_roll[scene=a]"]["input"]["prompt"] == "part b_roll a"


def test_paths_texts_and_data_inside_are_relative_to_the_used_file(project, pipeline, png) -> None:
    body = """
        nodes:
          spot: {use: parts/kit/part.yaml, with: {picture: assets/mine.png}}
          own: {use: parts/kit/part.yaml}
        """
    part = """
callsheet: 1
name: kit
params: {picture: {type: image, default: assets/theirs.png}}
axes: {language: {from: languages.csv}}
text: {files: "text/{language}.yaml", axis: language}
nodes:
  shot:
    intent: portrait
    over: [language]
    input:
      image: "{{ params.picture }}"
      prompt: "{{ text.line }} {{ media(params.picture).width }}"
      duration: 3
"""
    plan = project.write(
        {
            **pipeline(body),
            "assets/mine.png": png,
            "parts/kit/part.yaml": part.lstrip("\n"),
            "parts/kit/assets/theirs.png": png,
            "parts/kit/languages.csv": "id\nen\nde\n",
            "parts/kit/text/en.yaml": "line: Hello\n",
            "parts/kit/text/de.yaml": "line: Hallo\n",
        }
    ).plan()
    assert plan["spot.shot[language=de]"]["input"]["prompt"] == "Hallo 400"
    assert plan["spot.shot[language=de]"]["input"]["image_url"]["asset"] == "assets/mine.png"
    assert plan["own.shot[language=en]"]["input"]["prompt"] == "Hello 400"
    assert plan["own.shot[language=en]"]["input"]["image_url"]["asset"] == "assets/theirs.png"


def test_defaults_of_the_caller_are_laid_over_those_of_the_used_file(using, used_part) -> None:
    part = used_part.replace("axes:", "defaults: {resolution: 720p, aspect_ratio: '1:1'}\naxes:")
    plan = using("defaults: {resolution: 1080p}\nnodes: {spot: {use: part.yaml}}\n", part).plan()
    sent = plan["spot.b_roll[scene=a]"]["input"]
    assert (sent["resolution"], sent["aspect_ratio"]) == ("1080p", "1:1")


def test_a_default_that_only_a_used_route_has_is_no_mistake(using) -> None:
    plan = using("defaults: {resolution: 1080p}\nnodes: {spot: {use: part.yaml}}\n").plan()
    assert plan["spot.b_roll[scene=a]"]["input"]["resolution"] == "1080p"


def test_profiles_of_the_caller_change_with_and_those_of_the_used_file_are_not_applied(using, used_part) -> None:
    part = used_part + "profiles: {draft: {params: {seconds: 15}}}\n"
    body = (
        "profiles: {draft: {nodes: {spot: {with: {seconds: 3}}}}}\nnodes: {spot: {use: part.yaml, with: {line: x}}}\n"
    )
    project = using(body, part)
    assert project.plan()["spot.b_roll[scene=a]"]["input"]["duration"] == 4
    assert project.plan("--profile", "draft")["spot.b_roll[scene=a]"]["input"]["duration"] == 3


def test_a_use_and_what_is_inside_it_can_be_selected(using) -> None:
    project = using(
        """
        axes: {language: [en, de]}
        nodes:
          spot: {use: part.yaml, over: [language], tags: [social]}
          alone: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: x}}
        """
    )

    def selected(expression: str) -> list[str]:
        plan = project.plan("--select", expression)
        return [ident for ident, one in plan.items() if one["action"] != "skipped"]

    everything = [ident for ident in project.plan() if ident != "alone"]
    assert selected("spot") == everything
    assert selected("tag:social") == everything
    assert selected("spot[language=de]") == [ident for ident in everything if "language=de" in ident]
    assert selected("+spot.film") == everything
    assert selected("spot.b_roll[scene=b]") == [ident for ident in everything if "scene=b" in ident]


def test_files_go_below_the_callers_name_by_default_and_where_the_used_file_says(using, used_part) -> None:
    part = used_part.replace("step: concat", 'publish: "{{ params.line }}/film.mp4"\n    step: concat')
    project = using(
        """
        axes: {language: [en, de], take: {takes: 2}}
        nodes:
          spot: {use: part.yaml, over: [language, take], with: {line: "{{ language }}"}}
        """,
        part,
    )
    finished = project.run("run", "pipeline.yaml", "--simulate")
    assert finished.exit_code == 0, finished.stderr
    made = sorted(path.relative_to(project.folder / "previews").as_posix() for path in project.folder.rglob("*.mp4"))
    assert made == [
        "de/film.mp4",
        "en/film.mp4",
        *(
            f"pipeline/spot.b_roll/language={language},take={take},scene={scene}.mp4"
            for language in ("de", "en")
            for take in (1, 2)
            for scene in ("a", "b")
        ),
    ]


def test_the_graph_shows_what_is_inside_with_its_name(using) -> None:
    project = using(
        """
        nodes:
          spot: {use: part.yaml}
          end: {step: last_frame, input: {video: "{{ nodes.spot.video }}"}}
        """
    )
    assert project.run("graph", "pipeline.yaml").stdout == (
        "flowchart LR\n"
        '  spot.b_roll(["spot.b_roll<br/>wan-ai/wan-2-7/text-to-video × 2"])\n'
        '  spot.film["spot.film<br/>concat × 1"]\n'
        '  end["end<br/>last_frame × 1"]\n'
        "  spot.b_roll --> spot.film\n"
        "  spot.film --> end\n"
    )
    assert '  "spot.b_roll" -> "spot.film";\n' in project.run("graph", "pipeline.yaml", "--format", "dot").stdout
