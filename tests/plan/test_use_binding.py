"""What a used pipeline is handed, and what is taken from it: references across files, takes, nesting."""

from __future__ import annotations


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


def test_takes_inside_collapse_to_the_pick_inside(using, used_part) -> None:
    part = used_part.replace("scene: [a, b]", "scene: {takes: 2}").replace(".at(scene='a')", "")
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
