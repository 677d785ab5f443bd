"""What a row of Connections offers: the keys at its failure, and the roles that they need there. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bletui.console.cards import Offers
from bletui.console.links import Row
from bletui.model import Operation, Role


def offers(row: Row) -> Offers:
    """At the entry of a queue, and at a link that was lost."""
    if row.lost is not None:
        return (("links.again", "connect again"), ("links.cancel", "put away"))
    match row.operation:
        case None:
            return ()
        case Operation(ended=True):
            return (("links.again", "ask again"), ("links.cancel", "put away"))
        case Operation(state="retrying"):
            return (("links.again", "retry now"), ("links.cancel", "cancel"))
        case _:
            return (("links.cancel", "cancel"),)


def needs(row: Row, me: str) -> Mapping[str, Role]:
    """Where it is another role than elsewhere: a link that others hold is an operator's to end, and anybody puts a
    failure away. `me`: the owner at that radio."""
    if row.lost is not None or (row.operation is not None and row.operation.ended):
        return {"links.cancel": "viewer"}
    if row.link is not None and (row.link.foreign or row.link.others(me)):
        return {"links.disconnect": "operator"}
    return {}
