"""A faithful org.bluez on a private D-Bus, for tests of anything that speaks to BlueZ. Needs `dbus-daemon`.

    async with FakeBluez() as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        ...
        fake.adapters["hci0"].hear(Advert(address="C0:00:00:00:00:01", name="Thermo", rssi=-52))

Behaviour follows BlueZ 5.66 as measured with a virtual controller; what differs from the real one is a bug here.
"""

from bletui.testing.fakebluez.adapter import FakeAdapter
from bletui.testing.fakebluez.bus import PrivateBus
from bletui.testing.fakebluez.daemon import Called, FakeBluez
from bletui.testing.fakebluez.device import FakeDevice
from bletui.testing.fakebluez.faults import Distortion, Fault
from bletui.testing.fakebluez.peer import Peer
from bletui.testing.fakebluez.peripheral import (
    AdapterSpec,
    Advert,
    Characteristic,
    Descriptor,
    Pairing,
    Peripheral,
    Reach,
    Security,
    Service,
)
from bletui.testing.fakebluez.run import REAL, Pace
from bletui.testing.fakebluez.watch import BusMonitor

__all__ = [
    "REAL", "AdapterSpec", "Advert", "BusMonitor", "Called", "Characteristic", "Descriptor", "Distortion",
    "FakeAdapter", "FakeBluez", "FakeDevice", "Fault", "Pace", "Pairing", "Peer", "Peripheral", "PrivateBus",
    "Reach", "Security", "Service",
]  # fmt: skip
