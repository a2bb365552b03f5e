"""The query of an address may be a signature: no excerpt of a pipeline shows it."""

from __future__ import annotations

from callsheet.problems import SourceText, Span


def excerpt(line: str, column: int = 1) -> str:
    return Span(SourceText("pipeline.yaml", line), 1, column, 1, column + 5).excerpt().split("\n")[0]


def test_the_query_of_an_address_is_starred_out_in_place() -> None:
    assert excerpt('image: "https://x.example/a.png?sig=1", prompt: what?') == (
        '1 | image: "https://x.example/a.png?*****", prompt: what?'
    )


def test_text_that_is_no_address_stays_as_it_is() -> None:
    assert excerpt("prompt: is it? yes") == "1 | prompt: is it? yes"


def test_a_query_longer_than_what_is_shown_is_starred_out_too() -> None:
    line = 'image: "https://x.example/a.png?' + "s" * 1000 + '" # here'
    assert "s" * 10 not in excerpt(line, 900)
    assert "*" * 200 in excerpt(line, 900)
