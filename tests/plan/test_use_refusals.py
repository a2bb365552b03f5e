"""What is wrong with the use of a pipeline, told with the places of both files."""

from __future__ import annotations

from typing import Any

import pytest

PART = """\
callsheet: 1
name: part
params:
  line: {type: text, default: Hello}
  seconds: {type: integer, default: 4, minimum: 3, maximum: 15}
  picture: {type: image, default: ~}
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    input: {prompt: "{{ params.line }}", duration: "{{ params.seconds }}"}
outputs: {video: "{{ nodes.shot.video }}"}
"""


@pytest.fixture
def refusal(project, pipeline) -> Any:
    """What a plan says that is refused; the body of the pipeline starts in line 5."""

    def refused(body: str, part: str = PART, *options: str, **more: str) -> str:
        return project.write({**pipeline(body), "part.yaml": part, **more}).refusal(*options)

    return refused


def end(reference: str) -> str:
    """A node that takes this from the used pipeline."""
    return (
        "nodes:\n  spot: {use: part.yaml}\n"
        f'  end: {{step: last_frame, input: {{video: "{{{{ nodes.spot.{reference} }}}}"}}}}\n'
    )


def outputs(text: str, part: str = PART) -> str:
    return part.partition("outputs:")[0] + f"outputs: {{{text}}}\n"


def over(axis: str) -> str:
    """The part with its shot over this axis."""
    name = axis.partition(":")[0]
    return PART.replace("nodes:\n  shot:\n", f"axes: {{{axis}}}\nnodes:\n  shot:\n    over: [{name}]\n")


def test_values_of_the_wrong_type_or_out_of_range_are_told_in_the_callers_file(refusal) -> None:
    assert refusal(
        """
        axes: {n: [1, 99]}
        nodes:
          spot: {use: part.yaml, over: [n], with: {line: 4, seconds: "{{ n }}"}}
        """
    ) == (
        "pipeline.yaml:7:50: error: spot[n=1] and 1 more: param `line` of `part.yaml` must be text, not `4` "
        "[wrong-type]\n"
        '  7 |   spot: {use: part.yaml, over: [n], with: {line: 4, seconds: "{{ n }}"}}\n'
        "    |                                                  ^\n"
        "  see also part.yaml:4:9\n"
        "pipeline.yaml:7:62: error: spot[n=1]: param `seconds` of `part.yaml` must be at least 3, not `1` "
        "[out-of-range]\n"
        '  7 |   spot: {use: part.yaml, over: [n], with: {line: 4, seconds: "{{ n }}"}}\n'
        "    |                                                              ^^^^^^^^^\n"
        "  see also part.yaml:5:12\n"
        "pipeline.yaml:7:62: error: spot[n=99]: param `seconds` of `part.yaml` must be at most 15, not `99` "
        "[out-of-range]\n"
        '  7 |   spot: {use: part.yaml, over: [n], with: {line: 4, seconds: "{{ n }}"}}\n'
        "    |                                                              ^^^^^^^^^\n"
        "  see also part.yaml:5:12\n"
        "3 errors\n"
    )


def test_media_that_are_none_or_of_another_kind_are_told_in_the_callers_file(refusal) -> None:
    assert refusal(
        """
        nodes:
          a: {use: part.yaml, with: {picture: nope.png}}
          b: {use: part.yaml, with: {picture: 4}}
          hero: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: x}}
          c: {use: part.yaml, with: {picture: "{{ nodes.hero.video }}"}}
          d: {use: part.yaml, with: {line: "{{ nodes.hero.video }}"}}
        """
    ) == (
        "pipeline.yaml:6:39: error: the file `nope.png` does not exist [no-such-file]\n"
        "  6 |   a: {use: part.yaml, with: {picture: nope.png}}\n"
        "    |                                       ^^^^^^^^\n"
        "  help: the folder has `part.yaml`, `pipeline.yaml`\n"
        "pipeline.yaml:7:39: error: param `picture` of `part.yaml` must be the path or URL of an image, not `4` "
        "[wrong-type]\n"
        "  7 |   b: {use: part.yaml, with: {picture: 4}}\n"
        "    |                                       ^\n"
        "  see also part.yaml:6:12\n"
        "pipeline.yaml:9:39: error: `picture` takes image, and `hero` gives video [wrong-media]\n"
        '  9 |   c: {use: part.yaml, with: {picture: "{{ nodes.hero.video }}"}}\n'
        "    |                                       ^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "pipeline.yaml:10:36: error: param `line` of `part.yaml` must be text, not media [wrong-type]\n"
        '  10 |   d: {use: part.yaml, with: {line: "{{ nodes.hero.video }}"}}\n'
        "     |                                    ^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  see also part.yaml:4:9\n"
        "4 errors\n"
    )


