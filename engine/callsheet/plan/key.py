"""The key of a job: SHA-256 over RFC 8785 JSON of what is asked, with media as the digests of their bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import rfc8785

from callsheet.media.info import Artifact, LocalFile, Output, RemoteFile
from callsheet.plan.job import Job, MatchAudio
from callsheet.problems import DataFault, Problem, Span

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, check_circular=False, separators=(",", ":")).encode
FORMAT = "callsheet-key"
VERSION = 1

_AS_IT_IS = frozenset((str, int, bool, float, type(None)))
OutputsOf = Callable[[str], Sequence[Output] | None]
"""Instance id -> its outputs, or None while they are not known."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose key is made, for errors, while the job itself is not there yet."""

    id: str
    span: Span


class _Waiting(Exception):
    """A producer's content is not known yet."""


def key_of(job: Job, provider: str, outputs_of: OutputsOf) -> str | None:
    """The hex key; None while a producer's content, or a remote file's digest, is not known.

    Raises DataFault where a producer did not make what is asked of it, or a value can't be hashed.
    """
    asked = asked_of(job.input, outputs_of, job)
    return None if asked is None else digest_of(job.kind, job.made_by, job.version, job.salt, asked, provider, job)


def key_document(job: Job, provider: str, outputs_of: OutputsOf) -> dict[str, object] | None:
    """What a key is the hash of, as the RFC 8785 bytes of it; None where `key_of` gives none. Raises as it does."""
    asked = asked_of(job.input, outputs_of, job)
    return None if asked is None else _document(job.kind, job.made_by, job.version, job.salt, asked, provider)


def asked_of(values: Mapping[str, object], outputs_of: OutputsOf, about: Job | Subject) -> dict[str, object] | None:
    """An effective input with media as the digests of their bytes; None while one is not known."""
    try:
        return {name: _keyed(value, about, outputs_of) for name, value in values.items()}
    except _Waiting:
        return None


def digest_of(
    kind: str,
    made_by: str,
    version: int | None,
    salt: str | None,
    asked: Mapping[str, object],
    provider: str,
    about: Job | Subject,
) -> str:
    """The hex key of what `asked_of` gave."""
    document = _document(kind, made_by, version, salt, asked, provider)
    try:
        return hashlib.sha256(canonical_json(document)).hexdigest()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        message = f"the input holds a value that can't be hashed: {error}"
        raise DataFault(Problem("value-without-key", message, about.span, instance=about.id)) from None


def _document(
    kind: str, made_by: str, version: int | None, salt: str | None, asked: Mapping[str, object], provider: str
) -> dict[str, object]:
    """What is hashed. A step's names its version, and no provider but this machine."""
    document: dict[str, object] = {"format": FORMAT, "version": VERSION, "input": asked}
    if kind == "step":
        document |= {"provider": "local", "step": made_by, "step_version": version}
    else:
        document |= {"provider": provider, "route": made_by}
    if salt is not None:
        document["take"] = salt
    return document


def canonical_json(value: object) -> bytes:
    """RFC 8785 bytes. Values without floats and with ASCII keys take the C encoder, whose bytes are the same there."""
    if _is_simple(value):
        return _encode(value).encode()
    return rfc8785.dumps(cast(Any, value))


def files_of(artifact: Artifact, outputs: Sequence[Output], about: Job | Subject) -> list[Output]:
    """The files of the asked kind among a producer's outputs; a DataFault where a singular asks for other than one."""
    files = [output for output in outputs if output.kind == artifact.kind]
    if not artifact.many and len(files) != 1:
        made = f"{len(files)} {artifact.kind} files" if files else f"no {artifact.kind}"
        raise DataFault(
            Problem(
                "not-one-file",
                f"`{artifact.instance}` made {made}, where exactly one is asked for",
                about.span,
                hint=f"write the plural, `{artifact.kind}s`, to take every file",
                instance=about.id,
            )
        )
    return files


def _keyed(value: object, about: Job | Subject, outputs_of: OutputsOf) -> object:
    if value.__class__ in _AS_IT_IS:
        return value
    if isinstance(value, LocalFile):
        return {"sha256": value.info.sha256}
    if isinstance(value, Artifact):
        return _only(_artifact(value, about, outputs_of))
    if isinstance(value, RemoteFile):
        if value.info is None:
            raise _Waiting
        return {"sha256": value.info.sha256}
    if isinstance(value, MatchAudio):
        raise _Waiting
    if isinstance(value, list | tuple):
        keyed: list[object] = []
        for item in value:
            if isinstance(item, Artifact):
                keyed.extend(_artifact(item, about, outputs_of))
            else:
                keyed.append(_keyed(item, about, outputs_of))
        return keyed
    if isinstance(value, Mapping):
        return {name: _keyed(item, about, outputs_of) for name, item in value.items()}
    return value


def _artifact(artifact: Artifact, about: Job | Subject, outputs_of: OutputsOf) -> list[object]:
    outputs = outputs_of(artifact.instance)
    if outputs is None:
        raise _Waiting
    return [{"sha256": output.sha256} for output in files_of(artifact, outputs, about)]


def _only(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values


def _is_simple(value: object) -> bool:
    """Whether the C encoder writes a value as RFC 8785 does."""
    kind = value.__class__
    if kind is str or kind is bool or value is None:
        return True
    if isinstance(value, int):
        return -(2**53) < value < 2**53
    if isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str) or not name.isascii():
                return False
            if item.__class__ is not str and not _is_simple(item):
                return False
        return True
    if isinstance(value, list):
        return all(map(_is_simple, value))
    return False
