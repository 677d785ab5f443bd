"""The recordings that the simulator ships."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.recordings import Recording, filled, recordings


def test_many_brands_are_there_and_each_says_where_it_comes_from() -> None:
    kinds = {recording.brand for recording in recordings()}
    assert len(recordings()) >= 60
    assert {"Apple Continuity", "Microsoft", "Ruuvi", "Govee", "BTHome v2", "Xiaomi MiBeacon", "Eddystone UID"} <= kinds
    assert len(kinds) >= 40
    assert {recording.licence for recording in recordings()} <= {"MIT", "Apache-2.0"}
    assert all(":" in recording.source for recording in recordings())


@pytest.mark.parametrize("recording", recordings(), ids=lambda r: f"{r.brand} {r.interval:g}")
def test_every_payload_is_well_formed_and_fits_its_pdu(recording: Recording) -> None:
    limit = 251 if recording.pdu == "ADV_EXT_IND" else 31
    response = recording.response("C0:00:00:00:00:01")
    for payload in (
        *(recording.payload(n, "C0:00:00:00:00:01") for n in range(len(recording.frames))),
        response or b"",
    ):
        assert len(payload) <= limit
        assert tiles(payload)
    assert (response is None) == (recording.pdu not in ("ADV_IND", "ADV_SCAN_IND"))


def tiles(payload: bytes) -> bool:
    """Whether AD structures fill it to its last byte."""
    at = 0
    while at < len(payload) and payload[at]:
        at += 1 + payload[at]
    return at == len(payload)


def test_a_payload_repeats_the_made_up_address_where_it_repeated_the_recorded_one() -> None:
    assert filled("02{mac}00{rev}", "A4:C1:38:01:02:03") == bytes.fromhex(
        "02a4c13801020300030201 38c1a4".replace(" ", "")
    )
    assert filled("0201", "A4:C1:38:01:02:03") == b"\x02\x01"
