"""Campaigns to measure with: rows of a CSV times looks, a route node and a step after it, or the route node alone."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

ROWS = 100
FINISHES = ["brushed steel", "clear glass", "oiled oak", "matte ceramic", "raw linen"]
LIGHTS = ["warm sunrise rim light", "one large softbox from camera left", "overcast noon", "a single candle"]
PLACES = ["a stone ledge above the sea", "a seamless white sweep", "a wet city street", "a kitchen table", "dry moss"]

HEAD = """\
callsheet: 1
name: bench-{instances}
seed: 20260401
max_instances: {instances}

axes:
  product: {{from: products.csv, id: sku}}
  look:
{looks}

nodes:
  shot:
    route: happyhorse/happyhorse-1.0/image-to-video
    over: [product, look]
    input:
      image: assets/product.png
      prompt: >-
        Slow dolly in on the {{{{ product.title }}}} on {{{{ look.place }}}}, {{{{ look.light }}}}; packaging unchanged.
      duration: 3
      resolution: 720p
"""

STEP = """\

  captioned:
    step: caption
    over: [product, look]
    input: {video: "{{ nodes.shot.video }}", text: "{{ product.title }}, {{ look }}"}
"""


def write_campaign(folder: Path, instances: int, *, step: bool = True) -> Path:
    """Write a campaign of that many instances into `folder` and give the pipeline's path.

    `instances` is a multiple of 200 with the step (half of them are renders) and of 100 without.
    """
    looks, rest = divmod(instances, ROWS * (2 if step else 1))
    if rest or not looks:
        raise ValueError(f"{instances} instances don't divide into {ROWS} rows")
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    (folder / "assets" / "product.png").write_bytes(picture(320, 320))
    (folder / "products.csv").write_text(_rows(), encoding="utf-8")
    pipeline = folder / "pipeline.yaml"
    text = HEAD.format(instances=instances, looks="\n".join(_look(number) for number in range(looks)))
    pipeline.write_text(text + (STEP if step else ""), encoding="utf-8")
    return pipeline


def picture(width: int, height: int) -> bytes:
    """A PNG of one colour."""
    rows = (b"\0" + b"\x9c\xb4\xc8" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _rows() -> str:
    lines = [f"p{number:03d},{FINISHES[number % 5]} bottle no. {number},{number % 7 + 1}" for number in range(ROWS)]
    return "\n".join(["sku,title,weight", *lines]) + "\n"


def _look(number: int) -> str:
    light, place = LIGHTS[number % len(LIGHTS)], PLACES[number % len(PLACES)]
    return f'    look_{number:04d}: {{light: "{light}, take {number}", place: "{place}"}}'
