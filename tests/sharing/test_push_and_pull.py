"""Results go to a shared store and come from it: each byte verified, nothing twice, nothing paid for again."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from callsheet.media.info import Output
from callsheet.store.entry import Work
from callsheet.store.journal import Journal
from callsheet.store.record import blob_name, record_name


def shared(studio, name: str = "shared") -> Path:
    return studio.folder.with_name(name)


def objects(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def entries(folder: Path) -> dict[str, object]:
    with Journal(folder / ".callsheet" / "state.db") as journal:
        return {entry.key: entry for entry in journal.in_state("done")}


def render(studio, folder: Path, *words: str) -> tuple[int, int]:
    """The exit code of a run, and how many submits it made."""
    before = len(studio.provider.submits)
    finished = studio.run("run", str(folder / "pipeline.yaml"), "--yes", *words)
    return finished.exit_code, len(studio.provider.submits) - before


def test_a_colleague_pulls_what_was_pushed_and_submits_nothing(rendered) -> None:
    pushed = rendered.run("cache", "push")
    assert (pushed.exit_code, pushed.stderr) == (0, "")
    assert pushed.stdout == f"2 files, 0.0 MB pushed to {shared(rendered)}; 2 results complete\n"
    other = rendered.copy()
    pulled = rendered.run("cache", "pull", str(other))
    assert pulled.stdout == f"2 files, 0.0 MB pulled from {shared(rendered)}; 2 results complete\n"
    assert rendered.stored(other) == rendered.stored()
    assert render(rendered, other) == (0, 0)


def test_what_was_pushed_lies_under_its_digest_and_its_key(rendered) -> None:
    rendered.run("cache", "push")
    names = {blob_name(sha256): data for sha256, data in rendered.stored().items()}
    found = objects(shared(rendered))
    assert {name: data for name, data in found.items() if name.startswith("blobs/")} == names
    for key, entry in entries(rendered.folder).items():
        record = json.loads(found[record_name(key)])
        assert record == {
            "format": "callsheet-key/1",
            "key": key,
            "provider": entry.provider,
            "made_by": "wan-ai/wan-2-7/text-to-video",
            "instance": entry.instance,
            "request_id": entry.request_id,
            "cost_usd": entry.cost_usd,
            "outputs": [
                {
                    "name": one.name, "kind": one.kind, "sha256": one.sha256, "bytes": one.bytes,
                    "media_type": one.media_type,
                }
                for one in entry.outputs
            ],
        }  # fmt: skip
    assert len(found) == 4


def test_the_journal_learns_request_and_price_of_what_was_pulled_and_counts_nothing_as_spent(rendered) -> None:
    rendered.run("cache", "push")
    other = rendered.copy()
    rendered.run("cache", "pull", str(other))
    ours, theirs = entries(rendered.folder), entries(other)
    assert {key: (one.request_id, one.cost_usd, one.instance, one.outputs) for key, one in theirs.items()} == {
        key: (one.request_id, one.cost_usd, one.instance, one.outputs) for key, one in ours.items()
    }
    with Journal(other / ".callsheet" / "state.db") as journal:
        assert journal.spent(rendered.provider.base_url.removesuffix("/v1")) == 0


def test_a_second_push_and_a_second_pull_move_nothing(rendered) -> None:
    rendered.run("cache", "push")
    before = {name: (shared(rendered) / name).stat().st_mtime_ns for name in objects(shared(rendered))}
    again = rendered.run("cache", "push", "--json").json
    assert (again["pushed"], again["present"], again["results"]) == ({"files": 0, "bytes": 0}, 2, 2)
    assert {name: (shared(rendered) / name).stat().st_mtime_ns for name in before} == before
    other = rendered.copy()
    rendered.run("cache", "pull", str(other))
    again = rendered.run("cache", "pull", str(other), "--json")
    assert again.json == {
        "store": str(shared(rendered)),
        "pulled": {"files": 0, "bytes": 0},
        "present": 2,
        "results": 2,
        "busy": 0,
        "problems": [],
        "exit_code": 0,
    }


def test_results_go_through_a_bucket(rendered, s3, credentials) -> None:
    rendered.project.write(
        {"callsheet.toml": f'[store]\nurl = "s3://media/team"\nendpoint = "{s3.endpoint}"\nregion = "us-east-1"\n'}
    )
    assert rendered.run("cache", "push").stdout == "2 files, 0.0 MB pushed to s3://media/team; 2 results complete\n"
    assert objects(s3.folder / "team").keys() == {
        *map(blob_name, rendered.stored()),
        *map(record_name, entries(rendered.folder)),
    }
    other = rendered.copy()
    assert rendered.run("cache", "pull", str(other)).exit_code == 0
    assert rendered.stored(other) == rendered.stored()
    assert render(rendered, other) == (0, 0)


def test_a_file_of_many_pieces_goes_through_a_bucket(rendered, s3, credentials, tmp_path) -> None:
    large = os.urandom(17 << 20)
    with Journal(rendered.folder / ".callsheet" / "state.db") as journal:
        sha256 = put(rendered, large)
        output = Output("video", "video", sha256, len(large), "video/mp4")
        journal.done("a" * 64, Work("runcomfy", "some/route", "big"), [output])
    words = ("--store", "s3://media/large", "--json")
    rendered.project.write({"callsheet.toml": f'[store]\nurl = "s3://media"\nendpoint = "{s3.endpoint}"\n'})
    assert rendered.run("cache", "push", *words).json["pushed"]["files"] == 3
    other = rendered.copy()
    assert rendered.run("cache", "pull", str(other), *words).json["pulled"]["files"] == 3
    assert rendered.stored(other)[sha256] == large


def put(studio, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    path = studio.blob(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return digest


def test_simulated_results_are_shared_only_where_that_is_asked(previewed) -> None:
    studio = previewed
    assert studio.run("cache", "push", "--json").json["results"] == 0
    assert studio.run("cache", "push", "--simulated", "--json").json["results"] == 2
    other = studio.copy()
    assert studio.run("cache", "pull", str(other), "--json").json["results"] == 0
    assert studio.stored(other) == {}
    assert studio.run("cache", "pull", str(other), "--simulated", "--json").json["results"] == 2
    plan = studio.run("plan", str(other / "pipeline.yaml"), "--simulate", "--json").json
    assert plan["totals"]["cached"] == 1


# A store that can't be believed


def attacked(rendered) -> tuple[Path, str]:
    """A colleague's folder, and the digest of one of the blobs that were pushed."""
    rendered.run("cache", "push")
    return rendered.copy(), min(rendered.stored())


