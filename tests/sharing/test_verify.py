"""`verify`: a flipped byte anywhere is found and named, and what the store has is put back."""

from __future__ import annotations

import json
import os
from pathlib import Path

from callsheet.store.journal import Journal


def codes(finished) -> list[str]:
    return [one["code"] for one in finished.json["findings"]]


def renders(studio) -> list[Path]:
    return sorted((studio.folder / "renders").rglob("*.mp4"))


def shown(studio, path: Path) -> str:
    return str(path.relative_to(studio.folder))


def edited(studio, path: Path) -> None:
    path.write_bytes(b"cut by hand")


def test_a_campaign_as_it_was_rendered_has_no_problems(rendered) -> None:
    finished = rendered.run("verify", "pipeline.yaml")
    assert (finished.exit_code, finished.stderr) == (0, "")
    assert finished.stdout == "4 files, 0.1 MB verified: all as it should be\n"
    assert rendered.run("verify", "pipeline.yaml", "--json").json["findings"] == []


def test_the_pages_beside_the_outputs_are_no_problem(previewed) -> None:
    assert previewed.run("gallery", "pipeline.yaml", "--simulate").exit_code == 0
    assert previewed.run("gallery", "pipeline.yaml", "--simulate", "--single-file").exit_code == 0
    finished = previewed.run("verify", "pipeline.yaml", "--simulate")
    assert finished.exit_code == 0, finished.stderr


def test_a_campaign_that_was_never_rendered_has_no_problems(studio) -> None:
    assert studio.run("verify", "pipeline.yaml").stdout == "0 files, 0.0 MB verified: all as it should be\n"
    assert not (studio.folder / ".callsheet").exists()


def test_previews_are_verified_apart(previewed) -> None:
    assert previewed.run("verify", "pipeline.yaml", "--simulate", "--json").json["whole"]["files"] == 2
    assert previewed.run("verify", "pipeline.yaml", "--json").json["whole"]["files"] == 0
    edited(previewed, next((previewed.folder / "previews").rglob("*.mp4")))
    assert codes(previewed.run("verify", "pipeline.yaml", "--simulate", "--json")) == ["output-edited"]


def test_a_flipped_byte_in_the_store_is_named_with_its_instance(rendered) -> None:
    sha256 = min(rendered.stored())
    rendered.damage(rendered.blob(sha256))
    finished = rendered.run("verify", "pipeline.yaml", "--json")
    (found,) = finished.json["findings"]
    with Journal(rendered.folder / ".callsheet/state.db") as journal:
        (instance,) = [one.instance for one in journal.in_state("done") if one.outputs[0].sha256 == sha256]
    assert finished.exit_code == 65
    assert (found["code"], found["instance"], found["sha256"]) == ("blob-damaged", instance, sha256)
    assert found["file"] == f".callsheet/store/{sha256[:2]}/{sha256[2:]}"


def test_a_flipped_byte_in_a_published_file_is_named(rendered) -> None:
    path = renders(rendered)[0]
    rendered.damage(path)
    finished = rendered.run("verify", "pipeline.yaml")
    assert finished.exit_code == 65
    assert finished.stderr == (
        "error: shot[look=dawn]: `renders/pipeline/shot/look=dawn.mp4` is not the file that was published [output-edited]\n"
        "  help: `--restore --force` puts the published one in its place\n"
    )
    assert finished.stdout == "3 files, 0.1 MB verified: 1 problem\n"


def test_a_missing_and_an_extra_file_are_named(rendered) -> None:
    first, second = renders(rendered)
    first.rename(first.with_name("look=dusk.mp4"))
    (rendered.folder / "renders" / ".DS_Store").write_text("")
    finished = rendered.run("verify", "pipeline.yaml")
    assert finished.exit_code == 65
    assert finished.stderr == (
        "error: shot[look=dawn]: `renders/pipeline/shot/look=dawn.mp4` is not there [output-missing]\n"
        "  help: `--restore` puts the published one in its place\n"
        "error: `renders/pipeline/shot/look=dusk.mp4` is published by no instance [output-extra]\n"
        "  help: an earlier version of the pipeline may have left it, or somebody put it there; move it away\n"
    )
    assert second.exists()


