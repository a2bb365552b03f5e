from __future__ import annotations

import textwrap
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

HEAD = "callsheet: 1\nname: shop\nseed: 7\nmax_instances: 5000\n"


@pytest.fixture
def pipeline() -> Callable[[str], dict[str, str]]:
    """A pipeline file with this body, under a head of four lines."""
    return lambda body: {"pipeline.yaml": HEAD + textwrap.dedent(body).lstrip("\n")}


@pytest.fixture
def png() -> bytes:
    """A picture of 400 × 400 pixels."""
    content = BytesIO()
    Image.new("RGB", (400, 400), "navy").save(content, "PNG")
    return content.getvalue()
