"""`callsheet reseed`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from callsheet.cli.lock_change import refuse_parameters, tell, view
from callsheet.cli.locking import made_of
from callsheet.cli.options import File, Json, LockOption, Params, ParamsFile, Profile
from callsheet.cli.planning import Asked
from callsheet.plan.locking import extended, locked
from callsheet.plan.reseed import reseeded


def reseed(
    file: File,
    selector: Annotated[
        str, typer.Argument(metavar="SELECTOR", help="Such as `hero` or `hero[look=dawn]`.", show_default=False)
    ],
    profile: Profile = None,
    param: Params = None,
    params_file: ParamsFile = None,
    lock: LockOption = None,
    json: Json = False,
) -> None:
    """Draw new seeds for the selected instances, put them into the lock, and say what that renders again.

    Example: callsheet reseed pipeline.yaml 'hero[look=dawn]'
    """
    asked = Asked(file, param or (), params_file, profile, lock=lock)
    refuse_parameters(asked)
    before = view(replace(asked, select=selector))
    kept = before.planned.lock
    base = kept.lock
    if base is None:
        base = locked(before.planned.plan, made_of(before.planned, before.decided), None)
    drawn = reseeded(before.planned.plan, base, before.planned.selected or ())
    after = view(asked, replace(kept, lock=drawn))
    made = made_of(after.planned, after.decided)
    about = {name: one for name, one in made.items() if name in drawn.instances}
    tell(replace(kept, lock=base), extended(drawn, after.planned.plan, about, about), after, as_json=json)