def test_media_handed_in_must_fit_what_they_are_used_for_inside(refusal, project, png) -> None:
    project.write({"mine.png": png})
    part = PART.replace("{prompt:", '{audio: "{{ params.picture }}", prompt:')
    assert refusal("nodes:\n  spot: {use: part.yaml, with: {picture: mine.png}}\n", part) == (
        "part.yaml:10:20: error: `audio_url` takes audio, and `mine.png` is image (image/png) [wrong-media]\n"
        '  10 |     input: {audio: "{{ params.picture }}", prompt: "{{ params.line }}", '
        'duration: "{{ params.seconds }}"}\n'
        "     |                    ^^^^^^^^^^^^^^^^^^^^^^\n"
        "  see also pipeline.yaml:6:15\n"
    )


def test_a_step_inside_refuses_an_address_handed_in(refusal) -> None:
    part = PART.replace("nodes:", 'nodes:\n  still: {step: still, input: {image: "{{ params.picture }}", seconds: 2}}')
    assert refusal('nodes:\n  spot: {use: part.yaml, with: {picture: "https://example.com/a.png"}}\n', part) == (
        "part.yaml:8:39: error: `image` takes a file of this machine: steps work here, and fetch nothing "
        "[address-in-step]\n"
        '  8 |   still: {step: still, input: {image: "{{ params.picture }}", seconds: 2}}\n'
        "    |                                       ^^^^^^^^^^^^^^^^^^^^^^\n"
        "  see also pipeline.yaml:6:15\n"
        "  help: download the file and write its path\n"
    )


def test_what_is_wrong_inside_keeps_its_place_and_names_the_use_once_for_all_instances(refusal) -> None:
    assert refusal(
        """
        axes: {n: [1, 2, 3]}
        nodes:
          spot: {use: part.yaml, over: [n], with: {line: ""}}
        """
    ) == (
        "part.yaml:10:21: error: spot.shot[n=1] and 2 more: `wan-ai/wan-2-7/text-to-video` needs `prompt` "
        "[input-required]\n"
        '  10 |     input: {prompt: "{{ params.line }}", duration: "{{ params.seconds }}"}\n'
        "     |                     ^^^^^^^^^^^^^^^^^^^\n"
        "  see also pipeline.yaml:7:15\n"
        "  help: give it in `input`\n"
    )


def test_a_misspelt_input_inside_is_told_once_though_two_nodes_use_the_file(refusal) -> None:
    assert refusal("nodes: {a: {use: part.yaml}, b: {use: part.yaml}}\n", PART.replace("duration:", "duratoin:")) == (
        "part.yaml:10:42: error: `wan-ai/wan-2-7/text-to-video` has no input `duratoin` [unknown-input]\n"
        '  10 |     input: {prompt: "{{ params.line }}", duratoin: "{{ params.seconds }}"}\n'
        "     |                                          ^^^^^^^^\n"
        "  see also pipeline.yaml:5:18\n"
        "  help: did you mean `duration`?\n"
    )


def test_problems_deep_inside_name_every_use_on_the_way(refusal) -> None:
    text = refusal(
        "nodes: {a: {use: middle.yaml}}\n",
        PART.replace("Hello", '""'),
        **{"middle.yaml": "callsheet: 1\nname: middle\nnodes: {b: {use: part.yaml}}\n"},
    )
    assert text.startswith("part.yaml:10:21: error: `wan-ai/wan-2-7/text-to-video` needs `prompt` [input-required]\n")
    assert "  see also pipeline.yaml:5:18\n  see also middle.yaml:3:18\n" in text


