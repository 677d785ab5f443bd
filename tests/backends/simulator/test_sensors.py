"""Encoders against payloads that real devices sent (ble_monitor's and beacontools' test data, both MIT)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.simulator import sensors
from bletui.backends.simulator.sensors import DAY, Reading, reading

ANY = Reading(temperature=20.0, humidity=50.0, pressure=1000.0, battery=50, millivolt=3000, uptime=0.0)


def test_govee() -> None:
    cold = replace(ANY, temperature=-11.5, humidity=33.7, battery=100)
    assert sensors.govee_h5075(b"GVH5075_CB9B", cold) == bytes.fromhex(
        "0d09475648353037355f43423942030388ec02010509ff88ec0081c2896400"
    )


def test_ruuvi() -> None:
    there = replace(ANY, temperature=25.01, humidity=61.0425, pressure=1004.16, millivolt=3181)
    recorded = bytes.fromhex("0201061bff990405138a5f61c4f0ffe4ffdc0414c5b6ec29b3f27a52fad4cd")
    made = sensors.ruuvi_raw_v2(bytes.fromhex("f27a52fad4cd"), 0x29B3, there)
    moved = 22  # the counter of movements is ours
    assert (made[:moved], made[moved + 1 :]) == (recorded[:moved], recorded[moved + 1 :])


def test_pvvx() -> None:
    there = replace(ANY, temperature=20.91, humidity=44.96, millivolt=2807, battery=67)
    assert sensors.pvvx(bytes.fromhex("a4c1388d18b2"), 0x20, there) == bytes.fromhex(
        "02010612161a18b2188d38c1a42b089011f70a43200f"
    )


def test_eddystone_telemetry() -> None:
    there = replace(ANY, millivolt=2840, temperature=19.0, uptime=1094.8)
    assert sensors.eddystone_tlm(5223, there) == bytes.fromhex("0201060303aafe1116aafe20000b1813000000146700002ac4")


def test_bthome() -> None:
    there = replace(ANY, temperature=25.06, humidity=50.55, battery=97, pressure=1008.83)
    # Its parts, in the order of their object ids: 00 09, 01 61, 02 ca09, 03 bf13, 04 138a01.
    assert sensors.bthome_v2(b"BTH0001", 9, there) == bytes.fromhex(
        "020106" + "1216d2fc40" + "0009" + "0161" + "02ca09" + "03bf13" + "04138a01" + "080842544830303031"
    )


@given(st.floats(0.0, 400 * DAY), st.floats(0.0, 6.3))
def test_values_stay_in_their_formats_for_a_year(t: float, phase: float) -> None:
    r = reading(t, phase)
    assert 10 < r.temperature < 32
    assert 20 < r.humidity < 80
    assert len(sensors.bthome_v2(b"BTH0001", 1, r)) <= 31
    assert len(sensors.govee_h5075(b"GVH5075_CB9B", r)) <= 31
    assert len(sensors.ruuvi_raw_v2(bytes(6), 1, r)) <= 31


def test_values_move_and_two_rooms_differ() -> None:
    assert reading(0.0, 0.0) != reading(60.0, 0.0)
    assert reading(0.0, 0.0) != reading(0.0, 1.0)
