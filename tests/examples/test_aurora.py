"""The campaign of the language page, from an empty folder to its last clip, on the embedded simulator."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import av
import pytest

EXAMPLES = Path(__file__).parent.parent.parent / "examples"

IDS = [
    "hero[look=dawn,take=1]", "hero[look=dawn,take=2]", "hero[look=studio,take=1]", "hero[look=studio,take=2]",
    "spokesperson[language=en]", "spokesperson[language=de]", "spokesperson[language=ja]",
    "spot[look=dawn,language=en]", "spot[look=dawn,language=de]", "spot[look=dawn,language=ja]",
    "spot[look=studio,language=en]", "spot[look=studio,language=de]",
    "captioned[look=dawn,language=en]", "captioned[look=dawn,language=de]", "captioned[look=dawn,language=ja]",
    "captioned[look=studio,language=en]", "captioned[look=studio,language=de]",
]  # fmt: skip


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The campaign, rendered once by `callsheet demo` as a user would."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "callsheet", "demo", "aurora"]
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "gallery  aurora/previews/index.html\n"
    return folder / "aurora"


@pytest.fixture
def aurora(project, rendered):
    """A copy of the rendered campaign with its memory, as if the folder had been copied."""
    shutil.copytree(rendered, project.folder, dirs_exist_ok=True)
    return project


def simulated(project, *words: str):
    finished = project.run("run", "pipeline.yaml", "--simulate", "--json", *words)
    assert finished.exit_code == 0, finished.stderr
    return {one["id"]: one for one in finished.json["instances"]}, finished.json["totals"]


def test_a_run_accounts_for_all_17_instances_and_7_renders(project, example) -> None:
    example("aurora")
    plan = project.run("plan", "pipeline.yaml", "--simulate", "--json").json
    assert [one["id"] for one in plan["instances"]] == IDS
    assert plan["totals"] == {
        "instances": 17, "render": 7, "shared": 0, "cached": 0, "local": 10, "attach": 0, "held": 0,
        "excluded": 2, "skipped": 0, "cost_estimate_usd": 3.2, "unpriced": 0,
        "held_cost_estimate_usd": 0.0,
    }  # fmt: skip


def test_run_again_it_submits_nothing_and_reports_all_as_cached(aurora) -> None:
    instances, totals = simulated(aurora)
    assert list(instances) == IDS
    assert {one["state"] for one in instances.values()} == {"cached"}
    assert (totals["submitted"], totals["cached"]) == (0, 17)
    for one in instances.values():
        (output,) = one["outputs"]
        assert output["media_type"] == "video/mp4"
        assert (aurora.folder / output["path"]).stat().st_size == output["bytes"]
        assert (one["seed"] is None) == (one["id"].startswith(("spot", "captioned")))
        assert len(one["key"]) == len(output["sha256"]) == 64


def test_every_video_plays_to_its_end_with_picture_and_sound(rendered) -> None:
    seconds = {"en": 10, "de": 11, "ja": 9}
    for look, language in (("dawn", "en"), ("dawn", "de"), ("dawn", "ja"), ("studio", "en"), ("studio", "de")):
        with av.open(str(rendered / "previews" / look / language / "aurora.mp4")) as film:
            frames = sum(1 for _ in film.decode(video=0))
            assert frames == seconds[language] * 24
            assert (film.streams.video[0].codec_context.name, film.streams.audio[0].codec_context.name) == (
                "h264",
                "aac",
            )


def test_adding_a_language_renders_only_what_is_new_and_moves_no_seed_or_key(aurora) -> None:
    before, _ = simulated(aurora)
    aurora.edit("pipeline.yaml", "language: [en, de, ja]", "language: [en, fr, de, ja]")
    aurora.write({"text/fr.yaml": "tagline: La lumière qui reste.\n"})
    shutil.copy(aurora.folder / "assets/voiceover-en.wav", aurora.folder / "assets/voiceover-fr.wav")
    with (aurora.folder / "assets/voiceover-fr.wav").open("ab") as voice:
        voice.write(b"\0\0")
    after, totals = simulated(aurora)
    assert totals["submitted"] == 1
    assert sorted(name for name, one in after.items() if one["state"] == "succeeded") == [
        "captioned[look=dawn,language=fr]", "captioned[look=studio,language=fr]", "spokesperson[language=fr]",
        "spot[look=dawn,language=fr]", "spot[look=studio,language=fr]",
    ]  # fmt: skip
    assert {name: (after[name]["seed"], after[name]["key"]) for name in before} == {
        name: (one["seed"], one["key"]) for name, one in before.items()
    }


def test_editing_one_looks_light_renders_again_that_looks_shots_and_what_uses_them(aurora) -> None:
    aurora.edit("pipeline.yaml", "light: one large softbox from camera left", "light: one small bulb overhead")
    after, totals = simulated(aurora)
    assert totals["submitted"] == 2
    assert [name for name, one in after.items() if one["state"] == "succeeded"] == [
        name for name in IDS if "look=studio" in name
    ]


def test_renaming_the_pipeline_reordering_keys_and_moving_the_folder_render_nothing(aurora) -> None:
    text = aurora.read("pipeline.yaml").replace("name: aurora-launch", "name: borealis")
    lines = text.splitlines(keepends=True)
    image = next(number for number, line in enumerate(lines) if line.startswith("      image:"))
    lines.insert(image + 4, lines.pop(image))
    aurora.write({"pipeline.yaml": "".join(lines)})
    aurora.folder.rename(aurora.folder.parent / "elsewhere")
    os.chdir(aurora.folder.parent / "elsewhere")
    instances, totals = simulated(aurora)
    assert ({one["state"] for one in instances.values()}, totals["submitted"]) == ({"cached"}, 0)


def test_the_draft_profile_narrows_the_campaign(project, example) -> None:
    example("aurora")
    plan = project.plan("--profile", "draft")
    assert list(plan) == [
        "hero[look=dawn,take=1]", "hero[look=studio,take=1]", "spokesperson[language=en]",
        "spot[look=dawn,language=en]", "spot[look=studio,language=en]",
        "captioned[look=dawn,language=en]", "captioned[look=studio,language=en]",
    ]  # fmt: skip
    hero = plan["hero[look=dawn,take=1]"]["input"]
    assert (hero["duration"], hero["resolution"]) == (3, "720P")


def test_a_plan_is_the_same_bytes_whatever_the_hash_seed_and_the_working_folder(project, example) -> None:
    example("aurora")
    texts = set()
    for seed in ("0", "1", "4242"):
        finished = subprocess.run(
            [sys.executable, "-m", "callsheet", "plan", "pipeline.yaml", "--simulate", "--json"],
            cwd=project.folder, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True,
        )  # fmt: skip
        texts.add(finished.stdout)
    assert len(texts) == 1


def test_demo_keeps_what_is_in_the_folder_and_submits_nothing_the_second_time(aurora) -> None:
    aurora.write({"text/en.yaml": "tagline: My own line.\n"})
    finished = aurora.run("demo", str(aurora.folder))
    assert finished.exit_code == 0
    assert "succeeded in " in finished.stderr
    assert ": 0 submitted, 15 cached, 0 failed" in finished.stderr
    assert aurora.read("text/en.yaml") == "tagline: My own line.\n"
