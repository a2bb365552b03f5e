"""The pipeline compared with what it was at a git revision."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callsheet.shipped import shipped

BOTTLE = (shipped("examples") / "aurora/assets/bottle.png").read_bytes()
CAMPAIGN = """\
callsheet: 1
name: shop
seed: 7
params: {seconds: 4}
axes:
  look: {from: looks.csv, id: look}
  language: [en, de]
text: {files: "text/{language}.yaml", axis: language}
nodes:
  hero:
    route: happyhorse/happyhorse-1.0/image-to-video
    over: [look]
    input:
      image: assets/bottle.png
      prompt: "Slow dolly in, {{ look.light }}; packaging unchanged."
      duration: "{{ params.seconds }}"
  captioned:
    step: caption
    over: [look, language]
    input: {video: "{{ nodes.hero.video }}", text: "{{ text.line }}"}
"""
FILES = {
    "pipeline.yaml": CAMPAIGN,
    "looks.csv": "look,light\ndawn,warm sunrise rim light\nstudio,one large softbox\n",
    "text/en.yaml": "line: Light.\n",
    "text/de.yaml": "line: Licht.\n",
    "assets/bottle.png": BOTTLE,
    ".gitignore": ".callsheet/\npreviews/\n",
}


@pytest.fixture
def shop(project: Any, repository: Callable[[], Any]) -> Any:
    """A campaign in a repository with one commit, on `main`."""
    project.write(FILES)
    project.repository = repository()
    project.commit = project.repository.commit()
    return project


def against(project: Any, *words: str, revision: str = "main") -> dict[str, Any]:
    finished = project.run("plan", "pipeline.yaml", "--simulate", "--json", "--against", revision, *words)
    assert finished.exit_code == 0, finished.stderr
    return dict(finished.json["against"])


def told(found: dict[str, Any]) -> dict[str, list[tuple[str, str | None]]]:
    return {one["id"]: [(change["kind"], change["field"]) for change in one["changes"]] for one in found["changed"]}


def refused(project: Any, revision: str = "main") -> tuple[int, str]:
    finished = project.run("plan", "pipeline.yaml", "--simulate", "--against", revision)
    assert finished.stdout == ""
    return finished.exit_code, finished.stderr


def test_nothing_changed_is_said_in_a_screen(shop: Any) -> None:
    finished = shop.run("plan", "pipeline.yaml", "--simulate", "--against", "main")
    assert finished.stdout == (
        f"shop  compared with main ({shop.commit})\n"
        "\n"
        "6 unchanged\n"
        "\n"
        "2 to render (0.80 USD estimated; simulated, costs nothing), 4 local, 0 cached\n"
        "to render now 0.80 USD, as of main 0.80 USD: the same (simulated, costs nothing)\n"
    )


def test_added_removed_and_changed_instances_are_told_with_what_they_cost(shop: Any) -> None:
    shop.write({"looks.csv": "look,light\ndawn,cold moonlight\nnight,a street lamp\n"})
    finished = shop.run("plan", "pipeline.yaml", "--simulate", "--against", "main")
    assert finished.exit_code == 0
    assert finished.stdout == (
        f"shop  compared with main ({shop.commit})\n"
        "\n"
        "changed  3 instances\n"
        "  hero[look=dawn]  render  0.40 USD\n"
        "    ~ `prompt`: Slow dolly in, [-warm sunrise rim light-]{+cold moonlight+};\n"
        "      packaging unchanged.\n"
        "\n"
        "  captioned[look=dawn,language=en]  local\n"
        "  captioned[look=dawn,language=de]  local\n"
        "    ~ `hero[look=dawn]` changes\n"
        "\n"
        "added  3 instances\n"
        "  hero[look=night]  render  0.40 USD\n"
        "  captioned[look=night,language=en]  local\n"
        "  captioned[look=night,language=de]  local\n"
        "\n"
        "removed  3 instances\n"
        "  hero[look=studio]\n"
        "  captioned[look=studio,language=en]\n"
        "  captioned[look=studio,language=de]\n"
        "\n"
        "0 unchanged\n"
        "\n"
        "2 to render (0.80 USD estimated; simulated, costs nothing), 4 local, 0 cached\n"
        "to render now 0.80 USD, as of main 0.80 USD: the same (simulated, costs nothing)\n"
    )


def test_the_comparison_is_a_member_of_the_json_document(shop: Any) -> None:
    shop.edit("looks.csv", "studio,one large softbox\n", "studio,one large softbox\nnight,a street lamp\n")
    shop.edit("looks.csv", "warm sunrise rim light", "cold moonlight")
    found = against(shop, "--only", "language=en")
    prompt = "Slow dolly in, {}; packaging unchanged."
    assert found == {
        "revision": "main",
        "commit": shop.repository.git("rev-parse", "HEAD").strip(),
        "added": [
            {"id": "hero[look=night]", "node": "hero", "action": "render", "cost_estimate_usd": 0.4},
            {
                "id": "captioned[look=night,language=en]",
                "node": "captioned",
                "action": "local",
                "cost_estimate_usd": 0.0,
            },
        ],
        "removed": [],
        "changed": [
            {
                "id": "hero[look=dawn]",
                "node": "hero",
                "action": "render",
                "cost_estimate_usd": 0.4,
                "was": None,
                "changes": [
                    {
                        "kind": "field",
                        "field": "prompt",
                        "old": prompt.format("warm sunrise rim light"),
                        "new": prompt.format("cold moonlight"),
                    }
                ],
            },
            {
                "id": "captioned[look=dawn,language=en]",
                "node": "captioned",
                "action": "local",
                "cost_estimate_usd": 0.0,
                "was": None,
                "changes": [
                    {
                        "kind": "producer",
                        "field": "video",
                        "old": {"from": "hero[look=dawn]"},
                        "new": {"from": "hero[look=dawn]"},
                    }
                ],
            },
        ],
        "unchanged": 2,
        "cost": {"before_usd": 0.8, "after_usd": 1.2, "delta_usd": 0.4, "of_changes_usd": 0.8, "unpriced": 0},
        "notes": [],
    }


@pytest.mark.parametrize(
    ("file", "old", "new", "changes"),
    [
        ("text/de.yaml", "Licht.", "Glanz.", {("captioned[look=dawn,language=de]", "field", "text")}),
        ("pipeline.yaml", "seed: 7", "seed: 8", {("hero[look=dawn]", "seed", None)}),
        ("pipeline.yaml", "    over: [look]\n", "    over: [look]\n    publish: 'x/{{ look }}.mp4'\n", {("hero[look=dawn]", "publish", None)}),
    ],
)  # fmt: skip
def test_each_file_that_the_pipeline_names_is_read_from_the_revision(
    shop: Any, file: str, old: str, new: str, changes: set[tuple[str, str, str | None]]
) -> None:
    shop.edit(file, old, new)
    found = told(against(shop))
    assert changes <= {(name, *change) for name, every in found.items() for change in every}


def test_a_used_pipeline_and_what_it_names_are_read_from_the_revision(shop: Any) -> None:
    part = (
        "callsheet: 1\nname: part\nnodes:\n"
        "  a: {route: happyhorse/happyhorse-1.0/image-to-video, input: {image: bottle.png, prompt: A slow pan.}}\n"
        'outputs: {video: "{{ nodes.a.video }}"}\n'
    )
    shop.write(
        {
            "parts/part.yaml": part,
            "parts/bottle.png": BOTTLE,
            "user.yaml": "callsheet: 1\nname: user\nseed: 1\nnodes:\n  spot: {use: parts/part.yaml}\n",
        }
    )
    shop.repository.commit()
    shop.write({"parts/part.yaml": part.replace("slow pan", "fast pan"), "parts/bottle.png": BOTTLE + b"\0"})
    finished = shop.run("plan", "user.yaml", "--simulate", "--json", "--against", "main")
    assert told(finished.json["against"]) == {"spot.a": [("asset", "image_url"), ("field", "prompt")]}


def test_a_changed_picture_is_read_from_the_revision(shop: Any) -> None:
    shop.write({"assets/bottle.png": BOTTLE + b"\0"})
    (change,) = against(shop, "--select", "hero[look=dawn]")["changed"][0]["changes"]
    assert (change["kind"], change["old"]["asset"]) == ("asset", "assets/bottle.png")
    assert change["old"]["sha256"] != change["new"]["sha256"]


def test_a_picture_that_is_gone_by_now_is_read_from_the_revision(shop: Any) -> None:
    shop.repository.git("mv", "assets/bottle.png", "assets/flask.png")
    shop.edit("pipeline.yaml", "assets/bottle.png", "assets/flask.png")
    assert against(shop)["changed"] == []


def test_a_route_of_the_project_and_its_settings_are_those_of_the_revision(shop: Any) -> None:
    route = "happyhorse--happyhorse-1.0--image-to-video.json"
    text = (shipped("schemas") / "routes" / route).read_text()
    shop.write({f"routes/{route}": text, "callsheet.toml": ""})
    shop.repository.commit()
    assert '"default": "1080P"' in text
    shop.write({f"routes/{route}": text.replace('"default": "1080P"', '"default": "720P"')})
    assert ("default", "resolution") in told(against(shop, "--select", "hero"))["hero[look=dawn]"]


def test_the_provider_of_the_revision_is_told(shop: Any) -> None:
    settings = '[provider]\nbase = "http://127.0.0.1:9/v1"\nname = "{}"\n'
    shop.write({"callsheet.toml": settings.format("studio")})
    shop.repository.commit()
    shop.write({"callsheet.toml": settings.format("staging")})
    finished = shop.run("plan", "pipeline.yaml", "--json", "--against", "main", "--select", "hero[look=dawn]")
    assert finished.json["against"]["changed"][0]["changes"] == [
        {"kind": "provider", "field": None, "old": "studio", "new": "staging"}
    ]


def test_settings_that_git_keeps_no_version_of_are_those_of_now(shop: Any) -> None:
    shop.write({"callsheet.toml": '[provider]\nbase = "http://127.0.0.1:9/v1"\nname = "staging"\n'})
    finished = shop.run("plan", "pipeline.yaml", "--json", "--against", "main")
    assert finished.json["against"]["changed"] == []


def test_the_same_params_profile_and_selection_are_used_on_both_sides(shop: Any) -> None:
    assert against(shop, "--param", "seconds=6")["changed"] == []
    shop.edit("pipeline.yaml", "params: {seconds: 4}", "params: {seconds: 5}")
    assert against(shop, "--param", "seconds=6")["changed"] == []
    found = against(shop, "--select", "hero[look=dawn]")
    assert (list(told(found)), found["unchanged"]) == (["hero[look=dawn]"], 0)


def test_a_selection_of_what_did_not_exist_is_all_added(shop: Any) -> None:
    shop.edit(
        "pipeline.yaml",
        "  captioned:",
        "  still:\n    step: first_frame\n    over: [look]\n    input: {video: '{{ nodes.hero.video }}'}\n  captioned:",
    )
    found = against(shop, "--select", "still")
    assert ([one["id"] for one in found["added"]], found["removed"]) == (["still[look=dawn]", "still[look=studio]"], [])


def test_a_renamed_node_is_no_new_one(shop: Any) -> None:
    text = shop.read("pipeline.yaml").replace("nodes.hero", "nodes.opening")
    shop.write({"pipeline.yaml": text.replace("  hero:\n", "  opening:\n    was: hero\n")})
    found = against(shop)
    assert (found["added"], found["removed"]) == ([], [])
    assert [(one["id"], one["was"]) for one in found["changed"][:1]] == [("opening[look=dawn]", "hero[look=dawn]")]
    assert {kind for changes in told(found).values() for kind, _ in changes} == {"publish"}


def test_what_is_made_already_costs_nothing_on_either_side(shop: Any) -> None:
    assert shop.run("run", "pipeline.yaml", "--simulate", "--select", "hero").exit_code == 0
    shop.edit("looks.csv", "warm sunrise rim light", "cold moonlight")
    assert against(shop)["cost"] == {
        "before_usd": 0.0,
        "after_usd": 0.4,
        "delta_usd": 0.4,
        "of_changes_usd": 0.4,
        "unpriced": 0,
    }


def test_nothing_is_written_into_the_repository(shop: Any) -> None:
    def every_file() -> dict[str, tuple[bytes, int]]:
        return {str(one): (one.read_bytes(), one.stat().st_mtime_ns) for one in shop.folder.rglob("*") if one.is_file()}

    shop.edit("looks.csv", "warm sunrise rim light", "cold moonlight")
    before = every_file()
    against(shop)
    assert every_file() == before


def test_it_works_from_any_folder_and_inside_a_hook(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write({"campaigns/spring/pipeline.yaml": CAMPAIGN.replace("assets/", "../../assets/")})
    for name in ("looks.csv", "text/en.yaml", "text/de.yaml"):
        shop.write({f"campaigns/spring/{name}": FILES[name]})
    shop.repository.commit()
    shop.edit("campaigns/spring/looks.csv", "one large softbox", "two small lamps")
    monkeypatch.chdir(shop.folder / "text")
    monkeypatch.setenv("GIT_DIR", "elsewhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "elsewhere/index")
    finished = shop.run("plan", "../campaigns/spring/pipeline.yaml", "--simulate", "--against", "main", "--json")
    assert next(iter(told(finished.json["against"]))) == "hero[look=studio]"


def test_a_pipeline_that_did_not_exist_is_all_new(shop: Any) -> None:
    shop.write({"second.yaml": CAMPAIGN})
    finished = shop.run("plan", "second.yaml", "--simulate", "--against", "main")
    assert finished.exit_code == 0
    assert finished.stdout.startswith(f"shop  compared with main ({shop.commit})\n\nadded  6 instances\n")
    assert finished.stdout.endswith(
        "to render now 0.80 USD, as of main 0.00 USD: 0.80 USD more (simulated, costs\n"
        "nothing)\n"
        "note: `second.yaml` does not exist at `main`: everything is new\n"
    )


def test_media_that_git_keeps_no_version_of_are_taken_as_they_are_now(shop: Any) -> None:
    shop.repository.git("rm", "--cached", "--quiet", "assets/bottle.png")
    shop.write({".gitignore": ".callsheet/\npreviews/\nassets/\n"})
    shop.repository.commit()
    found = against(shop)
    assert (found["changed"], found["notes"]) == ([], ["`assets/bottle.png` is not in git: it was taken as it is now"])


def test_a_folder_without_git_is_refused(project: Any) -> None:
    project.write(FILES)
    code, said = refused(project)
    assert code == 64
    assert said.startswith(
        "error: `--against` compares with a git revision, and the pipeline is in no git repository [not-a-repository]\n"
        "  help: git says: not a git repository"
    )


def test_an_unknown_revision_is_refused_with_the_nearest_branch(shop: Any) -> None:
    shop.repository.git("branch", "release/spring")
    assert refused(shop, "relaese/spring") == (
        64,
        "error: git knows no revision `relaese/spring` here [unknown-revision]\n  help: did you mean `release/spring`?\n",
    )
    assert refused(shop, "0123abc") == (
        64,
        "error: git knows no revision `0123abc` here [unknown-revision]\n"
        "  help: fetch it first: in CI, check out with the whole history (`fetch-depth: 0`)\n",
    )


def test_a_revision_is_never_taken_for_an_option(shop: Any) -> None:
    code, said = refused(shop, "--output=stolen")
    assert (code, said.split("\n")[0]) == (64, "error: git knows no revision `--output=stolen` here [unknown-revision]")
    assert not (shop.folder / "stolen").exists()


def test_problems_of_the_old_pipeline_name_the_revision(shop: Any) -> None:
    shop.edit("pipeline.yaml", "step: caption", "step: kaption")
    shop.write({"text/de.yaml": "line: [1]\n"})
    shop.repository.commit()
    shop.edit("pipeline.yaml", "step: kaption", "step: caption")
    shop.write({"text/de.yaml": "line: Licht.\n"})
    code, said = refused(shop)
    assert code == 65
    lines = said.split("\n")
    assert lines[0] == (
        "error: `pipeline.yaml` can't be planned as it was at `main`, so there is nothing to compare with"
        " [revision-unplannable]"
    )
    assert [line.split(" error:")[0] for line in lines if " error:" in line] == [
        "main:pipeline.yaml:18:11:",
        "main:text/de.yaml:1:7:",
    ]
    assert str(Path("/tmp")) not in said


def test_a_medium_behind_a_pointer_of_large_file_storage_is_found_or_said_to_be_missing(shop: Any) -> None:
    digest = hashlib.sha256(BOTTLE).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(BOTTLE)}\n"
    shop.write({"assets/bottle.png": pointer})
    shop.repository.commit()
    shop.write({"assets/bottle.png": BOTTLE})
    code, said = refused(shop)
    assert code == 65
    assert [line for line in said.split("\n") if "not-in-revision" in line] == [
        "main:pipeline.yaml:14:14: error: hero[look=dawn] and 1 more: `assets/bottle.png`: it is a Git LFS pointer at"
        " that revision, and its content is not on this machine [not-in-revision]"
    ]
    assert "  help: fetch it: `git lfs fetch origin main`\n" in said
    shop.write({f".git/lfs/objects/{digest[:2]}/{digest[2:4]}/{digest}": BOTTLE})
    assert against(shop)["changed"] == []


def test_media_in_a_submodule_are_said_not_to_be_read(shop: Any, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for words in (["init", "--quiet"], ["commit", "--quiet", "--allow-empty", "--message=x"]):
        subprocess.run(["git", *words], cwd=other, check=True)
    shop.repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "brand")
    shop.write({"brand/bottle.png": BOTTLE})
    shop.edit("pipeline.yaml", "assets/bottle.png", "brand/bottle.png")
    shop.repository.commit()
    code, said = refused(shop)
    assert code == 65
    assert "  help: files in submodules are not read: `brand`\n" in said
    assert "`brand/bottle.png`: it is in the submodule `brand`, whose revisions are not read [not-in-revision]" in said


def test_links_are_followed_inside_the_revision_and_nowhere_else(shop: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(BOTTLE)
    (shop.folder / "pictures").symlink_to("assets")
    shop.edit("pipeline.yaml", "assets/bottle.png", "pictures/bottle.png")
    shop.repository.commit("link")
    shop.write({"assets/bottle.png": BOTTLE + b"\0"})
    (change,) = against(shop, "--select", "hero[look=dawn]")["changed"][0]["changes"]
    assert change["kind"] == "asset"
    shop.write({"assets/bottle.png": BOTTLE})
    (shop.folder / "stolen.png").symlink_to(secret)
    shop.edit("pipeline.yaml", "pictures/bottle.png", "stolen.png")
    shop.repository.commit("outward")
    (shop.folder / "stolen.png").unlink()
    shop.edit("pipeline.yaml", "stolen.png", "pictures/bottle.png")
    code, said = refused(shop)
    assert (code, "the file `stolen.png` does not exist [no-such-file]" in said) == (65, True)


def test_json_and_markdown_together_are_refused(shop: Any) -> None:
    finished = shop.run("plan", "pipeline.yaml", "--json", "--format", "markdown")
    assert (finished.exit_code, finished.stderr) == (
        64,
        "error: say either `--json` or `--format markdown` [bad-option]\n",
    )
