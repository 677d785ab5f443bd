"""The connectable devices.

C0:00:00:00:00:01 BV-Main    every kind of attribute; pairs by just works
C0:00:00:00:00:02 BV-Drop    ends the link as soon as it is up
C0:00:00:00:00:03 BV-Ghost   advertises, never answers a connect (beacons.py)
C0:00:00:00:00:04 BV-Mute    takes the link, never answers ATT
C0:00:00:00:00:05 BV-Pair    shows a passkey, 123456, and wants it typed
C0:00:00:00:00:06 BV-Reject  refuses to pair
C0:00:00:00:00:07 BV-Second  a small table, for a second link
C0:00:00:00:00:08 BV-Typed   has a keyboard: types what the host shows (PASSKEY is what it types)
C0:00:00:00:00:09 BV-Compare compares numbers, and agrees
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from typing import Any

from bumble.controller import Controller
from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address
from bumble.pairing import PairingConfig, PairingDelegate

from tests.bluez_vm.air.attributes import Main, Q, guarded, small
from tests.bluez_vm.air.beacons import FLAGS, structures
from tests.bluez_vm.air.controller import LEGACY_ONLY, Ether

PASSKEY = 123456
KEYED = Q.READ_REQUIRES_ENCRYPTION
Start = Callable[[Any], Any]


class Shows(PairingDelegate):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(PairingDelegate.DISPLAY_OUTPUT_ONLY)

    async def generate_passkey(self) -> int:
        return PASSKEY


class Refuses(PairingDelegate):  # type: ignore[misc]
    async def accept(self) -> bool:
        return False


class Types(PairingDelegate):  # type: ignore[misc]
    """`typed` is what its person types; None: nothing yet."""

    typed: int | None = None

    def __init__(self) -> None:
        super().__init__(PairingDelegate.KEYBOARD_INPUT_ONLY)

    async def get_number(self) -> int | None:
        while self.typed is None:
            await asyncio.sleep(0.05)
        typed, Types.typed = self.typed, None
        return typed


class Compares(PairingDelegate):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(PairingDelegate.DISPLAY_OUTPUT_AND_YES_NO_INPUT)

    async def compare_numbers(self, number: int, digits: int) -> bool:
        return True


class Peripherals:
    """By name; `events` is what happened to their links."""

    def __init__(self, ether: Ether, interval: float, start: Start) -> None:
        self._ether = ether
        self._interval = interval
        self._start = start
        self.devices: dict[str, Any] = {}
        self.silent: set[str] = set()
        self.typing = Types()

    async def make(self) -> None:
        main = Main(lambda: self.devices["BV-Main"], self._start)
        data = structures((0xFF, struct.pack("<H", 0x0059) + b"main"))
        response = structures((0x03, struct.pack("<H", 0x180F)), (0x0A, b"\x04"))
        await self._add(1, "BV-Main", main.services(), data, response, _pairs(mitm=False), rssi=-42)
        self._start(main.tick())
        await self._add(2, "BV-Drop", rssi=-60)
        mute = await self._add(4, "BV-Mute", rssi=-61)
        mute.gatt_server.on_gatt_pdu = lambda *_arguments, **_options: None
        await self._add(
            5, "BV-Pair", guarded(KEYED | Q.READ_REQUIRES_AUTHENTICATION), pairing=_pairs(Shows()), rssi=-62
        )
        await self._add(6, "BV-Reject", guarded(KEYED), pairing=_pairs(Refuses(), mitm=False), rssi=-63)
        await self._add(7, "BV-Second", small(), rssi=-64)
        await self._add(8, "BV-Typed", guarded(KEYED), pairing=_pairs(self.typing), rssi=-65)
        await self._add(9, "BV-Compare", guarded(KEYED), pairing=_pairs(Compares()), rssi=-66)

    async def advertise(self, name: str, *, on: bool) -> None:
        self.silent.discard(name) if on else self.silent.add(name)
        device = self.devices[name]
        await (device.start_advertising(auto_restart=False) if on else device.stop_advertising())

    async def _add(
        self,
        number: int,
        name: str,
        services: Any = (),
        data: bytes = b"",
        response: bytes = b"",
        pairing: Any = None,
        rssi: int = -50,
    ) -> Any:
        controller = Controller(name, link=self._ether)
        controller.rssi = rssi
        controller.le_features &= ~LEGACY_ONLY
        controller.le_acl_data_packet_length = 251
        address = Address(f"C0:00:00:00:00:{number:02X}", Address.RANDOM_DEVICE_ADDRESS)
        interval = self._interval * 1000
        chosen = DeviceConfiguration(
            name=name, address=address, advertising_interval_min=interval, advertising_interval_max=interval
        )
        chosen.irk = bytes([number]) * 16
        device = Device.from_config_with_hci(chosen, controller, controller)
        if pairing:
            device.pairing_config_factory = pairing
        device.advertising_data = structures(FLAGS, (0x09, name.encode())) + data
        device.scan_response_data = response
        device.add_services(list(services))
        self.devices[name] = device
        device.on("connection", lambda link: self._connected(name, link))
        await device.power_on()
        await device.start_advertising(auto_restart=False)
        return device

    def _connected(self, name: str, link: Any) -> None:
        link.on("disconnection", lambda _reason: self._disconnected(name))
        if name == "BV-Drop":
            self._start(link.disconnect())

    def _disconnected(self, name: str) -> None:
        if name not in self.silent:
            self._start(self.devices[name].start_advertising(auto_restart=False))


def _pairs(delegate: Any = None, *, mitm: bool = True) -> Callable[[Any], Any]:
    return lambda _link: PairingConfig(True, mitm, True, delegate)
