"""Microsoft's company id: Connected Devices ([MS-CDP] 2.2.2.2.3) and Swift Pair (Microsoft Learn, "Swift Pair")."""

from __future__ import annotations

from bletui.decode.beacon import Beacon, Fact, hexadecimal, size_problem
from bletui.text import decoded

_CDP_LENGTH = 27
_NEARBY_SHARE = 10  # address and name instead of salt and hash: seen while sharing with everyone, not documented


def microsoft(data: bytes) -> Beacon | None:
    """None for the scenarios that Microsoft does not document."""
    match data[:1]:
        case b"\x01":
            return _connected_devices(data)
        case b"\x03":
            return _swift_pair(data)
        case _:
            return None


def _connected_devices(data: bytes) -> Beacon:
    kind = "Microsoft Connected Devices"
    nearby_share = len(data) > _NEARBY_SHARE and len(data) != _CDP_LENGTH and data[2] & 1
    if len(data) != _CDP_LENGTH and not nearby_share:
        return Beacon(kind, problem=size_problem(len(data), _CDP_LENGTH))
    version, number = data[1] >> 5, data[1] & 0x1F
    told = [name for bit, name in CDP_STATUS.items() if data[3] & bit]
    facts = [Fact("device", CDP_DEVICES.get(number, f"device type {number}")), Fact("version", version)]
    facts += [Fact("sharing", "shares with everyone")] * (data[2] & 1)
    facts += [Fact("status", ", ".join(told))] if told else []
    if nearby_share:
        address = data[4:_NEARBY_SHARE][::-1].hex(":").upper()
        return Beacon(kind, (*facts, Fact("address", address, label=True), Fact("name", decoded(data[_NEARBY_SHARE:]))))
    return Beacon(kind, (*facts, hexadecimal("salt", data[4:8]), hexadecimal("hash", data[8:])))


def _swift_pair(data: bytes) -> Beacon:
    """Scenario, a reserved byte (0x80), then by scenario: address (6), class of device (3) and the name."""
    kind = "Microsoft Swift Pair"
    if len(data) < 3:
        return Beacon(kind, problem=size_problem(len(data), "at least 3"))
    if data[1] not in SWIFT_PAIR:
        return Beacon(kind, (Fact("for", f"scenario {data[1]}"),), "this scenario is not documented")
    words, with_address, with_class = SWIFT_PAIR[data[1]]
    facts, at = [Fact("for", words)], 3
    needed = at + 6 * with_address + 3 * with_class
    if len(data) < needed:
        return Beacon(kind, tuple(facts), size_problem(len(data), f"at least {needed}"))
    if with_address:
        facts.append(Fact("address", data[at : at + 6][::-1].hex(":").upper(), label=True))
        at += 6
    if with_class:
        facts.append(Fact("class of device", f"0x{int.from_bytes(data[at : at + 3], 'little'):06X}", label=True))
        at += 3
    name = decoded(data[at:])
    return Beacon(kind, (*facts, *([Fact("name", name)] if name else [])))


CDP_DEVICES = {
    1: "Xbox One", 6: "iPhone", 7: "iPad", 8: "Android", 9: "Windows desktop", 11: "Windows phone", 12: "Linux",
    13: "Windows IoT", 14: "Surface Hub", 15: "Windows laptop", 16: "Windows tablet",
}  # fmt: skip
CDP_STATUS = {
    0x01: "remote sessions hosted",
    0x02: "no session hosting status",
    0x04: "NearShare with the same user",
    0x08: "NearShare",
    0x20: "address is the device id",
}
SWIFT_PAIR = {  # words, whether an address follows, whether a class of device follows
    0: ("LE only", False, False),
    1: ("BR/EDR only", True, True),
    2: ("LE and BR/EDR, Secure Connections", False, True),
}