def test_other_bytes_under_a_digest_are_never_taken_in(rendered) -> None:
    other, sha256 = attacked(rendered)
    rendered.damage(shared(rendered) / blob_name(sha256))
    pulled = rendered.run("cache", "pull", str(other))
    instance = next(one.instance for one in entries(rendered.folder).values() if one.outputs[0].sha256 == sha256)
    assert pulled.exit_code == 65
    assert pulled.stderr == (
        f"error: {instance}: the shared store's bytes for its video, `{sha256}`, are damaged [shared-blob-damaged]\n"
        "  help: nothing was taken in; `callsheet cache push --replace`, where it was made, puts it right\n"
    )
    assert rendered.stored(other).keys() == rendered.stored().keys() - {sha256}
    assert [one.outputs[0].sha256 for one in entries(other).values()] == [*rendered.stored(other)]
    assert not list((other / ".callsheet/store/incoming").iterdir())
    assert rendered.run("cache", "push", "--replace").exit_code == 0
    assert rendered.run("cache", "pull", str(other)).exit_code == 0
    assert rendered.stored(other) == rendered.stored()


@pytest.mark.parametrize("data", [b"", b"x" * 30_000_000], ids=["empty", "endless"])
def test_bytes_of_another_length_are_never_taken_in(rendered, data) -> None:
    other, sha256 = attacked(rendered)
    (shared(rendered) / blob_name(sha256)).write_bytes(data)
    pulled = rendered.run("cache", "pull", str(other), "--json")
    assert [problem["code"] for problem in pulled.json["problems"]] == ["shared-blob-damaged"]
    assert sha256 not in rendered.stored(other)


def test_a_push_that_was_cut_short_in_the_store_is_mended_by_the_next(rendered) -> None:
    other, sha256 = attacked(rendered)
    (shared(rendered) / blob_name(sha256)).write_bytes(b"half")
    assert rendered.run("cache", "push", "--json").json["pushed"]["files"] == 1
    assert rendered.run("cache", "pull", str(other)).exit_code == 0


def test_bytes_that_the_store_lost_are_missed(rendered) -> None:
    other, sha256 = attacked(rendered)
    (shared(rendered) / blob_name(sha256)).unlink()
    pulled = rendered.run("cache", "pull", str(other))
    instance = next(one.instance for one in entries(rendered.folder).values() if one.outputs[0].sha256 == sha256)
    assert pulled.exit_code == 0
    assert pulled.stderr == (
        f"warning: {instance}: the shared store has no bytes for its video, `{sha256}` [not-shared]\n"
        "  help: the next run makes it anew here, free of charge\n"
    )


