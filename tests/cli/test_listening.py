"""Several radios listened to at once, through backends installed as plug-ins are."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from bletui.backend import Env
from bletui.cli.listening import Listening
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Advertisement, Lane, LaneChanged, ScanRequest, StreamChanged
from bletui.target import Target, parse
from tests.tiny import TinyBackend
from tests.waiting import until

HEARD = Advertisement(1.0, "x/1", "AA:00:00:00:00:01", "random", -60)
LANE = LaneChanged(1.0, Lane("x/1"))
REFUSED = Failure(kind=ErrorKind.NET_REFUSED)
made: dict[str, TinyBackend] = {}


class Buggy(TinyBackend):
    def scan(self, request: ScanRequest | None) -> None:
        raise ZeroDivisionError


def open_target(target: Target, env: Env) -> TinyBackend:
    match target.name:
        case "refuses":
            backend = TinyBackend(refuses=REFUSED)
        case "buggy":
            backend = Buggy()
        case _:
            backend = TinyBackend(LANE)
    made[target.name] = backend
    return backend


@pytest.fixture(autouse=True)
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, scheme in (("tiny-plugin", "tiny"), ("bletui", "ours")):  # only other people's are held to the port
        info = tmp_path / f"{scheme}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[bletui.backends]\n{scheme} = tiny_plugin:open_target\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "tiny_plugin", sys.modules[__name__])
    made.clear()


def listening(*names: str) -> Listening:
    return Listening([parse(f"tiny:{name}") for name in names], ScanRequest(active=True), Env(""))


async def test_what_is_there_comes_first_then_what_happens() -> None:
    async with asyncio.timeout(5), listening("a") as radios:
        batches = radios.batches()
        assert await anext(batches) == ("tiny:a", (LANE,))
        await until(lambda: made["a"].wishes)
        assert made["a"].wishes == [ScanRequest(active=True)]
        made["a"].say(HEARD)
        assert await anext(batches) == ("tiny:a", (HEARD,))
    assert made["a"].closed == 1


async def test_a_radio_that_does_not_open_is_a_broken_stream_of_its_own() -> None:
    async with asyncio.timeout(5), listening("refuses", "b") as radios:
        batches = radios.batches()
        seen = dict([await anext(batches), await anext(batches)])
    (broken,) = seen["tiny:refuses"]
    assert isinstance(broken, StreamChanged)
    assert (broken.stream, broken.state, broken.failure) == ("radio", "broken", REFUSED)
    assert seen["tiny:b"] == (LANE,)


async def test_it_ends_with_the_last_radio() -> None:
    async with asyncio.timeout(5), listening("refuses") as radios:
        assert [name async for name, _ in radios.batches()] == ["tiny:refuses"]


async def test_what_the_body_raises_comes_out_as_it_is() -> None:
    async def body() -> None:
        async with listening("a") as radios:
            await anext(radios.batches())
            raise BleError(REFUSED)

    with pytest.raises(BleError):
        await body()
    assert made["a"].closed == 1


async def test_a_bug_in_a_plugin_is_a_broken_stream_that_names_it() -> None:
    async with asyncio.timeout(5), listening("buggy") as radios:
        async for _, events in radios.batches():
            if told := [event for event in events if isinstance(event, StreamChanged)]:
                break
    assert told[0].failure is not None
    assert "tiny-plugin 1.0: scan let ZeroDivisionError out" in told[0].failure.detail


async def test_a_bug_in_a_radio_of_ours_ends_it_and_is_not_lost() -> None:
    async def body() -> None:
        radio = Listening([parse("ours:buggy")], ScanRequest(active=True), Env(""))
        async with asyncio.timeout(5), radio as radios:
            async for _ in radios.batches():
                pass

    with pytest.raises(ExceptionGroup) as caught:
        await body()
    assert caught.group_contains(ZeroDivisionError)
