"""The value of an AD structure in words, by type. Layouts: Core Specification Supplement, Part A, section 1.

`meaning` is called with values of a legal size; a type without a reader here has its name only.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import unpack

from bletui.decode import beacons, names
from bletui.decode.beacon import NO_KEYS, Keys
from bletui.decode.uuids import short, uuid_list, uuid_text
from bletui.text import decoded

NO_INTERVAL = 0xFFFF
FLAGS = ("LE Limited Discoverable", "LE General Discoverable", "BR/EDR not supported",
         "LE and BR/EDR at once (controller)", "LE and BR/EDR at once (host)")  # fmt: skip
OOB_FLAGS = ("OOB data present", "LE supported (host)", "LE and BR/EDR at once (host)", "random address")
ROLES = ("Peripheral only", "Central only", "both, Peripheral preferred", "both, Central preferred")
INFORMATION_3D = ("association notification", "battery level reporting", "battery level on start-up")
MAJOR_CLASSES = ("miscellaneous", "computer", "phone", "network access point", "audio/video", "peripheral", "imaging",
                 "wearable", "toy", "health")  # fmt: skip
MESH_BEACONS = ("unprovisioned device", "secure network", "private")
TRANSPORT_ROLES = ("no role", "seeker", "provider", "seeker and provider")
TRANSPORT_STATES = ("off", "on", "temporarily unavailable", "reserved state")
LE_FEATURES = (
    "Encryption", "Connection Parameters Request", "Extended Reject", "Peripheral Features Exchange", "Ping",
    "Data Length Extension", "LL Privacy", "Extended Scanner Filters", "2M PHY", "Stable Modulation TX",
    "Stable Modulation RX", "Coded PHY", "Extended Advertising", "Periodic Advertising", "Channel Selection #2",
    "Power Class 1", "Minimum Used Channels", "CTE Request", "CTE Response", "Connectionless CTE TX",
    "Connectionless CTE RX", "AoD", "AoA", "Receiving CTE", "Sync Transfer Sender", "Sync Transfer Recipient",
    "Clock Accuracy Updates", "Public Key Validation", "CIS Central", "CIS Peripheral", "Isochronous Broadcaster",
    "Synchronized Receiver", "Isochronous (host)", "Power Control", "Power Control", "Path Loss Monitoring",
    "Periodic ADI", "Subrating", "Subrating (host)", "Channel Classification",
)  # fmt: skip  # Core, Vol 6 Part B, 4.6


def meaning(code: int, value: bytes, *, address: str | None = None, keys: Keys = NO_KEYS) -> str:
    """What `value` says, as one line of visible text; "" where only the type's name is known.

    `address` sent it; `keys` opens what is sealed.
    """
    if identified := _IDENTIFIED.get(code):
        beacon = beacons.read(code, value, address=address, keys=keys)
        return identified(value) + (f" · {beacon}" if beacon else "")
    reader = _READERS.get(code)
    return reader(value) if reader else ""


def uuid_name(uuid: str) -> str:
    """`180F Battery Service`, or the 128-bit UUID and the name of it that is known."""
    number = short(uuid)
    shown = uuid.upper() if number is None else f"{number:04X}" if number <= 0xFFFF else f"{number:08X}"
    return f"{shown} {names.uuid(uuid) or ''}".rstrip()


def company_name(code: int) -> str:
    return f"0x{code:04X} {names.company(code) or '(unknown company)'}"


def _bits(labels: tuple[str, ...]) -> Callable[[bytes], str]:
    def read(value: bytes) -> str:
        bits = int.from_bytes(value, "little")
        known = [label for at, label in enumerate(labels) if bits >> at & 1]
        rest = bits >> len(labels) << len(labels)
        return ", ".join(dict.fromkeys((*known, *([f"reserved 0x{rest:02x}"] if rest else ())))) or "none"

    return read


def _uuid_list(size: int) -> Callable[[bytes], str]:
    return lambda value: ", ".join(map(uuid_name, uuid_list(value, size)))


def _service(size: int) -> Callable[[bytes], str]:
    return lambda value: uuid_name(uuid_text(value[:size]))


def _manufacturer(value: bytes) -> str:
    return company_name(value[0] | value[1] << 8)


def _text(value: bytes) -> str:
    return decoded(value.rstrip(b"\0"))


def _tx_power(value: bytes) -> str:
    return f"{(value[0] ^ 0x80) - 0x80} dBm"


def _class_of_device(value: bytes) -> str:
    major = value[1] & 0x1F
    return MAJOR_CLASSES[major] if major < len(MAJOR_CLASSES) else f"major class {major}"


def _device_id(value: bytes) -> str:
    if len(value) != 8:
        return "Security Manager TK value"
    source, vendor, product, version = unpack("<4H", value)
    who = company_name(vendor) if source == 1 else f"USB vendor 0x{vendor:04X}"
    return f"{who}, product 0x{product:04X}, version 0x{version:04X}"


def _connection_intervals(value: bytes) -> str:
    low, high = unpack("<2H", value)
    return f"{_slots(low)} to {_slots(high)}"


def _slots(units: int) -> str:
    return "no specific value" if units == NO_INTERVAL else f"{units * 1.25:g} ms"


def _addresses(value: bytes) -> str:
    return ", ".join(value[at : at + 6][::-1].hex(":").upper() for at in range(0, len(value), 6))


def _own_address(value: bytes) -> str:
    return f"{_addresses(value[:6])} {'random' if value[6] & 1 else 'public'}"


def _appearance(value: bytes) -> str:
    number = value[0] | value[1] << 8
    return f"0x{number:04X} {names.appearance(number) or '(unknown)'}"


def _interval(value: bytes) -> str:
    return f"{int.from_bytes(value, 'little') * 0.625:.10g} ms"


def _role(value: bytes) -> str:
    return ROLES[value[0]] if value[0] < len(ROLES) else f"reserved {value[0]}"


def _uri(value: bytes) -> str:
    """The first code point stands for a scheme (Assigned Numbers, 2.7); 0x01: none, the scheme is in the text."""
    text = value.rstrip(b"\0").decode("utf-8", "backslashreplace")
    scheme = names.uri_scheme(ord(text[0])) if text else None
    if scheme is not None:
        return scheme + decoded(text[1:].encode())
    return decoded(text[1:].encode()) if text[:1] == "\x01" else decoded(text.encode())


def _transport(value: bytes) -> str:
    if len(value) < 2:
        return f"organisation {value[0]}"
    organisation = "Bluetooth SIG" if value[0] == 1 else f"organisation {value[0]}"
    flags = value[1]
    return f"{organisation}, {TRANSPORT_ROLES[flags & 3]}, {TRANSPORT_STATES[flags >> 3 & 3]}"


def _channel_map(value: bytes) -> str:
    channels = int.from_bytes(value[:5], "little") & (1 << 37) - 1
    return f"{channels.bit_count()} of 37 channels from event {value[5] | value[6] << 8}"


def _mesh_provisioning(value: bytes) -> str:
    return f"link {value[:4].hex()}, transaction {value[4]}"


def _mesh_message(value: bytes) -> str:
    return f"network id 0x{value[0] & 0x7F:02x}, IV index bit {value[0] >> 7}"


def _mesh_beacon(value: bytes) -> str:
    kind = MESH_BEACONS[value[0]] if value[0] < len(MESH_BEACONS) else f"type {value[0]}"
    return f"{kind} beacon" + (f", device {value[1:17].hex()}" if value[0] == 0 and len(value) >= 17 else "")


def _big_info(value: bytes) -> str:
    return "encrypted" if len(value) == 57 else "not encrypted" if len(value) == 33 else ""


def _set_identifier(value: bytes) -> str:
    return f"hash {value[:3][::-1].hex()}, prand {value[3:][::-1].hex()}"


def _encrypted(value: bytes) -> str:
    return f"randomizer {value[:5].hex()}, {len(value) - 9} bytes, MIC {value[-4:].hex()}"


def _response_timing(value: bytes) -> str:
    address, subevents, interval, delay, spacing = unpack("<I4B", value)
    return (
        f"access address 0x{address:08x}, {subevents} subevents every {interval * 1.25:g} ms, "
        f"responses after {delay * 1.25:g} ms, spaced {spacing * 0.125:g} ms"
    )


def _information_3d(value: bytes) -> str:
    return f"{_bits(INFORMATION_3D)(value[:1])}; path loss threshold {value[1]} dB"


_READERS: dict[int, Callable[[bytes], str]] = {
    0x01: _bits(FLAGS),
    **dict.fromkeys((0x02, 0x03, 0x14), _uuid_list(2)),
    **dict.fromkeys((0x04, 0x05, 0x1F), _uuid_list(4)),
    **dict.fromkeys((0x06, 0x07, 0x15), _uuid_list(16)),
    **dict.fromkeys((0x08, 0x09, 0x30), _text),
    0x0A: _tx_power,
    0x0D: _class_of_device,
    0x10: _device_id,
    0x11: _bits(OOB_FLAGS),
    0x12: _connection_intervals,
    0x17: _addresses,
    0x18: _addresses,
    0x19: _appearance,
    0x1A: _interval,
    0x1B: _own_address,
    0x1C: _role,
    0x24: _uri,
    0x26: _transport,
    0x27: _bits(LE_FEATURES),
    0x28: _channel_map,
    0x29: _mesh_provisioning,
    0x2A: _mesh_message,
    0x2B: _mesh_beacon,
    0x2C: _big_info,
    0x2E: _set_identifier,
    0x2F: _interval,
    0x31: _encrypted,
    0x32: _response_timing,
    0x3D: _information_3d,
}

# Types that say whose data follows, which may be a beacon.
_IDENTIFIED: dict[int, Callable[[bytes], str]] = {
    0x16: _service(2),
    0x20: _service(4),
    0x21: _service(16),
    0xFF: _manufacturer,
}
