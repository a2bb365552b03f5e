"""The picks file: read strictly, written in one form, safe for two people at once and for git's union merge."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as some

from callsheet.document.picks import Pick, change_picks, picks_path, picks_text, read_picks
from callsheet.document.source import parse
from callsheet.problems import DataFault, SourceText

ONE, TWO = "1" * 64, "2" * 64
DAWN = Pick("2", ONE, (TWO,))
TOP = "# a comment\ncallsheet-picks: 1\n"
Read = Callable[[str], Mapping[str, Pick]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a text as the picks file of a pipeline."""

    def read_text(text: str) -> Mapping[str, Pick]:
        path = tmp_path / "story.picks.yaml"
        path.write_text(text, encoding="utf-8")
        return read_picks(path, "story.picks.yaml")

    return read_text


@pytest.fixture
def refused(read: Read) -> Callable[[str], str]:
    """What is said of a picks file that is refused."""

    def refuse(text: str) -> str:
        with pytest.raises(DataFault) as caught:
            read(text)
        return str(caught.value)

    return refuse


def test_the_files_stand_beside_the_pipeline() -> None:
    assert picks_path(Path("a/story.yaml"), simulated=False) == Path("a/story.picks.yaml")
    assert picks_path(Path("a/story.yaml"), simulated=True) == Path("a/story.preview.picks.yaml")


def test_without_a_file_nothing_is_picked(tmp_path: Path) -> None:
    assert read_picks(tmp_path / "none.picks.yaml", "none.picks.yaml") == {}


def test_a_pick_is_one_line_sorted_by_its_instance(tmp_path: Path) -> None:
    path = tmp_path / "story.picks.yaml"
    marks = Pick(rejected={"2": "flicker", "1": "hand"})
    written = change_picks(
        path, lambda picks: {**picks, "hero[look=dawn]": replace(DAWN, note="the light"), "b": marks}
    )
    assert path.read_text(encoding="utf-8") == (
        "# Which takes were chosen. `callsheet pick` writes one line an instance, so that git can merge by union.\n"
        "callsheet-picks: 1\n"
        'b: {"rejected": {"1": "hand", "2": "flicker"}}\n'
        f'hero[look=dawn]: {{"take": "2", "key": "{ONE}", "sha256": ["{TWO}"], "note": "the light"}}\n'
    )
    assert list(written) == ["b", "hero[look=dawn]"]
    assert read_picks(path, "x") == written


def test_the_file_is_yaml(tmp_path: Path) -> None:
    note = 'a "quote", a colon: and a line\nend, \u2028 \x85 \x7f 海 🎬'
    text = picks_text({"hero[look=dawn]": replace(DAWN, note=note)})
    whole = parse(SourceText("story.picks.yaml", text)).mapping
    assert whole["callsheet-picks"].value == 1
    record = whole["hero[look=dawn]"].mapping
    assert (record["take"].value, record["note"].value) == ("2", note)


def test_a_pick_that_says_nothing_is_left_out_and_a_file_without_picks_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "story.picks.yaml"
    change_picks(path, lambda _: {"hero": DAWN})
    assert change_picks(path, lambda picks: {**picks, "hero": Pick()}) == {}
    assert os.listdir(tmp_path) == []


def test_what_changes_nothing_does_not_touch_the_file(tmp_path: Path) -> None:
    path = tmp_path / "story.picks.yaml"
    change_picks(path, lambda _: {"hero": DAWN})
    before = path.stat()
    change_picks(path, dict)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_change_that_fails_leaves_the_file_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "story.picks.yaml"
    change_picks(path, lambda _: {"hero": DAWN})

    def fail(_: Mapping[str, Pick]) -> Mapping[str, Pick]:
        raise LookupError

    with pytest.raises(LookupError):
        change_picks(path, fail)
    assert os.listdir(tmp_path) == ["story.picks.yaml"]
    assert change_picks(path, lambda picks: {**picks, "b": DAWN}).keys() == {"b", "hero"}


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    kept = tmp_path / "kept.yaml"
    link = tmp_path / "story.picks.yaml"
    link.symlink_to(kept)
    change_picks(link, lambda _: {"hero": DAWN})
    assert link.is_symlink()
    assert read_picks(kept, "kept.yaml") == {"hero": DAWN}


PICKER = """
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from callsheet.document.picks import Pick, change_picks
who, path = sys.argv[1], Path(sys.argv[2])
for number in range(20):
    change_picks(path, lambda picks: {**picks, f"hero[look={who}-{number}]": Pick("1", "a" * 64, ("b" * 64,))})
"""


def test_of_several_processes_that_pick_at_once_none_loses_a_pick(tmp_path: Path) -> None:
    path = tmp_path / "story.picks.yaml"
    people = [subprocess.Popen([sys.executable, "-c", PICKER, who, str(path)]) for who in ("ann", "bob", "cid")]
    assert [one.wait(60) for one in people] == [0, 0, 0]
    assert set(read_picks(path, "x")) == {f"hero[look={who}-{n}]" for who in ("ann", "bob", "cid") for n in range(20)}
    assert os.listdir(tmp_path) == ["story.picks.yaml"]


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_two_branches_that_pick_different_instances_merge_by_union(tmp_path: Path) -> None:
    path = tmp_path / "story.picks.yaml"
    (tmp_path / ".gitattributes").write_text("*.picks.yaml merge=union\n")
    change_picks(path, lambda _: {"m": DAWN})
    git(tmp_path, "init")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-m", "start")
    git(tmp_path, "checkout", "-b", "other")
    change_picks(path, lambda picks: {**picks, "n": DAWN})
    git(tmp_path, "commit", "-am", "n")
    git(tmp_path, "checkout", "main")
    change_picks(path, lambda picks: {**picks, "o": DAWN})
    git(tmp_path, "commit", "-am", "o")
    git(tmp_path, "merge", "other")
    assert list(read_picks(path, "x")) == ["m", "n", "o"]


