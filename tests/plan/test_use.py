"""Pipelines built from pipelines: ids, seeds, what reaches inside, and what is seen from outside."""

from __future__ import annotations

import pytest

ROUTE = "wan-ai/wan-2-7/text-to-video"
PART = """
callsheet: 1
name: part
params:
  line: {type: text, default: nothing}
  seconds: {type: integer, default: 4, minimum: 3, maximum: 15}
axes:
  scene: [a, b]
nodes:
  b_roll:
    route: wan-ai/wan-2-7/text-to-video
    over: [scene]
    input: {prompt: "{{ params.line }} at {{ scene }}", duration: "{{ params.seconds }}"}
  film:
    step: concat
    input: {clips: "{{ nodes.b_roll.videos }}"}
outputs:
  video: "{{ nodes.film.video }}"
  shots: "{{ nodes.b_roll.videos }}"
  opening: "{{ nodes.b_roll.at(scene='a').video }}"
"""


@pytest.fixture
def using(project, pipeline):
    """A project whose `part.yaml` is the given one, used by a pipeline with this body."""

    def write(body: str, part: str = PART, **more: str | bytes):
        return project.write({**pipeline(body), "part.yaml": part.lstrip("\n"), **more})

    return write


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


def test_seeds_come_from_the_callers_root_seed_the_qualified_name_and_the_take(using) -> None:
    plan = using(
        """
        axes: {language: [en, de], take: {takes: 2}}
        nodes:
          spot: {use: part.yaml, over: [language, take], with: {line: "{{ language }}"}}
          b_roll: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: x}}
          other: {use: part.yaml}
        """,
        PART.replace("name: part", "name: part\nseed: 999"),
    ).plan()
    first = plan["spot.b_roll[language=en,take=1,scene=a]"]["seed"]
    assert plan["spot.b_roll[language=de,take=1,scene=b]"]["seed"] == first
    second = plan["spot.b_roll[language=en,take=2,scene=a]"]["seed"]
    assert len({first, second, plan["b_roll"]["seed"], plan["other.b_roll[scene=a]"]["seed"]}) == 4


def test_was_on_the_using_node_and_inside_carries_seeds_over_a_rename(using) -> None:
    before = using("nodes: {spot: {use: part.yaml}}\n").plan()["spot.b_roll[scene=a]"]
    after = using("nodes: {advert: {use: part.yaml, was: spot}}\n").plan()["advert.b_roll[scene=a]"]
    assert (after["seed"], after["key"]) == (before["seed"], before["key"])
    part = PART.replace("b_roll", "cutaway").replace("cutaway:\n", "cutaway:\n    was: b_roll\n")
    inner = using("nodes: {advert: {use: part.yaml, was: spot}}\n", part).plan()["advert.cutaway[scene=a]"]
    assert (inner["seed"], inner["key"]) == (before["seed"], before["key"])


def test_takes_outside_are_the_takes_of_everything_inside(using) -> None:
    plan = using(
        """
        axes: {take: {seeds: [11, 22]}}
        nodes:
          spot: {use: part.yaml, over: [take]}
          end: {step: last_frame, input: {video: "{{ nodes.spot.video }}"}}
          sheet: {step: contact_sheet, input: {clips: "{{ nodes.spot.takes.videos }}"}}
        """
    ).plan()
    assert [plan[f"spot.b_roll[take={take},scene=a]"]["seed"] for take in (11, 22)] == [11, 22]
    assert plan["end"]["needs"] == ["spot.film[take=11]"]
    assert plan["sheet"]["needs"] == ["spot.film[take=11]", "spot.film[take=22]"]


def test_takes_inside_collapse_to_the_pick_inside(using) -> None:
    part = PART.replace("scene: [a, b]", "scene: {takes: 2}").replace(".at(scene='a')", "")
    plan = using("nodes: {spot: {use: part.yaml}}\n", part).plan()
    assert plan["spot.film"]["needs"] == ["spot.b_roll[scene=1]"]


