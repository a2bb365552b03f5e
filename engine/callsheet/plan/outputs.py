"""The `outputs` of a pipeline: what those who use it can see of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from callsheet.document.locate import narrowed
from callsheet.document.model import Document
from callsheet.document.record import sort_of
from callsheet.document.template import Template, compile_value
from callsheet.media.info import Artifact, LocalFile, RemoteFile
from callsheet.plan.bind import PLURALS, SINGULARS
from callsheet.plan.draft import ALWAYS_IN_SCOPE, compiled
from callsheet.problems import DataFault, Problem, did_you_mean


def prepare_outputs(document: Document) -> Mapping[str, Template]:
    """The templates of the outputs by name; raises every fault that can be seen without rendering them."""
    problems: list[Problem] = []
    templates: dict[str, Template] = {}
    for name, item in document.outputs.items():
        template = compiled(problems, item, compile_value)
        if template is not None:
            templates[name] = template
            problems += _scope_problems(document, template)
    if problems:
        raise DataFault(problems)
    return templates


def _scope_problems(document: Document, template: Template) -> Iterable[Problem]:
    item = template.item
    for name in sorted(template.names - ALWAYS_IN_SCOPE):
        place = narrowed(item.span, name)
        if name in document.axes:
            hint = "take every file with the plural, or choose one with `.at(…)`"
            yield Problem("axis-in-output", f"`{name}` is an axis, and outputs have none", place, hint=hint)
        else:
            hint = did_you_mean(name, sorted(ALWAYS_IN_SCOPE))
            yield Problem("unknown-name", f"there is no `{name}` here", place, hint=hint)
    for name in sorted(template.node_names - set(document.nodes)):
        place = narrowed(item.span, f"nodes.{name}")
        yield Problem("unknown-node", f"there is no node `{name}`", place, hint=did_you_mean(name, document.nodes))


def rendered_output(name: str, template: Template, scope: Mapping[str, object]) -> object:
    """The media of an output, a list of them, or None. Raises a DataFault where it is something else, or media of
    another kind than its name says."""
    value = template.render(scope)
    many = isinstance(value, list | tuple)
    files = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
    wrong = next((one for one in files if not isinstance(one, Artifact | LocalFile | RemoteFile)), None)
    if wrong is not None:
        message = f"output `{name}` must be media, and this is {sort_of(wrong)}"
        raise _fault("output-without-media", message, template, 'such as "{{ nodes.NAME.video }}"')
    if many and name in SINGULARS:
        message = f"output `{name}` is one file, and this is a list"
        raise _fault("output-kind", message, template, f"call it `{name}s`")
    kind = SINGULARS.get(name) or PLURALS.get(name)
    other = next((found for one in files if (found := _kind(one)) not in (None, kind)), None)
    if kind is not None and other is not None:
        message = f"output `{name}` must be {kind}, and this is {other}"
        raise _fault("output-kind", message, template, f"call it `{other}{'s' if many else ''}`")
    return files if many else value


def _kind(value: object) -> str | None:
    if isinstance(value, Artifact):
        return value.kind
    return value.info.kind if isinstance(value, LocalFile | RemoteFile) and value.info is not None else None


def _fault(code: str, message: str, template: Template, hint: str) -> DataFault:
    return DataFault(Problem(code, message, template.item.span, hint=hint))
