"""Local media that are too large for a request are sent by an address instead, where there is a place to host them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from callsheet.makers.maker import MediaFile, Order
from callsheet.makers.remote.live import LiveResults
from callsheet.makers.remote.payload import too_large


class Assets(Protocol):
    """A place that the API can fetch files from."""

    async def address(self, file: MediaFile) -> str:
        """A secret https address that gives exactly the file's bytes, for long enough to be rendered from."""
        ...


async def hosted(order: Order, live: LiveResults, assets: Assets | None) -> Order:
    """The order as it can be sent: of its local media, those that a request can't hold by an address. That of a result
    which the API itself holds is used where it is known to be good, else the file is hosted anew.

    Without a place to host it a file stays as it is, and `embedded_bytes` says what is too large.
    """
    addresses: dict[MediaFile, str] = {}
    for file in too_large(order):
        address = await live.address(file)
        if address is None and assets is not None:
            address = await assets.address(file)
        if address is not None:
            addresses[file] = address
    if not addresses:
        return order
    return replace(order, input={name: _with_addresses(value, addresses) for name, value in order.input.items()})


def _with_addresses(value: object, addresses: Mapping[MediaFile, str]) -> object:
    match value:
        case MediaFile() if value in addresses:
            return MediaFile(value.info, url=addresses[value])
        case Mapping():
            return {name: _with_addresses(one, addresses) for name, one in value.items()}
        case list() | tuple():
            return [_with_addresses(one, addresses) for one in value]
        case _:
            return value
