"""What backends promise, kept by a radio in this process and by the same radio behind a bridge."""

from __future__ import annotations

from bletui.backend import Backend, Env
from bletui.backends.simulator import open_target
from bletui.backends.simulator.lab import address
from bletui.target import parse
from bletui.testing.contract import BackendContract, Subject
from tests.bridge.seated import Seated, Way, here, over_a_socket, over_tcp

DEVICE_NAME, COUNTER = 0x03, 0x1A  # handles of the lab's counter


def subject(way: Way) -> Subject:
    def simulator() -> Backend:
        return Seated(way, open_target(parse("sim:lab?speed=50"), Env("sim")))

    return Subject(
        open=simulator, device=address("counter"), readable=DEVICE_NAME, writable=DEVICE_NAME, notifying=COUNTER
    )


class TestHere(BackendContract):
    subject = subject(here)


class TestOverASocket(BackendContract):
    subject = subject(over_a_socket)


class TestOverTcp(BackendContract):
    subject = subject(over_tcp)
