"""What stands before the camera: the picture handed in, tinted, or a backdrop where there is none."""

from __future__ import annotations

import hashlib
from random import Random

import av
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from callsheet.simulator.camera import ROOM
from callsheet.simulator.colours import Palette, Rgb, mixed, palette
from callsheet.simulator.intake import Medium
from callsheet.simulator.lettering import Style, draw_line, width

LONGEST = 640
_TORSO = ((-2.75, 3.5), (2.75, 3.5), (3.0, 12.0), (-3.0, 12.0))  # in heads right of and below the face
_PAPER = (232, 230, 226)
_STAND_IN = (960, 640)
_LIGHTS = ((0.25, 0.6, 0.8, 1.0), (0.6, 0.25, 1.0, 0.8), (0.35, 0.35, 0.95, 0.95))  # shade per corner, row by row


class PictureError(ValueError):
    """A picture that was handed in can't be decoded."""


def frame_size(aspect: tuple[int, int]) -> tuple[int, int]:
    """The preview size of an aspect: the longer side 640 pixels, both even."""
    wide, high = aspect
    scale = LONGEST / max(wide, high)
    return max(2, 2 * round(wide * scale / 2)), max(2, 2 * round(high * scale / 2))


def load(medium: Medium) -> Image.Image:
    """The picture itself, a clip's first frame, or a stand-in for what is never fetched. Raises PictureError."""
    if medium.path is None:
        return _stand_in(medium.key)
    try:
        if medium.kind == "video":
            with av.open(str(medium.path)) as container:
                return _picture(next(container.decode(video=0)))
        with Image.open(medium.path, formats=("PNG", "JPEG", "WEBP")) as picture:
            picture.draft("RGB", (2 * LONGEST, 2 * LONGEST))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, IndexError, StopIteration, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"the {medium.kind} can not be decoded") from error
    paper = Image.new("RGBA", upright.size, (*_PAPER, 255))
    paper.alpha_composite(upright)
    return paper.convert("RGB")


def _picture(frame: av.VideoFrame) -> Image.Image:
    plain = frame.reformat(format="rgb24")
    pixels = bytes(plain.planes[0])
    return Image.frombuffer("RGB", (plain.width, plain.height), pixels, "raw", "RGB", plain.planes[0].line_size, 1)


def filled(picture: Image.Image, size: tuple[int, int], colours: Palette) -> Image.Image:
    """The picture cut to the frame's aspect, with room for the camera, subtly tinted."""
    roomy = (round(size[0] * ROOM), round(size[1] * ROOM))
    fitted = ImageOps.fit(picture, roomy, Image.Resampling.LANCZOS)
    tables = [min(255, round(value * gain)) for gain in colours.gains for value in range(256)]
    return fitted.point(tables)


