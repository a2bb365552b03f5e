"""The lock file: what is written is read again, to the byte, and what is wrong with one is told by line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.document.lock import Lock, LockedAsset, LockedInstance, LockedRoute, Origin
from callsheet.document.lock_file import asset_name, lock_path, lock_text, write_lock
from callsheet.document.lock_reader import read_lock
from callsheet.media.info import MediaInfo, Output
from callsheet.problems import DataFault

A, B = "a" * 64, "b" * 64
HEAD = 'callsheet-lock: 1\nprovider: "runcomfy"\n'
SHOT = LockedInstance(
    "route", "wan-ai/wan-2-7/text-to-video", "lip-sync", 5, Origin(None, 7, "shot", "1", (("look", "dawn"),), 2), None, A,
    (Output("video", "video", B, 12, "video/mp4"),),
)  # fmt: skip

digests = st.text("0123456789abcdef", min_size=64, max_size=64)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
numbers = st.integers(1, 2**31)
derived = st.builds(
    Origin, st.none(), numbers, names, names,
    st.dictionaries(names, names, max_size=2).map(lambda pairs: tuple(pairs.items())), st.integers(0, 3),
)  # fmt: skip
outputs = st.builds(Output, names, st.sampled_from(["image", "video", "audio", "data"]), digests, numbers, names)
instances = st.builds(
    LockedInstance, st.sampled_from(["route", "step"]), names, st.none() | names, st.none() | numbers,
    st.none() | derived | numbers.map(Origin), st.none() | names, digests, st.lists(outputs, max_size=2).map(tuple),
)  # fmt: skip
values = st.none() | st.booleans() | numbers | st.floats(allow_nan=False, allow_infinity=False) | names
assets = st.builds(LockedAsset, digests)
locks = st.builds(
    Lock,
    names,
    st.dictionaries(names, assets, max_size=3),
    st.dictionaries(names, names, max_size=3),
    st.dictionaries(names, st.builds(LockedRoute, digests, st.dictionaries(names, values, max_size=3)), max_size=2),
    st.dictionaries(st.from_regex(r"[a-z][a-z0-9_.]{0,9}(\[[a-zé日0-9=,._-]{1,9}\])?", fullmatch=True), instances, max_size=4),
)  # fmt: skip


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "x.lock.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataFault) as fault:
        read_lock(path, "x.lock.yaml")
    return str(fault.value)


@settings(max_examples=60)
@given(locks)
def test_what_is_written_is_read_again(tmp_path_factory, lock) -> None:
    path = tmp_path_factory.getbasetemp() / "random.lock.yaml"
    path.write_bytes(lock_text(lock).encode())
    found = read_lock(path, "random.lock.yaml")
    assert found == lock
    assert lock_text(found) == lock_text(lock)


@settings(max_examples=60)
@given(locks)
def test_it_is_yaml_with_a_line_a_record(lock) -> None:
    text = lock_text(lock)
    count = sum(map(len, (lock.assets, lock.intents, lock.routes, lock.instances)))
    assert len(yaml.safe_load(text)) == count + 2
    assert text.count("\n") == count + 3


def test_the_whole_form_of_it(tmp_path) -> None:
    facts = MediaInfo("audio", "audio/wav", 4, B, seconds=1.5)
    address = "https://x.example/a.wav?signature=secret"
    lock = Lock(
        "runcomfy",
        {"assets/é.png": LockedAsset(A), asset_name(address): LockedAsset(B, facts)},
        {"lip-sync": "wan-ai/wan-2-7/text-to-video"},
        {"wan-ai/wan-2-7/text-to-video": LockedRoute(A, {"resolution": "1080p", "duration": 5})},
        {"shot[look=dawn]": SHOT, "shot[look=dusk]": LockedInstance("route", "x/y", salt="2"),
         "end": LockedInstance("step", "concat", key=B), "cut": LockedInstance("route", "x/y", seed=9, origin=Origin(9))},
    )  # fmt: skip
    assert lock_text(lock) == (
        "# What this campaign is made of, one line a record. `callsheet lock` and `callsheet run` keep it; commit it.\n"
        "callsheet-lock: 1\n"
        'provider: "runcomfy"\n'
        f'"asset:assets/é.png": {{"sha256": "{A}"}}\n'
        f'"asset:https://x.example/a.wav 1cf1ddcf": {{"sha256": "{B}", "kind": "audio", "media_type": "audio/wav", "bytes": 4, "seconds": 1.5}}\n'
        '"intent:lip-sync": {"route": "wan-ai/wan-2-7/text-to-video"}\n'
        f'"route:wan-ai/wan-2-7/text-to-video": {{"schema": "{A}", "defaults": {{"duration": 5, "resolution": "1080p"}}}}\n'
        'cut: {"route": "x/y", "seed": 9, "from": {"pin": 9}}\n'
        f'end: {{"step": "concat", "key": "{B}"}}\n'
        'shot[look=dawn]: {"route": "wan-ai/wan-2-7/text-to-video", "intent": "lip-sync", "seed": 5, "from": {"root": 7, '
        f'"name": "shot", "take": "1", "vary": {{"look": "dawn"}}, "draw": 2}}, "key": "{A}", "outputs": [{{"name": "video", '
        f'"kind": "video", "sha256": "{B}", "bytes": 12, "media_type": "video/mp4"}}]}}\n'
        'shot[look=dusk]: {"route": "x/y", "salt": "2"}\n'
    )
    path = tmp_path / "pipeline.lock.yaml"
    assert write_lock(path, lock)
    assert not write_lock(path, lock)
    assert read_lock(path, "pipeline.lock.yaml") == lock
    assert list(tmp_path.iterdir()) == [path]


def test_an_address_goes_without_its_query_and_is_still_told_from_others() -> None:
    first, second = (asset_name(f"https://x.example/a.png?token={word}") for word in ("one", "two"))
    assert first.startswith("https://x.example/a.png ")
    assert first != second
    assert asset_name("https://x.example/a.png") == "https://x.example/a.png"
    assert asset_name("assets/a?.png") == "assets/a?.png"


def test_a_profile_has_a_file_of_its_own() -> None:
    assert lock_path(Path("a/spring.yaml")) == Path("a/spring.lock.yaml")
    assert lock_path(Path("a/spring.yaml"), "draft") == Path("a/spring.draft.lock.yaml")


def test_where_there_is_no_lock_there_is_none(tmp_path) -> None:
    assert read_lock(tmp_path / "no.lock.yaml", "no.lock.yaml") is None


def test_the_same_line_twice_is_what_a_merge_leaves_and_fine(tmp_path) -> None:
    path = tmp_path / "x.lock.yaml"
    line = 'end: {"step": "concat"}\n'
    path.write_text(HEAD + line + "\n# a comment\n" + line, newline="\r\n")
    found = read_lock(path, "x.lock.yaml")
    assert found is not None
    assert dict(found.instances) == {"end": LockedInstance("step", "concat")}


def test_two_records_of_one_name_are_told_with_both_places(tmp_path) -> None:
    assert refused(tmp_path, HEAD + 'end: {"step": "concat"}\nend: {"step": "loop"}\n') == (
        "x.lock.yaml:4:1: error: `end` stands here a second time, and differently: two branches changed it, each in its"
        " own way [lock-duplicate]\n"
        '  4 | end: {"step": "loop"}\n'
        "    | ^^^^^^^^^^^^^^^^^^^^^\n"
        "  see also x.lock.yaml:3:1\n"
        "  help: keep the line that is right and remove the other, or remove both and run `callsheet lock`"
    )


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "=======", "||||||| base", ">>>>>>> other"])
def test_a_conflict_that_git_left_is_told_once(tmp_path, mark) -> None:
    told = refused(tmp_path, f'{HEAD}{mark}\nend: {{"step": "a"}}\nend: {{"step": "b"}}\n{mark}\n')
    assert told == (
        "x.lock.yaml:3:1: error: git left a conflict here [lock-conflict]\n"
        f"  3 | {mark}\n"
        f"    | {'^' * len(mark)}\n"
        "  help: keep the lines of both sides and remove git's own, then run `callsheet lock`; with"
        " `*.lock.yaml merge=union` in `.gitattributes` git does so itself"
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "this line is no record: a name, `: `, and a record in braces"),
        ("end: {", "what stands after the name is not in the form of JSON"),
        ("end: [1]", "a record must be in braces"),
        ('end: {"steep": "x"}', "there is no `steep` here; did you mean `step`?"),
        ('end: {"step": 1}', "`step` must be a text"),
        ("end: {}", "`step` must be a text"),
        ('end: {"step": "x", "route": "y"}', "an instance is made by a `route` or by a `step`, and not by both"),
        ('end: {"step": "x", "key": "abc"}', "`key` must be 64 hexadecimal digits"),
        ('end: {"route": "x", "seed": 0}', "`seed` must be a whole number from 1"),
        ('end: {"route": "x", "seed": NaN}', "what stands after the name is not in the form of JSON"),
        ('end: {"route": "x", "from": {"root": 1, "name": "x"}}', "`take` must be a text"),
        ('end: {"route": "x", "from": {"root": true, "name": "x", "take": "1"}}', "`root` must be a whole number"),
        ('end: {"route": "x", "outputs": {}}', "`outputs` must be a list"),
        ('end: {"route": "x", "outputs": [{"name": "video"}]}', "an output lacks `kind`"),
        ('"asset:a": {"sha256": "0"}', "`sha256` must be 64 hexadecimal digits"),
        (f'"asset:a": {{"sha256": "{A}", "kind": "text"}}', "`kind` must be `image`, `video` or `audio`"),
        ('"intent:a": {"route": ""}', "`route` must be a text"),
        ('"route:a": {"schema": "x"}', "`schema` must be 64 hexadecimal digits"),
        ('"other:a": {}', "there are no records of `other:a`: they begin with `asset:`, `intent:` or `route:`"),
        (
            "callsheet-lock: 2",
            "`callsheet-lock` stands here a second time, and differently: two branches changed it, each in its own way",
        ),
    ],
)
def test_each_line_that_is_wrong_is_told(tmp_path, line, said) -> None:
    told = refused(tmp_path, HEAD + line + "\n")
    assert told.splitlines()[0].startswith(f"x.lock.yaml:3:1: error: {said} [lock-")
    assert told.splitlines()[1] == f"  3 | {line}"


def test_all_lines_that_are_wrong_are_told_up_to_a_bound(tmp_path) -> None:
    told = refused(tmp_path, HEAD + "".join(f"n{number}: 1\n" for number in range(25)))
    assert told.count("a record must be in braces") == 20
    assert told.endswith("error: and 5 more lines of this lock are wrong [lock-malformed]")


def test_what_is_no_lock_at_all_is_told(tmp_path) -> None:
    assert "this is no lock: it must begin with `callsheet-lock: 1`" in refused(tmp_path, "")
    assert "this lock says nothing of its `provider`" in refused(tmp_path, "callsheet-lock: 1\n")
    assert "this lock is of version 2, and this callsheet reads version 1" in refused(tmp_path, "callsheet-lock: 2\n")
    path = tmp_path / "x.lock.yaml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DataFault, match=r"the lock `x.lock.yaml` is no UTF-8 text"):
        read_lock(path, "x.lock.yaml")


def test_a_record_that_another_line_completes_is_not_taken(tmp_path) -> None:
    told = refused(tmp_path, HEAD + 'a: {"step": "x\nb: y"}, {"step": "z"}\n')
    assert told.count("what stands after the name is not in the form of JSON") == 2


def test_a_link_to_a_lock_stays_one_and_its_file_keeps_its_mode(tmp_path) -> None:
    place, link = tmp_path / "kept.yaml", tmp_path / "pipeline.lock.yaml"
    place.write_text("")
    place.chmod(0o640)
    link.symlink_to(place)
    lock = Lock("runcomfy", instances={"shot": SHOT})
    assert write_lock(link, lock)
    assert (link.is_symlink(), place.stat().st_mode & 0o777) == (True, 0o640)
    assert place.read_text() == lock_text(lock)
    assert not write_lock(link, lock)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.yaml", "pipeline.lock.yaml"]
