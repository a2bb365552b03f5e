"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

from callsheet.media.info import MediaKind

HEAD_BYTES = 64
"""How many of the first bytes `sniff` looks at."""

EXTENSIONS: dict[str, str] = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "application/json": ".json",
    "application/x-subrip": ".srt",
    "text/vtt": ".vtt",
}

_NO_VIDEO_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis", b"crx ", b"M4A ", b"M4B ")
_QUICKTIME_BOXES = (b"moov", b"mdat", b"wide", b"pnot")


def sniff(head: bytes) -> tuple[MediaKind, str] | None:
    """Kind and media type of a file that begins with `head`; None where it is none of the types known here."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image", "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image", "image/jpeg"
    if head[:4] == b"RIFF":
        if head[8:12] == b"WEBP":
            return "image", "image/webp"
        return ("audio", "audio/wav") if head[8:12] == b"WAVE" else None
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _NO_VIDEO_BRANDS:
            return None
        return "video", "video/quicktime" if brand == b"qt  " else "video/mp4"
    if head[4:8] in _QUICKTIME_BOXES:
        return "video", "video/quicktime"
    if head.startswith(b"ID3") or is_mp3_frame(head):
        return "audio", "audio/mpeg"
    return None


def is_mp3_frame(head: bytes) -> bool:
    """Whether `head` begins with the header of an MPEG audio frame of layer III."""
    return (
        len(head) >= 4
        and head[0] == 0xFF
        and head[1] & 0xE6 == 0xE2  # sync, and layer III
        and head[1] & 0x18 != 0x08  # a version that exists
        and head[2] & 0xF0 not in (0x00, 0xF0)  # a stated bit rate
        and head[2] & 0x0C != 0x0C  # a sample rate that exists
    )