def test_everything_behind_an_awaited_pick_is_held_inside_and_outside(using) -> None:
    finished = (
        using(
            """
            axes: {take: {takes: 2, unpicked: hold}}
            nodes:
              hero: {route: wan-ai/wan-2-7/text-to-video, over: [take], input: {prompt: x}}
              a: {use: cut.yaml, with: {clip: "{{ nodes.hero.video }}"}}
              b: {use: part.yaml, over: [take]}
              end: {step: last_frame, input: {video: "{{ nodes.b.video }}"}}
              tail: {step: last_frame, input: {video: "{{ nodes.a.video }}"}}
            """
        )
        .write(
            {
                "cut.yaml": "callsheet: 1\nname: cut\nparams: {clip: {type: video}}\nnodes:\n"
                '  cut: {step: trim, input: {video: "{{ params.clip }}", start: 1}}\n'
                '  free: {step: last_frame, input: {video: "{{ nodes.apart.video }}"}}\n'
                "  apart: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: x}}\n"
                'outputs: {video: "{{ params.clip }}"}\n'
            }
        )
        .run("plan", "pipeline.yaml", "--simulate", "--json")
    )
    held = [one["id"] for one in finished.json["instances"] if one["action"] == "held"]
    assert held == ["a.cut", "end", "tail"]


def test_outputs_bind_by_the_axes_of_the_caller(using) -> None:
    plan = using(
        """
        axes: {language: [en, de], look: [day, night]}
        nodes:
          spot: {use: part.yaml, over: [language], with: {line: "{{ language }}"}}
          each: {step: last_frame, over: [language, look], input: {video: "{{ nodes.spot.video }}"}}
          all: {step: concat, input: {clips: "{{ nodes.spot.videos }}"}}
          one: {step: last_frame, input: {video: "{{ nodes.spot.at(language='de').video }}"}}
          shots: {step: concat, over: [language], input: {clips: "{{ nodes.spot.shots }}"}}
          every: {step: concat, input: {clips: "{{ nodes.spot.shots }}"}}
          openings: {step: concat, input: {clips: "{{ nodes.spot.openings }}"}}
        """
    ).plan()
    assert plan["each[language=de,look=day]"]["needs"] == ["spot.film[language=de]"]
    assert plan["all"]["needs"] == ["spot.film[language=en]", "spot.film[language=de]"]
    assert plan["one"]["needs"] == ["spot.film[language=de]"]
    german = ["spot.b_roll[language=de,scene=a]", "spot.b_roll[language=de,scene=b]"]
    english = ["spot.b_roll[language=en,scene=a]", "spot.b_roll[language=en,scene=b]"]
    assert plan["shots[language=de]"]["needs"] == german
    assert plan["every"]["needs"] == [*english, *german]
    assert plan["openings"]["needs"] == [english[0], german[0]]


def test_items_that_come_from_a_used_pipeline_keep_the_axes_of_both(using) -> None:
    plan = using(
        """
        axes: {language: [en, de]}
        nodes:
          spot: {use: part.yaml, over: [language]}
          sheet: {step: contact_sheet, input: {clips: "{{ nodes.spot.shots }}"}}
        """
    ).plan()
    assert plan["sheet"]["input"]["labels"] == [
        "language=en, scene=a", "language=en, scene=b", "language=de, scene=a", "language=de, scene=b",
    ]  # fmt: skip


def test_needs_reaches_into_and_out_of_a_used_pipeline(using) -> None:
    plan = using(
        """
        nodes:
          first: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: x}}
          spot: {use: part.yaml, needs: [first]}
          last: {step: last_frame, needs: [spot], input: {video: "{{ nodes.first.video }}"}}
        """
    ).plan()
    assert plan["spot.b_roll[scene=a]"]["needs"] == ["first"]
    assert plan["spot.film"]["needs"] == ["spot.b_roll[scene=a]", "spot.b_roll[scene=b]", "first"]
    assert plan["last"]["needs"] == ["first", "spot.b_roll[scene=a]", "spot.b_roll[scene=b]", "spot.film"]


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


def test_a_value_of_with_may_be_what_another_use_makes_whichever_is_written_first(using) -> None:
    plan = using(
        """
        nodes:
          second: {use: end.yaml, with: {clip: "{{ nodes.first.video }}"}}
          first: {use: part.yaml}
        """,
        **{
            "end.yaml": "callsheet: 1\nname: end\nparams: {clip: {type: video}}\n"
            'nodes: {frame: {step: last_frame, input: {video: "{{ params.clip }}"}}}\n'
        },
    ).plan()
    assert list(plan) == ["second.frame", "first.b_roll[scene=a]", "first.b_roll[scene=b]", "first.film"]
    assert plan["second.frame"]["needs"] == ["first.film"]


