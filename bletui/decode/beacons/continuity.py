"""Apple's continuity messages. Apple documents HomeKit and Find My alone; the other layouts are what research found.

HomeKit: "HomeKit Accessory Protocol Specification (Non-Commercial Version)" R2, 7.4. Find My: "Find My Network
Accessory Specification" R1. The others: Martin et al., "Handoff All Your Privacy" (PoPETs 2019); Celosia and Cunche,
"Discontinued Privacy" (PoPETs 2020); Stute et al., "A Billion Open Interfaces" (2019). A value of another size than
theirs is left as it is: its layout is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bletui.decode.beacon import Fact, hexadecimal
from bletui.decode.beacons.airpods import airpods

Reader = Callable[[bytes], tuple[Fact, ...]]


class Message(NamedTuple):
    """`read` gives nothing where it does not know the layout; None: nobody has told what the bytes mean."""

    name: str
    read: Reader | None = None


def _sized(size: int, read: Reader) -> Reader:
    return lambda value: read(value) if len(value) == size else ()


def _overflow(value: bytes) -> tuple[Fact, ...]:
    """Apps in the background give one bit per hash of their service UUIDs."""
    bits = int.from_bytes(value, "big")
    return (Fact("hashed services", bits.bit_count()),)


def _airprint(value: bytes) -> tuple[Fact, ...]:
    power = int.from_bytes(value[21:], signed=True)
    port = int.from_bytes(value[3:5], "big")
    return Fact("port", port), hexadecimal("address", value[5:21]), Fact("power", power)


def _airdrop(value: bytes) -> tuple[Fact, ...]:
    """The first two bytes of SHA-256 over what the owner can be found by."""
    who = ("Apple ID", "phone", "email", "email 2")
    hashes = (hexadecimal(f"{name} hash", value[at : at + 2]) for name, at in zip(who, range(9, 17, 2), strict=True))
    return Fact("version", value[8]), *hashes


def _homekit(value: bytes) -> tuple[Fact, ...]:
    if len(value) not in (13, 17):
        return ()
    category = int.from_bytes(value[7:9], "little")
    facts = (
        Fact("", "not paired" if value[0] & 1 else "paired"),
        Fact("device", value[1:7].hex(":").upper(), label=True),
        Fact("category", HOMEKIT_CATEGORIES.get(category, f"category {category}")),
        Fact("state", int.from_bytes(value[9:11], "little")),
        Fact("configuration", value[11]),
        Fact("compatible", value[12]),
    )
    return (*facts, hexadecimal("setup hash", value[13:])) if value[13:] else facts


def _homekit_notification(value: bytes) -> tuple[Fact, ...]:
    if len(value) < 10:
        return ()
    return Fact("device", value[:6].hex(":").upper(), label=True), Fact("", "encrypted")


def _siri(value: bytes) -> tuple[Fact, ...]:
    return (
        hexadecimal("voice hash", value[:2]),
        Fact("SNR", value[2]),
        Fact("confidence", value[3]),
        hexadecimal("device class", value[4:6]),
    )


def _airplay_target(value: bytes) -> tuple[Fact, ...]:
    """6 bytes, or 8 with a port behind the address."""
    if len(value) not in (6, 8):
        return ()
    facts = hexadecimal("flags", value[:1]), Fact("seed", value[1]), Fact("address", ".".join(map(str, value[2:6])))
    return (*facts, Fact("port", int.from_bytes(value[6:], "big"))) if value[6:] else facts


def _magic_switch(value: bytes) -> tuple[Fact, ...]:
    return hexadecimal("data", value[:2]), Fact("confidence", value[2])


def _handoff(value: bytes) -> tuple[Fact, ...]:
    return Fact("version", value[0]), Fact("sequence", int.from_bytes(value[1:3], "little")), Fact("", "encrypted")


def _tethering_target(value: bytes) -> tuple[Fact, ...]:
    return (hexadecimal("iCloud hash", value),)


def _tethering_source(value: bytes) -> tuple[Fact, ...]:
    cell = int.from_bytes(value[3:5], "big")
    service = CELL_SERVICES[cell] if cell < len(CELL_SERVICES) else f"cell service {cell}"
    return Fact("battery", value[2], "%"), Fact("service", service), Fact("bars", value[5])


def _nearby_action(value: bytes) -> tuple[Fact, ...]:
    if len(value) < 2:
        return ()
    action = Fact("action", NEARBY_ACTIONS.get(value[1], f"action 0x{value[1]:02x}"))
    if value[1] == 0x08 and len(value) == 17:  # WiFi Password: the first three bytes of SHA-256 each
        who = ("SSID", "Apple ID", "phone", "email")
        hashes = (hexadecimal(f"{name} hash", value[at : at + 3]) for name, at in zip(who, (5, 8, 11, 14), strict=True))
        return action, *hashes
    return (action,)


def _nearby_info(value: bytes) -> tuple[Fact, ...]:
    """What the owner is doing; the second byte and the tag are not documented."""
    if len(value) < 2:
        return ()
    state, flags = value[0] & 0x0F, value[0] >> 4
    told = [name for bit, name in enumerate(("primary device", "hotspot", "AirDrop on")) if flags >> bit & 1]
    return (
        Fact("activity", ACTIVITIES.get(state, f"activity 0x{state:x}")),
        *([Fact("status", ", ".join(told))] if told else []),
        hexadecimal("flags", value[1:2]),
    )


def _find_my(value: bytes) -> tuple[Fact, ...]:
    """25 bytes away from the owner, with most of the public key; 2 bytes near the owner."""
    if len(value) not in (2, 25):
        return ()
    status = value[0]
    facts = (
        Fact("owner", "near owner" if len(value) == 2 else "separated"),
        Fact("battery", "battery " + ("full", "medium", "low", "critical")[status >> 6]),
        Fact("maintained", "maintained" if status & 0x04 else "not maintained"),
    )
    return (*facts, hexadecimal("key", value[1:23])) if len(value) == 25 else facts


HOMEKIT_CATEGORIES = {
    1: "Other", 2: "Bridge", 3: "Fan", 4: "Garage Door Opener", 5: "Lighting", 6: "Lock", 7: "Outlet", 8: "Switch",
    9: "Thermostat", 10: "Sensor", 11: "Security System", 12: "Door", 13: "Window", 14: "Window Covering",
    15: "Programmable Switch", 17: "IP Camera", 18: "Video Doorbell", 19: "Air Purifier", 20: "Heater",
    21: "Air Conditioner", 22: "Humidifier", 23: "Dehumidifier", 28: "Sprinkler", 29: "Faucet", 30: "Shower System",
}  # fmt: skip  # HomeKit Accessory Protocol Specification R2, chapter 13
CELL_SERVICES = ("4G (GSM)", "1xRTT", "GPRS", "EDGE", "3G (EV-DO)", "3G", "4G", "LTE")
ACTIVITIES = {
    0x0: "activity unknown",
    0x1: "activity not reported",
    0x3: "idle",
    0x5: "audio playing, locked",
    0x7: "active, screen on",
    0x9: "video playing",
    0xA: "watch on wrist, unlocked",
    0xB: "used recently",
    0xD: "driving",
    0xE: "in a call",
}
NEARBY_ACTIONS = {
    0x01: "Apple TV Setup", 0x04: "Mobile Backup", 0x05: "Watch Setup", 0x06: "Apple TV Pair", 0x07: "Internet Relay",
    0x08: "WiFi Password", 0x09: "iOS Setup", 0x0A: "Repair", 0x0B: "Speaker Setup", 0x0C: "Apple Pay",
    0x0D: "Whole Home Audio Setup", 0x0E: "Developer Tools Pairing Request", 0x0F: "Answered Call", 0x10: "Ended Call",
    0x11: "DD Ping", 0x12: "DD Pong", 0x13: "Remote Auto Fill", 0x14: "Companion Link Proximity",
    0x15: "Remote Management", 0x16: "Remote Auto Fill Pong", 0x17: "Remote Display",
}  # fmt: skip
MESSAGES = {
    0x01: Message("Overflow Area", _sized(16, _overflow)),
    0x02: Message("iBeacon"),  # behind another message: not a frame that a receiver takes
    0x03: Message("AirPrint", _sized(22, _airprint)),
    0x05: Message("AirDrop", _sized(18, _airdrop)),
    0x06: Message("HomeKit", _homekit),
    0x07: Message("Proximity Pairing", _sized(25, airpods)),
    0x08: Message("Hey Siri", _sized(7, _siri)),
    0x09: Message("AirPlay Target", _airplay_target),
    0x0A: Message("AirPlay Source"),
    0x0B: Message("Magic Switch", _sized(3, _magic_switch)),
    0x0C: Message("Handoff", _sized(14, _handoff)),
    0x0D: Message("Tethering Target", _sized(4, _tethering_target)),
    0x0E: Message("Tethering Source", _sized(6, _tethering_source)),
    0x0F: Message("Nearby Action", _nearby_action),
    0x10: Message("Nearby Info", _nearby_info),
    0x11: Message("HomeKit Notification", _homekit_notification),
    0x12: Message("Find My", _find_my),
}