def backdrop(size: tuple[int, int], colours: Palette, number: int) -> Image.Image:
    """A lit wall out of focus: light from one side, a few soft lamps."""
    roomy = (round(size[0] * ROOM), round(size[1] * ROOM))
    random = Random(f"backdrop {number}")
    corners = [mixed(colours.bright, colours.deep, part) for part in random.choice(_LIGHTS)]
    light = Image.new("RGB", (2, 2))
    light.putdata(corners)
    wall = light.resize(roomy, Image.Resampling.BICUBIC)
    lamps = Image.new("L", roomy)
    draw = ImageDraw.Draw(lamps)
    for _ in range(9):
        radius = random.uniform(0.04, 0.13) * min(roomy)
        x, y = random.random() * roomy[0], random.uniform(0.0, 0.75) * roomy[1]
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=random.randint(18, 60))
    lamps = lamps.filter(ImageFilter.GaussianBlur(min(roomy) / 60))
    wall.paste(mixed(colours.bright, (255, 255, 255), 0.5), (0, 0), lamps)
    glow = ImageOps.invert(Image.radial_gradient("L")).resize(
        (roomy[0], round(roomy[1] * 1.1)), Image.Resampling.BICUBIC
    )
    wall.paste(colours.bright, (0, -round(roomy[1] * 0.12)), glow.point([value * 5 // 10 for value in range(256)]))
    return wall


def face_height(size: tuple[int, int]) -> float:
    """How far down a presenter's face is, as a part of the height: below the slate."""
    return 0.5 if size[1] > size[0] else 0.55


def presenter(size: tuple[int, int], colours: Palette) -> tuple[Image.Image, Image.Image]:
    """A presenter as a silhouette with a rim of light: colours and mask, of the frame's size."""
    scale = 2
    wide, high = size[0] * scale, size[1] * scale
    unit = min(wide, high * 0.8)
    x, y = wide / 2, high * face_height(size)
    body = Image.new("L", (wide, high))
    draw = ImageDraw.Draw(body)
    head = unit * 0.125
    draw.ellipse((x - head * 0.84, y - head * 1.15, x + head * 0.84, y + head * 1.12), fill=255)
    draw.rounded_rectangle((x - head * 0.4, y, x + head * 0.4, y + head * 2.2), head * 0.3, fill=255)
    slope = ((0.36, 1.2), (0.62, 1.58), (2.1, 2.15), (2.6, 3.0), (-2.6, 3.0), (-2.1, 2.15), (-0.62, 1.58), (-0.36, 1.2))
    draw.polygon([(x + head * right, y + head * down) for right, down in slope], fill=255)
    draw.ellipse((x - head * 2.75, y + head * 1.95, x + head * 2.75, y + head * 5.2), fill=255)
    draw.polygon([(x + head * side, y + head * down) for side, down in _TORSO], fill=255)
    edge = [0] * 96 + [(value - 96) * 4 for value in range(96, 160)] + [255] * 96
    body = body.filter(ImageFilter.GaussianBlur(head / 4)).point(edge)
    inner = Image.new("L", (wide, high))
    inner.paste(body, (round(head * 0.10), round(head * 0.07)))
    inner = inner.filter(ImageFilter.GaussianBlur(head / 9))
    figure = Image.new("RGB", (wide, high), mixed(colours.accent, (255, 255, 255), 0.35))
    figure.paste(_shade(colours, (wide, high)), (0, 0), inner)
    return figure.resize(size, Image.Resampling.LANCZOS), body.resize(size, Image.Resampling.LANCZOS)


def _shade(colours: Palette, size: tuple[int, int]) -> Image.Image:
    dark: Rgb = mixed(colours.deep, (8, 9, 12), 0.45)
    return ImageOps.colorize(Image.linear_gradient("L").resize(size), mixed(dark, colours.bright, 0.14), dark)


def _stand_in(address: str) -> Image.Image:
    """A picture drawn from an address alone, with its last part lettered on it."""
    number = int.from_bytes(hashlib.sha256(address.encode()).digest()[:4])
    colours = palette(number)
    picture = backdrop(_STAND_IN, colours, number).resize(_STAND_IN, Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(picture, "RGBA")
    middle, centre = picture.width / 2, picture.height * 0.4
    draw.rounded_rectangle(
        (middle - 90, centre - 120, middle + 90, centre + 40), 14, outline=(255, 255, 255, 210), width=5
    )
    draw.ellipse((middle + 20, centre - 98, middle + 56, centre - 62), fill=(255, 255, 255, 210))
    hills = ((-78, 26), (-24, -56), (16, 0), (36, -26), (78, 26))
    draw.polygon([(middle + x, centre + y) for x, y in hills], fill=(255, 255, 255, 210))
    for text, size, y in ((address.rsplit("/", 1)[-1][:60], 30, 92), ("stand-in: addresses are not fetched", 20, 128)):
        style = Style(size, (255, 255, 255, 235))
        left = middle - width(text, style) / 2
        draw_line(draw, (left, left), centre + y, text, style)
    return picture
