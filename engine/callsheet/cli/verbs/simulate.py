"""`callsheet simulate`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from callsheet.problems import Problem, UsageFault
from callsheet.simulator.faults import FaultSpecError, parse_faults
from callsheet.simulator.serve import run_forever
from callsheet.simulator.settings import Settings


def simulate(
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes any free one.")] = 8642,
    speed: Annotated[
        float, typer.Option("--speed", metavar="X", min=0, help="How much faster than life; 0: at once.")
    ] = 60.0,
    faults: Annotated[
        str, typer.Option("--faults", metavar="SPEC", help="Faults, such as `status:500=0.05,submit:429=0.1`.")
    ] = "",
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="What queues, times and faults are drawn from.")] = 1,
    extra_models: Annotated[
        int, typer.Option("--extra-models", metavar="N", min=0, help="Offer so many invented models besides.")
    ] = 0,
) -> None:
    """Serve the simulated Model API on loopback, for any client.

    Any token will do, or only `CALLSHEET_SIMULATOR_TOKEN` where that is set.

    Example: callsheet simulate --port 8642 --speed 100
    """
    try:
        injected = parse_faults(faults)
    except FaultSpecError as error:
        raise UsageFault(Problem("bad-faults", str(error))) from None
    token = os.environ.get("CALLSHEET_SIMULATOR_TOKEN")
    settings = Settings(speed=speed, seed=seed, faults=injected, token=token, extra_models=extra_models)
    run_forever("127.0.0.1", port, settings, _ready)


def _ready(base_url: str) -> None:
    sys.stdout.write(f"serving the simulated Model API at {base_url}\n")
    sys.stdout.write(f"  export RUNCOMFY_MODEL_API_BASE={base_url} RUNCOMFY_TOKEN=any\n")
    sys.stdout.flush()