def test_an_axis_inside_cant_have_the_name_of_one_that_the_use_is_over(refusal) -> None:
    part = over("scene: [a, b]").replace("{video:", "{videos:").replace("shot.video", "shot.videos")
    assert refusal("axes: {scene: [x]}\nnodes: {spot: {use: part.yaml, over: [scene]}}\n", part) == (
        "part.yaml:7:15: error: axis `scene` has the name of an axis that this pipeline is used over [axis-in-both]\n"
        "  7 | axes: {scene: [a, b]}\n"
        "    |               ^^^^^^\n"
        "  see also pipeline.yaml:6:21\n"
        "  help: rename one of them; what the pipeline needs of an axis outside is given by `with`\n"
    )


def test_takes_outside_and_inside_are_too_many(refusal) -> None:
    body = "axes: {take: {takes: 2}}\nnodes: {spot: {use: part.yaml, over: [take]}}\n"
    assert refusal(body, over("alt: {takes: 3}")) == (
        "part.yaml:10:11: error: node `spot.shot` would have two takes axes: `take` of its user, and `alt` "
        "[two-takes]\n"
        "  10 |     over: [alt]\n"
        "     |           ^^^^^\n"
        "  see also pipeline.yaml:6:21\n"
        "  help: take one of them out of its `over`\n"
    )


def test_what_is_inside_cant_be_seen(refusal) -> None:
    assert refusal(end("shot")) == (
        "pipeline.yaml:7:46: error: `shot` is inside `part.yaml`, and only its `outputs` can be seen [unknown-output]\n"
        '  7 |   end: {step: last_frame, input: {video: "{{ nodes.spot.shot }}"}}\n'
        "    |                                              ^^^^^^^^^^^^^^^\n"
        "  help: there are: `video`\n"
    )


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("vidoe", "node `spot` has no output `vidoe` [unknown-output]", "did you mean `video`?"),
        ("image", "node `spot` has no output `image` [unknown-output]", "there are: `video`"),
        ("at(n='1').video", "node `spot` has no axis `n` [unknown-axis]", "there are none"),
    ],
)
def test_an_output_that_is_none_is_told_with_those_there_are(refusal, reference, message, hint) -> None:
    text = refusal(end(reference))
    assert text.startswith(f"pipeline.yaml:7:46: error: {message}\n")
    assert text.endswith(f"  help: {hint}\n")


def test_a_file_without_outputs_has_nothing_to_refer_to(refusal) -> None:
    assert refusal(end("video"), PART.partition("outputs:")[0]) == (
        "pipeline.yaml:7:46: error: node `spot` has no output `video`: `part.yaml` has no `outputs` [unknown-output]\n"
        '  7 |   end: {step: last_frame, input: {video: "{{ nodes.spot.video }}"}}\n'
        "    |                                              ^^^^^^^^^^^^^^^^\n"
        '  help: add `outputs: {video: "{{ nodes.NAME.video }}"}` to it\n'
    )


def test_outputs_are_media_of_the_kind_that_their_name_says(refusal) -> None:
    assert refusal(end("video"), outputs('video: "{{ params.line }}"')) == (
        "part.yaml:11:18: error: output `video` must be media, and this is text [output-without-media]\n"
        '  11 | outputs: {video: "{{ params.line }}"}\n'
        "     |                  ^^^^^^^^^^^^^^^^^^^\n"
        "  see also pipeline.yaml:6:15\n"
        '  help: such as "{{ nodes.NAME.video }}"\n'
    )
    assert refusal(end("image"), outputs('image: "{{ nodes.shot.video }}"')) == (
        "part.yaml:11:18: error: output `image` must be image, and this is video [output-kind]\n"
        '  11 | outputs: {image: "{{ nodes.shot.video }}"}\n'
        "     |                  ^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  see also pipeline.yaml:6:15\n"
        "  help: call it `video`\n"
    )
    assert refusal(end("video"), outputs('video: "{{ nodes.shot.videos }}"')) == (
        "part.yaml:11:18: error: output `video` is one file, and this is a list [output-kind]\n"
        '  11 | outputs: {video: "{{ nodes.shot.videos }}"}\n'
        "     |                  ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  see also pipeline.yaml:6:15\n"
        "  help: call it `videos`\n"
    )


