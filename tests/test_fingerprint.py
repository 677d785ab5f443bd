"""Fingerprints are read as they are written, by us and by openssl, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.failure import BleError
from bletui.fingerprint import parsed, written
from bletui.target import parse


@given(st.binary(max_size=64))
def test_what_is_written_is_read(certificate: bytes) -> None:
    found = parsed(written(certificate))
    assert found is not None
    assert written(certificate) == f"sha256:{found.hex()}"
    assert parsed("sha256:" + found.hex(":").upper()) == found


@pytest.mark.parametrize(
    "text", ["", "sha256:", "sha1:" + "ab" * 20, "sha256:" + "ab" * 31, "sha256:" + "zz" * 32, "ab" * 32]
)
def test_anything_else_is_none(text: str) -> None:
    assert parsed(text) is None
    with pytest.raises(BleError, match="64 hex digits"):
        parse(f"cassia+https://h?pin={text}").pin()


def test_a_target_without_a_pin_has_none() -> None:
    assert parse("cassia+https://h").pin() is None
