"""What bounds spending: budgets, the pilot, and the end of submitting when the account says no."""

from __future__ import annotations

import re

CAMPAIGN = """
callsheet: 1
name: shop
seed: 7
axes:
  look: [dawn, studio, night]
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look]
    input: {prompt: "A bottle at {{ look }}.", duration: 2}
"""


def learned(project, provider, faults: str = "") -> float:
    """Render the first look, so that the price of the route is known; returns it in USD."""
    provider(faults)
    project.write({"pipeline.yaml": CAMPAIGN})
    first = project.run("run", "pipeline.yaml", "--yes", "--only", "look=dawn", "--json").json
    return first["totals"]["cost_usd"]


def errors(finished) -> list[str]:
    return sorted(one["error"]["code"] for one in finished.json["instances"] if one["error"])


def test_a_budget_lets_out_what_fits_and_holds_the_rest(project, provider) -> None:
    price = learned(project, provider)
    finished = project.run("run", "pipeline.yaml", "--budget", f"{price * 1.5}", "--json")
    assert finished.exit_code == 75
    assert (finished.json["totals"]["submitted"], errors(finished)) == (1, ["budget-reached"])


def test_the_budget_of_a_project_counts_all_that_was_ever_spent(project, provider) -> None:
    price = learned(project, provider)
    project.write({"callsheet.toml": f"[run]\nbudget = {price * 2.5}\n"})
    finished = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert finished.exit_code == 75
    assert (finished.json["totals"]["submitted"], errors(finished)) == (1, ["budget-reached"])
    (said,) = [one["error"] for one in finished.json["instances"] if one["error"]]
    assert said["hint"] == "raise `budget` under `[run]` in `callsheet.toml`; what is done stays done"
    assert re.search(
        rf"would pass the project's budget of {price * 2.5:.2f} USD: {price * 2:.2f} are spent", said["message"]
    )
    again = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert (again.json["totals"]["submitted"], again.exit_code) == (0, 75)


def test_the_budget_of_a_project_must_be_a_number_from_0(project) -> None:
    for value, said in (
        ("-1", "error: the budget of the project must be a number of USD from 0 [bad-settings]\n"),
        ("'many'", "error: `callsheet.toml`: `run.budget` must be float [bad-settings]\n"),
    ):
        project.write({"pipeline.yaml": CAMPAIGN, "callsheet.toml": f"[run]\nbudget = {value}\n"})
        assert project.run("plan", "pipeline.yaml").stderr == said


def test_a_request_that_is_attached_to_is_never_refused_for_the_budget_and_counts(project, provider) -> None:
    learned(project, provider)
    provider("render:stuck#1")
    project.run("run", "pipeline.yaml", "--yes", "--only", "look=dawn,studio", "--timeout", "0.7")
    finished = project.run("run", "pipeline.yaml", "--budget", "0", "--timeout", "0.7", "--json")
    assert errors(finished).count("timeout") >= 1
    assert finished.json["totals"]["submitted"] == 0


def test_a_pilot_renders_the_first_of_each_route_and_off_a_terminal_stops_there(project, provider) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes", "--pilot", "--json")
    assert finished.exit_code == 0
    assert [found["state"] for found in finished.json["instances"]] == ["succeeded", "skipped", "skipped"]
    assert len(one.submits) == 1
    assert re.search(
        r"the pilot is made; run again without `--pilot` to submit the other 2 renders at http://127.0.0.1:\d+"
        r" for about \d+\.\d\d USD\n",
        finished.stderr,
    )
    rest = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert [found["state"] for found in rest.json["instances"]] == ["cached", "succeeded", "succeeded"]


def test_a_pilot_that_fails_ends_the_run(project, provider) -> None:
    one = provider("render:failed#1")
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes", "--pilot", "--json")
    assert (finished.exit_code, len(one.submits)) == (65, 1)


def test_nothing_more_is_submitted_once_the_balance_is_exhausted(project, provider) -> None:
    one = provider("submit:402=1")
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes", "--concurrency", "1", "--json")
    assert finished.exit_code == 77
    assert errors(finished) == ["balance-exhausted", "stopped", "stopped"]
    assert len(one.submits) == 1
    stopped = [found for found in finished.json["instances"] if found["error"]["code"] == "stopped"]
    assert {found["state"] for found in stopped} == {"blocked"}


def test_a_refused_rerender_leaves_the_result_that_was_there(project, provider) -> None:
    learned(project, provider)
    one = provider("submit:422=1")
    project.write({"callsheet.toml": '[provider]\nname = "other"\n'})
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 65
    assert {entry["answer"] for entry in one.submits} == {"422"}


def test_a_rerender_that_is_refused_does_not_forget_what_was_paid_for(project, provider) -> None:
    one = provider("submit:422@4+5+6")
    project.write({"pipeline.yaml": CAMPAIGN})
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
    assert project.run("run", "pipeline.yaml", "--yes", "--rerender").exit_code == 65
    again = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert {found["state"] for found in again.json["instances"]} == {"cached"}
    assert len(one.submits) == 6


def test_totals_count_what_left_also_where_nothing_came_of_it(project, provider) -> None:
    provider("render:failed#1,submit:drop-after@2")
    project.write({"pipeline.yaml": CAMPAIGN})
    assert project.run("run", "pipeline.yaml", "--yes", "--json").json["totals"]["submitted"] == 3