def test_names_and_records_that_lead_elsewhere_are_left_alone(rendered) -> None:
    other, _ = attacked(rendered)
    secret = shared(rendered, "secret.txt")
    secret.write_text("nobody's business")
    keys = shared(rendered) / "keys"
    (keys / "zz").mkdir()
    (keys / "zz" / "..%2f..%2fsecret.txt").write_text("{}")
    (keys / "README.json").write_text("{}")
    (keys / "aa").mkdir(exist_ok=True)
    (keys / "aa" / f"{'a' * 64}.json").symlink_to(secret)
    pulled = rendered.run("cache", "pull", str(other), "--json")
    assert [problem["message"] for problem in pulled.json["problems"]] == [
        f"the shared store's record of `{'a' * 64}` is damaged"
    ]
    assert rendered.stored(other) == rendered.stored()


@pytest.mark.parametrize(
    "change",
    [
        {"key": "b" * 64},
        {"format": "callsheet-key/2"},
        {"outputs": []},
        {"outputs": "all"},
        {"outputs": [{"name": "../../x", "kind": "video", "sha256": "c" * 64, "bytes": 1, "media_type": "video/mp4"}]},
        {"outputs": [{"name": "video", "kind": "video", "sha256": "../" * 8, "bytes": 1, "media_type": "video/mp4"}]},
        {"outputs": [{"name": "video", "kind": "video", "sha256": "c" * 64, "bytes": -1, "media_type": "video/mp4"}]},
        {"outputs": [{"name": "video", "kind": "video", "sha256": "c" * 64, "bytes": True, "media_type": "video/mp4"}]},
        {"outputs": [{"name": "video", "kind": "audio", "sha256": "c" * 64, "bytes": 1, "media_type": "video/mp4"}]},
        {"outputs": [{"name": "video", "kind": "video", "sha256": "c" * 64, "bytes": 1, "media_type": "a/b\n"}]},
        {"instance": "\x1b[2J"},
        {"cost_usd": -1},
        {"cost_usd": "1"},
        {"request_id": 7},
        {"provider": ""},
        {"more": 1},
    ],
    ids=str,
)
def test_a_record_with_anything_wrong_in_it_is_not_believed(rendered, change) -> None:
    other, _ = attacked(rendered)
    key = min(entries(rendered.folder))
    path = shared(rendered) / record_name(key)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    pulled = rendered.run("cache", "pull", str(other))
    assert pulled.exit_code == 65
    assert pulled.stderr == (
        f"error: the shared store's record of `{key}` is damaged [record-damaged]\n"
        "  help: `callsheet cache push --replace`, where it was made, puts it right\n"
    )
    assert entries(other).keys() == entries(rendered.folder).keys() - {key}


@pytest.mark.parametrize("text", [b"", b"[" * 100_000, b"\xff", b'{"format": NaN}', b" " * 3_000_000], ids=range(5))
def test_a_record_that_is_none_is_not_believed(rendered, text) -> None:
    other, _ = attacked(rendered)
    key = min(entries(rendered.folder))
    (shared(rendered) / record_name(key)).write_bytes(text)
    assert [one["code"] for one in rendered.run("cache", "pull", str(other), "--json").json["problems"]] == [
        "record-damaged"
    ]


# What is not to be had


def test_damaged_bytes_are_never_pushed_and_the_rest_is(rendered) -> None:
    sha256 = min(rendered.stored())
    rendered.damage(rendered.blob(sha256))
    instance = next(one.instance for one in entries(rendered.folder).values() if one.outputs[0].sha256 == sha256)
    pushed = rendered.run("cache", "push")
    assert pushed.exit_code == 65
    assert pushed.stderr == (
        f"error: {instance}: the stored bytes of `{sha256}` are damaged: they no longer have that digest [blob-damaged]\n"
        "  help: `callsheet cache verify --restore` looks for it\n"
    )
    assert pushed.stdout == f"1 file, 0.0 MB pushed to {shared(rendered)}; 1 result complete\n"
    names = objects(shared(rendered)).keys()
    assert blob_name(sha256) not in names
    assert len(names) == 2


def test_missing_bytes_are_named(rendered) -> None:
    sha256 = min(rendered.stored())
    rendered.blob(sha256).unlink()
    pushed = rendered.run("cache", "push", "--json")
    assert pushed.exit_code == 65
    assert [problem["message"] for problem in pushed.json["problems"]] == [f"the store has no bytes for `{sha256}`"]


