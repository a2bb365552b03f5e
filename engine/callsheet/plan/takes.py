"""What concerns the takes of a node: their order, the instances without them, and which ones are picked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from callsheet.document.model import Node
from callsheet.plan.axes import AxisValues
from callsheet.plan.bind import Producer
from callsheet.plan.expand import Combination
from callsheet.plan.picks import Picking, Taken

IdOf = Callable[[Node, Sequence[str], Combination], str]
"""The id of an instance of a node, by the names and values of its axes."""


def add_takes(producer: Producer, node: Node, takes: AxisValues, picking: Picking, id_of: IdOf) -> None:
    """Give a producer over this takes axis what concerns its takes; of a used pipeline none can be picked."""
    place, combinations = producer.axes.index(takes.name), producer.combinations
    names = [name for name in producer.axes if name != takes.name]
    producer.ofs = [id_of(node, names, one[:place] + one[place + 1 :]) for one in combinations]
    producer.take_order = [value.id for value in takes.values]
    producer.hold = takes.unpicked == "hold"
    if node.maker != "use":
        producer.picks = picking.of_node(Taken(node, place, combinations, producer.ids, producer.ofs, producer.hold))
