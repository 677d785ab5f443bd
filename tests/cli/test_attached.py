"""A seat for one command over backends that do what a test says, found through entry points like any plug-in."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bletui.backend import Emit
from bletui.cli.attached import ending
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Bond, GattTree, Lane, LaneChanged, Notification, Peer, Prompt, PromptClosed
from tests.cli.lab import Do
from tests.cli.table import TREE
from tests.distribution import install
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

A, B = "00:00:00:00:00:0A", "00:00:00:00:00:0B"
BUSY = Failure(kind=ErrorKind.BUSY_CHIP, operation="connect")
OFF = Failure(kind=ErrorKind.ADAPTER_OFF)


class Bench(ScriptedBackend):
    """Two bonds, a table, and everything else as scripted."""

    def __init__(self, *lanes: Lane) -> None:
        super().__init__(*lanes)
        self.unpaired: list[Peer] = []
        self.answers: list[tuple[int, str | None]] = []

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        await self._play("discover", peer)
        return GattTree(peer, TREE.services)

    async def bonds(self) -> tuple[Bond, ...]:
        return Bond("a", A, "Thermo\x1b"), Bond("b", A, ""), Bond("b", B, "")

    async def unpair(self, peer: Peer, *, within: float) -> None:
        self.unpaired.append(peer)

    async def answer(self, prompt: int, value: str | None) -> None:
        self.answers.append((prompt, value))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Bench], Bench]:
    """Makes `bench:` the target that opens the backend handed over."""

    def offer(backend: Bench) -> Bench:
        monkeypatch.setattr(sys.modules[__name__], "OFFERED", [backend])
        return backend

    monkeypatch.syspath_prepend(tmp_path)
    code = f"import sys\ndef open_target(target, env):\n    return sys.modules[{__name__!r}].OFFERED[0]\n"
    install(tmp_path, "bletui_bench", "bench = bletui_bench:open_target", code)
    monkeypatch.delitem(sys.modules, "bletui_bench", raising=False)
    return offer


OFFERED: list[Bench] = []


def test_bonds_are_listed_visibly_and_removed_where_they_are(do: Do, bench: Callable[[Bench], Bench]) -> None:
    backend = bench(Bench(Lane("a"), Lane("b"), Lane("c")))
    said = do("bonds", "bench:")
    assert [line.split() for line in said.out.splitlines()] == [["a", A, "Thermo\\x1b"], ["b", A], ["b", B]]
    assert [one["lane"] for one in do("bonds", "bench:", "--lane", "b", "--json").data] == ["b", "b"]
    assert do("unpair", "bench:", A).code == 0
    assert backend.unpaired == [Peer("a", A), Peer("b", A)]
    assert do("unpair", "bench:", A, "--lane", "c").code == 0
    assert backend.unpaired[2:] == [Peer("c", A)]


def test_a_busy_chip_is_waited_for_and_the_link_released(do: Do, bench: Callable[[Bench], Bench]) -> None:
    backend = bench(Bench())
    backend.script[A] = [BUSY]
    said = do("read", "bench:", A, "0x12", "--type", "random")
    assert said.code == 0
    assert "retry in 1.0 s (attempt 2): E0601 busy.chip" in said.err
    assert [call[0] for call in backend.calls] == ["connect", "connect", "discover", "read", "disconnect"]
    assert backend.wishes[-1] is None


def test_the_deadline_bounds_waiting_and_retries(do: Do, bench: Callable[[Bench], Bench]) -> None:
    backend = bench(Bench())
    backend.script[A] = [BUSY] * 9
    said = do("connect", "bench:", A, "--type", "random", "--deadline", "0.2", "--json")
    assert (said.code, said.told[-1]["kind"]) == (ErrorKind.BUSY_CHIP.exit_code, "busy.chip")
    assert len(backend.calls) == 1


def test_where_no_lane_can_be_used_its_failure_ends_the_command_at_once(
    do: Do, bench: Callable[[Bench], Bench]
) -> None:
    backend = bench(Bench(Lane("a", usable=OFF)))
    said = do("read", "bench:", A, "0x12", "--json")
    assert (said.code, said.told[-1]["kind"], backend.calls) == (3, "adapter.off", [])


def test_a_radio_without_any_lane_is_not_waited_for_beyond_the_deadline(
    do: Do, bench: Callable[[Bench], Bench]
) -> None:
    backend = bench(Bench())
    backend.at_open = ()
    said = do("queue", "bench:", "--deadline", "0.1", "--json")
    assert (said.code, said.told[-1]["kind"]) == (ErrorKind.NET_TIMEOUT.exit_code, "net.timeout")


def test_a_lane_that_comes_later_is_waited_for(do: Do, bench: Callable[[Bench], Bench]) -> None:
    class Later(Bench):
        async def open(self, emit: Emit) -> None:
            await super().open(emit)
            asyncio.get_running_loop().call_later(0.05, emit, (LaneChanged(1.0, Lane("z")),))

    bench(Later()).at_open = ()
    said = do("queue", "bench:", "--json")
    assert [one["lane"] for one in said.data] == ["z"]


def test_a_device_that_drops_between_connecting_and_discovering(do: Do, bench: Callable[[Bench], Bench]) -> None:
    backend = bench(Bench())
    lost = Failure(kind=ErrorKind.LINK_LOST, retry="never")

    async def fall() -> None:
        raise BleError(lost)

    backend.script[A] = [None, fall, fall, fall]
    said = do("gatt", "bench:", A, "--type", "public", "--json")
    assert (said.code, said.told[-1]["kind"]) == (1, "link.lost")


def test_prompts_of_any_call_are_answered(do: Do, bench: Callable[[Bench], Bench]) -> None:
    backend = bench(Bench())

    async def asks() -> None:
        backend.say(Prompt(1.0, 6, Peer("a", B), "confirm", 31.0))  # somebody else's
        backend.say(Prompt(1.0, 7, Peer("a", A), "confirm", 31.0))
        await until(lambda: backend.answers)
        backend.say(PromptClosed(2.0, 7, "answered"))

    backend.script[A] = [None, None, asks]
    said = do("read", "bench:", A, "0x12", "--type", "random", stdin="y\n")
    assert said.code == 0
    assert backend.answers == [(7, "yes")]
    assert "pair with it? [y/N]" in said.err


def test_notifications_of_others_are_left_out_and_none_of_ours_is_lost(do: Do, bench: Callable[[Bench], Bench]) -> None:
    backend = bench(Bench())

    async def floods() -> None:
        mine, other = Peer("a", A), Peer("a", B)
        for n in range(500):
            backend.say(
                Notification(1.0, mine, 18, n.to_bytes(2, "big")),
                Notification(1.0, other, 18, b"x"),
                Notification(1.0, mine, 99, b"x"),
            )

    backend.script[A] = [None, None, floods]
    said = do("notify", "bench:", A, "0x12", "--type", "random", "--count", "500", "--json")
    assert said.code == 0
    assert [int(one["value"], 16) for one in said.data] == list(range(500))
    assert [call[0] for call in backend.calls][-2:] == ["subscribe 18 off", "disconnect"]


@pytest.mark.parametrize(("before", "left"), [([], []), ([None, None], ["disconnect"])])
def test_ctrl_c_cancels_the_call_at_the_far_side_and_releases_what_is_ours(
    do: Do, bench: Callable[[Bench], Bench], before: list[None], left: list[str]
) -> None:
    backend, cancelled = bench(Bench()), []

    async def interrupted() -> None:
        signal.raise_signal(signal.SIGINT)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(backend.calls[-1][0])
            raise

    backend.script[A] = [*before, interrupted]
    said = do("read", "bench:", A, "0x12", "--type", "random")
    assert (said.code, said.out) == (130, "")
    assert cancelled == [["connect", "discover", "read"][len(before)]]
    assert [call[0] for call in backend.calls[len(before) + 1 :]] == left
    assert backend.closed == 1


def test_what_cleaning_up_met_does_not_hide_what_came_first_and_no_bug_is_hidden() -> None:
    gone, lost, bug = BrokenPipeError(), BleError(Failure(kind=ErrorKind.LINK_LOST)), AssertionError()
    assert ending(BaseExceptionGroup("", [gone, lost])) is gone
    assert ending(BaseExceptionGroup("", [bug])) is bug
    both = BaseExceptionGroup("", [lost, bug])
    assert ending(both) is both
