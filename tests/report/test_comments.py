"""Plans and comparisons as comments on a pull request: whole, harmless, and never too long."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from callsheet.catalog.route import Estimate
from callsheet.plan.job import Job, Plan
from callsheet.report.comparison import alike, comparison_document
from callsheet.report.comparison_text import comparison_text
from callsheet.report.diff_markdown import diff_markdown
from callsheet.report.plan_markdown import plan_markdown
from callsheet.run.compare import Comparison, Side, compare
from callsheet.run.outcome import Action

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LIMIT = 65_536


@pytest.fixture
def compared(make: SimpleNamespace):
    """The comparison of two lists of jobs."""

    def of(before: list[Job], after: list[Job], **more: object) -> Comparison:
        sides = [make.plan(jobs, provider="runcomfy", **more) for jobs in (before, after)]
        return compare(*(Side(plan, make.decisions(plan)) for plan in sides))

    return of


def hero(make: SimpleNamespace, look: str, prompt: str, **more: object) -> Job:
    return make.job("hero", {"look": look}, input={"prompt": prompt}, key=make.digest(look + prompt), **more)


def test_a_plan_is_a_comment(aurora: Plan, make: SimpleNamespace) -> None:
    decisions = make.decisions(aurora, {"hero[look=dawn,take=1]": Action.cached})
    lines = plan_markdown(aurora, decisions, "callsheet plan aurora.yaml").split("\n")
    assert lines[:12] == [
        "## aurora-launch: 3.00 USD to render",
        "",
        "6 to render (3.00 USD estimated; simulated, costs nothing), 10 local, 1 cached, 2 excluded.",
        "",
        "| node | made by | instances |  | estimate |",
        "| --- | --- | ---: | --- | ---: |",
        "| `hero` | `happyhorse/happyhorse-1.0/image-to-video` | 4 | 1 cached, 3 render | 1.50 USD |",
        "| `spokesperson` | `wan-ai/wan-2-7/text-to-video` | 3 | 3 render | 1.50 USD |",
        "| `spot` | `concat` | 5 | 5 local |  |",
        "| `captioned` | `caption` | 5 | 5 local |  |",
        "",
        "<details><summary>17 instances</summary>",
    ]
    assert lines[15] == "| `hero[look=dawn,take=1]` | cached |  | rendered before, nothing changed |"
    assert lines[-6:] == [
        "| `captioned[look=studio,language=de]` | local |  | never made |",
        "",
        "</details>",
        "",
        "All of it: `callsheet plan aurora.yaml`",
        "",
    ]


def test_a_comparison_is_a_comment(make: SimpleNamespace, compared) -> None:
    before = [
        hero(make, "dawn", "a warm light over the calm sea"),
        hero(make, "noon", "a white light"),
        hero(make, "dusk", "a red light"),
    ]
    after = [
        hero(make, "dawn", "a cold light over the calm sea"),
        hero(make, "noon", "a white light"),
        hero(make, "night", "no light", estimate=Estimate(0.8, "quoted")),
    ]
    text = diff_markdown(compared(before, after), "main", COMMIT, ("`x.png` is not in git",), "callsheet plan")
    assert text == (
        "## aurora-launch: +0.30 USD\n"
        "\n"
        "Compared with `main` (`01234567`): **1 changed**, **1 added**, **1 removed**, 1 unchanged.\n"
        "\n"
        "|  | as of main | now | difference |\n"
        "| --- | ---: | ---: | ---: |\n"
        "| to render | 3 | 3 | ±0 |\n"
        "| estimate | 1.50 USD | 1.80 USD | **+0.30 USD** |\n"
        "| of that added or changed |  | 1.30 USD |  |\n"
        "\n"
        "### Changed\n"
        "\n"
        "| changed | would be | estimate | what changes |\n"
        "| --- | --- | ---: | --- |\n"
        "| `hero[look=dawn]` | rendered | 0.50 USD | `prompt`: a ~~warm~~ **cold** light over the calm sea |\n"
        "\n"
        "### Added\n"
        "\n"
        "| added | would be | estimate |\n"
        "| --- | --- | ---: |\n"
        "| `hero[look=night]` | rendered | 0.80 USD |\n"
        "\n"
        "### Removed\n"
        "\n"
        "| removed | was a |\n"
        "| --- | --- |\n"
        "| `hero[look=dusk]` | route |\n"
        "\n"
        "> `x.png` is not in git\n"
        "\n"
        "All of it: `callsheet plan`\n"
    )  # fmt: skip


def test_more_rows_than_a_screen_has_are_folded(make: SimpleNamespace, compared) -> None:
    after = [hero(make, f"l{number}", "a light") for number in range(13)]
    text = diff_markdown(compared([], after), "main", COMMIT, (), "callsheet plan")
    assert "<details><summary>Added: 13 instances</summary>\n\n| added |" in text
    assert text.count("</details>") == 1


@pytest.mark.parametrize("size", [3, 400, 3_000])
def test_a_comment_is_never_too_long_and_says_what_it_left_out(make: SimpleNamespace, compared, size: int) -> None:
    before = [hero(make, f"l{number}", f"{'word ' * 900}{number}") for number in range(size)]
    after = [hero(make, f"l{number}", f"{'other ' * 900}{number * 7}|") for number in range(size)]
    notes = [f"`{'n' * 5_000}{number}` is not in git" for number in range(50)]
    text = diff_markdown(compared(before, after), "r" * 200, COMMIT, notes, "callsheet plan " + "x" * 9_000)
    assert len(text) <= LIMIT
    assert text.count("<details>") == text.count("</details>")
    shown = text.count("| `hero[look=")
    assert (f"**{size - shown:,} instances left out here**" in text) == (shown < size)
    assert "> and 47 notes more" in text
    assert "All of it: `callsheet plan " in text


def test_a_plan_of_thousands_fits_into_a_comment(make: SimpleNamespace) -> None:
    plan = make.plan([make.job("hero", {"look": f"l{number}"}) for number in range(5_000)])
    text = plan_markdown(plan, make.decisions(plan), "callsheet plan")
    assert len(text) <= LIMIT
    assert (
        text.count("| `hero[look=l") + int(text.split(" instances left out")[0].rsplit("**", 1)[1].replace(",", ""))
        == 5_000
    )


def test_hostile_names_prompts_and_notes_are_inert_in_a_comment(make: SimpleNamespace, compared) -> None:
    evil = "</details><script>alert(1)</script> @octocat | `x` [a](https://evil.example) \u202e ![i](x) #1 long enough"
    before, after = [hero(make, "a|`<b>@me", "harmless words that are long enough")], [hero(make, "a|`<b>@me", evil)]
    text = diff_markdown(compared(before, after, name=evil), evil, COMMIT, (evil,), evil)
    for live in ("<script", "</details>", "@octocat |", " @octocat", "https://", "\u202e", "![i]", " #1"):
        assert live not in text.replace("<code>", " ").replace("\\<script", ""), live
    rows = [line for line in text.split("\n") if line.startswith("| ")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {5}


def test_the_same_edit_of_many_prompts_is_told_once(make: SimpleNamespace, compared) -> None:
    before = [hero(make, f"l{number}", f"a warm light over the calm sea, scene {number}") for number in range(8)]
    after = [hero(make, f"l{number}", f"a cold light over the calm sea, scene {number}") for number in range(8)]
    found = compared(before, after)
    assert [len(group.changed) for group in alike(found.changed)] == [8]
    assert comparison_text(found, "main", COMMIT, (), 80, False).split("\n\n")[1] == (
        "changed  8 instances\n"
        "  hero[look=l0]  render  0.50 USD\n"
        "  hero[look=l1]  render  0.50 USD\n"
        "  hero[look=l2]  render  0.50 USD\n"
        "  hero[look=l3]  render  0.50 USD\n"
        "  hero[look=l4]  render  0.50 USD\n"
        "  and 3 more of `hero`  1.50 USD\n"
        "    ~ `prompt`: a [-warm-]{+cold+} light over the calm sea, scene 0"
    )


def test_a_screen_shows_sixty_ways_of_change_and_counts_the_others(make: SimpleNamespace, compared) -> None:
    before = [hero(make, f"l{number}", "a light") for number in range(70)]
    after = [hero(make, f"l{number}", f"light {number}") for number in range(70)]
    text = comparison_text(compared(before, after), "main", COMMIT, (), 80, False)
    assert "\n  and 10 more, which change in other ways; everything: --json\n" in text


def test_colours_mark_old_and_new_words_and_change_nothing_else(make: SimpleNamespace, compared) -> None:
    found = compared(
        [hero(make, "a", "a warm light over the calm sea")], [hero(make, "a", "a cold light over the calm sea")]
    )
    coloured = comparison_text(found, "main", COMMIT, (), 80, True)
    assert "\x1b[31m[-warm-]\x1b[0m\x1b[32m{+cold+}\x1b[0m" in coloured
    bare = coloured
    for code in ("0", "1", "2", "31", "32", "33"):
        bare = bare.replace(f"\x1b[{code}m", "")
    assert bare == comparison_text(found, "main", COMMIT, (), 80, False)


def test_an_unknown_price_is_no_difference_of_nothing(make: SimpleNamespace, compared) -> None:
    unknown = Estimate(None, "unknown")
    found = compared([hero(make, "a", "x", estimate=unknown)], [hero(make, "a", "y", estimate=unknown)])
    assert comparison_document(found, "main", COMMIT, ())["cost"] == {
        "before_usd": None,
        "after_usd": None,
        "delta_usd": None,
        "of_changes_usd": None,
        "unpriced": 1,
    }
    assert diff_markdown(found, "main", COMMIT, (), "x").startswith("## aurora-launch: cost difference unknown\n")
    assert "to render now at an unknown price, as of main at an unknown price\n" in comparison_text(
        found, "main", COMMIT, (), 80, False
    )