def test_what_is_missing_is_put_back_and_what_was_edited_only_where_that_is_said(rendered) -> None:
    first, second = renders(rendered)
    before = first.read_bytes(), second.read_bytes()
    first.unlink()
    edited(rendered, second)
    finished = rendered.run("verify", "pipeline.yaml", "--restore")
    assert finished.exit_code == 65
    assert finished.stdout == (
        f"restored `{shown(rendered, first)}` from the store\n3 files, 0.1 MB verified: 1 problem, 1 restored\n"
    ).replace("3 files, 0.1", "2 files, 0.0")
    assert finished.stderr == (
        "error: shot[look=studio]: `renders/pipeline/shot/look=studio.mp4` is not the file that was published"
        " [output-edited]\n"
        "  help: somebody edited it, so it was left: `--restore --force` puts the published one back in its place\n"
    )
    assert (first.read_bytes(), second.read_bytes()) == (before[0], b"cut by hand")
    assert rendered.run("verify", "pipeline.yaml", "--restore", "--force").exit_code == 0
    assert (first.read_bytes(), second.read_bytes()) == before
    assert rendered.run("verify", "pipeline.yaml").exit_code == 0


def test_a_published_file_brings_the_stored_bytes_back(rendered) -> None:
    before = rendered.stored()
    damaged, missing = sorted(before)
    rendered.damage(rendered.blob(damaged))
    rendered.blob(missing).unlink()
    finished = rendered.run("verify", "pipeline.yaml", "--restore", "--json")
    assert finished.exit_code == 0
    assert [(one["code"], one["restored"].startswith("`renders/")) for one in finished.json["findings"]] == [
        ("blob-damaged" if sha256 == damaged else "blob-missing", True) for sha256 in sorted(before)
    ]
    assert rendered.stored() == before


def test_what_neither_has_comes_from_the_shared_store(rendered) -> None:
    rendered.run("cache", "push")
    before = rendered.stored()
    for sha256 in before:
        rendered.blob(sha256).unlink()
    for path in renders(rendered):
        path.unlink()
    finished = rendered.run("verify", "pipeline.yaml", "--restore")
    assert (finished.exit_code, finished.stderr) == (0, "")
    assert rendered.stored() == before
    assert {path.read_bytes() for path in renders(rendered)} == {*before.values()}


def test_a_manifest_never_leads_out_of_its_folder(rendered, tmp_path: Path) -> None:
    manifest = rendered.folder / "renders" / "manifest.json"
    for place in ("../../victim.mp4", str(tmp_path / "victim.mp4"), "link/victim.mp4"):
        document = json.loads(manifest.read_text())
        document["instances"][0]["outputs"][0]["path"] = place
        manifest.write_text(json.dumps(document))
        (rendered.folder / "renders" / "link").unlink(missing_ok=True)
        (rendered.folder / "renders" / "link").symlink_to(tmp_path)
        rendered.run("verify", "pipeline.yaml", "--restore", "--force")
        assert not list(tmp_path.parent.rglob("victim.mp4"))


def test_a_manifest_that_says_something_else_than_the_journal_is_told(rendered) -> None:
    with Journal(rendered.folder / ".callsheet/state.db") as journal:
        journal.database.connection.execute("UPDATE work SET request_id = 'r-9' WHERE instance = 'shot[look=dawn]'")
    finished = rendered.run("verify", "pipeline.yaml")
    assert finished.stderr == (
        "error: shot[look=dawn]: `renders/manifest.json` and the journal have different requests for its key"
        " [manifest-differs]\n  help: the next run writes it anew\n"
    )


def test_a_damaged_manifest_and_a_lost_journal_are_told(rendered) -> None:
    for left in (rendered.folder / ".callsheet").glob("state.db*"):
        left.unlink()
    assert codes(rendered.run("verify", "pipeline.yaml", "--json")) == ["journal-lost", "journal-lost"]
    rendered.project.write({"renders/manifest.json": "{"})
    finished = rendered.run("verify", "pipeline.yaml")
    assert finished.exit_code == 65
    assert finished.stderr == (
        "error: `renders/manifest.json` is damaged [manifest-unreadable]\n  help: the next run writes it anew\n"
    )


def test_a_folder_of_another_pipeline_is_left_alone(rendered) -> None:
    rendered.project.edit("pipeline.yaml", "name: shop", "name: other")
    finished = rendered.run("verify", "pipeline.yaml", "--restore", "--force", "--json")
    assert (finished.exit_code, codes(finished)) == (0, ["manifest-foreign"])


# The lock


