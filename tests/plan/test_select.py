"""Selectors: a selection limits what is done, never ids, seeds or keys."""

from __future__ import annotations

import pytest

CAMPAIGN = """
axes:
  look: [dawn, studio]
  language: [en, de]
nodes:
  hero: {route: wan-ai/wan-2-7/text-to-video, over: [look], tags: [social], input: {prompt: "{{ look }}"}}
  talk: {route: wan-ai/wan-2-7/text-to-video, over: [language], input: {prompt: "{{ language }}"}}
  spot: {step: concat, over: [look, language], input: {clips: ["{{ nodes.hero.video }}", "{{ nodes.talk.video }}"]}}
"""
EXAMPLES = "write `hero`, `hero[look=dawn]`, `+spot`, `hero+1`, `@hero`, `tag:social` or `state:failed`"
ALL = [
    "hero[look=dawn]", "hero[look=studio]", "talk[language=en]", "talk[language=de]",
    "spot[look=dawn,language=en]", "spot[look=dawn,language=de]",
    "spot[look=studio,language=en]", "spot[look=studio,language=de]",
]  # fmt: skip


def selected(project, pipeline, *words: str) -> list[str]:
    project.write(pipeline(CAMPAIGN))
    return [name for name, one in project.plan(*words).items() if one["why"]["code"] != "not-selected"]


CHAIN = """
axes:
  look: [dawn, noir]
  take: {takes: 2}
nodes:
  still: {intent: multi-modal, over: [look], tags: [social, source], input: {prompt: "{{ look }}", image: a.png}}
  hero: {route: wan-ai/wan-2-7/text-to-video, over: [look, take], input: {prompt: "{{ look }}"}, needs: [still]}
  spot: {step: loop, over: [look], tags: [society], input: {video: "{{ nodes.hero.video }}", times: 2}}
  reel: {step: concat, input: {clips: "{{ nodes.spot.videos }}"}}
  outro: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: The end.}}
"""
STILL, HERO = ["still[look=dawn]", "still[look=noir]"], [
    "hero[look=dawn,take=1]", "hero[look=dawn,take=2]", "hero[look=noir,take=1]", "hero[look=noir,take=2]",
]  # fmt: skip
SPOT, REEL, OUTRO = ["spot[look=dawn]", "spot[look=noir]"], ["reel"], ["outro"]


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("hero", ALL[:2]),
        ("hero[look=dawn]", ALL[:1]),
        ("spot[language=de]", [ALL[5], ALL[7]]),
        ("spot[look=dawn,language=de]", [ALL[5]]),
        ("+spot[look=dawn,language=en]", [ALL[0], ALL[2], ALL[4]]),
        ("talk[language=de]+", [ALL[3], ALL[5], ALL[7]]),
        ("tag:social", ALL[:2]),
        ("hero talk", ALL[:4]),
        ("hero+,spot[language=en]", [ALL[4], ALL[6]]),
        ("+spot,tag:social", ALL[:2]),
    ],
)
def test_a_selector_names_instances(project, pipeline, expression, ids) -> None:
    assert selected(project, pipeline, "--select", expression) == ids


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("hero[take=1]", [HERO[0], HERO[2]]),
        ("hero[look=dawn|noir,take=2]", [HERO[1], HERO[3]]),
        ("hero[look=n*]", HERO[2:]),
        ("node:hero", HERO),
        ("s*", STILL + SPOT),
        ("?e*[look=dawn]", HERO[:2]),
        ("*[look=noir]", [STILL[1], *HERO[2:], SPOT[1]]),
        ("1+spot[look=dawn]", [HERO[0], SPOT[0]]),
        ("2+spot[look=dawn]", [STILL[0], HERO[0], SPOT[0]]),
        ("+reel", [*STILL, HERO[0], HERO[2], *SPOT, *REEL]),
        ("still[look=dawn]+1", [STILL[0], *HERO[:2]]),
        ("still[look=dawn]+2", [STILL[0], *HERO[:2], SPOT[0]]),
        ("still[look=dawn]+", [STILL[0], *HERO[:2], SPOT[0], *REEL]),
        ("+hero[look=noir,take=1]+", [STILL[1], HERO[2], SPOT[1], *REEL]),
        ("1+spot[look=dawn]+1", [HERO[0], SPOT[0], *REEL]),
        ("@spot[look=dawn]", [*STILL, HERO[0], HERO[2], *SPOT, *REEL]),
        ("@outro", OUTRO),
        ("tag:soc*", STILL + SPOT),
        ("tag:soc*[look=noir]", [STILL[1], SPOT[1]]),
        ("tag:source+1,hero[take=1]", [HERO[0], HERO[2]]),
        ("route:wan-ai/*", HERO + OUTRO),
        ("route:bytedance/seedance-v2/pro", STILL),
        ("intent:multi-modal", STILL),
        ("step:concat step:loop", SPOT + REEL),
        ("outro,hero", []),
    ],
)
def test_a_selector_follows_the_graph_of_instances(project, pipeline, png, expression, ids) -> None:
    project.write({"a.png": png, **pipeline(CHAIN)})
    chosen = {
        name for name, one in project.plan("--select", expression).items() if one["why"]["code"] != "not-selected"
    }
    assert chosen == set(ids)


