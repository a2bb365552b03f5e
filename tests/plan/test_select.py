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
ALL = [
    "hero[look=dawn]", "hero[look=studio]", "talk[language=en]", "talk[language=de]",
    "spot[look=dawn,language=en]", "spot[look=dawn,language=de]",
    "spot[look=studio,language=en]", "spot[look=studio,language=de]",
]  # fmt: skip


def selected(project, pipeline, *words: str) -> list[str]:
    project.write(pipeline(CAMPAIGN))
    return [name for name, one in project.plan(*words).items() if one["why"]["code"] != "not-selected"]


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("hero", ALL[:2]),
        ("hero[look=dawn]", ALL[:1]),
        ("spot[language=de]", [ALL[5], ALL[7]]),
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
            "hero[",
            "error: `hero[` is no selector [bad-selector]\n"
            "  help: write `hero`, `hero[look=dawn]`, `+spot`, `hero+` or `tag:social`\n",
        ),
    ],
)
def test_a_selector_that_names_nothing_is_a_bad_command_line(project, pipeline, expression, message) -> None:
    project.write(pipeline(CAMPAIGN))
    finished = project.run("plan", "pipeline.yaml", "--simulate", "--select", expression)
    assert (finished.exit_code, finished.stderr) == (64, message)