def test_takes_and_steps_are_verified_stored_and_published(locked) -> None:
    finished = locked.run("verify", "pipeline.yaml", "--json")
    assert (finished.exit_code, finished.json["findings"]) == (0, [])
    assert finished.json["whole"]["files"] == len(locked.stored()) + 6


def test_an_asset_with_a_flipped_byte_is_named(locked) -> None:
    path = locked.folder / "assets" / "bottle.png"
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(bytes(data))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    finished = locked.run("verify", "pipeline.yaml")
    assert finished.exit_code == 65
    assert finished.stderr == (
        "error: shot[look=dawn,take=1]: `assets/bottle.png` is no longer the file that the lock was made of"
        " [asset-changed]\n  help: bring it back from git, or take it over with `callsheet lock`\n"
    )


def test_a_lock_that_says_something_else_than_the_journal_is_told(locked) -> None:
    lock = locked.project.read("pipeline.lock.yaml")
    with Journal(locked.folder / ".callsheet/state.db") as journal:
        outputs = {one.instance: one.outputs for one in journal.in_state("done")}
    first, second = (outputs[f"shot[look={look},take=1]"][0].sha256 for look in ("dawn", "studio"))
    locked.project.write({"pipeline.lock.yaml": lock.replace(first, second)})
    finished = locked.run("verify", "pipeline.yaml")
    assert finished.exit_code == 65
    assert finished.stderr == (
        "error: shot[look=dawn,take=1]: the lock and the journal have different outputs for its key: it was rendered"
        " more than once [journal-differs]\n"
        "  help: the lock counts; to go on with the other, remove the lock's `outputs` and run `callsheet lock`\n"
    )


def test_bytes_that_only_the_lock_knows_are_missed(locked) -> None:
    other = locked.copy()
    finished = locked.run("verify", str(other / "pipeline.yaml"), "--json")
    assert finished.exit_code == 65
    assert sorted(one["sha256"] for one in finished.json["findings"]) == sorted(locked.stored())
    assert {*codes(finished)} == {"blob-missing"}
    assert locked.run("cache", "push").exit_code == 0
    assert locked.run("verify", str(other / "pipeline.yaml"), "--restore").exit_code == 0
    assert locked.stored(other) == locked.stored()


def test_a_lock_with_a_conflict_is_told_and_the_rest_is_verified(locked) -> None:
    lock = locked.project.read("pipeline.lock.yaml")
    locked.project.write({"pipeline.lock.yaml": lock + "<<<<<<< ours\n"})
    rendered = renders(locked)[0]
    rendered.unlink()
    assert codes(locked.run("verify", "pipeline.yaml", "--json")) == ["lock-conflict", "output-missing"]


def test_a_pick_of_a_take_that_is_not_made_is_named(locked) -> None:
    locked.project.write(
        {
            "pipeline.picks.yaml": "callsheet-picks: 1\n"
            f'shot[look=dawn]: {{"take": "7", "key": "{"0" * 64}", "sha256": ["{"0" * 64}"]}}\n'
            f'shot[look=noon]: {{"take": "1", "key": "{"0" * 64}", "sha256": ["{"0" * 64}"]}}\n'
        }
    )
    finished = locked.run("verify", "pipeline.yaml", "--json")
    assert finished.exit_code == 65
    found = [one for one in finished.json["findings"] if one["code"] in ("pick-without-take", "stale-pick")]
    assert [one["instance"] for one in found] == ["shot[look=dawn]", "shot[look=noon]"] or [
        one["instance"] for one in found
    ] == ["shot[look=noon]", "shot[look=dawn]"]
    assert {one["file"] for one in found} == {"pipeline.picks.yaml"}


def test_force_alone_is_refused(studio) -> None:
    finished = studio.run("verify", "pipeline.yaml", "--force")
    assert finished.exit_code == 64
    assert finished.stderr == "error: `--force` is for `--restore`: say both [bad-option]\n"


def test_a_pipeline_that_can_not_be_planned_is_told_and_the_rest_is_verified(rendered) -> None:
    rendered.project.edit("pipeline.yaml", "prompt:", "promt:")
    renders(rendered)[0].unlink()
    assert codes(rendered.run("verify", "pipeline.yaml", "--json")) == ["unknown-input", "output-missing"]


