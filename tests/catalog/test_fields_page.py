from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "fields.md"


def test_the_page_of_canonical_fields_is_the_one_the_catalogue_makes(project) -> None:
    finished = project.run("routes", "--markdown")
    assert finished.exit_code == 0
    assert PAGE.read_text(encoding="utf-8") == finished.stdout, "callsheet routes --markdown > docs/reference/fields.md"


def test_the_page_has_every_canonical_name_of_every_route(catalog) -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    for route in catalog.routes():
        row = next(line for line in lines if line.startswith(f"| [{route.title}]"))
        for name in set(route.canonical) - {"images", "videos", "audios"}:
            assert f"`{route.canonical[name]}`" in row, (route.id, name)
