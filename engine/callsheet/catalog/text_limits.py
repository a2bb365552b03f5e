"""Limits of text: how long a prompt may be, counted as its route counts, and the references it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from callsheet.catalog.route import Fault, Field

_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_REFERENCE = re.compile(
    r"(?:\b(image|video|audio)\s+#?|(图片|图像|视频|音频)\s*)([0-9]{1,2})"
    r"(?![\w:.,]\w|\w|\s*(?:s|secs?|seconds?|fps|px|%|×)(?!\w))",
    re.IGNORECASE,
)
_CHINESE_KINDS = {"图片": "image", "图像": "image", "视频": "video", "音频": "audio"}


def text_faults(label: str, field: Field, text: str) -> Iterator[Fault]:
    """What is wrong with the length of one text; `label` is how faults call the field."""
    limits = field.limits
    weighed = limits.get("max_length_cjk")
    if isinstance(weighed, Mapping):
        yield from _weighed_length(label, field.name, text, int(weighed["limit"]), int(weighed["cjk_counts"]))
    elif field.max_length is not None and len(text) > field.max_length:
        yield _too_long(
            label, field.name, f"{len(text)} characters", f"{field.max_length}", len(text) - field.max_length
        )
    chinese = limits.get("max_chinese_chars")
    if isinstance(chinese, int) and len(text) > chinese and (count := cjk_count(text)) > chinese:
        yield _too_long(label, field.name, f"{count} Chinese characters", f"{chinese}", count - chinese)
    words = limits.get("max_english_words")
    if isinstance(words, int) and len(text) > words and (count := word_count(text)) > words:
        yield _too_long(label, field.name, f"{count} English words", f"{words}", count - words)
    advised = limits.get("advised_length")
    if isinstance(advised, int) and len(text) > advised:
        message = f"{label} has {len(text)} characters, and works best with fewer than {advised}"
        yield Fault("advice", message, field.name, severity="warning")


def reference_faults(label: str, field: Field, text: str, counts: Mapping[str, int | None]) -> Iterator[Fault]:
    """References such as "image 3" that a prompt names and the input lacks; a count of None is not known yet."""
    told: set[tuple[str, int]] = set()
    for found in _REFERENCE.finditer(text):
        kind = _CHINESE_KINDS[found[2]] if found[2] else found[1].lower()
        wanted, count = int(found[3]), counts.get(kind)
        if count is None or 1 <= wanted <= count or (kind, wanted) in told:
            continue
        told.add((kind, wanted))
        files = f"{kind} file" if count == 1 else f"{kind} files"
        message = f"{label} names `{found[0]}`, and the input has {count or 'no'} {files}"
        yield Fault(
            "reference-missing", message, field.name, f"references are numbered from 1, in the order of `{kind}s`"
        )


def names_a_reference(text: str) -> bool:
    """Whether the text names any reference by its number, as in "image 1"."""
    return _REFERENCE.search(text) is not None


def cjk_count(text: str) -> int:
    """Chinese, Japanese and Korean characters, their punctuation and full-width forms included."""
    return 0 if text.isascii() else len(_CJK.findall(text))


def word_count(text: str) -> int:
    """Words that are written with spaces between them."""
    return len(_WORD.findall(text if text.isascii() else _CJK.sub(" ", text)))


def _weighed_length(label: str, native: str, text: str, limit: int, cjk_counts: int) -> Iterator[Fault]:
    if len(text) * cjk_counts <= limit:
        return
    length = len(text) + (cjk_counts - 1) * cjk_count(text)
    if length > limit:
        what = f"{length} characters, counting {cjk_counts} for a CJK character"
        yield _too_long(label, native, what, f"{limit}", length - limit)


def _too_long(label: str, native: str, what: str, limit: str, over: int) -> Fault:
    return Fault("text-too-long", f"{label} has {what}, and at most {limit} are taken", native, f"shorten it by {over}")
