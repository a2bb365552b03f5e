"""The lock of a pipeline as a value: what it was made of, for another machine and another year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from callsheet.media.info import MediaInfo, Output


class Origin(NamedTuple):
    """What a seed was made from.

    `pin` is a seed that the file itself gives; all else is empty then. A derived seed has `root` (the pipeline's seed,
    or the node's own), `name` (the node's, or its `was`), `take` and `vary`, the (axis, id) pairs that draw seeds of
    their own. `draw` counts how often it was drawn anew on purpose.
    """

    pin: int | None = None
    root: int | None = None
    name: str | None = None
    take: str | None = None
    vary: tuple[tuple[str, str], ...] = ()
    draw: int = 0

    @property
    def undrawn(self) -> Origin:
        """The same, as it was before anybody drew anew: what a locked seed is held by."""
        return self._replace(draw=0) if self.draw else self


@dataclass(frozen=True, slots=True)
class LockedInstance:
    """One instance: the route or step that makes it, the intent that chose the route, its seed and origin (None where
    the route has no seed), the take in its key where takes differ by that (`salt`), its key and what was made under it.
    """

    kind: Literal["route", "step"]
    made_by: str
    intent: str | None = None
    seed: int | None = None
    origin: Origin | None = None
    salt: str | None = None
    key: str | None = None
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True, slots=True)
class LockedRoute:
    """A route: the SHA-256 of its schema, and the default of each optional field that is sent where nobody gives it."""

    schema: str
    defaults: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LockedAsset:
    """A media file by the SHA-256 of its bytes; of an address also all that is known of what it gave."""

    sha256: str
    info: MediaInfo | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """Everything a lock file says. `provider` is the one that keys and outputs are of; `assets` go by the name that
    `asset_name` gives, `intents` lead to the id of a route, `instances` go by instance id."""

    provider: str
    assets: Mapping[str, LockedAsset] = field(default_factory=dict)
    intents: Mapping[str, str] = field(default_factory=dict)
    routes: Mapping[str, LockedRoute] = field(default_factory=dict)
    instances: Mapping[str, LockedInstance] = field(default_factory=dict)

    def outputs_by_key(self) -> dict[str, tuple[Output, ...]]:
        """What was made under each key, where that is known."""
        return {one.key: one.outputs for one in self.instances.values() if one.key is not None and one.outputs}
