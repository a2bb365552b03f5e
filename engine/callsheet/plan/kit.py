"""What the pipelines of one plan share: the catalogue, what was found and read, and each file's compiled templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callsheet.catalog.load import Catalog
from callsheet.document.model import AxisFrom, Document
from callsheet.document.template import Template
from callsheet.document.text import Messages, load_text
from callsheet.plan.axes import AxisValues, resolve_axes
from callsheet.plan.draft import Draft
from callsheet.plan.expand import Allowance
from callsheet.plan.fallback import prepare_with_fallbacks
from callsheet.plan.findings import Findings
from callsheet.plan.open_media import MediaReader, MediaSource, RemoteReader
from callsheet.plan.outputs import prepare_outputs
from callsheet.plan.picks import Picking
from callsheet.plan.pins import NO_PINS, Pins
from callsheet.plan.use import UseDraft, prepare_use


@dataclass(frozen=True, slots=True)
class Kit:
    """One file's nodes and outputs made ready, for every instance of its user; what is wrong is left out."""

    drafts: Mapping[str, Draft]
    uses: Mapping[str, UseDraft]
    outputs: Mapping[str, Template]


@dataclass(slots=True, eq=False)
class Bench:
    """Where the pipelines of one plan are worked on. Each used pipeline goes by the qualified name of its user."""

    catalog: Catalog
    provider: str
    read_media: MediaReader
    read_remote: RemoteReader
    allowance: Allowance
    picking: Picking
    pins: Pins = NO_PINS
    problems: Findings = field(default_factory=Findings)
    _media: dict[Path, MediaSource] = field(default_factory=dict)
    _kits: dict[tuple[str, str], Kit] = field(default_factory=dict)
    _axes: dict[tuple[str, str], Mapping[str, AxisValues]] = field(default_factory=dict)
    _messages: dict[tuple[str, tuple[str, ...]], Messages] = field(default_factory=dict)

    def media(self, folder: Path) -> MediaSource:
        """Opens what a pipeline in this folder names."""
        if folder not in self._media:
            self._media[folder] = MediaSource(folder, self.read_media, self.read_remote)
        return self._media[folder]

    def kit(self, name: str, document: Document, defaults: Mapping[str, object], problems: Findings) -> Kit:
        """The file's templates, compiled once for these defaults."""
        about = name, repr(sorted(defaults.items()))
        if about not in self._kits:
            self._kits[about] = _kit(document, self.catalog, defaults, problems)
        return self._kits[about]

    def axes(self, name: str, document: Document, scope: Mapping[str, object]) -> Mapping[str, AxisValues]:
        """The file's axes; those that come from data are read anew only for other params. Raises a DataFault."""
        from_data = any(isinstance(axis.source, AxisFrom) for axis in document.axes.values())
        params = {name: one.value for name, one in document.params.items()} if from_data else {}
        about = name, repr(params)
        if about not in self._axes:
            self._axes[about] = resolve_axes(document, scope)
        return self._axes[about]

    def messages(self, name: str, document: Document, languages: Sequence[str]) -> Messages:
        """The file's messages in these languages. Raises a DataFault."""
        about = name, tuple(languages)
        if about not in self._messages:
            self._messages[about] = load_text(document, languages)
        return self._messages[about]


def _kit(document: Document, catalog: Catalog, defaults: Mapping[str, object], problems: Findings) -> Kit:
    drafts: dict[str, Draft] = {}
    uses: dict[str, UseDraft] = {}
    outputs: Mapping[str, Template] = {}
    for name, node in document.nodes.items():
        with problems.caught():
            if node.maker == "use":
                uses[name] = prepare_use(document, node)
            else:
                drafts[name] = prepare_with_fallbacks(document, catalog, node, defaults)
    with problems.caught():
        outputs = prepare_outputs(document)
    return Kit(drafts, uses, outputs)
