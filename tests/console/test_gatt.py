"""GATT over the simulator's lab: every key, on a running console."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.lab import address
from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.screens.dialogue import TextDialogue
from bletui.console.screens.gatt import GattScreen
from bletui.console.tree import readable
from bletui.model import Properties
from bletui.testing.virtual_time import in_virtual_time
from tests.console.real import Play
from tests.console.trees import known, on, opened, pane


@in_virtual_time
async def test_the_tree_has_handles_letters_and_names_and_enter_reads() -> None:
    async with opened("thermometer") as play:
        assert address("thermometer") in play.text("#status")
        assert "Generic Access" in play.text()
        battery = await on(play, "Battery Level")
        assert f"{battery.handle:04X} r..n." in play.text()
        await play.press("enter")
        await play.until(lambda: known(play, battery).value is not None)
        value = known(play, battery).value
        assert value is not None
        await play.until_said(f"{value[0]} %")
        await play.until_said(f"{value[0]:02x} ", "#value")
        await play.until_said(f"u8 LE {value[0]}", "#value")


@in_virtual_time
async def test_notifications_are_counted_and_end() -> None:
    async with opened("heart rate") as play:
        measurement = await on(play, "Heart Rate Measurement")
        await play.press("n")
        await play.until(lambda: known(play, measurement).count >= 3)
        await play.until_said("notify ")
        await play.press("n")
        await play.until(lambda: not play.radio.state.subscriptions)
        await play.until(lambda: "notify " not in play.text())
        await on(play, "Battery Level")
        await play.press("k", "k", "home")
        await play.press("n")
        await play.until_said("neither notifies nor indicates", "#status")


@in_virtual_time
async def test_what_is_written_is_previewed_byte_for_byte_and_comes_back_from_the_echo() -> None:
    async with opened("UART echo") as play:
        sent = await on(play, _named(play, "TX"))
        await play.press("n")
        await play.until(lambda: play.radio.state.subscriptions)
        received = await on(play, _named(play, "RX"))
        await play.press("W")
        await play.until(lambda: isinstance(play.app.screen, TextDialogue) and play.app.screen.query("Field"))
        await play.press(*"text:hé")
        await play.until_said("writes 68 c3 a9 (3 bytes) without response", "#dialogue-check")
        await play.press("enter")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))
        await play.until(lambda: known(play, sent).value == "hé".encode())
        assert known(play, received).value == "hé".encode()


def _named(play: Play, end: str) -> str:
    return next(one.name for one in pane(play).attributes.values() if end in one.name.split() and one.kind != "service")


@in_virtual_time
async def test_the_dialogue_says_the_old_value_and_takes_no_wrong_one() -> None:
    async with opened("counter") as play:
        writable = next(one for one in pane(play).attributes.values() if "w" in one.letters and "r" in one.letters)
        await play.until(lambda: pane(play).select(writable.handle))
        await play.press("w")
        await play.until(lambda: isinstance(play.app.screen, TextDialogue) and play.app.screen.query("Field"))
        await play.until_said("bytes)", "#dialogue-says")  # read by itself
        await play.press(*"u16:70000", "enter")
        await play.until_said("does not fit", "#dialogue-check")
        await play.press("ctrl+u", *"u16:20")
        await play.until_said("writes 14 00 (2 bytes) with response", "#dialogue-check")
        await play.press("enter")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))
        await play.until(lambda: known(play, writable).value == b"\x14\x00")


@in_virtual_time
async def test_reading_all_survives_what_fails_and_the_failure_stands_at_its_node() -> None:
    async with opened("vault", size=(100, 60)) as play:
        await play.press("A")
        await play.until(lambda: pane(play).progress is None and len(pane(play).book) > 5)
        every = [known(play, one) for one in pane(play).attributes.values()]
        failed = [one.failure.kind.value for one in every if one.failure]
        assert {"security.pairing-required", "security.not-authorized"} <= set(failed)
        assert sum(one.value is not None for one in every) > 5
        await play.until_said("E0501 security.pairing-required")


@in_virtual_time
async def test_esc_stops_reading_all() -> None:
    async with opened("vault", target="sim:lab?lanes=1&speed=0.5") as play:
        await play.press("A")
        await play.until_said("esc stops", "#status")
        wanted = sum(map(readable, pane(play).attributes.values()))
        await play.press("escape")
        await play.until(lambda: pane(play).progress is None)
        await play.until(lambda: not any(one.busy for one in pane(play).book.values()))
        assert len(pane(play).book) < wanted


@in_virtual_time
async def test_a_refused_write_unfolds_its_card_at_the_node() -> None:
    async with opened("thermometer") as play:
        battery = await on(play, "Battery Level")
        await play.press("w")
        await play.until(lambda: isinstance(play.app.screen, TextDialogue) and play.app.screen.query("Field"))
        await play.press(*"05", "enter")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))
        await play.until(lambda: known(play, battery).failure is not None)
        await play.press("e")
        await play.until_said("[w write again] [E explain]")
        await play.press("enter")
        await play.until(lambda: known(play, battery).failure is None)
        assert "[E explain]" not in play.text()


@in_virtual_time
async def test_tab_goes_to_the_next_device_and_each_keeps_its_values() -> None:
    async with opened("thermometer", "heart rate") as play:
        battery = await on(play, "Battery Level")
        await play.press("enter")
        await play.until(lambda: known(play, battery).value is not None)
        value = known(play, battery).value
        for role in ("someone else's", "heart rate"):  # in the order of connecting, ours first
            await play.press("tab")
            await play.until_said(address(role), "#status")
        await play.press("tab")
        await play.until_said(address("thermometer"), "#status")
        await play.until(lambda: pane(play).attributes.get(battery.handle) == battery)
        assert known(play, battery).value == value


@in_virtual_time
async def test_a_lost_link_is_said_and_the_tree_stays() -> None:
    async with opened("thermometer") as play:
        await play.press("2")
        await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        await play.press("d")
        await play.until(lambda: all(link.foreign for link in play.radio.state.links.values()))
        await play.press("3")
        await play.until_said("the link has ended", "#status")
        assert "Generic Access" in play.text()


@in_virtual_time
async def test_a_device_that_ends_its_link_after_a_write_is_seen_to_and_reading_connects_again() -> None:
    async with opened("resets") as play:
        every = pane(play).attributes.values()
        reset = next(one for one in every if one.properties and one.properties & Properties.WRITE and not readable(one))
        await play.until(lambda: pane(play).select(reset.handle))
        await play.press("w")
        await play.until(lambda: isinstance(play.app.screen, TextDialogue) and play.app.screen.query("Field"))
        await play.press(*"01", "enter")
        await play.until_said(f"s after write 0x{reset.handle:04X}", "#status")
        assert f"{address('resets')}  link.closed-remote 0." in play.text("#status")
        await play.until_said("A reconnects", "#status")
        await play.press("A")
        await play.until(lambda: any(not link.foreign for link in play.radio.state.links.values()))
        await play.until_said("15 attributes", "#status")


@in_virtual_time
async def test_asking_for_the_signal_says_it() -> None:
    async with opened("thermometer") as play:
        await play.press("s")
        await play.until_said("signal -", "#status")


@in_virtual_time
async def test_fresh_discovers_again() -> None:
    async with opened("thermometer") as play:
        before = len(play.radio.state.operations)
        await play.press("f")
        await play.until(lambda: len(play.radio.state.operations) > before)
        await play.until(lambda: all(changed.operation.ended for changed in play.radio.state.operations.values()))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
@in_virtual_time
async def test_it_fits(size: tuple[int, int]) -> None:
    async with opened("thermometer", size=size) as play:
        await on(play, "Battery Level")
        await play.press("enter")
        await play.until_said("u8 LE", "#value")
        assert "Battery Level" in play.text()


@in_virtual_time
async def test_pairing_is_told_while_it_runs_and_when_it_is_done() -> None:
    async with opened("thermometer", target="sim:lab?lanes=1&speed=1") as play:
        await play.press("p")
        await play.until_said("pairs …", "#status")
        await play.until_said("paired", "#status")
        await play.until_said("bonded", "#status")
