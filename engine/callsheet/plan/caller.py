"""What surrounds a used pipeline: all that reaches it from the file that uses it, beside the values of `with`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from callsheet.plan.axes import AxisValues
from callsheet.plan.expand import Combination
from callsheet.plan.picks import Reliance
from callsheet.problems import Span


@dataclass(frozen=True, slots=True, eq=False)
class Caller:
    """One instance of a node that uses a pipeline.

    `name` is that node's, qualified; `axes` and `combination` come before the pipeline's own in every id; `takes` is
    the one of these axes that is one of takes, and `picked` whether this take is the picked one. `defaults` are laid
    over the pipeline's own. `needs` are instances that everything in it comes after. `handed` are instances handed in,
    each with the picks that it hangs on. `uses` are the places that led here.
    """

    name: str = ""
    axes: tuple[str, ...] = ()
    combination: Combination = ()
    takes: AxisValues | None = None
    picked: bool = True
    defaults: Mapping[str, object] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    handed: Mapping[str, Reliance] = field(default_factory=dict)
    uses: tuple[Span, ...] = ()


NOBODY = Caller()
"""Around the pipeline that is planned itself."""
