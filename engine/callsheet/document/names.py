"""Names and ids: what they may look like, and the right one to offer for a wrong one."""

from __future__ import annotations

import re
import unicodedata

from callsheet.document.shape import NAME_PATTERN

SCOPE_NAMES = ("params", "text", "nodes", "pipeline", "node", "media")
"""What every template can name; nothing of a pipeline's own may hide it."""

TEMPLATE_WORDS = ("and", "else", "false", "for", "if", "in", "is", "loop", "none", "not", "or", "self", "true")
"""Words of the template language, by which an axis could never be named in a template."""

REFERENCE_WORDS = ("at", "previous", "takes")
"""What can stand behind `nodes.NAME.` beside the names of outputs."""

LONGEST_ID = 64
LONGEST_SHOWN = 80
_ID_CATEGORIES = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd"))
_NAME = re.compile(NAME_PATTERN)
_NOT_NAME = re.compile("[^a-z0-9]+")
NAME_RULE = "names are lower-case letters, digits and `_`, and start with a letter"
ID_RULE = f"it has 1 to {LONGEST_ID} letters, digits, `.`, `_` and `-`, and is not `.` or `..`"


def is_name(text: str) -> bool:
    """Whether a node, axis, param or message may be called so."""
    return _NAME.fullmatch(text) is not None


def cut(text: str) -> str:
    """A name or value of the file as messages show it: its first 80 characters."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def right_name(text: str) -> str | None:
    """The name that was probably meant by one that is none: `b-roll` gives `b_roll`."""
    plain = unicodedata.normalize("NFKD", text)
    near = _NOT_NAME.sub("_", plain.encode("ascii", "ignore").decode().lower()).strip("_")
    return near if is_name(near) else None


def is_id(text: str) -> bool:
    """Whether an axis may have such an id: letters and digits of any script, with their marks."""
    if text in (".", "..") or not 1 <= len(text) <= LONGEST_ID:
        return False
    if text.isascii():
        return text.replace(".", "").replace("_", "").replace("-", "").isalnum() or not text.strip("._-")
    return all(char in "._-" or unicodedata.category(char) in _ID_CATEGORIES for char in text)
