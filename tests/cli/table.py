"""An attribute table with what is hard to tell apart: two UUIDs of a kind, numbers that are handles too."""

from __future__ import annotations

from bletui.decode.uuids import BASE
from bletui.model import Characteristic, Descriptor, GattTree, Peer, Properties, Service

PEER = Peer("x/hci0", "A4:C1:38:0B:7F:2A")
VENDOR = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"
CCCD = f"00002902{BASE}"
READ, WRITE, NOTIFY = Properties.READ, Properties.WRITE, Properties.NOTIFY


def uuid(number: int) -> str:
    return f"{number:08x}{BASE}"


TREE = GattTree(
    PEER,
    (
        Service(uuid(0x1800), 1, (Characteristic(uuid(0x2A00), 3, READ | WRITE),)),
        Service(
            uuid(0x180F),
            16,
            (Characteristic(uuid(0x2A19), 18, READ | NOTIFY, (Descriptor(CCCD, 19),)),),
        ),
        Service(
            uuid(0x180F),
            32,
            (
                Characteristic(uuid(0x2A19), 34, READ),
                Characteristic(VENDOR, 1234, Properties.WRITE_WITHOUT_RESPONSE, (Descriptor(CCCD, 2902),)),
                Characteristic(uuid(0x2A29), 6721, READ),
            ),
        ),
    ),
)
