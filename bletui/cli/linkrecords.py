"""The JSON objects of connections, attributes and values; `docs/json.md` is written for whoever reads them."""

from __future__ import annotations

from collections.abc import Sequence

from bletui.cli.records import Record, failure_object
from bletui.connections import verb
from bletui.decode.attributes import Attribute, attributes
from bletui.decode.lenses import Lens
from bletui.decode.values import Decoded, meaning
from bletui.decode.values.alert import Alarm
from bletui.failure import Failure
from bletui.model import Bond, GattTree, LinkChanged, Notification, Operation, Peer, Prompt


def operation_object(radio: str, at: float, operation: Operation) -> Record:
    request = operation.request
    return {
        "schema": "bletui.operation/1",
        "at": round(at, 6),
        "radio": radio,
        "operation": f"{operation.id.owner}/{operation.id.n}",
        "request": verb(request),
        "address": request.address or None,
        "handle": getattr(request, "handle", None),
        "lane": operation.lane,
        "state": operation.state,
        "phase": operation.phase,
        "place": operation.place,
        "attempt": operation.attempt,
        "of": operation.of,
        "started": round(operation.started, 6),
        "limit": operation.limit,
        "retry_at": operation.retry_at,
        "moved_from": operation.moved_from,
        "spent": {stage: round(seconds, 3) for stage, seconds in operation.spent},
        "failure": operation.failure and failure_object(operation.failure),
    }


def link_object(radio: str, link: LinkChanged) -> Record:
    return {
        "schema": "bletui.link/1",
        "at": round(link.at, 6),
        "radio": radio,
        "lane": link.peer.lane,
        "address": link.peer.address,
        "state": link.state,
        "since": link.since,
        "foreign": link.foreign,
        "holders": list(link.holders),
        "mtu": link.mtu,
        "phy": None if link.phy is None else list(link.phy),
        "bonded": link.bonded,
        "identity": link.identity,
        "failure": link.reason and failure_object(link.reason),
    }


def attribute_object(
    peer: Peer, attribute: Attribute, value: bytes | Failure | None, *, made_up: bool = False
) -> Record:
    """One node of the tree; `value` where it was read, or why it could not be."""
    raw = value if isinstance(value, bytes) else None
    return {
        "schema": "bletui.attribute/1",
        "lane": peer.lane,
        "address": peer.address,
        "kind": attribute.kind,
        **_named(attribute),
        "service": attribute.service,
        "characteristic": attribute.characteristic,
        "properties": attribute.letters.replace(".", "") if attribute.properties is not None else None,
        "handle_made_up": made_up,
        **_meant(attribute, raw),
        "failure": failure_object(value) if isinstance(value, Failure) else None,
    }


def value_object(peer: Peer, attribute: Attribute, value: bytes, lens: Lens | None = None) -> Record:
    return {
        "schema": "bletui.value/1",
        "lane": peer.lane,
        "address": peer.address,
        **_named(attribute),
        **_meant(attribute, value, lens),
    }


def written_object(peer: Peer, attribute: Attribute, value: bytes, *, response: bool, before: bool = False) -> Record:
    """`before`: it is about to be written."""
    return {
        "schema": "bletui.writing/1" if before else "bletui.written/1",
        "lane": peer.lane,
        "address": peer.address,
        **_named(attribute),
        "value": value.hex(),
        "response": response,
    }


def notification_object(attribute: Attribute, notification: Notification, lens: Lens | None = None) -> Record:
    return {
        "schema": "bletui.notification/1",
        "at": round(notification.at, 6),
        "lane": notification.peer.lane,
        "address": notification.peer.address,
        **_named(attribute),
        "indication": notification.indication,
        "seq": notification.seq,
        **_meant(attribute, notification.value, lens),
    }


def alert_object(attribute: Attribute, notification: Notification, alarm: Alarm) -> Record:
    watched = alarm_object(notification.peer, attribute, alarm)
    return {**watched, "schema": "bletui.alert/1", "at": round(notification.at, 6)}


def alarm_object(peer: Peer, attribute: Attribute, alarm: Alarm) -> Record:
    """What is watched there, and what came of it."""
    return {
        "schema": "bletui.alarm/1",
        "lane": peer.lane,
        "address": peer.address,
        **_named(attribute),
        "rule": alarm.watch.rule.text,
        "why": alarm.why,
        "began": alarm.began,
    }


def listening_object(radio: str, address: str) -> Record:
    return {"schema": "bletui.listening/1", "radio": radio, "address": address}


def disconnected_object(radio: str, address: str, lanes: Sequence[str], *, was_up: bool) -> Record:
    return {
        "schema": "bletui.disconnected/1",
        "radio": radio,
        "address": address,
        "lanes": list(lanes),
        "was_up": was_up,
    }


def tree_object(tree: GattTree) -> Record:
    return {
        "schema": "bletui.tree/1",
        "lane": tree.peer.lane,
        "address": tree.peer.address,
        "services": len(tree.services),
        "attributes": sum(1 for _ in attributes(tree)),
        "handles_made_up": tree.handles_made_up,
    }


def pairing_object(peer: Peer, *, paired: bool) -> Record:
    return {"schema": "bletui.pairing/1", "lane": peer.lane, "address": peer.address, "paired": paired}


def bond_object(radio: str, bond: Bond) -> Record:
    return {
        "schema": "bletui.bond/1",
        "radio": radio,
        "lane": bond.lane,
        "address": bond.address,
        "name": bond.name or None,
    }


def prompt_object(prompt: Prompt, *, refused: bool = False) -> Record:
    """`refused`: nobody is there to answer."""
    return {
        "schema": "bletui.prompt/1",
        "refused": refused,
        "at": round(prompt.at, 6),
        "id": prompt.id,
        "lane": prompt.peer.lane,
        "address": prompt.peer.address,
        "what": prompt.what,
        "display": prompt.display,
        "expires": round(prompt.expires, 6),
    }


def step_object(line: int, step: str, failure: Failure | None) -> Record:
    return {
        "schema": "bletui.step/1",
        "line": line,
        "step": step,
        "ok": failure is None,
        "failure": failure and failure_object(failure),
    }


def _named(attribute: Attribute) -> Record:
    return {"handle": attribute.handle, "uuid": attribute.uuid, "name": attribute.name or None}


def _meant(attribute: Attribute, value: bytes | None, lens: Lens | None = None) -> Record:
    decoded: Decoded | None = None if value is None else meaning(attribute.uuid, value, lens)
    return {
        "value": None if value is None else value.hex(),
        "meaning": decoded and decoded.text,
        "readings": [
            {"name": one.name, "value": one.value, "unit": one.unit, "text": one.text} for one in decoded.readings
        ]
        if decoded
        else None,
        "problem": decoded and decoded.problem,
        "lens": (decoded and decoded.lens) or None,
    }