def test_what_is_under_way_here_is_left_alone(rendered, provider) -> None:
    rendered.run("cache", "push")
    other = rendered.copy()
    key = min(entries(rendered.folder))
    rendered.run("cache", "stats", str(other))
    (other / ".callsheet").mkdir()
    with Journal(other / ".callsheet" / "state.db") as journal:
        journal.intent(key, Work("runcomfy", "some/route", "shot"), "0" * 64)
        journal.submitted(key, "r-1")
    pulled = rendered.run("cache", "pull", str(other))
    assert pulled.exit_code == 0
    assert pulled.stdout.endswith("; 1 result complete; 1 are under way here and were left alone\n")
    with Journal(other / ".callsheet" / "state.db") as journal:
        assert journal.look_up(key).state == "submitted"


def test_a_result_of_ones_own_stands_beside_another_of_the_same_key(rendered) -> None:
    rendered.run("cache", "push")
    before = entries(rendered.folder)
    key = min(before)
    record = json.loads((shared(rendered) / record_name(key)).read_text())
    other_key = max(before)
    record["outputs"] = json.loads((shared(rendered) / record_name(other_key)).read_text())["outputs"]
    (shared(rendered) / record_name(key)).write_text(json.dumps(record))
    assert rendered.run("cache", "pull").exit_code == 0
    assert entries(rendered.folder) == before


# Faults of the store


def test_without_a_shared_store_nothing_is_done(rendered) -> None:
    rendered.project.write({"callsheet.toml": ""})
    for action in ("push", "pull"):
        finished = rendered.run("cache", action)
        assert finished.exit_code == 64
        assert finished.stderr == (
            "error: this project has no shared store [no-shared-store]\n"
            "  help: name one in `callsheet.toml` under `[store]`, or say `--store URL`\n"
        )


def test_a_folder_that_is_not_there_can_not_be_pulled_from(rendered) -> None:
    finished = rendered.run("cache", "pull")
    assert finished.exit_code == 65
    assert finished.stderr == (
        f"error: there is no folder `{shared(rendered)}` [shared-store-unusable]\n"
        "  help: look at `[store]` in `callsheet.toml`\n"
    )


def test_refused_credentials_end_with_77_and_are_not_shown(rendered, s3, credentials, monkeypatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    rendered.project.write({"callsheet.toml": f'[store]\nurl = "s3://media/x"\nendpoint = "{s3.endpoint}"\n'})
    for action in ("push", "pull"):
        finished = rendered.run("cache", action)
        assert finished.exit_code == 77
        assert finished.stderr == (
            "error: the shared store `s3://media/x` refuses the credentials in the environment [shared-store-refused]\n"
            "  help: they need to read and write there; what was moved before is kept, and the next time goes on from"
            " there\n"
        )


def test_without_credentials_it_says_which(rendered, s3, monkeypatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    finished = rendered.run("cache", "push", "--store", "s3://media/x")
    assert finished.exit_code == 77
    assert finished.stderr == (
        "error: there are no credentials in the environment for the shared store `s3://media/x`"
        " [no-shared-store-credentials]\n"
        "  help: set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`\n"
    )


def test_a_bucket_that_is_not_there_ends_with_69(rendered, s3, credentials) -> None:
    rendered.project.write({"callsheet.toml": f'[store]\nurl = "s3://nowhere/x"\nendpoint = "{s3.endpoint}"\n'})
    finished = rendered.run("cache", "push")
    assert finished.exit_code == 69
    assert "error: the shared store `s3://nowhere/x` can't be used: " in finished.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["push", "--delete"], "`cache push` takes no `--delete`; it is for `cache gc` [bad-option]"),
        (["stats", "--store", "x"], "`cache stats` takes no `--store`; it is for `cache verify` and `cache push` and"),
        (["push", "--store", "https://user:pw@example.org/x?sig=1"], "what `--store` names is neither a bucket nor a"),
        (["push", "s3://bucket/x?sig=1"], "`cache push` takes no address, but pipelines [bad-option]"),
        (["gc", "pipeline.yaml"], "`cache gc` takes one folder [bad-option]"),
    ],
)
def test_a_command_line_that_makes_no_sense_ends_with_64(studio, words, said) -> None:
    finished = studio.run("cache", *words)
    assert finished.exit_code == 64
    assert finished.stderr.startswith(f"error: {said}")
    assert "sig=1" not in finished.stderr
    assert "pw" not in finished.stderr


