"""The AD types of the SIG's list, with the sizes and repetitions that are legal.

Numbers and names: Assigned Numbers, section 2.3 "Common Data Types". Sizes and repetition: Core Specification
Supplement, Part A, section 1 and its table 1.1.
"""

from __future__ import annotations

from dataclasses import dataclass

NO_LIMIT = 1 << 16


@dataclass(frozen=True, slots=True)
class AdType:
    """`low` to `high` bytes of value, a multiple of `step`; types of one `once` group stand at most once in a packet.

    `text`: the value is UTF-8.
    """

    code: int
    name: str
    low: int = 0
    high: int = NO_LIMIT
    step: int = 1
    once: str = ""
    text: bool = False


# fmt: off
AD_TYPES: tuple[AdType, ...] = (
    AdType(0x01, "Flags", low=1, once="flags"),
    AdType(0x02, "Incomplete List of 16-bit Service UUIDs", step=2, once="list of 16-bit services"),
    AdType(0x03, "Complete List of 16-bit Service UUIDs", step=2, once="list of 16-bit services"),
    AdType(0x04, "Incomplete List of 32-bit Service UUIDs", step=4, once="list of 32-bit services"),
    AdType(0x05, "Complete List of 32-bit Service UUIDs", step=4, once="list of 32-bit services"),
    AdType(0x06, "Incomplete List of 128-bit Service UUIDs", step=16, once="list of 128-bit services"),
    AdType(0x07, "Complete List of 128-bit Service UUIDs", step=16, once="list of 128-bit services"),
    AdType(0x08, "Shortened Local Name", once="local name", text=True),
    AdType(0x09, "Complete Local Name", once="local name", text=True),
    AdType(0x0A, "TX Power Level", 1, 1),
    AdType(0x0D, "Class of Device", 3, 3),
    AdType(0x0E, "Simple Pairing Hash C-192", 16, 16),
    AdType(0x0F, "Simple Pairing Randomizer R-192", 16, 16),
    AdType(0x10, "Device ID or Security Manager TK Value", 8, 16, 8),  # 8 bytes on the air, 16 out of band
    AdType(0x11, "Security Manager Out of Band Flags", 1, 1),
    AdType(0x12, "Peripheral Connection Interval Range", 4, 4),
    AdType(0x14, "List of 16-bit Service Solicitation UUIDs", step=2),
    AdType(0x15, "List of 128-bit Service Solicitation UUIDs", step=16),
    AdType(0x16, "Service Data - 16-bit UUID", low=2),
    AdType(0x17, "Public Target Address", low=6, step=6, once="public target address"),
    AdType(0x18, "Random Target Address", low=6, step=6, once="random target address"),
    AdType(0x19, "Appearance", 2, 2, once="appearance"),
    AdType(0x1A, "Advertising Interval", 2, 2, once="advertising interval"),
    AdType(0x1B, "LE Bluetooth Device Address", 7, 7, once="own address"),
    AdType(0x1C, "LE Role", 1, 1, once="role"),
    AdType(0x1D, "Simple Pairing Hash C-256", 16, 16),
    AdType(0x1E, "Simple Pairing Randomizer R-256", 16, 16),
    AdType(0x1F, "List of 32-bit Service Solicitation UUIDs", step=4),
    AdType(0x20, "Service Data - 32-bit UUID", low=4),
    AdType(0x21, "Service Data - 128-bit UUID", low=16),
    AdType(0x22, "LE Secure Connections Confirmation Value", 16, 16),
    AdType(0x23, "LE Secure Connections Random Value", 16, 16),
    AdType(0x24, "URI", low=1, text=True),
    AdType(0x25, "Indoor Positioning", low=1),
    AdType(0x26, "Transport Discovery Data", low=1),
    AdType(0x27, "LE Supported Features", low=1, once="feature list"),
    AdType(0x28, "Channel Map Update Indication", 7, 7, once="channel map"),
    AdType(0x29, "PB-ADV", low=6),
    AdType(0x2A, "Mesh Message", low=1),
    AdType(0x2B, "Mesh Beacon", low=1),
    AdType(0x2C, "BIGInfo", 33, 57, once="BIGInfo"),
    AdType(0x2D, "Broadcast_Code", 16, 16, once="broadcast code"),
    AdType(0x2E, "Resolvable Set Identifier", 6, 6),
    AdType(0x2F, "Advertising Interval - long", 3, 4, once="long advertising interval"),
    AdType(0x30, "Broadcast_Name", 4, 128, text=True),
    AdType(0x31, "Encrypted Advertising Data", low=9),
    AdType(0x32, "Periodic Advertising Response Timing Information", 8, 8),
    AdType(0x34, "Electronic Shelf Label", low=1),
    AdType(0x3D, "3D Information Data", 2, 2),
    AdType(0xFF, "Manufacturer Specific Data", low=2),
)
# fmt: on

BY_CODE: tuple[AdType | None, ...] = tuple({t.code: t for t in AD_TYPES}.get(code) for code in range(256))
