"""What happened on a lane. A state event carries the whole new entry; `at` is the radio host's wall time, seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bletui.failure import Failure
from bletui.model.gatt import GattTree
from bletui.model.names import AddressType, Lane, LinkState, OpId, Peer
from bletui.model.operations import NotifyMode, Operation

Pdu = Literal["ADV_IND", "ADV_DIRECT_IND", "ADV_SCAN_IND", "ADV_NONCONN_IND", "SCAN_RSP", "ADV_EXT_IND"]
PDUS: tuple[Pdu, ...] = (
    "ADV_IND", "ADV_DIRECT_IND", "ADV_SCAN_IND", "ADV_NONCONN_IND", "SCAN_RSP", "ADV_EXT_IND",
)  # fmt: skip

StreamState = Literal["off", "opening", "live", "paused", "broken"]
PromptWhat = Literal["enter-passkey", "show-passkey", "compare", "confirm", "oob-legacy", "oob-sc"]
PromptEnd = Literal["answered", "refused", "expired", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvertisedFields:
    """An advertisement as an operating system hands it out, already parsed and merged with its scan response."""

    manufacturer: Mapping[int, bytes]  # company id -> payload without the id
    service_data: Mapping[str, bytes]  # 128-bit UUID -> payload
    service_uuids: tuple[str, ...] = ()
    tx_power: int | None = None  # dBm


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """What an extended advertisement says of itself (Core, Vol 6 Part B, 2.3.4). None where not told."""

    primary_phy: str | None = None
    secondary_phy: str | None = None
    sid: int | None = None
    tx_power: int | None = None  # dBm; the air's 127 (not available) is None
    interval: int | None = None  # periodic advertising, units of 1.25 ms; 0: none
    connectable: bool | None = None
    data_status: str | None = None


class Advertisement(NamedTuple):
    """One report. A tuple because thousands a second are made; None is what this radio can't tell.

    `raw` is the AD or scan response data of exactly this packet. `name` is what the far side knows beyond it, and None
    where `raw` itself carries the name. `fields` is for radios that hand out no bytes.
    """

    at: float
    lane: str
    address: str
    address_type: AddressType | None
    rssi: int | None  # dBm
    pdu: Pdu | None = None
    raw: bytes | None = None
    name: str | None = None
    fields: AdvertisedFields | None = None
    extended: Extended | None = None


class Advertisements(tuple[Advertisement, ...]):
    """A batch of nothing else, as nearly every one is: said once by its type, so that no stage has to look again."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class LaneChanged:
    at: float
    lane: Lane


@dataclass(frozen=True, slots=True)
class LaneDown:
    """The lane is gone. A radio lets its links, prompts and subscriptions end before it says so."""

    at: float
    lane: str
    reason: Failure


@dataclass(frozen=True, slots=True)
class LinkChanged:
    at: float
    peer: Peer
    state: LinkState
    reason: Failure | None = None
    mtu: int | None = None
    phy: tuple[str, str] | None = None
    bonded: bool | None = None
    identity: str | None = None
    foreign: bool | None = None  # the radio fills these three in, never the backend
    since: float | None = None  # when it came up, which `at` is only in the first event
    holders: tuple[str, ...] = ()  # owners that asked for it and have not left; in a `down`: until then

    def others(self, owner: str) -> tuple[str, ...]:
        """Who holds it besides `owner`."""
        return tuple(holder for holder in self.holders if holder != owner)


@dataclass(frozen=True, slots=True)
class TreeChanged:
    at: float
    tree: GattTree


@dataclass(frozen=True, slots=True)
class ServicesChanged:
    at: float
    peer: Peer


@dataclass(frozen=True, slots=True)
class SubscriptionChanged:
    at: float
    peer: Peer
    handle: int
    mode: NotifyMode
    owners: tuple[str, ...]
    lost: Failure | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    at: float
    peer: Peer
    handle: int
    value: bytes
    indication: bool | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    at: float
    id: int
    peer: Peer
    what: PromptWhat
    expires: float
    op: OpId | None = None
    display: str | None = None


@dataclass(frozen=True, slots=True)
class PromptClosed:
    at: float
    id: int
    how: PromptEnd


@dataclass(frozen=True, slots=True)
class StreamChanged:
    """`lane` None: the stream serves the whole radio. `stream` is `scan`, `notify`, `state` …"""

    at: float
    lane: str | None
    stream: str
    state: StreamState
    failure: Failure | None = None
    retry_at: float | None = None


@dataclass(frozen=True, slots=True)
class OperationChanged:
    at: float
    operation: Operation


@dataclass(frozen=True, slots=True)
class Shed:
    """`count` events of one sort were dropped, or could not be understood, since the last such event."""

    at: float
    lane: str | None
    what: str  # advertisements, notifications, malformed events …
    count: int


Event = (
    Advertisement
    | LaneChanged
    | LaneDown
    | LinkChanged
    | TreeChanged
    | ServicesChanged
    | SubscriptionChanged
    | Notification
    | Prompt
    | PromptClosed
    | StreamChanged
    | OperationChanged
    | Shed
)
