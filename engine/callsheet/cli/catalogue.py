"""The catalogue of a project: its own `routes/`, looked up before the routes that ship."""

from __future__ import annotations

import os
from pathlib import Path

from callsheet.catalog.load import Catalog, load_catalog
from callsheet.cli.project import Project, find_project

ROUTES_FOLDER = "routes"


def catalogue_of(project: Project) -> Catalog:
    """What can be asked for in this project; nothing is read before it is asked for."""
    return load_catalog([project.root / ROUTES_FOLDER], read_yaml=_read_yaml)


def catalogue_here() -> Catalog:
    """The catalogue of the project that the working folder belongs to."""
    return catalogue_of(project_here())


def project_here() -> Project:
    """The project that the working folder belongs to."""
    return find_project(Path("pipeline.yaml"), os.environ)


def _read_yaml(path: Path) -> object:
    from callsheet.document.source import parse, read_source

    return parse(read_source(path, f"{path.parent.name}/{path.name}")).plain()