def test_a_media_param_takes_a_list_of_files_too(using) -> None:
    plan = using(
        """
        nodes:
          parts: {use: part.yaml}
          joined: {use: join.yaml, with: {clips: "{{ nodes.parts.shots }}"}}
        """,
        **{
            "join.yaml": "callsheet: 1\nname: join\nparams: {clips: {type: video}}\n"
            'nodes: {all: {step: concat, input: {clips: ["{{ params.clips }}", "{{ params.clips }}"]}}}\n'
        },
    ).plan()
    clips = [one["from"] for one in plan["joined.all"]["input"]["clips"]]
    assert clips == ["parts.b_roll[scene=a]", "parts.b_roll[scene=b]"] * 2


def test_uses_nest_and_ids_name_the_whole_way(using) -> None:
    plan = using(
        """
        axes: {language: [en, de]}
        nodes:
          a: {use: middle.yaml, over: [language], with: {word: "{{ language }}"}, tags: [outer]}
        """,
        **{
            "middle.yaml": "callsheet: 1\nname: middle\nparams: {word: {type: text}}\naxes: {mood: [calm]}\n"
            "nodes:\n  b: {use: part.yaml, over: [mood], tags: [inner],"
            ' with: {line: "{{ params.word }} {{ mood }} {{ pipeline.name }} {{ node.name }}"}}\n'
            "outputs: {video: \"{{ nodes.b.at(mood='calm').video }}\"}\n"
        },
    ).plan()
    one = plan["a.b.b_roll[language=de,mood=calm,scene=b]"]
    assert one["input"]["prompt"] == "de calm middle b at b"
    assert list(plan)[-2:] == ["a.b.film[language=en,mood=calm]", "a.b.film[language=de,mood=calm]"]


def test_templates_inside_see_the_names_of_their_own_file(using) -> None:
    part = PART.replace("{{ params.line }} at", "{{ pipeline.name }} {{ node.name }}")
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


def test_defaults_of_the_caller_are_laid_over_those_of_the_used_file(using) -> None:
    part = PART.replace("axes:", "defaults: {resolution: 720p, aspect_ratio: '1:1'}\naxes:")
    plan = using("defaults: {resolution: 1080p}\nnodes: {spot: {use: part.yaml}}\n", part).plan()
    sent = plan["spot.b_roll[scene=a]"]["input"]
    assert (sent["resolution"], sent["aspect_ratio"]) == ("1080p", "1:1")


def test_a_default_that_only_a_used_route_has_is_no_mistake(using) -> None:
    plan = using("defaults: {resolution: 1080p}\nnodes: {spot: {use: part.yaml}}\n").plan()
    assert plan["spot.b_roll[scene=a]"]["input"]["resolution"] == "1080p"


def test_profiles_of_the_caller_change_with_and_those_of_the_used_file_are_not_applied(using) -> None:
    part = PART + "profiles: {draft: {params: {seconds: 15}}}\n"
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


def test_files_go_below_the_callers_name_by_default_and_where_the_used_file_says(using) -> None:
    part = PART.replace("step: concat", 'publish: "{{ params.line }}/film.mp4"\n    step: concat')
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


def test_an_output_may_be_what_was_handed_in_and_may_be_left_out(using) -> None:
    part = """
callsheet: 1
name: part
params: {clip: {type: video}, wanted: false}
nodes:
  frame: {step: last_frame, when: params.wanted, input: {video: "{{ params.clip }}"}}
outputs:
  video: "{{ params.clip }}"
  image: "{{ nodes.frame.image }}"
"""
    plan = using(
        """
        axes: {which: [yes, no]}
        nodes:
          hero: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: x}}
          spot:
            use: part.yaml
            over: [which]
            with: {clip: "{{ nodes.hero.video }}", wanted: "{{ which == 'yes' }}"}
          cut: {step: trim, over: [which], input: {video: "{{ nodes.spot.video }}", start: 1}}
          clip:
            route: wan-ai/wan-2-7/text-to-video
            over: [which]
            input: {prompt: "{{ 'with' if nodes.spot.image | default('') else 'without' }} a frame"}
        """,
        part,
    ).plan()
    assert plan["cut[which=no]"]["needs"] == ["hero"]
    assert [ident for ident in plan if ident.startswith("spot.")] == ["spot.frame[which=yes]"]
    assert [plan[f"clip[which={which}]"]["input"]["prompt"] for which in ("yes", "no")] == [
        "with a frame",
        "without a frame",
    ]
