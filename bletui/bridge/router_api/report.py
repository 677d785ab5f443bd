"""What the router's API needs to know of one advertisement, the parts included that a radio did not tell.

Operating systems hand out parsed fields instead of the air's bytes. Clients of a router expect bytes, so these are made
from the fields, and every key whose value was made up is named.
"""

from __future__ import annotations

from functools import lru_cache

from bletui.decode.advertising import Summary, summarise
from bletui.decode.uuids import short
from bletui.model import PDUS, AdvertisedFields, Advertisement

NO_RSSI = 127  # Core, Vol 4 Part E, 7.7.65.2: RSSI is not available
UNNAMED = "(unknown)"
_SCAN_RSP = PDUS.index("SCAN_RSP")
_EVT_TYPES = {pdu: number for number, pdu in enumerate(PDUS)}
_STRUCTURE_MAX = 254  # bytes of value: the length byte also counts the type


facts = lru_cache(maxsize=8192)(summarise)


def payload(ad: Advertisement) -> bytes:
    """The packet's data as heard, else made from the fields."""
    return synthesised(ad.fields, ad.name) if ad.raw is None else ad.raw


def evt_type(ad: Advertisement) -> int:
    """0 ADV_IND, 1 directed, 2 ADV_SCAN_IND, 3 ADV_NONCONN_IND, 4 SCAN_RSP, 5 extended; 0 where it is not known."""
    return 0 if ad.pdu is None else _EVT_TYPES[ad.pdu]


def is_scan_response(ad: Advertisement) -> bool:
    return evt_type(ad) == _SCAN_RSP


def name_of(ad: Advertisement) -> str | None:
    """The name in this packet, or what the far side knows beyond it; visible text."""
    return ad.name or facts(payload(ad)).name


def uuid_texts(raw: bytes) -> tuple[str, ...]:
    """The advertised service UUIDs, upper case without dashes, in the length that they have on the Bluetooth base."""
    return tuple(_advertised(uuid) for uuid in _service_uuids(raw))


def made_up(ad: Advertisement) -> tuple[str, ...]:
    """The keys of the event whose values this radio did not tell."""
    known = (
        ("bdaddrType", ad.address_type),
        ("evtType", ad.pdu),
        ("rssi", ad.rssi),
        ("scanData" if is_scan_response(ad) else "adData", ad.raw),
    )
    return tuple(key for key, value in known if value is None)


def synthesised(fields: AdvertisedFields | None, name: str | None) -> bytes:
    """AD structures that say the same; what fits in no structure is left out, and a long name is cut."""
    structures: list[tuple[int, bytes]] = []
    if fields is not None:
        structures += _listed(fields.service_uuids)
        if fields.tx_power is not None:
            structures.append((0x0A, (fields.tx_power & 0xFF).to_bytes(1, "little")))
        structures += [_service_data(uuid, data) for uuid, data in fields.service_data.items()]
        structures += [(0xFF, company.to_bytes(2, "little") + data) for company, data in fields.manufacturer.items()]
    if name:
        structures.append(_local_name(name))
    return b"".join(bytes((len(value) + 1, code)) + value for code, value in structures if len(value) <= _STRUCTURE_MAX)


def _service_uuids(raw: bytes) -> tuple[str, ...]:
    summary: Summary = facts(raw)
    return summary.service_uuids


@lru_cache(maxsize=1024)
def _advertised(uuid: str) -> str:
    number = short(uuid)
    if number is None:
        return uuid.replace("-", "").upper()
    return f"{number:04X}" if number <= 0xFFFF else f"{number:08X}"


def _air(uuid: str) -> bytes:
    return bytes.fromhex(_advertised(uuid))[::-1]


def _listed(uuids: tuple[str, ...]) -> list[tuple[int, bytes]]:
    """Complete lists of 16-, 32- and 128-bit service UUIDs (Core Supplement, Part A, 1.1), one structure each."""
    air = [_air(uuid) for uuid in uuids]
    lists = ((0x03, 2), (0x05, 4), (0x07, 16))
    joined = [(code, b"".join(uuid for uuid in air if len(uuid) == size)) for code, size in lists]
    return [(code, value) for code, value in joined if value]


def _service_data(uuid: str, data: bytes) -> tuple[int, bytes]:
    """Service data by the length of its UUID (Core Supplement, Part A, 1.11)."""
    air = _air(uuid)
    return {2: 0x16, 4: 0x20, 16: 0x21}[len(air)], air + data


def _local_name(name: str) -> tuple[int, bytes]:
    """Complete local name, or a shortened one cut at a whole character (Core Supplement, Part A, 1.2)."""
    text = name.encode("utf-8", "backslashreplace")
    if len(text) <= _STRUCTURE_MAX:
        return 0x09, text
    return 0x08, text[:_STRUCTURE_MAX].decode("utf-8", "ignore").encode()
