"""`lock` and `reseed` on the screen: what they say, and what they refuse."""

from __future__ import annotations

import hashlib
import json
import re
from io import BytesIO

from PIL import Image

CAMPAIGN = """\
callsheet: 1
name: shop
seed: 7
params:
  product: bottle
axes:
  look: [dawn, studio]
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look]
    input: {prompt: "A {{ params.product }} at {{ look }}.", duration: 2}
  reel:
    step: concat
    input: {clips: "{{ nodes.shot.videos }}"}
profiles:
  draft: {params: {product: jar}}
"""
LOCK = "pipeline.lock.yaml"


def picture(shade: int) -> bytes:
    content = BytesIO()
    Image.new("RGB", (720, 720), (shade, 0, 0)).save(content, "PNG")
    return content.getvalue()


def test_a_first_lock_is_written_without_spending(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("lock", "pipeline.yaml")
    assert (finished.exit_code, finished.stderr) == (0, "")
    assert finished.stdout == "wrote pipeline.lock.yaml: 3 instances, 1 route, 0 assets\n"
    assert not (project.folder / ".callsheet").exists()
    again = project.run("lock", "pipeline.yaml")
    assert again.stdout == "pipeline.lock.yaml is as it should be: 3 instances, 1 route, 0 assets\n"


def test_locking_again_says_what_is_new_other_and_gone(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("lock", "pipeline.yaml")
    project.edit("pipeline.yaml", "look: [dawn, studio]", "look: [dawn, noir]")
    project.edit("pipeline.yaml", "product: bottle", "product: flask")
    said = re.sub(r"[0-9a-f]{12}…", "HEX", project.run("lock", "pipeline.yaml").stdout)
    assert said == (
        "wrote pipeline.lock.yaml: 3 instances, 1 route, 0 assets\n"
        "  ~ shot[look=dawn]: key HEX -> HEX\n"
        "  + shot[look=noir]\n"
        "  - shot[look=studio]\n"
    )


def test_reseed_says_what_it_renders_again_and_for_how_much(project, provider) -> None:
    provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
    finished = project.run("reseed", "pipeline.yaml", "shot[look=dawn]")
    lines = re.sub(r"[0-9a-f]{12}…|\b\d{4,}\b", "N", finished.stdout).splitlines()
    assert lines == [
        "wrote pipeline.lock.yaml: 3 instances, 1 route, 0 assets",
        "  ~ reel: key N -> none, outputs N -> none",
        "  ~ shot[look=dawn]: seed N -> N, key N -> N, outputs N -> none",
        "the next run renders again: `shot[look=dawn]`, for 0.16 USD",
    ]
    plan = project.run("plan", "pipeline.yaml", "--json").json
    assert plan["instances"][0]["seed"] != plan["instances"][1]["seed"]


def test_reseeding_renders_exactly_what_it_said(project, provider) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("run", "pipeline.yaml", "--yes")
    told = project.run("reseed", "pipeline.yaml", "shot[look=dawn]", "--json").json
    assert told["rerender"] == {"instances": ["shot[look=dawn]"], "cost_estimate_usd": 0.16, "unpriced": 0}
    assert (told["lock"], told["written"]) == (LOCK, True)
    finished = project.run("run", "pipeline.yaml", "--yes", "--json")
    states = {found["id"]: found["state"] for found in finished.json["instances"]}
    assert states == {"shot[look=dawn]": "succeeded", "shot[look=studio]": "cached", "reel": "succeeded"}
    assert len(one.submits) == 3
    assert project.run("run", "pipeline.yaml", "--locked").exit_code == 0


def test_the_json_of_a_lock_lists_instances_and_changes(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("lock", "pipeline.yaml")
    project.edit("pipeline.yaml", "look: [dawn, studio]", "look: [dawn, studio, noir]")
    told = project.run("lock", "pipeline.yaml", "--json").json
    assert [one["id"] for one in told["instances"]] == [
        "reel",
        "shot[look=dawn]",
        "shot[look=noir]",
        "shot[look=studio]",
    ]
    assert told["changes"] == [
        {
            "of": "instance",
            "about": "shot[look=noir]",
            "what": "record",
            "before": None,
            "now": "wan-ai/wan-2-7/text-to-video",
        }
    ]
    assert told["rerender"] == {"instances": [], "cost_estimate_usd": 0, "unpriced": 0}


def test_lock_takes_from_the_journal_what_was_made(project, provider) -> None:
    provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("run", "pipeline.yaml", "--yes")
    whole = project.read_bytes(LOCK)
    (project.folder / LOCK).unlink()
    project.run("lock", "pipeline.yaml")
    assert project.read_bytes(LOCK) == whole


def test_a_profile_is_locked_beside_the_pipeline_and_another_file_where_one_says_so(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    assert project.run("lock", "pipeline.yaml", "--profile", "draft").exit_code == 0
    assert project.run("lock", "pipeline.yaml", "--param", "product=vase", "--lock", "vase.lock.yaml").exit_code == 0
    assert sorted(path.name for path in project.folder.iterdir()) == [
        "pipeline.draft.lock.yaml", "pipeline.yaml", "vase.lock.yaml",
    ]  # fmt: skip
    assert project.run("plan", "pipeline.yaml", "--locked", "--profile", "draft").exit_code == 0
    assert (
        project.run(
            "plan", "pipeline.yaml", "--locked", "--param", "product=vase", "--lock", "vase.lock.yaml"
        ).exit_code
        == 0
    )
    assert project.run("plan", "pipeline.yaml", "--locked", "--lock", "vase.lock.yaml").exit_code == 65


def test_parameters_never_get_into_the_lock_of_the_pipeline(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    for words in (["lock", "pipeline.yaml"], ["reseed", "pipeline.yaml", "shot"]):
        finished = project.run(*words, "--param", "product=vase")
        assert finished.exit_code == 64
        assert finished.stderr == (
            "error: with parameters of the command line the pipeline's own lock is left alone [bad-option]\n"
            "  help: name a lock for them with `--lock FILE`\n"
        )
    assert not (project.folder / LOCK).exists()


def test_a_selector_is_for_upgrade_alone(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("lock", "pipeline.yaml", "shot")
    assert (finished.exit_code, finished.stderr) == (64, (
        "error: `shot`: a lock is always of the whole pipeline [bad-option]\n"
        "  help: say `--upgrade`, or leave the selector out\n"
    ))  # fmt: skip
    assert project.run("lock", "pipeline.yaml", "shot", "--upgrade").exit_code == 0
    assert project.run("lock", "pipeline.yaml", "nothing", "--upgrade").exit_code == 64


def test_an_asset_that_changed_is_named_in_the_diff(project) -> None:
    from_asset = CAMPAIGN.replace("wan-ai/wan-2-7/text-to-video", "bytedance/seedance-v1.5-pro/image-to-video")
    project.write({"pipeline.yaml": from_asset.replace("duration: 2", "image: a.png")})
    project.write({"a.png": picture(1)})
    project.run("lock", "pipeline.yaml")
    project.write({"a.png": picture(2)})
    finished = project.run("plan", "pipeline.yaml", "--locked")
    assert finished.exit_code == 65
    said = re.sub(r"[0-9a-f]{12}…", "HEX", finished.stderr).splitlines()
    assert said[:3] == [
        "error: `a.png`: bytes HEX in the lock, HEX now [lock-differs]",
        "error: shot[look=dawn]: key HEX in the lock, HEX now [lock-differs]",
        "error: shot[look=studio]: key HEX in the lock, HEX now [lock-differs]",
    ]


def test_no_signature_of_an_address_gets_into_a_lock(project) -> None:
    text = CAMPAIGN.replace("wan-ai/wan-2-7/text-to-video", "bytedance/seedance-v1.5-pro/image-to-video")
    address = "https://media.example/a.png?X-Amz-Signature=SECRET"
    project.write({"pipeline.yaml": text.replace("duration: 2", f'image: "{address}"')})
    facts = {"kind": "image", "media_type": "image/png", "bytes": 9, "sha256": "b" * 64, "width": 720, "height": 720}
    name = hashlib.sha256(address.encode()).hexdigest()
    pins = {"version": 1, "addresses": {name: {"address": "x", "fetched": "x", "facts": facts}}}
    project.write({".callsheet/remote.json": json.dumps(pins)})
    assert project.run("lock", "pipeline.yaml").exit_code == 0
    text = project.read(LOCK)
    assert "SECRET" not in text
    assert f'"asset:https://media.example/a.png {name[:8]}": {{"sha256": "{"b" * 64}", "kind": "image"' in text
    (project.folder / ".callsheet/remote.json").unlink()
    plan = project.run("plan", "pipeline.yaml", "--json").json
    assert {one["key"] is not None for one in plan["instances"] if one["kind"] == "route"} == {True}
    assert project.run("plan", "pipeline.yaml", "--locked").exit_code == 0


USING = """\
callsheet: 1
name: shop
seed: 7
axes:
  look: [dawn, studio]
nodes:
  spot:
    use: parts/hero.yaml
    over: [look]
    with: {place: "{{ look }}"}
"""
USED = """\
callsheet: 1
name: hero
params:
  place: {type: text}
nodes:
  clip:
    route: bytedance/seedance-v1.5-pro/image-to-video
    input: {prompt: "At {{ params.place }}.", image: art/a.png}
  wide:
    route: wan-ai/wan-2-7/text-to-video
    input: {prompt: "Wide at {{ params.place }}."}
outputs: {video: "{{ nodes.clip.video }}"}
"""


def test_the_lock_of_the_caller_holds_what_is_used_too(project) -> None:
    project.write({"pipeline.yaml": USING, "parts/hero.yaml": USED, "parts/art/a.png": picture(1)})
    assert project.run("lock", "pipeline.yaml").exit_code == 0
    lines = project.read(LOCK).splitlines()
    assert '"asset:parts/art/a.png"' in [line.split(": ")[0] for line in lines]
    assert [line.split(": ")[0] for line in lines if line.startswith("spot")] == [
        "spot.clip[look=dawn]", "spot.clip[look=studio]", "spot.wide[look=dawn]", "spot.wide[look=studio]",
    ]  # fmt: skip
    assert not list(project.folder.glob("parts/*.lock.yaml"))
    before = project.run("plan", "pipeline.yaml", "--json").json["instances"]
    assert project.run("reseed", "pipeline.yaml", "spot.wide").exit_code == 0
    project.edit("pipeline.yaml", "[dawn, studio]", "[noir, dawn, studio]")
    after = {one["id"]: one["seed"] for one in project.run("plan", "pipeline.yaml", "--json").json["instances"]}
    assert len({after[f"spot.wide[look={look}]"] for look in ("noir", "dawn", "studio")}) == 1
    assert after["spot.wide[look=dawn]"] not in {one["seed"] for one in before}
