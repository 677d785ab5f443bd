"""Plain advertisers: every sixth of them of one sort, a third of them not connectable."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bumble.hci import Address

from tests.bluez_vm.air.controller import ADV_IND, ADV_NONCONN_IND, ADV_SCAN_IND, HostController, Packet

FLAGS = (0x01, b"\x06")
KINDS = (ADV_IND, ADV_NONCONN_IND, ADV_IND, ADV_SCAN_IND, ADV_IND, ADV_NONCONN_IND)
GHOST = "C0:00:00:00:00:03"  # says that it is connectable, and never answers


def structures(*parts: tuple[int, bytes]) -> bytes:
    """AD structures (Core, Vol 3 Part C, 11)."""
    return b"".join(bytes([len(data) + 1, kind]) + data for kind, data in parts)


def beacons(count: int) -> Iterator[Packet]:
    for number in range(count):
        address = Address(f"C0:00:00:00:{1 + number // 256:02X}:{number % 256:02X}", Address.RANDOM_DEVICE_ADDRESS)
        data, response = _payload(number, f"BV-Adv-{number:03d}".encode())
        yield Packet(address, data, response, KINDS[number % 6], -40 - (number * 7) % 55, deaf=True)


def ghost() -> Packet:
    address = Address(GHOST, Address.RANDOM_DEVICE_ADDRESS)
    return Packet(address, structures(FLAGS, (0x09, b"BV-Ghost")), rssi=-70, deaf=True)


async def send(packets: list[Packet], adapters: Callable[[], Iterable[HostController]], interval: float) -> None:
    """Sends every packet once in `interval` seconds, its RSSI moving by 3 dB, for ever."""
    turn = 0
    while True:
        began = time.monotonic()
        for number, packet in enumerate(packets):
            now = _again(packet, ((turn * 31 + number * 17) % 7) - 3)
            for adapter in adapters():
                if adapter.le_scan_enable or adapter.pending_le_connection:
                    adapter.on_advertising_pdu(now)
            if number % 10 == 9:
                await asyncio.sleep(0)
        turn += 1
        await asyncio.sleep(max(0.01, interval - (time.monotonic() - began)))


def _again(packet: Packet, change: int) -> Packet:
    address: Any = packet.advertiser_address
    return Packet(address, packet.data, packet.response, packet.kind, packet.rssi + change, deaf=packet.deaf)


def _payload(number: int, name: bytes) -> tuple[bytes, bytes]:
    match number % 6:
        case 0:
            return structures(FLAGS, (0x09, name)), structures(
                (0xFF, struct.pack("<H", 0x0059) + bytes([number & 255, 1]))
            )
        case 1:  # an iBeacon, without a name
            ibeacon = bytes.fromhex("4c000215") + bytes(range(16)) + struct.pack(">HHb", 1, number, -59)
            return structures(FLAGS, (0xFF, ibeacon)), b""
        case 2:
            return structures(FLAGS, (0x03, struct.pack("<HH", 0x180F, 0x180A)), (0x09, name)), b""
        case 3:  # Eddystone; its name stands in the scan response only
            url = struct.pack("<H", 0xFEAA) + bytes([0x10, 0xEE, 3]) + b"bletui"
            return structures(FLAGS, (0x16, url), (0x03, struct.pack("<H", 0xFEAA))), structures((0x09, name))
        case 4:
            uuid = bytes.fromhex("fb349b5f80000080001000000100bbbb")
            return structures(FLAGS, (0x07, uuid)), structures((0x08, name[:8]), (0x0A, b"\x04"))
    return structures((0x09, f"BV-Ünï-☃{number}".encode())), b""  # no flags: passive scans do not hear it
