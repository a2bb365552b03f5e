"""Text in a comment on GitHub: whatever it says, it stays text."""

from __future__ import annotations

import pytest

from callsheet.report.bounded import Bounded
from callsheet.report.markdown import change_cell, code, plain, prose, words
from callsheet.run.difference import Difference, Differs
from callsheet.run.word_diff import word_diff


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b", r"a\|b"),
        ("`rm -rf`", r"\`rm -rf\`"),
        ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
        ("[here](x)", r"\[here\](x)"),
        ("**bold** __too__ ~~gone~~", r"\*\*bold\*\* \_\_too\_\_ \~\~gone\~\~"),
        ("&lt;b&gt;", r"\&lt;b\&gt;"),
        ("back\\slash", r"back\\slash"),
        ("$x$", "&#36;x&#36;"),
        ("cc @octocat", "cc @\u200boctocat"),
        ("fixes #12 and GH-3", "fixes #\u200b12 and GH-\u200b3"),
        ("https://evil.example", "https\u200b://evil.example"),
        ("www.evil.example", "www\u200b.evil.example"),
        (":tada: at 9:16", ":\u200btada: at 9:16"),
        ("two\nlines", "two lines"),
        ("\u202eevil\x1b[2J", r"\\u202eevil\\x1b\[2J"),
    ],
)
def test_nothing_in_a_text_becomes_markup_a_mention_or_a_link(text: str, written: str) -> None:
    assert plain(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("hero[look=dawn]", "`hero[look=dawn]`"),
        ("@octocat", "`@octocat`"),
        ("a`b", r"<code>a\`b</code>"),
        ("a|b", r"<code>a\|b</code>"),
        ("", "<code></code>"),
        (" x", "<code> x</code>"),
    ],
)
def test_names_are_code_whatever_they_hold(text: str, written: str) -> None:
    assert code(text) == written


def test_what_stands_in_backticks_in_a_sentence_of_ours_is_code() -> None:
    assert prose("waits for `hero[look=a|b]`, see <x>") == r"waits for <code>hero\[look=a\|b\]</code>, see \<x\>"


def test_old_words_are_struck_out_and_new_ones_bold_with_blanks_around_the_marks() -> None:
    assert words(word_diff("a warm light", "a cold light")) == "a ~~warm~~ **cold** light"
    assert words(word_diff("光を、瓶に。", "光を、缶に。")) == "光を、 ~~瓶~~ **缶** に。"
    assert words(word_diff("a *b* c d e", "a _b_ c d f")) == r"a ~~\*b\*~~ **\_b\_** c d ~~e~~ **f**"


def test_a_changed_prompt_shows_the_words_around_each_change() -> None:
    old = f"{'before ' * 40}warm {'between ' * 40}light{' after' * 40}"
    new = old.replace("warm", "cold").replace("light", "dark")
    told = change_cell(Difference(Differs.field, "prompt", old, new))
    assert told.startswith("`prompt`: …")
    assert "~~warm~~ **cold**" in told
    assert "~~light~~ **dark**" in told
    assert told.count("…") == 3
    assert len(told) < 450


def test_a_prompt_without_end_is_cut() -> None:
    told = change_cell(Difference(Differs.field, "prompt", "x" * 9_000, "y" * 9_000))
    assert len(told) < 2_600
    assert told.endswith(" …")


def test_a_bounded_text_counts_what_no_longer_fits() -> None:
    page = Bounded(100, 20)
    assert page.add(["head"])
    assert not page.add(["x" * 90])
    assert page.add_as_fits(["[", ""], [f"row {number}" for number in range(30)], ["]"]) == 11
    assert page.end(["19 left out"]) == "head\n[\n\n" + "".join(f"row {n}\n" for n in range(11)) + "]\n19 left out\n"