def test_outputs_have_no_axes_and_name_what_there_is(refusal) -> None:
    written = outputs(
        'one: "{{ nodes.shot.at(scene=scene).video }}", two: "{{ nodes.shoot.video }}"', over("scene: [a, b]")
    )
    assert refusal("nodes: {spot: {use: part.yaml}}\n", written) == (
        "part.yaml:13:34: error: `scene` is an axis, and outputs have none [axis-in-output]\n"
        '  13 | outputs: {one: "{{ nodes.shot.at(scene=scene).video }}", two: "{{ nodes.shoot.video }}"}\n'
        "     |                                  ^^^^^\n"
        "  see also pipeline.yaml:5:21\n"
        "  help: take every file with the plural, or choose one with `.at(…)`\n"
        "part.yaml:13:67: error: there is no node `shoot` [unknown-node]\n"
        '  13 | outputs: {one: "{{ nodes.shot.at(scene=scene).video }}", two: "{{ nodes.shoot.video }}"}\n'
        "     |                                                                   ^^^^^^^^^^^\n"
        "  see also pipeline.yaml:5:21\n"
        "  help: did you mean `shot`?\n"
        "2 errors\n"
    )
    assert refusal(end("video"), over("scene: [a, b]")) == (
        "part.yaml:13:22: error: `nodes.shot.video` is one file, but means 2 instances of `shot` "
        "[singular-over-several]\n"
        '  13 | outputs: {video: "{{ nodes.shot.video }}"}\n'
        "     |                      ^^^^^^^^^^^^^^^^\n"
        "  see also pipeline.yaml:6:15\n"
        "  help: take every file with `nodes.shot.videos`, or choose one with `nodes.shot.at(scene='a').video`\n"
    )


def test_the_outputs_of_the_planned_file_itself_are_checked_too(refusal) -> None:
    assert refusal("nodes: {spot: {use: part.yaml}}\noutputs: {image: '{{ nodes.spot.video }}'}\n") == (
        "pipeline.yaml:6:18: error: output `image` must be image, and this is video [output-kind]\n"
        "  6 | outputs: {image: '{{ nodes.spot.video }}'}\n"
        "    |                  ^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: call it `video`\n"
    )


def test_an_output_that_was_dropped_inside_is_not_there(refusal) -> None:
    assert refusal(end("video"), PART.replace("  shot:\n", "  shot:\n    when: false\n")) == (
        "pipeline.yaml:7:46: error: output `video` of node `spot` is not there: `nodes.shot.video` means an instance "
        "that `exclude`, `only` or `when` dropped [undefined]\n"
        '  7 |   end: {step: last_frame, input: {video: "{{ nodes.spot.video }}"}}\n'
        "    |                                              ^^^^^^^^^^^^^^^^\n"
    )


def test_one_file_of_several_uses_is_refused_with_the_ways_to_write_it(refusal) -> None:
    body = "axes: {n: [a, b]}\n" + end("video").replace("part.yaml}", "part.yaml, over: [n]}")
    assert refusal(body) == (
        "pipeline.yaml:8:46: error: `nodes.spot.video` is one file, but means 2 instances of `spot` "
        "[singular-over-several]\n"
        '  8 |   end: {step: last_frame, input: {video: "{{ nodes.spot.video }}"}}\n'
        "    |                                              ^^^^^^^^^^^^^^^^\n"
        "  help: make this node `over: [n]`, or take every file with `nodes.spot.videos`, or choose one with "
        "`nodes.spot.at(n='a').video`\n"
    )


