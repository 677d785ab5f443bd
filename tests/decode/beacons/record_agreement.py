"""Asks other parsers what made-up payloads say, and writes their answers down as tests/data/beacon_agreement.jsonl.

Run it in an environment of its own, which needs nothing of this project:
    python -m venv v && v/bin/pip install bthome-ble==3.25.0 xiaomi-ble==1.21.2 ruuvitag-ble==0.4.0 ibeacon-ble==1.2.0 \
        beacontools==2.1.0 && v/bin/python record_agreement.py > beacon_agreement.jsonl
The payloads come from a seeded generator and from no capture: nobody wrote a decoder by them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from random import Random
from typing import Any, NamedTuple

ADDRESS = "C4:7C:8D:6A:3E:7B"
MAC = bytes.fromhex(ADDRESS.replace(":", ""))
BASE = "0000{:04x}-0000-1000-8000-00805f9b34fb"
TIMES = 3


class Payload(NamedTuple):
    """An AD structure: its type, the number in front, and the rest; `key` opens it."""

    code: int
    number: int
    data: bytes
    key: bytes | None = None


def bthome(random: Random) -> Iterator[tuple[Payload, object]]:
    """Every object of version 2, as unsigned and signed objects of version 1, and both versions sealed."""
    known = import_module("bthome_ble.const").MEAS_TYPES
    for code, kind in known.items():
        for _ in range(TIMES):
            value = _bthome_value(kind, random)
            plain = bytes((code,)) + value
            yield from _ask_bthome(Payload(0x16, 0xFCD2, b"\x40" + plain))
            key, counter = random.randbytes(16), random.randbytes(4)
            nonce = MAC + b"\xd2\xfc\x41" + counter
            yield from _ask_bthome(Payload(0x16, 0xFCD2, b"\x41" + _sealed(key, nonce, plain, None, counter), key))
            if kind.data_format in ("unsigned_integer", "signed_integer") and code < 0x15:
                first = len(value) + 1 | (kind.data_format == "signed_integer") << 5
                yield from _ask_bthome(Payload(0x16, 0x181C, bytes((first,)) + plain))
                if len(value) > 1:  # it takes less for no payload
                    sealed = _sealed(key, MAC + b"\x1e\x18" + counter, bytes((first,)) + plain, b"\x11", counter)
                    yield from _ask_bthome(Payload(0x16, 0x181E, sealed, key))


def _bthome_value(kind: Any, random: Random) -> bytes:
    match kind.data_format:
        case _ if str(kind.meas_format) == "button":
            return bytes((random.choice((1, 2, 3, 4, 5, 6, 0x80, 0x81)),))
        case _ if str(kind.meas_format) == "dimmer":
            return bytes((random.choice((1, 2)), random.randrange(256)))
        case "string":
            return b"\x05" + bytes(random.choices(range(0x41, 0x5B), k=5))
        case "raw":
            return b"\x04" + random.randbytes(4)
        case "command":
            return b"\x01" + bytes((random.randrange(5),)) + random.randbytes(1)
    if kind.data_length == 1 and "binary" in type(kind.meas_format).__name__.lower():
        return bytes((random.randrange(2),))
    return bytes(random.randbytes(kind.data_length))


def _sealed(key: bytes, nonce: bytes, plain: bytes, associated: bytes | None, counter: bytes) -> bytes:
    ccm = import_module("cryptography.hazmat.primitives.ciphers.aead").AESCCM(key, tag_length=4)
    both = bytes(ccm.encrypt(nonce, plain, associated))
    return both[:-4] + counter + both[-4:]


def _ask_bthome(payload: Payload) -> Iterator[tuple[Payload, object]]:
    info = import_module("habluetooth").BluetoothServiceInfoBleak
    heard = info(
        name="", address=ADDRESS, rssi=-60, manufacturer_data={}, service_uuids=[], source="", device=None,
        service_data={BASE.format(payload.number): payload.data}, advertisement=None, time=0.0, connectable=False,
        tx_power=None,
    )  # fmt: skip
    parser = import_module("bthome_ble").BTHomeBluetoothDeviceData(bindkey=payload.key)
    if parser.supported(heard):
        yield payload, _entities(parser.update(heard))


def mibeacon(random: Random) -> Iterator[tuple[Payload, object]]:
    """Objects in the clear (version 3) and sealed (version 5), from one product that this parser knows."""
    objects = {0x1004: 2, 0x1006: 2, 0x1007: 3, 0x1008: 1, 0x1009: 2, 0x100A: 1, 0x100D: 4, 0x1010: 2, 0x1012: 1,
               0x1013: 1, 0x1014: 1, 0x1015: 1, 0x1017: 4, 0x1018: 1, 0x1019: 1}  # fmt: skip
    for code, size in objects.items():
        for _ in range(TIMES):
            value = random.randbytes(size) if size > 1 else bytes((random.randrange(101),))
            if code in (0x1012, 0x1014, 0x1015, 0x1018, 0x1019):
                value = bytes((random.randrange(2),))
            plain = code.to_bytes(2, "little") + bytes((size,)) + value
            head, count = b"\x5b\x05", random.randbytes(1)
            yield from _ask_xiaomi(Payload(0x16, 0xFE95, b"\x50\x30" + head + count + MAC[::-1] + plain))
            key, counter = random.randbytes(16), random.randbytes(3)
            sealed = _sealed(key, MAC[::-1] + head + count + counter, plain, b"\x11", counter)
            yield from _ask_xiaomi(Payload(0x16, 0xFE95, b"\x58\x58" + head + count + MAC[::-1] + sealed, key))


def _ask_xiaomi(payload: Payload) -> Iterator[tuple[Payload, object]]:
    info = import_module("home_assistant_bluetooth").BluetoothServiceInfo
    heard = info(
        name="", address=ADDRESS, rssi=-60, manufacturer_data={}, service_uuids=[], source="",
        service_data={BASE.format(payload.number): payload.data},
    )  # fmt: skip
    yield payload, _entities(import_module("xiaomi_ble").XiaomiBluetoothDeviceData(bindkey=payload.key).update(heard))


def _entities(update: Any) -> dict[str, object]:
    found: dict[str, object] = {}
    for values in (update.entity_values, update.binary_entity_values):
        found |= {str(key.key): value.native_value for key, value in values.items() if key.key != "signal_strength"}
    return found | {str(key.key): event.event_type for key, event in update.events.items()}


def ruuvi(random: Random) -> Iterator[tuple[Payload, object]]:
    for first, size, module, name in (
        (0x03, 14, "df3_decoder", "DataFormat3Decoder"),
        (0x05, 24, "df5_decoder", "DataFormat5Decoder"),
        (0x06, 20, "df6_decoder", "DataFormat6Decoder"),
        (0xE1, 40, "dfe1_decoder", "DataFormatE1Decoder"),
    ):
        decoder = getattr(import_module(f"ruuvitag_ble.{module}"), name)
        for _ in range(TIMES * 10):
            data = bytes((first,)) + random.randbytes(size - 1)
            read = decoder(data)
            names = [key for key, what in vars(decoder).items() if isinstance(what, property)]
            yield Payload(0xFF, 0x0499, data), {key: getattr(read, key) for key in names}


def ibeacon(random: Random) -> Iterator[tuple[Payload, object]]:
    info = import_module("home_assistant_bluetooth").BluetoothServiceInfo
    parser = import_module("ibeacon_ble").iBeaconParser()
    asyncio.run(parser.async_setup())
    for _ in range(TIMES * 10):
        data = b"\x02\x15" + random.randbytes(21)
        heard = info(name="", address=ADDRESS, rssi=-60, manufacturer_data={0x4C: data}, service_uuids=[], source="",
                     service_data={})  # fmt: skip
        read = parser.parse(heard)
        yield Payload(0xFF, 0x004C, data), {"uuid": str(read.uuid), "major": read.major, "minor": read.minor,
                                            "power": read.power}  # fmt: skip


def eddystone(random: Random) -> Iterator[tuple[Payload, object]]:
    parse = import_module("beacontools").parse_packet
    for _ in range(TIMES * 5):
        host = bytes(random.choices(range(0x61, 0x7B), k=8)) + bytes((random.randrange(14),))
        for data in (
            b"\x00" + random.randbytes(17) + b"\0\0",
            b"\x10" + random.randbytes(1) + bytes((random.randrange(4),)) + host,
            b"\x20\x00" + random.randbytes(12),
            b"\x30" + random.randbytes(9),
        ):
            raw = b"\x02\x01\x06\x03\x03\xaa\xfe" + bytes((len(data) + 3, 0x16)) + b"\xaa\xfe" + data
            frame = parse(raw)
            yield Payload(0x16, 0xFEAA, data), vars(frame) if frame else None


def _written(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def main() -> None:
    random = Random(20_260)
    for distribution, ask in (("bthome-ble", bthome), ("xiaomi-ble", mibeacon), ("ruuvitag-ble", ruuvi),
                              ("ibeacon-ble", ibeacon), ("beacontools", eddystone)):  # fmt: skip
        for payload, answer in ask(random):
            row = {"parser": f"{distribution} {version(distribution)}", "code": payload.code, "number": payload.number,
                   "data": payload.data.hex(), "key": payload.key and payload.key.hex(), "answer": answer}  # fmt: skip
            sys.stdout.write(json.dumps(row, default=_written) + "\n")


if __name__ == "__main__":
    main()
