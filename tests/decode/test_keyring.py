"""Keys of sealed broadcasts: how they are written, and that none is ever shown."""

from __future__ import annotations

import pytest

from bletui.decode.beacon import Sender
from bletui.decode.keyring import Keyring, key_of

HEX = "231d39c1d7cc1ab1aee224cd096db932"
ADDRESS = "54:48:E6:8F:80:A5"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (HEX, bytes.fromhex(HEX)),
        (f" {HEX.upper()}\n", bytes.fromhex(HEX)),
        (":".join(HEX[at : at + 2] for at in range(0, 32, 2)), bytes.fromhex(HEX)),
        (f"0x{HEX[:24]}", bytes.fromhex(HEX[:24])),
    ],
)
def test_a_key_is_hex_of_one_of_two_sizes(text: str, key: bytes) -> None:
    assert key_of(text) == key


@pytest.mark.parametrize("text", ["", "x" * 32, HEX[:-1], HEX[:30], HEX + "00", "\uff11" * 32])  # the last: wide ones
def test_anything_else_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="expected 32 hex digits") as refused:
        key_of(text)
    assert not text or text not in str(refused.value)


def test_no_key_is_ever_shown() -> None:
    ring = Keyring({ADDRESS: bytes.fromhex(HEX)})
    for shown in (repr(ring), str(ring), repr(Sender(ADDRESS, ring))):
        assert HEX not in shown
        assert repr(bytes.fromhex(HEX)) not in shown
    assert (dict(ring)[ADDRESS].hex(), len(ring), ADDRESS in ring) == (HEX, 1, True)


def test_caches_tell_two_rings_apart_though_they_hold_the_same() -> None:
    ring = Keyring({})
    assert ring == ring
    assert ring != Keyring({})
    assert len({ring, Keyring({})}) == 2