def test_uses_that_hand_each_other_what_they_make_are_drawn(refusal) -> None:
    assert refusal(
        """
        nodes:
          a: {use: part.yaml, with: {picture: "{{ nodes.b.image }}"}}
          b: {use: part.yaml, with: {picture: "{{ nodes.a.image }}"}}
        """
    ) == (
        "pipeline.yaml:6:3: error: these need each other: a → b → a [cycle]\n"
        '  6 |   a: {use: part.yaml, with: {picture: "{{ nodes.b.image }}"}}\n'
        "    |   ^\n"
    )


def test_a_use_that_hands_itself_what_it_makes_is_refused(refusal) -> None:
    text = refusal('nodes:\n  a: {use: part.yaml, with: {picture: "{{ nodes.a.image }}"}}\n')
    assert text.startswith("pipeline.yaml:6:43: error: node `a` uses itself [self-reference]\n")


def test_uses_that_need_each_other_are_drawn(refusal) -> None:
    text = refusal("nodes: {a: {use: part.yaml, needs: [b]}, b: {use: part.yaml, needs: [a]}}\n")
    assert text.startswith("pipeline.yaml:5:9: error: these need each other: a → b → a [cycle]\n")
    text = refusal("nodes: {a: {use: part.yaml, needs: [a]}}\n")
    assert text.startswith("pipeline.yaml:5:9: error: these need each other: a → a [cycle]\n")


def test_a_node_that_a_use_needs_and_that_takes_from_it_is_drawn_by_instance(refusal) -> None:
    text = refusal(end("video").replace("part.yaml}", "part.yaml, needs: [end]}"))
    assert text.startswith("part.yaml:8:3: error: these need each other: spot.shot → end → spot.shot [cycle]\n")


def test_one_name_for_several_uses_is_refused_before_anything_is_made(refusal) -> None:
    part = PART.replace("  shot:\n", "  shot:\n    publish: shot.mp4\n")
    assert refusal("nodes: {a: {use: part.yaml}, b: {use: part.yaml}}\n", part) == (
        "part.yaml:8:3: error: `a.shot` and `b.shot` are both published as `shot.mp4` [publish-clash]\n"
        "  8 |   shot:\n"
        "    |   ^^^^\n"
        "  help: each use publishes it: leave `publish` out, or write a param into it that `with` sets differently\n"
    )


def test_instances_inside_count_and_uses_that_make_nothing_are_bounded_too(refusal) -> None:
    body = "axes: {n: [1, 2]}\nnodes: {spot: {use: part.yaml, over: [n]}}\n"
    more = PART.replace("nodes:\n", 'nodes:\n  cut: {step: trim, input: {video: "{{ nodes.shot.video }}", start: 1}}\n')
    assert refusal(body, more, "--max-instances", "3") == (
        "part.yaml:9:3: error: with this node the pipeline has more than 3 instances [too-many-instances]\n"
        "  9 |   shot:\n"
        "    |   ^^^^\n"
        "  see also pipeline.yaml:6:21\n"
        "  help: narrow its `over`, or allow more with `max_instances:` in the file or `--max-instances N`\n"
    )
    nothing = PART.replace("  shot:\n", "  shot:\n    when: false\n")
    assert refusal(body.replace("1, 2", "1, 2, 3, 4"), nothing, "--max-instances", "3") == (
        "pipeline.yaml:6:9: error: with this node the pipeline has more than 3 instances [too-many-instances]\n"
        "  6 | nodes: {spot: {use: part.yaml, over: [n]}}\n"
        "    |         ^^^^\n"
        "  help: narrow its `over`, or allow more with `max_instances:` in the file or `--max-instances N`\n"
    )


def test_validate_gives_the_places_of_both_files_as_json(project, pipeline) -> None:
    part = PART.replace("duration:", "duratoin:")
    project.write({**pipeline("nodes: {spot: {use: part.yaml}}\n"), "part.yaml": part})
    (problem,) = project.run("validate", "pipeline.yaml", "--json").json["problems"]
    assert (problem["file"], problem["line"], problem["column"]) == ("part.yaml", 10, 42)
    assert [(place["file"], place["line"], place["column"]) for place in problem["also"]] == [("pipeline.yaml", 5, 21)]
