"""One device's row: what it last said, and how each lane heard it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from struct import Struct
from typing import NamedTuple

from bletui.decode.advertising import Summary, summarise
from bletui.decode.beacon import NO_KEYS
from bletui.decode.keyring import Keyring
from bletui.model import AddressType, AdvertisedFields, Extended, Pdu

SAMPLES = 60  # RSSI values kept per lane
FRESH = 10.0  # seconds before the newest report in which a lane still counts as one that hears a device

# What every lane adds to a device is packed into one bytearray: objects would cost four times as much, and a full
# garbage collection over them would stall the screen.
FIRST_AT = Struct("<d")
RECORD = Struct("<HdIf")  # lane number, last heard, count, advertising interval in seconds (0: not known)
STRIDE = RECORD.size + SAMPLES
UNKNOWN = 127  # Core, Vol 4 Part E, 7.7.65.2: RSSI not available

# A filter reads these of 50,000 devices before a person looks up.
_lane_in = Struct("<H").unpack_from
_count_in = Struct("<I").unpack_from
_ONE_LANE = FIRST_AT.size + STRIDE
_COUNT_AT = FIRST_AT.size + 10  # of the first lane
_RING_AT = FIRST_AT.size + RECORD.size


@dataclass(slots=True)
class Known:
    """What one store knows beside its devices.

    `lanes`: the id behind each number; `lane_names` by id; `names`: a person's own, by address; `keys` of what is
    sealed.
    """

    lanes: list[str] = field(default_factory=list)
    lane_names: dict[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    keys: Keyring = NO_KEYS


class Heard(NamedTuple):
    """How one lane hears a device: last time (wall seconds), number of reports, interval in seconds or None, dBm."""

    lane: str
    at: float
    count: int  # type: ignore[assignment] # hides the tuple's own count(), which nobody wants here
    interval: float | None
    rssi: int | None


class Device:
    """A row. Mutable, since thousands change a second; only `DeviceStore` writes to it."""

    __slots__ = (
        "address",
        "address_type",
        "adv",
        "company",
        "extended",
        "fields",
        "known",
        "name",
        "new",
        "packed",
        "pdu",
        "rsp",
    )

    def __init__(self, address: str, address_type: AddressType | None, at: float, known: Known) -> None:
        self.address = address
        self.address_type = address_type
        self.name: str | None = None
        self.company: int | None = None
        self.adv: bytes | None = None  # last advertising data
        self.rsp: bytes | None = None  # last scan response data
        self.fields: AdvertisedFields | None = None
        self.extended: Extended | None = None
        self.pdu: Pdu | None = None  # of the last advertisement that was no scan response
        self.new = False
        self.known = known
        self.packed = bytearray(FIRST_AT.pack(at))

    @property
    def first_at(self) -> float:
        return float(FIRST_AT.unpack_from(self.packed)[0])

    @property
    def last_at(self) -> float:
        packed = self.packed  # asked for by every row in sight: without making a Heard
        if len(packed) == FIRST_AT.size:
            return self.first_at
        unpack = RECORD.unpack_from
        return float(max([unpack(packed, offset)[1] for offset in range(FIRST_AT.size, len(packed), STRIDE)]))

    @property
    def count(self) -> int:
        return sum(heard.count for heard in self.heard())

    @property
    def rssi(self) -> int | None:
        """dBm on the lane that hears it best now."""
        packed = self.packed
        if len(packed) == _ONE_LANE:  # asked for with every report: without making a Heard
            (count,) = _count_in(packed, _COUNT_AT)
            rssi = packed[_RING_AT + (count - 1) % SAMPLES] - 128
            return None if rssi == UNKNOWN else rssi
        best = self.best()
        return None if best is None else best.rssi

    @property
    def interval(self) -> float | None:
        """Advertising interval in seconds, as far as the reports tell."""
        return min((heard.interval for heard in self.heard() if heard.interval), default=None)

    @property
    def lanes(self) -> tuple[str, ...]:
        packed, lanes = self.packed, self.known.lanes
        return tuple([lanes[_lane_in(packed, at)[0]] for at in range(FIRST_AT.size, len(packed), STRIDE)])

    @property
    def raw(self) -> bytes | None:
        """Everything the device said: advertising data, then scan response data."""
        return self.adv if self.rsp is None else (self.adv or b"") + self.rsp

    @property
    def service_uuids(self) -> tuple[str, ...]:
        if self.fields is not None:
            return self.fields.service_uuids
        return tuple(dict.fromkeys(u for part in self._summaries() for u in part.service_uuids))

    @property
    def tx_power(self) -> int | None:
        if self.fields is not None:
            return self.fields.tx_power
        return next((part.tx_power for part in self._summaries() if part.tx_power is not None), None)

    @property
    def connectable(self) -> bool | None:
        """None where the radio tells no PDU type."""
        if self.extended is not None and self.extended.connectable is not None:
            return self.extended.connectable
        return None if self.pdu in (None, "ADV_EXT_IND") else self.pdu in ("ADV_IND", "ADV_DIRECT_IND")

    @property
    def keys(self) -> Keyring:
        """What opens what it and the others have sealed."""
        return self.known.keys

    @property
    def said_name(self) -> str | None:
        """What its payloads call it, whatever a person does."""
        return next((part.name for part in self._summaries() if part.name is not None), None)

    @property
    def lane_words(self) -> tuple[str, ...]:
        """Ids and names of its lanes: what a person may call them."""
        lanes, names = self.lanes, self.known.lane_names
        return (*lanes, *[name for lane in lanes if (name := names.get(lane))])

    def heard(self) -> Iterator[Heard]:
        """One entry per lane, in the order of first hearing."""
        packed = self.packed
        for offset in range(FIRST_AT.size, len(packed), STRIDE):
            lane, at, count, interval = RECORD.unpack_from(packed, offset)
            rssi = packed[offset + RECORD.size + (count - 1) % SAMPLES] - 128
            yield Heard(self.known.lanes[lane], at, count, interval or None, None if rssi == UNKNOWN else rssi)

    def on(self, lane: str) -> Heard | None:
        """How `lane` hears it; None: not at all."""
        return next((heard for heard in self.heard() if heard.lane == lane), None)

    def best(self) -> Heard | None:
        """The lane with the strongest last report among those that still hear it."""
        every = list(self.heard())
        if not every:
            return None
        if len(every) == 1:
            return every[0]
        newest = max(heard.at for heard in every)
        fresh = [heard for heard in every if heard.at >= newest - FRESH]
        return max(fresh, key=lambda heard: -999 if heard.rssi is None else heard.rssi)

    def samples(self, lane: str, last: int = SAMPLES) -> list[int | None]:
        """The `last` up to 60 RSSI values on `lane`, oldest first."""
        packed = self.packed
        for offset in range(FIRST_AT.size, len(packed), STRIDE):
            number, _, count, _ = RECORD.unpack_from(packed, offset)
            if self.known.lanes[number] == lane:
                ring = packed[offset + RECORD.size : offset + STRIDE]
                turn = count % SAMPLES
                ordered = ring[:count] if count < SAMPLES else ring[turn:] + ring[:turn]
                return [None if value - 128 == UNKNOWN else value - 128 for value in ordered[-last:]]
        return []

    def _summaries(self) -> Iterator[Summary]:
        for raw in (self.adv, self.rsp):
            if raw is not None:
                yield summarise(raw)
