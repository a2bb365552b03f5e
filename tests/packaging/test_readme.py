"""The README says what is so."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from PIL import Image

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_pipeline_in_the_readme_plans_as_its_comments_say(project) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    picture = BytesIO()
    Image.new("RGB", (400, 400)).save(picture, "PNG")
    project.write({"pipeline.yaml": text, "assets/bottle.png": picture.getvalue()})
    plan = project.plan()
    assert [one["action"] for one in plan.values()] == ["render"] * 4 + ["local"]
    assert plan["reel"]["needs"] == ["shot[look=dawn,take=1]", "shot[look=studio,take=1]"]


def test_every_file_that_the_readme_points_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (Path(__file__).parent.parent.parent / link).exists()] == []


def test_the_readme_names_make_targets_that_exist() -> None:
    makefile = (Path(__file__).parent.parent.parent / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
