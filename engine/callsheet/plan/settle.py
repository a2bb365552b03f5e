"""What becomes known of a job only when its producers are done: durations, media facts, and the checks on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from callsheet.catalog.check import check, match_audio
from callsheet.catalog.route import Fault, Route
from callsheet.media.info import Artifact, LocalFile, MediaInfo, Output, RemoteFile
from callsheet.plan.job import Job, MatchAudio, Plan
from callsheet.plan.key import OutputsOf, files_of
from callsheet.problems import DataFault, Problem

MediaOf = Callable[[Output], MediaInfo]
"""Reads the facts of a stored output."""

Opened = Callable[[Artifact, Output], LocalFile]
"""Gives the stored bytes of an artifact's file, with their facts."""


def settled(plan: Plan, job: Job, outputs_of: OutputsOf, media_of: MediaOf) -> Job | None:
    """The job with durations that waited for a voice put in; None while the voice is not made, or not fetched.

    Raises a DataFault where the voice does not fit the route.
    """
    waiting = {name: value for name, value in job.input.items() if isinstance(value, MatchAudio)}
    shape = plan.shape_of(job)
    if not waiting or not isinstance(shape, Route):
        return job
    values = dict(job.input)
    for name, value in waiting.items():
        voices = job.input[value.field]
        voice = voices[0] if isinstance(voices, Sequence) else voices
        if isinstance(voice, RemoteFile):
            return None
        if not isinstance(voice, Artifact):
            raise TypeError(f"{job.id}: `{value.field}` holds no artifact")
        outputs = outputs_of(voice.instance)
        if outputs is None:
            return None
        values[name] = _length(job, shape, voice, outputs, media_of)
    return replace(job, input=values)


def open_input(job: Job, outputs_of: OutputsOf, opened: Opened) -> dict[str, object]:
    """The effective input with every artifact replaced by the LocalFile(s) it means; plural ones are spliced."""
    return {name: _open(value, job, outputs_of, opened) for name, value in job.input.items()}


def checked(plan: Plan, job: Job, values: Mapping[str, object]) -> None:
    """Check an input whose media are all open; a DataFault with every fault, before anything is spent."""
    faults = check(plan.shape_of(job), values, allow_cut=job.allow_cut)
    errors = [_problem(job, fault) for fault in faults if fault.severity == "error"]
    if errors:
        raise DataFault(errors)


def _length(job: Job, route: Route, voice: Artifact, outputs: Sequence[Output], media_of: MediaOf) -> int:
    seconds = media_of(files_of(voice, outputs, job)[0]).seconds
    if seconds is None:
        fault: Fault | int = Fault("voice-without-length", f"the voice that `{voice.instance}` made has no length")
    else:
        fault = match_audio(route, seconds, job.allow_cut)
    if isinstance(fault, Fault):
        raise DataFault(_problem(job, fault))
    return fault


def _open(value: object, job: Job, outputs_of: OutputsOf, opened: Opened) -> object:
    if isinstance(value, Artifact):
        files = _files(value, job, outputs_of, opened)
        return files if value.many else files[0]
    if isinstance(value, list | tuple):
        opened_list: list[object] = []
        for item in value:
            if isinstance(item, Artifact):
                opened_list += _files(item, job, outputs_of, opened)
            else:
                opened_list.append(_open(item, job, outputs_of, opened))
        return opened_list
    return value


def _files(artifact: Artifact, job: Job, outputs_of: OutputsOf, opened: Opened) -> list[LocalFile]:
    outputs = outputs_of(artifact.instance) or ()
    return [opened(artifact, output) for output in files_of(artifact, outputs, job)]


def _problem(job: Job, fault: Fault) -> Problem:
    return Problem(fault.code, fault.message, job.span, hint=fault.hint, instance=job.id)
