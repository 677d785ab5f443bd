"""Devices picked out by hand: pins that last, hidden ones of which nothing is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bletui.backends.simulator.lab import address
from bletui.cli.plain.picked import Picked
from bletui.config.remembered import FILE, read
from bletui.failure import BleError, ErrorKind
from bletui.testing.virtual_time import in_virtual_time
from tests.cli.lab import FAST, Do
from tests.cli.plain.typist import lines, typist

THERMOMETER, FAR, STALE = address("thermometer"), address("far away"), address("stale bond")
NOBODY = "AA:AA:AA:AA:AA:01"


async def test_pins_last_in_the_order_of_pinning_and_are_the_consoles_too(tmp_path: Path) -> None:
    state, picked = tmp_path / "state" / FILE, Picked()
    picked.remember(state)
    for one in (THERMOMETER, FAR, THERMOMETER):
        await picked.pin(one, pinned=True)
    assert read(state).pins == tuple(picked.pins) == (FAR, THERMOMETER)
    await picked.pin(FAR, pinned=False)
    later = Picked()
    later.remember(state)
    assert list(later.pins) == [THERMOMETER]


async def test_a_pin_that_will_not_last_is_there_and_that_is_said(tmp_path: Path) -> None:
    state, picked = tmp_path / FILE, Picked()
    state.write_text("something else")
    with pytest.raises(BleError, match="is not what this bletui writes"):
        picked.remember(state)
    with pytest.raises(BleError) as refused:
        await picked.pin(FAR, pinned=True)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert list(picked.pins) == [FAR]
    assert state.read_text() == "something else"


@in_virtual_time
async def test_a_pinned_device_comes_first_and_is_named() -> None:
    async with typist("sim:lab") as desk:
        assert "0 pinned" in await desk.type("pin", " pinned\n")
        await desk.until(lambda: " new: " in desk.paper.said)
        await desk.type(f"pin {STALE}", "comes first from now on\n")
        await desk.type(f"pin {NOBODY}", "comes first from now on\n")
        said = await desk.type("pin", "2 pinned\n")
        assert f"{NOBODY}  not heard" in said
        assert STALE in said
        await desk.until(lambda: len(desk.desk.session.store.devices) > 9 and STALE in desk.desk.session.store.devices)
        said = await desk.type("list 1", "devices\n")
        assert lines(said, "pinned", STALE)
        await desk.type(f"pin {STALE} off", "is pinned no longer\n")
        assert not lines(await desk.type("list 1", "devices\n"), "pinned")


@in_virtual_time
async def test_nothing_is_told_of_a_hidden_device_until_it_is_shown_again() -> None:
    async with typist("sim:lab", json=True) as desk:
        await desk.until(lambda: THERMOMETER in desk.desk.session.store.devices)
        await desk.type(f"hide {THERMOMETER}", '"hidden":true')
        said = await desk.type("list 99", "bletui.list-end/1")
        assert THERMOMETER not in said
        assert '"by_hand":1' in said
        assert THERMOMETER in await desk.type("hide", "bletui.hidden-end/1")
        assert '"shown"' in await desk.type("filter", "bletui.filter/1")
        await desk.type(f"hide {THERMOMETER} off", '"hidden":false')
        assert THERMOMETER in await desk.type("list 99", "bletui.list-end/1")


@in_virtual_time
async def test_hidden_by_hand_is_counted_apart_from_hidden_by_the_filter() -> None:
    async with typist("sim:lab") as desk:
        await desk.until(lambda: THERMOMETER in desk.desk.session.store.devices)
        await desk.type(f"hide {THERMOMETER}", "is told of no more\n")
        await desk.type('filter name="nobody"', "devices match\n")
        said = await desk.type("list", "hidden by hand\n")
        assert "hidden by the filter; 1 hidden by hand" in said


def test_a_pin_of_one_run_is_there_in_the_next(do: Do, tmp_path: Path) -> None:
    assert do("--plain", FAST, stdin=f"pin {NOBODY}\n").code == 0
    assert f"{NOBODY}  not heard\n1 pinned\n" in do("--plain", FAST, stdin="pin\n").out
    (kept,) = tmp_path.rglob(FILE)
    kept.write_text("{")
    said = do("--plain", FAST, stdin="list 1\n")
    assert said.code == 0
    assert "is not what this bletui writes" in said.out
