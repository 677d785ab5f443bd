"""Addresses and the cipher behind the private ones, against the specifications' own sample data."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.simulator import addresses
from bletui.decode.aes import encrypt


def test_the_cipher_gives_the_standard_s_answers() -> None:
    # FIPS 197, appendices B and C.1
    key, plain = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"), bytes.fromhex("3243f6a8885a308d313198a2e0370734")
    assert encrypt(key, plain).hex() == "3925841d02dc09fbdc118597196a0b32"
    key, plain = bytes(range(16)), bytes.fromhex("00112233445566778899aabbccddeeff")
    assert encrypt(key, plain).hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"


def test_the_address_hash_gives_the_core_specification_s_answer() -> None:
    # Core, Vol 3 Part H, appendix D.7
    assert addresses.ah(bytes.fromhex("ec0234a357c8ad05341010a60a397d9b"), 0x708194) == 0x0DFBAA


@given(st.binary(min_size=16, max_size=16), st.integers(0, 2**32))
def test_a_resolvable_address_is_recognised_by_its_key_alone(irk: bytes, seed: int) -> None:
    address = addresses.resolvable(irk, Random(seed))
    assert int(address[:2], 16) >> 6 == 0b01
    whole = int(address.replace(":", ""), 16)
    assert whole & 0xFFFFFF == addresses.ah(irk, whole >> 24)
    assert whole & 0xFFFFFF != addresses.ah(bytes(byte ^ 0xFF for byte in irk), whole >> 24)


def test_every_kind_of_address_carries_its_mark() -> None:
    draw = Random(1)
    assert {int(addresses.static(draw)[:2], 16) >> 6 for _ in range(50)} == {0b11}
    assert {int(addresses.non_resolvable(draw)[:2], 16) >> 6 for _ in range(50)} == {0b00}
    assert addresses.public("A4:C1:38", 7).startswith("A4:C1:38:")


def test_public_addresses_of_a_vendor_never_collide() -> None:
    assert len({addresses.public("A4:C1:38", n) for n in range(50_000)}) == 50_000
