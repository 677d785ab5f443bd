"""The backend contract over the simulator, fifty times faster than life."""

from __future__ import annotations

from bletui.backend import Backend, Env
from bletui.backends.simulator import open_target
from bletui.backends.simulator.lab import address
from bletui.target import parse
from bletui.testing.contract import BackendContract, Subject

DEVICE_NAME, COUNTER = 0x03, 0x1A  # handles of the lab's counter


def simulator() -> Backend:
    return open_target(parse("sim:lab?speed=50"), Env("sim"))


class TestContract(BackendContract):
    subject = Subject(
        open=simulator, device=address("counter"), readable=DEVICE_NAME, writable=DEVICE_NAME, notifying=COUNTER
    )