def test_exclude_takes_away(project, pipeline) -> None:
    assert selected(project, pipeline, "--select", "+spot", "--exclude", "hero[look=studio]+") == [
        ALL[0], ALL[2], ALL[3], ALL[4], ALL[5],
    ]  # fmt: skip


def test_a_selection_never_changes_ids_seeds_or_keys(project, pipeline) -> None:
    project.write(pipeline(CAMPAIGN))
    everything, part = project.plan(), project.plan("--select", "hero[look=dawn]")
    assert [(one["id"], one["seed"], one["key"]) for one in everything.values()] == [
        (one["id"], one["seed"], one["key"]) for one in part.values()
    ]


def test_upstream_that_a_selection_lacks_is_named_with_its_price_and_not_rendered(project, pipeline) -> None:
    project.write(pipeline(CAMPAIGN))
    spot = project.plan("--select", "spot")["spot[look=dawn,language=en]"]
    assert spot["action"] == "skipped"
    assert spot["why"]["text"].startswith("needs `hero[look=dawn]` (")
    assert spot["why"]["text"].endswith(" USD), which is not made here")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("heroo", "error: there is no node `heroo` to select [bad-selector]\n  help: did you mean `hero`?\n"),
        (
            "hero[lok=dawn]",
            "error: node `hero` has no axis `lok` to select by [bad-selector]\n  help: did you mean `look`?\n",
        ),
        ("tag:socal", "error: no node has the tag `socal` [bad-selector]\n  help: did you mean `social`?\n"),
        (
            "spot[look=dwan]",
            "error: node `spot` has no instance with look `dwan` [bad-selector]\n  help: did you mean `dawn`?\n",
        ),
        (
            "tag:social[language=en]",
            "error: `tag:social` has no axis `language` to select by [bad-selector]\n  help: there are: `look`\n",
        ),
        (
            "hero[dawn]",
            "error: `dawn` in `hero[dawn]` names no id of an axis [bad-selector]\n"
            "  help: write `[look=dawn]`, or `[look=dawn|noir]`\n",
        ),
        (
            "hreo*",
            "error: there is no node `hreo*` to select [bad-selector]\n  help: did you mean `hero`?\n",
        ),
        (
            "tags:social",
            "error: `tags:` is no way to select [bad-selector]\n  help: did you mean `tag`?\n",
        ),
        (
            "state:faild",
            "error: `faild` is no state [bad-selector]\n  help: did you mean `failed`?\n",
        ),
        (
            "step:concta",
            "error: no node is made by the step `concta` [bad-selector]\n  help: did you mean `concat`?\n",
        ),
        (
            "@hero+",
            "error: `@hero+` has both `@` and `+` [bad-selector]\n"
            "  help: `@hero` has everything before and after it already\n",
        ),
        (
            "hero, talk",
            "error: in `hero,` a comma has nothing beside it [bad-selector]\n"
            "  help: `a,b` is what is both, `a b` what is either\n",
        ),
        (
            " ",
            "error: an empty selector selects nothing [bad-selector]\n"
            "  help: leave the option out to select everything\n",
        ),
        (
            "hero[",
            f"error: `hero[` is no selector [bad-selector]\n  help: {EXAMPLES}\n",
        ),
    ],
)
def test_a_selector_that_names_nothing_is_a_bad_command_line(project, pipeline, expression, message) -> None:
    project.write(pipeline(CAMPAIGN))
    finished = project.run("plan", "pipeline.yaml", "--simulate", "--select", expression)
    assert (finished.exit_code, finished.stderr) == (64, message)
