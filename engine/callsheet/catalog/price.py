"""What a call is expected to cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callsheet.catalog.route import Estimate, Field, Price, Route, Step

UNKNOWN = Estimate(None, "unknown")
FREE = Estimate(0.0, "base")
_LATEST = 20


def estimate(shape: Route | Step, values: Mapping[str, object], provider_is_simulator: bool) -> Estimate:
    """The cost in USD of one call with this input (native names); steps are free.

    Priced by the second, the longest clip counts where the length is not known yet (`match-audio` before its voice
    is made): an estimate then errs on the dear side. Without a price, or by a unit not known here, it is unknown.
    """
    if isinstance(shape, Step):
        return FREE
    price = shape.simulated_price if provider_is_simulator else shape.price
    units = _units(shape, values, price) if price is not None else None
    if price is None or units is None:
        return UNKNOWN
    return Estimate(round(price.base_usd * units, 6), "quoted" if price.quoted else "base")


def dearest(estimates: Sequence[Estimate]) -> Estimate:
    """The worst case of one of several calls being paid for; unknown as soon as one of them is."""
    known = [(one.usd, -number) for number, one in enumerate(estimates) if one.usd is not None]
    return UNKNOWN if len(known) < len(estimates) else estimates[-max(known)[1]]


def learned(past: Sequence[float]) -> Estimate | None:
    """What a render may cost by what others of its route did (USD, newest first): the dearest of the latest twenty,
    so that an estimate errs on the dear side. None without a past."""
    latest = past[:_LATEST]
    return Estimate(round(max(latest), 6), "learned") if latest else None


def _units(route: Route, values: Mapping[str, object], price: Price) -> float | None:
    if price.unit in ("second", "seconds"):
        return _seconds(route, values)
    return 1.0 if price.unit in ("output", "image", "video", "request", "generation") else None


def _seconds(route: Route, values: Mapping[str, object]) -> float | None:
    native = route.canonical.get("duration")
    if native is not None:
        return _number(values.get(native), route.fields[native].default, _longest(route.fields[native]))
    if route.frame_count is None or route.frame_rate is None:
        return None
    count, rate = route.fields[route.frame_count], route.fields[route.frame_rate]
    frames = _number(values.get(count.name), count.default, _longest(count))
    a_second = _number(values.get(rate.name), rate.default, rate.minimum)
    return frames / a_second if frames is not None and a_second else None


def _number(value: object, default: object, worst: float | None) -> float | None:
    """The value if it is a number, the schema's default if none was given, else the dearest the field allows."""
    for one in (value, default if value is None else None, worst):
        if isinstance(one, int | float) and not isinstance(one, bool):
            return one
    return None


def _longest(field: Field) -> float | None:
    numbers = [value for value in field.enum if isinstance(value, int | float)]
    return max(numbers) if numbers else field.maximum
