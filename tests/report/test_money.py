from __future__ import annotations

import pytest

from callsheet.report.screen import money


@pytest.mark.parametrize(
    ("known", "unknown", "of", "said"),
    [
        (0.0, 0, 0, "0.00 USD"),
        (3.5, 0, 7, "3.50 USD"),
        (0.0, 2, 2, "price unknown"),
        (0.5, 2, 3, "0.50 USD + 2 at an unknown price"),
    ],
)
def test_an_unknown_price_is_never_shown_as_nothing(known: float, unknown: int, of: int, said: str) -> None:
    assert money(known, unknown, of) == said
