"""What a render may cost where nobody states it: learned from what this project paid, and never shown as nothing."""

from __future__ import annotations

import pytest

from callsheet.catalog.price import learned
from callsheet.catalog.route import Estimate

PIPELINE = """\
callsheet: 1
name: x
seed: 1
nodes:
  a:
    route: wan-ai/wan-2-7/text-to-video
    input: {prompt: A presenter, duration: 5}
  b:
    route: wan-ai/wan-2-7/text-to-video
    input: {prompt: Another one, duration: 9}
"""


@pytest.mark.parametrize(
    ("past", "estimate"),
    [
        ([], None),
        ([0.4], Estimate(0.4, "learned")),
        ([0.2, 0.9, 0.4], Estimate(0.9, "learned")),
        ([0.0], Estimate(0.0, "learned")),
        ([*[0.1] * 20, 5.0], Estimate(0.1, "learned")),
    ],
)
def test_an_estimate_is_the_dearest_of_the_latest_twenty_renders(past: list[float], estimate: Estimate | None) -> None:
    assert learned(past) == estimate


def bases(project) -> dict[str, tuple[float | None, str]]:
    finished = project.run("plan", "pipeline.yaml", "--json")
    assert finished.exit_code == 0, finished.stderr
    return {one["id"]: (one["cost_estimate_usd"], one["cost_basis"]) for one in finished.json["instances"]}


def test_a_project_learns_what_a_route_costs_from_its_own_renders(project, provider) -> None:
    provider()
    project.write({"pipeline.yaml": PIPELINE})
    assert bases(project) == {"a": (None, "unknown"), "b": (None, "unknown")}
    assert project.run("run", "pipeline.yaml", "--yes", "--select", "a").exit_code == 0
    assert bases(project) == {"a": (0.4, "learned"), "b": (0.4, "learned")}
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
    assert bases(project) == {"a": (0.72, "learned"), "b": (0.72, "learned")}


def test_what_a_simulation_did_cost_teaches_nothing(project) -> None:
    project.write({"pipeline.yaml": PIPELINE.split("  b:")[0]})
    assert project.run("run", "pipeline.yaml", "--simulate").exit_code == 0
    assert bases(project) == {"a": (None, "unknown")}


def test_an_unknown_price_is_never_shown_as_nothing(project) -> None:
    project.write({"pipeline.yaml": PIPELINE})
    totals = project.run("plan", "pipeline.yaml", "--json").json["totals"]
    assert (totals["cost_estimate_usd"], totals["unpriced"]) == (None, 2)
    shown = project.run("plan", "pipeline.yaml").stdout
    assert "2 to render (price unknown), 0 local, 0 cached\n" in shown
    assert "0.00" not in shown


def test_a_quoted_price_comes_before_what_was_learned(project, provider) -> None:
    provider()
    project.write({"pipeline.yaml": PIPELINE})
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
    project.run("routes", "sync", "wan-ai/wan-2-7/text-to-video")
    assert bases(project) == {"a": (0.4, "base"), "b": (0.72, "base")}
    project.write(
        {
            "routes/wan-ai--wan-2-7--text-to-video.fields.yaml": "price: {base_usd: 0.06, unit: second, as_of: 2026-05-04}\n"
        }
    )
    assert bases(project) == {"a": (0.3, "quoted"), "b": (0.54, "quoted")}
