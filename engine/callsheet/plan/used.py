"""A node that uses a pipeline, as those who refer to it see it: by that pipeline's `outputs`, and by nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Protocol

from callsheet.document.item import Item
from callsheet.document.model import Document
from callsheet.document.names import REFERENCE_WORDS
from callsheet.document.record import Absent, Misuse
from callsheet.media.info import Artifact
from callsheet.plan.bind import Gathered, NodesScope, Producer, Reference
from callsheet.plan.findings import led_by
from callsheet.plan.picks import Reliance
from callsheet.problems import DataFault, Span, did_you_mean


class Inside(Protocol):
    """A used pipeline, planned for one combination of the node that uses it."""

    def output(self, name: str) -> tuple[object, Reliance]:
        """What the output gives: media, a list of them or None; and the picks that it hangs on."""

    def instances(self) -> Sequence[str]:
        """The ids of all its instances."""


@dataclass(slots=True)
class UsedPipeline(Producer):
    """`outputs` are those that the pipeline in `file` declares, `inner_nodes` the names that can't be seen; `inside` is
    the pipeline for each combination, and `use` the place of it. `broken` says that it could not be planned."""

    file: str = ""
    outputs: Mapping[str, Item] = field(default_factory=dict)
    inner_nodes: Sequence[str] = ()
    use: tuple[Span, ...] = ()
    inside: Sequence[Inside] = ()
    broken: bool = True

    @classmethod
    def of(cls, user: Producer, used: Document, use: Span) -> UsedPipeline:
        """The node `user` as one that uses a pipeline at the place `use`; it is broken until it is planned."""
        known = {one.name: getattr(user, one.name) for one in fields(user) if one.init}
        return cls(**known, file=used.span.path, outputs=used.outputs, inner_nodes=tuple(used.nodes), use=(use,))

    def instances(self, position: int) -> Sequence[str]:
        return self.inside[position].instances()

    def reference(self, scope: NodesScope) -> Reference:
        return UsedReference(scope, self)

    def output(self, position: int, name: str) -> tuple[object, Reliance]:
        """An output at a position. What was not made is Absent; what is wrong with it is told with this use of it."""
        if position >= len(self.inside):
            return Absent(f"`{self.ids[position]}` is not planned yet, so nothing can be asked of it"), Reliance()
        try:
            return self.inside[position].output(name)
        except DataFault as fault:
            first = fault.problems[0]
            if first.code == "undefined":
                return Absent(
                    f"output `{name}` of node `{self.name}` is not there: {first.message}", first.hint
                ), Reliance()
            raise DataFault(led_by(problem, self.use) for problem in fault.problems) from None

    def outward(self, position: int, value: object) -> object:
        """Media as they are seen from outside: those that were made also have the axes of this node."""
        if isinstance(value, list):
            return Gathered(self.outward(position, one) for one in value)
        if not isinstance(value, Artifact):
            return value
        axes = {name: one.id for name, one in zip(self.axes, self.combinations[position], strict=True)}
        return replace(value, axes={**axes, **(value.axes or {})})


@dataclass(frozen=True, slots=True)
class UsedReference(Reference):
    """`nodes.spot` where `spot` uses a pipeline, before it is said which output is wanted."""

    def look_up(self, name: str) -> object:
        used = self.producer
        assert isinstance(used, UsedPipeline)
        if name not in REFERENCE_WORDS:
            self._refuse_itself()
        if name in used.outputs:
            return self._output(used, name, name)
        if name.endswith("s") and name[:-1] in used.outputs:
            return self._output(used, name[:-1], name)
        if name in REFERENCE_WORDS:
            return Reference.look_up(self, name)
        raise Misuse("unknown-output", *_unknown(used, name))

    def _output(self, used: UsedPipeline, output: str, asked: str) -> object:
        """The output at each position that is meant; asked for by its plural, or a list itself, all of them."""
        positions = self._positions()
        if not positions:
            return Absent(f"`nodes.{used.name}.{asked}` means nothing that `exclude`, `only` or `when` left")
        values = [self._at_position(used, position, output) for position in positions]
        absent = next((value for value in values if isinstance(value, Absent)), None)
        if absent is not None:
            return absent
        if asked != output or (len(values) > 1 and all(isinstance(value, list) for value in values)):
            every: Gathered = Gathered()
            for value in values:
                every += value if isinstance(value, list) else [] if value is None else [value]
            return every
        if len(values) > 1:
            raise self._several(positions, output, f"{output}s")
        return values[0]

    def _at_position(self, used: UsedPipeline, position: int, output: str) -> object:
        value, reliance = used.output(position, output)
        self.scope.relies().add(reliance)
        return used.outward(position, value)


def _unknown(used: UsedPipeline, name: str) -> tuple[str, str]:
    """Message and hint for what can't be seen of a used pipeline."""
    message = f"node `{used.name}` has no output `{name}`"
    if name in used.inner_nodes:
        message = f"`{name}` is inside `{used.file}`, and only its `outputs` can be seen"
    if not used.outputs:
        return f"{message}: `{used.file}` has no `outputs`", 'add `outputs: {video: "{{ nodes.NAME.video }}"}` to it'
    return message, did_you_mean(name, used.outputs)