def test_what_nobody_has_any_more_can_not_be_put_back(rendered) -> None:
    first, second = renders(rendered)
    for path in (first, second):
        path.unlink()
    for sha256 in rendered.stored():
        rendered.blob(sha256).unlink()
    finished = rendered.run("verify", "pipeline.yaml", "--restore")
    assert finished.exit_code == 65
    assert finished.stdout == "0 files, 0.0 MB verified: 4 problems\n"
    assert finished.stderr.endswith(
        "error: shot[look=studio]: `renders/pipeline/shot/look=studio.mp4` is not there [output-missing]\n"
        "  help: the store does not have its bytes whole; the next run brings them back where it can\n"
    )


def test_what_another_pipeline_of_the_folder_made_is_not_extra(rendered) -> None:
    project = rendered.project
    project.write({"other.yaml": project.read("pipeline.yaml").replace("\nname: ", "\nname: other-")})
    assert rendered.run("run", "other.yaml", "--yes").exit_code == 0
    assert len(list((rendered.folder / "renders/pipeline").rglob("*.mp4"))) == 2
    finished = rendered.run("verify", "other.yaml")
    assert (finished.exit_code, finished.stderr) == (0, "")
    (rendered.folder / "pipeline.yaml").unlink()
    assert "is published by no instance [output-extra]" in rendered.run("verify", "other.yaml").stderr


def test_a_flipped_digit_of_a_key_in_the_lock_is_named(locked) -> None:
    name = "shot[look=dawn,take=1]"
    text = locked.project.read("pipeline.lock.yaml")
    key = text.partition(name)[2].partition('"key": "')[2][:64]
    other = ("1" if key[0] == "0" else "0") + key[1:]
    locked.project.write({"pipeline.lock.yaml": text.replace(key, other)})
    finished = locked.run("verify", "pipeline.yaml")
    assert finished.exit_code == 65
    assert finished.stderr == (
        f"error: {name}: its outputs have the key {other[:12]}… in the lock, {key[:12]}… in the journal [lock-differs]\n"
        "  help: bring the lock back from git, or write it anew with `callsheet lock`\n"
    )


def test_a_flipped_digit_of_a_seed_in_the_lock_is_named(locked) -> None:
    name = "shot[look=dawn,take=1]"
    before, found, after = locked.project.read("pipeline.lock.yaml").partition(f"{name}: ")
    seed = after.partition('"seed": ')[2].partition(",")[0]
    other = str(int(seed) ^ 1)
    locked.project.write(
        {"pipeline.lock.yaml": before + found + after.replace(f'"seed": {seed}', f'"seed": {other}', 1)}
    )
    told = f"its seed is {other} in the lock, and what that says it was made from gives {seed}"
    assert f"warning: {name}: {told} [seed-differs]\n" in locked.run("verify", "pipeline.yaml").stderr


def test_a_flipped_letter_of_a_route_in_the_lock_is_named(locked) -> None:
    name = "shot[look=dawn,take=1]"
    before, found, after = locked.project.read("pipeline.lock.yaml").partition(f"{name}: ")
    route = after.partition('"route": "')[2].partition('"')[0]
    other = f"{route[:-1]}x"
    locked.project.write({"pipeline.lock.yaml": before + found + after.replace(f'"{route}"', f'"{other}"', 1)})
    finished = locked.run("verify", "pipeline.yaml")
    assert finished.exit_code == 65
    assert (
        f"error: {name}: its route is `{other}` in the lock, `{route}` in the journal [lock-differs]\n"
        in finished.stderr
    )


def test_a_flipped_digit_of_a_schema_in_the_lock_is_told(locked) -> None:
    text = locked.project.read("pipeline.lock.yaml")
    digest = text.partition('"schema": "')[2][:64]
    other = ("1" if digest[0] == "0" else "0") + digest[1:]
    locked.project.write({"pipeline.lock.yaml": text.replace(digest, other)})
    assert "is not the locked one any more; the pinned defaults are sent on [schema-changed]" in (
        locked.run("verify", "pipeline.yaml").stderr
    )


def test_a_pinned_default_that_was_changed_in_the_lock_is_told(locked) -> None:
    text = locked.project.read("pipeline.lock.yaml")
    default = text.partition('"resolution": "')[2].partition('"')[0]
    locked.project.write({"pipeline.lock.yaml": text.replace(f'"resolution": "{default}"', '"resolution": "720P"')})
    said = locked.run("verify", "pipeline.yaml").stderr
    assert "warning: the pipeline asks for something else than the lock has: `shot[look=dawn,take=1]`" in said
    assert "[lock-behind]" in said
