from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from callsheet.catalog.route import Estimate
from callsheet.plan.job import Plan
from callsheet.problems import Problem
from callsheet.report.plan_text import plan_text, totals_line
from callsheet.report.screen import cells
from callsheet.run.outcome import Action, Decision, Why


def test_a_plan_shows_every_instance_with_its_action_price_and_reason(aurora: Plan, make: SimpleNamespace) -> None:
    decisions = make.decisions(aurora, {"hero[look=dawn,take=1]": Action.cached})

    assert (
        plan_text(aurora, decisions, 80, False)
        == """\
aurora-launch  17 instances on simulator

hero  product-reveal > happyhorse/happyhorse-1.0/image-to-video
  cached   hero[look=dawn,take=1]              rendered before, nothing changed
  render   hero[look=dawn,take=2]    0.50 USD  never rendered
  render   hero[look=studio,take=1]  0.50 USD  never rendered
  render   hero[look=studio,take=2]  0.50 USD  never rendered

spokesperson  lip-sync > wan-ai/wan-2-7/text-to-video
  render   spokesperson[language=en]  0.50 USD  never rendered
  render   spokesperson[language=de]  0.50 USD  never rendered
  render   spokesperson[language=ja]  0.50 USD  never rendered

spot  concat
  local    spot[look=dawn,language=en]    never made
  local    spot[look=dawn,language=de]    never made
  local    spot[look=dawn,language=ja]    never made
  local    spot[look=studio,language=en]  never made
  local    spot[look=studio,language=de]  never made

captioned  caption
  local    captioned[look=dawn,language=en]    never made
  local    captioned[look=dawn,language=de]    never made
  local    captioned[look=dawn,language=ja]    never made
  local    captioned[look=studio,language=en]  never made
  local    captioned[look=studio,language=de]  never made

6 to render (3.00 USD estimated; simulated, costs nothing), 10 local, 1 cached,
2 excluded
"""
    )


def test_a_plan_of_more_than_sixty_instances_is_summed_up_by_node_action_and_reason(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"look": f"l{number}"}) for number in range(61)]
    plan = make.plan(jobs, provider="runcomfy")
    decisions = make.decisions(plan, {jobs[0].id: Action.cached})
    changed = Decision(jobs[1].id, Action.render, Why("never-rendered", "never rendered, not even as a draft"), None)

    assert (
        plan_text(plan, decisions | {jobs[1].id: changed}, 80, False)
        == """\
aurora-launch  61 instances on runcomfy

hero  happyhorse/happyhorse-1.0/image-to-video
  cached   1 instance               rendered before, nothing changed
  render   60 instances  30.00 USD  never rendered, not even as a draft (and 1
                                    more reason)

one node in full: --select NODE; everything: --json

60 to render (30.00 USD estimated), 0 local, 1 cached
"""
    )


def test_every_action_has_its_place_in_the_totals(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"look": action.value}) for action in Action]
    plan = make.plan(jobs, provider="runcomfy", excluded=3)
    decisions = make.decisions(plan, {one.id: action for one, action in zip(jobs, Action, strict=True)})

    assert totals_line(plan, decisions) == (
        "1 to render (0.50 USD estimated), 1 local, 1 cached, 1 shared, 1 in flight already, 1 held (0.50 USD), 1 unknown, "
        "1 missing, 1 not selected, 3 excluded"
    )


def test_what_has_no_price_beside_what_has_one_is_counted_apart(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"take": "1"}), make.job("hero", {"take": "2"}, estimate=Estimate(None, "unknown"))]
    plan = make.plan(jobs, provider="runcomfy")

    assert totals_line(plan, make.decisions(plan)) == (
        "2 to render (0.50 USD estimated, 1 at an unknown price), 0 local, 0 cached"
    )


def test_what_has_no_price_is_said_to_have_none(make: SimpleNamespace) -> None:
    plan = make.plan([make.job("hero", {}, estimate=Estimate(None, "unknown"))], provider="runcomfy")

    assert (
        plan_text(plan, make.decisions(plan), 80, False)
        == """\
aurora-launch  1 instance on runcomfy

hero  happyhorse/happyhorse-1.0/image-to-video
  render   hero  price unknown  never rendered

1 to render (price unknown), 0 local, 0 cached
"""
    )


def test_an_id_is_never_cut_and_a_long_reason_goes_on_below(make: SimpleNamespace) -> None:
    axes = {"look": "a-very-long-name-of-a-look", "language": "zh-Hant-TW", "cut": "thirty-seconds"}
    one = make.job("hero", axes)
    plan = make.plan([one])
    why = Why("prompt-changed", "the prompt changed from `Slow dolly in` to `Fast dolly out` and so did the seed")

    text = plan_text(plan, {one.id: Decision(one.id, Action.render, why, None)}, 80, False)

    assert text.split("\n")[3:9] == [
        "  render   hero[look=a-very-long-name-of-a-look,language=zh-Hant-TW,cut=thirty-seconds]",
        "                                                    0.50 USD  the prompt changed",
        "                                                              from `Slow dolly",
        "                                                              in` to `Fast dolly",
        "                                                              out` and so did",
        "                                                              the seed",
    ]


def test_warnings_of_the_pipeline_and_of_instances_follow_the_totals(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"look": look}, warnings=("`resolution` is left out",)) for look in ("dawn", "studio")]
    jobs.append(make.job("intro", {}, warnings=("the voice is shorter than the clip",)))
    unmatched = Problem(
        "entry-without-match", "this entry of `exclude` matches nothing", jobs[0].span, severity="warning"
    )
    plan = make.plan(jobs, warnings=(unmatched,))

    assert (
        plan_text(plan, make.decisions(plan), 80, False).split("\n\n", 4)[-1]
        == """\
pipeline.yaml:1:1: warning: this entry of `exclude` matches nothing [entry-without-match]
  1 | callsheet: 1
    | ^

warning: hero (2 instances): `resolution` is left out
warning: intro: the voice is shorter than the clip
"""
    )


def test_hostile_names_and_reasons_are_inert_in_a_plan(make: SimpleNamespace) -> None:
    one = make.job("hero", {"look": "\x1b[2J"})
    plan = make.plan([one], name="\x1b]0;owned\x07")
    why = Why("x", "\u202eevil\n[red]")

    text = plan_text(plan, {one.id: Decision(one.id, Action.render, why, None)}, 80, False)

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "hero[look=\\x1b[2J]" in text
    assert "\\u202eevil [red]" in text


def test_colours_change_nothing_but_colours(aurora: Plan, make: SimpleNamespace) -> None:
    decisions = make.decisions(aurora)
    coloured = plan_text(aurora, decisions, 80, True)
    bare = coloured
    for code in ("0", "1", "2", "31", "32", "33", "35", "36"):
        bare = bare.replace(f"\x1b[{code}m", "")

    assert "\x1b[33mrender\x1b[0m" in coloured
    assert bare == plan_text(aurora, decisions, 80, False)


def test_no_line_but_an_id_is_wider_than_the_screen(aurora: Plan, make: SimpleNamespace) -> None:
    jobs = [replace(one, warnings=()) for one in aurora.jobs]
    plan = make.plan(jobs)

    lines = plan_text(plan, make.decisions(plan), 64, False).split("\n")

    assert [line for line in lines if cells(line) > 64] == []


def test_an_empty_plan_says_so(make: SimpleNamespace) -> None:
    plan = make.plan([], provider="runcomfy")

    assert plan_text(plan, {}, 80, False) == (
        "aurora-launch  0 instances on runcomfy\n\n0 to render (0.00 USD estimated), 0 local, 0 cached\n"
    )