@pytest.mark.parametrize(
    "url", ["", "https://example.org/x", "s3://key:secret@bucket/x", "s3://bucket/x?sig=1", "file://host/x"]
)
def test_settings_name_a_bucket_or_a_folder(studio, url) -> None:
    studio.project.write({"callsheet.toml": f'[store]\nurl = "{url}"\n'})
    finished = studio.run("cache", "stats")
    assert finished.exit_code == 65
    assert finished.stderr == (
        "error: `callsheet.toml`: `store.url` must be the address of a bucket, or a folder [bad-settings]\n"
        "  help: write `s3://BUCKET/PREFIX`, `gs://…`, `az://…`, or the path of a folder; credentials belong into the"
        " environment\n"
    )


def test_the_environment_names_another_store(rendered, monkeypatch) -> None:
    monkeypatch.setenv("CALLSHEET_STORE", f"file://{shared(rendered, 'elsewhere')}")
    assert rendered.run("cache", "push").exit_code == 0
    assert len(objects(shared(rendered, "elsewhere"))) == 4
    assert not shared(rendered).exists()


# Interruptions, and several at once


def start(studio, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "callsheet", "cache", *words]
    return subprocess.Popen(command, cwd=studio.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_pushes_and_two_pulls_at_once_do_no_harm(rendered) -> None:
    pushes = [start(rendered, "push") for _ in range(2)]
    assert [(one.communicate()[1], one.returncode) for one in pushes] == [("", 0), ("", 0)]
    other = rendered.copy()
    pulls = [start(rendered, "pull", str(other)) for _ in range(2)]
    assert [(one.communicate()[1], one.returncode) for one in pulls] == [("", 0), ("", 0)]
    assert rendered.run("cache", "pull", str(other), "--json").json["results"] == 2
    assert rendered.stored(other) == rendered.stored()


def many(studio, count: int = 30) -> None:
    """Fill the journal and the store with results."""
    with Journal(studio.folder / ".callsheet" / "state.db") as journal, journal.group():
        for number in range(count):
            data = os.urandom(1 << 19)
            output = Output("video", "video", put(studio, data), len(data), "video/mp4")
            journal.done(f"{number:064x}", Work("runcomfy", "some/route", f"shot[n={number}]"), [output])


def killed(process: subprocess.Popen[str], seen, how: int) -> int:
    """End a process as soon as `seen` says that it has begun."""
    while process.poll() is None and not seen():
        pass
    process.send_signal(how)
    process.communicate()
    return process.returncode


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_push_that_is_interrupted_goes_on_where_it_was(rendered, how) -> None:
    many(rendered)
    blobs = shared(rendered) / "blobs"
    code = killed(start(rendered, "push"), lambda: blobs.exists() and len([*blobs.iterdir()]) > 3, how)
    assert code in ((130, 0) if how == signal.SIGINT else (-9, 0))
    before = {
        name: data for name, data in objects(shared(rendered)).items() if name.startswith("blobs/") and "#" not in name
    }
    again = rendered.run("cache", "push", "--json").json
    assert (again["present"], again["pushed"]["files"]) == (len(before), 32 - len(before))
    assert again["results"] == 32


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_pull_that_is_interrupted_keeps_what_came_and_goes_on(rendered, how) -> None:
    many(rendered)
    rendered.run("cache", "push")
    other = rendered.copy()
    store = other / ".callsheet" / "store"
    killed(start(rendered, "pull", str(other)), lambda: store.exists() and len([*store.iterdir()]) > 4, how)
    for entry in entries(other).values():
        assert all(rendered.blob(output.sha256, other).exists() for output in entry.outputs)
    assert rendered.run("cache", "pull", str(other)).exit_code == 0
    assert rendered.stored(other) == rendered.stored()
    assert rendered.run("cache", "verify", str(other)).exit_code == 0


def test_a_store_that_nobody_answers_for_ends_with_69(rendered, credentials) -> None:
    rendered.project.write({"callsheet.toml": '[store]\nurl = "s3://media/x"\nendpoint = "http://127.0.0.1:9"\n'})
    finished = rendered.run("cache", "push")
    assert finished.exit_code == 69
    assert finished.stderr == (
        "error: the shared store `s3://media/x` can't be used: it can't be reached, or answers with an error"
        " [shared-store-unusable]\n"
        "  help: look at `[store]` in `callsheet.toml`; what was moved before is kept, and the next time goes on from"
        " there\n"
    )


def test_a_store_that_would_be_read_by_the_network_is_refused(rendered, credentials) -> None:
    rendered.project.write({"callsheet.toml": '[store]\nurl = "s3://media/x"\nendpoint = "http://nas.example.org"\n'})
    finished = rendered.run("cache", "push")
    assert finished.exit_code == 65
    assert finished.stderr == (
        "error: the endpoint of the shared store is not https [shared-store-unusable]\n"
        "  help: renders would be shown to the network\n"
    )
