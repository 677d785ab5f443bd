"""A tree of two services, as a router tells it."""

from __future__ import annotations

from bletui.decode.attributes import attributes
from bletui.model import Characteristic, Descriptor, GattTree, Peer, Properties, Service

BASE = "0000{}-0000-1000-8000-00805f9b34fb"
CCCD = BASE.format("2902")
BATTERY = Service(
    BASE.format("180f"), 1,
    (Characteristic(BASE.format("2a19"), 3, Properties.READ | Properties.NOTIFY, (Descriptor(CCCD, 4),)),),
)  # fmt: skip
VENDOR = Service(
    "6e400001-b5a3-f393-e0a9-e50e24dcca9e", 10,
    (
        Characteristic("6e400002-b5a3-f393-e0a9-e50e24dcca9e", 12, Properties.WRITE),
        Characteristic("6e400003-b5a3-f393-e0a9-e50e24dcca9e", 14, Properties.NOTIFY, (Descriptor(CCCD, 15),)),
    ),
)  # fmt: skip
TREE = list(attributes(GattTree(Peer("a", "A4:C1:38:0B:7F:2A"), (BATTERY, VENDOR))))