def test_lines_that_say_the_same_twice_are_one_pick(read: Read) -> None:
    line = f'hero: {{"take": "2", "key": "{ONE}", "sha256": ["{TWO}"]}}\n'
    assert read(TOP + line + "callsheet-picks: 1\n\n" + line) == {"hero": DAWN}


def test_two_picks_of_one_instance_are_refused_with_both_lines(refused: Callable[[str], str]) -> None:
    one, other = (f'hero: {{"take": "{take}", "key": "{ONE}", "sha256": ["{TWO}"]}}' for take in "12")
    assert refused(f"{TOP}{one}\n{other}\n") == (
        "story.picks.yaml:4:1: error: `hero` is picked twice, and differently: here and in line 3 [picked-twice]\n"
        f"  4 | {other}\n"
        f"    | {'^' * len(other)}\n"
        "  see also story.picks.yaml:3:1\n"
        "  help: keep the line that you want, delete the other"
    )


def test_the_marks_of_an_unsettled_merge_are_named_as_such(refused: Callable[[str], str]) -> None:
    assert refused(f"{TOP}<<<<<<< HEAD\nhero: {{}}\n=======\n>>>>>>> other\n") == (
        "story.picks.yaml:3:1: error: `story.picks.yaml` holds the marks of a merge that nobody has settled"
        " [unmerged-picks]\n"
        "  3 | <<<<<<< HEAD\n"
        "    | ^^^^^^^^^^^^\n"
        "  help: keep the lines of both sides, one an instance, and delete the marks; `*.picks.yaml merge=union` in"
        " `.gitattributes` merges them by itself"
    )


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("{take: 2}", "the pick is no JSON mapping whose every name stands once"),
        ('{"take": "1", "take": "2"}', "the pick is no JSON mapping whose every name stands once"),
        ('{"takes": "2"}', "a pick has no field `takes`"),
        ('{"take": 2}', "`take` must be the id of a take, as text"),
        ('{"take": "a/b"}', "`take` must be the id of a take, as text"),
        ('{"take": "2"}', "`take`, `key` and `sha256` go together: a pick is of certain footage"),
        (f'{{"take": "2", "key": "{ONE}"}}', "`take`, `key` and `sha256` go together: a pick is of certain footage"),
        (f'{{"key": "{ONE}"}}', "`take`, `key` and `sha256` go together: a pick is of certain footage"),
        ('{"take": "2", "key": "abc", "sha256": []}', "`key` and the texts in `sha256` must be 64 hexadecimal digits"),
        ('{"sha256": [1]}', "`key` and the texts in `sha256` must be 64 hexadecimal digits"),
        ('{"note": 1}', "`note` must be text"),
        ('{"rejected": ["1"]}', "`rejected` must be a mapping from takes to texts"),
        ('{"rejected": {"1": 2}}', "`rejected` must be a mapping from takes to texts"),
    ],
)
def test_a_record_that_is_none_is_refused(refused: Callable[[str], str], record: str, said: str) -> None:
    assert refused(f"{TOP}hero: {record}\n").startswith(f"story.picks.yaml:3:1: error: {said} [bad-pick]\n")


def test_every_line_that_is_no_pick_is_told_at_once(refused: Callable[[str], str]) -> None:
    told = refused(f"{TOP}- hero\nhero look: {{}}\nhero[]: {{}}\n")
    assert told.count("error: this is no pick [bad-pick]\n") == 3
    assert told.count("  help: a line is an instance and its pick, as `callsheet pick` writes them") == 3


def test_another_version_is_refused(refused: Callable[[str], str]) -> None:
    assert refused("callsheet-picks: 2\n") == (
        "story.picks.yaml:1:1: error: these picks were written by another version [picks-version]\n"
        "  1 | callsheet-picks: 2\n"
        "    | ^^^^^^^^^^^^^^^^^^\n"
        "  help: this version reads `callsheet-picks: 1`"
    )
    assert refused("# nothing\n").startswith(
        "story.picks.yaml:1:1: error: the line `callsheet-picks: 1` is missing [picks-version]\n"
    )


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataFault) as caught:
        change_picks(tmp_path / "gone" / "story.picks.yaml", lambda _: {"hero": DAWN}, "story.picks.yaml")
    assert str(caught.value) == (
        "error: `story.picks.yaml` can't be written: No such file or directory [picks-unwritable]"
    )


IDS = some.from_regex(r"[a-z][a-z0-9_]{0,8}(\[look=[a-z0-9._-]{1,9}\])?", fullmatch=True)
DIGESTS = some.from_regex(r"[0-9a-f]{64}", fullmatch=True)
TEXTS = some.text(min_size=1, max_size=30)
PICKS = some.builds(
    Pick,
    some.sampled_from(["1", "2", "wide"]),
    DIGESTS,
    some.lists(DIGESTS, min_size=1, max_size=2).map(tuple),
    some.none() | TEXTS,
    some.dictionaries(some.sampled_from(["1", "2", "wide"]), TEXTS, max_size=2),
)


@given(some.dictionaries(IDS, PICKS, min_size=1, max_size=5))
def test_what_is_written_is_read_back_and_written_the_same(picks: dict[str, Pick]) -> None:
    text = picks_text(picks)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "story.picks.yaml"
        path.write_text(text, encoding="utf-8")
        back = read_picks(path, "x")
    assert back == picks
    assert picks_text(back) == text
