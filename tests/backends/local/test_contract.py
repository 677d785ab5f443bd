"""The contract for backends, over the local one on the private bus."""

from __future__ import annotations

import pytest

from bletui.backends.local.linux import LinuxBackend
from bletui.backends.local.options import Options
from bletui.testing.contract import BackendContract, Subject
from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez.desk import MAIN, READ, WRITE, sig
from bletui.testing.fakebluez.peripheral import placed
from tests.backends.local.told import BARE, ENV


def value_handle(uuid: str) -> int:
    return next(
        each.value_handle
        for service in placed(MAIN.services)
        for each in service.characteristics
        if each.what.uuid == uuid
    )


class TestLocal(BackendContract):
    subject = Subject(
        open=lambda: LinuxBackend(Options(), ENV, BARE),
        device=MAIN.address,
        readable=value_handle(READ),
        writable=value_handle(WRITE),
        notifying=value_handle(sig(0x2A19)),
        patience=5.0,
    )

    @pytest.fixture(autouse=True)
    def air(self, desk: FakeBluez) -> None:
        """A desk full of peripherals."""
