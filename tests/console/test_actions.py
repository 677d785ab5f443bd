"""Every named action: provoked for real, `before` holds, its key on the card is pressed, `after` holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from bletui.backend import Env
from bletui.backends.simulator.lab import address
from bletui.bridge.router_api.server import Listen, bind, serve
from bletui.console.cards import COMMANDS
from bletui.console.commands import BY_ID
from bletui.console.screens.doctor import DoctorScreen
from bletui.console.screens.explanation import ExplanationScreen
from bletui.console.troubles import not_worked
from bletui.console.widgets.card_list import Cards
from bletui.errors.actions import ACTIONS
from bletui.failure import BleError
from bletui.model import Bond, ListBonds, Read, StreamChanged
from bletui.radio import Radio
from bletui.registry import open_radio
from bletui.session import Entry
from bletui.target import parse
from bletui.testing.fakebluez import FakeBluez
from tests.console.real import Play, console

Run = Callable[[], Awaitable[None]]


async def on_card(play: Play, action: str) -> str:
    """Opens Problems, unfolds the first card, and gives the key that stands beside the action there."""
    await play.press("5")
    await play.until(lambda: play.app.current_mode == "problems" and "now" in play.text("#status"))
    await play.until(lambda: "Nothing is wrong" not in play.text())
    await play.press("e")
    key = BY_ID[COMMANDS[action]].shown_key
    await play.until_said(f"[{key} {ACTIONS[action].label}]")
    return BY_ID[COMMANDS[action]].keys[0]


def streams(play: Play) -> list[StreamChanged]:
    return list(play.radio.state.streams.values())


def openings(play: Play) -> list[StreamChanged]:
    said = [entry.event for entry in play.session.log]
    return [event for event in said if isinstance(event, StreamChanged) and event.state == "opening"]


async def stream_retry_now() -> None:
    async with console("sim:?lanes=1&fault=stream:broken") as play:
        await play.until(lambda: streams(play) and streams(play)[0].state == "broken")
        key = await on_card(play, "stream.retry-now")
        (broken,) = streams(play)
        assert broken.state == "broken"
        assert broken.retry_at is not None
        assert broken.retry_at > play.app.clock.wall()
        await play.press(key)
        await play.until(lambda: streams(play)[0] != broken)
        (after,) = streams(play)
        assert after.state in ("opening", "live") or (after.retry_at or 0) > broken.retry_at


async def scan_restart() -> None:
    async with console("sim:?lanes=3&fault=stream:link.not-seen[hci0]") as play:
        await play.until(lambda: sum(stream.state == "live" for stream in streams(play)) == 2)
        key = await on_card(play, "scan.restart")
        assert play.session.wish is not None
        wish, before = play.session.wish, len(openings(play))
        await play.press(key)
        await play.until(lambda: len(openings(play)) >= before + 3)
        assert {event.lane for event in openings(play)[before:]} == {stream.lane for stream in streams(play)}
        assert play.session.wish == wish


async def radio_reopen() -> None:
    async with console("sim:?lanes=1&fault=stream:auth.refused") as play:
        await play.until(lambda: streams(play) and streams(play)[0].state == "broken")
        key = await on_card(play, "radio.reopen")
        before = play.radio
        assert before.attachment is not None
        await play.press(key)
        await play.until(lambda: play.radio is not before and (play.radio.attachment or play.radio.failure))
        assert play.radio.attachment is not before.attachment
        assert play.radio.attachment is not None
        assert play.radio.attachment.snapshot.lanes
        assert [event async for event in before.attachment.events()] == []  # ended: it was closed


@asynccontextmanager
async def router() -> AsyncIterator[str]:
    """The router API over a simulator on loopback: speaks plain HTTP."""
    radio: Radio = await open_radio(parse("sim:lab"), Env("sim"))
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(serve([radio], bind(Listen("127.0.0.1", 0)), ready=ready.set_result))
        yield (await ready).removeprefix("http://")
        serving.cancel()
    await radio.aclose()


async def target_switch_scheme() -> None:
    async with router() as host, console(f"cassia+https://{host}") as play:
        await play.until(lambda: play.radio.problems())
        key = await on_card(play, "target.switch-scheme")
        before = play.radio
        assert before.target.scheme == "cassia+https"
        await play.press(key)
        await play.until(lambda: play.radio is not before and play.radio.state.lanes)
        await play.until(lambda: not play.radio.problems())
        assert str(play.radio.target) == f"cassia://{host}"
        assert before.attachment is None or [event async for event in before.attachment.events()] == []


async def target_open_simulator() -> None:
    async with FakeBluez() as bus, at(bus), console("local:hci7") as play:
        await play.until(lambda: play.radio.problems())
        key = await on_card(play, "target.open-simulator")
        assert all(joined.target.scheme != "sim" for joined in play.session.radios.values())
        assert "SIMULATED" not in play.text("#header")
        await play.press(key)
        await play.until_said("SIMULATED DATA", "#header")
        assert [joined.target.scheme for joined in play.session.radios.values()] == ["local", "sim"]


@asynccontextmanager
async def at(bus: FakeBluez) -> AsyncIterator[None]:
    """This process takes the private bus for the system's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        yield


async def filter_clear() -> None:
    async with console("sim:?fault=stream:link.not-seen[hci0]", filtered="rssi>=-1") as play:
        await play.until(lambda: play.app.listing and play.app.listing.counts.total > 3)
        listing = play.app.listing
        assert listing is not None
        assert listing.rows == []
        key = await on_card(play, "filter.clear")
        assert play.app.scan_filter == "rssi>=-1"
        await play.press(key)
        await play.until(lambda: listing.rows)
        assert play.app.scan_filter == ""
        assert listing.counts.hidden == 0
        assert listing.counts.shown == listing.counts.total


async def lane_list() -> None:
    async with console("sim:lab?fault=lane:busy.capacity[hci0]") as play:
        await play.until(lambda: len(play.radio.state.links) == 1)
        key = await on_card(play, "lane.list")
        assert play.radio.attachment is not None
        await play.press(key)
        await play.until(lambda: play.app.current_mode == "connections")
        for changed in play.radio.state.lanes.values():
            await play.until_said(changed.lane.name)
            await play.until_said(f"{changed.lane.slots_used or 0}/{changed.lane.slots_max}")
        await play.until_said("busy.capacity")
        await play.until_said("C0:DE:1A:B0:00:11")


async def explain_open() -> None:
    async with console("sim:?lanes=1&fault=stream:net.closed") as play:
        await play.until(lambda: play.radio.problems())
        key = await on_card(play, "explain.open")
        cards = play.app.screen.query_one(Cards)
        assert cards.chosen is not None
        kind = cards.chosen.failure.kind
        await play.press(key)
        await play.until(lambda: isinstance(play.app.screen, ExplanationScreen))
        await play.until_said(kind.code)
        await play.until_said("Why, probably")
        await play.press("escape")
        await play.until(lambda: play.app.screen.query(Cards))


async def log_open() -> None:
    async with console("sim:?lanes=1&fault=stream:net.closed") as play:
        await play.until(lambda: play.radio.problems())
        key = await on_card(play, "log.open")
        (failure,) = play.radio.problems()
        for n in range(60):  # what came before, and comes after, is more than a screen
            play.session.log.append(Entry("sim", StreamChanged(play.app.clock.wall(), None, f"later-{n}", "live")))
        assert play.session.log
        await play.press(key)
        await play.until(lambda: play.app.current_mode == "log")
        await play.until_said(failure.kind.code)
        await play.until(lambda: "later-59" not in play.text())


async def doctor_run() -> None:
    async with portal() as host, console(f"cassia://{host}") as play:
        await play.until(lambda: play.radio.problems())
        key = await on_card(play, "doctor.run")
        await play.press(key)
        await play.until(lambda: isinstance(play.app.screen, DoctorScreen))
        await play.until_said("first broken rung")
        shown = play.text()
        assert f"Doctor: cassia://{host}" in shown
        assert " ok " in shown
        assert " fail " in shown
        for rung in ("name", "TCP", "TLS", "HTTP", "credentials", "local API", "router online", "chip ready"):
            assert f" {rung} " in shown
        await play.press("escape")
        await play.until(lambda: play.app.screen.query(Cards))


@asynccontextmanager
async def portal() -> AsyncIterator[str]:
    """A web server that is no router: each request gets a page."""
    page = b"<html><title>Hotel WLAN</title></html>"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):  # the doctor also looks whether the port is open
            await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(page), page))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def bond_delete() -> None:
    stale = address("stale bond")
    async with console("sim:lab?lanes=1&speed=20") as play:
        await play.until(lambda: stale in play.session.store.devices)
        assert play.radio.attachment is not None
        with suppress(BleError):
            await play.radio.attachment.connect(stale, address_type="random", pair=True)
        await play.until(lambda: not_worked(play.session, stale))
        key = await on_card(play, "bond.delete")
        assert await kept(play) == [stale]
        await play.press(key)
        await play.until_said(f"{stale}  stale bond  on hci0", "#dialogue-says")
        await play.press("escape")
        assert await kept(play) == [stale]
        await play.press(key, "y")
        await play.until_said(f"no bond of {stale} is kept here any more", "#status")
        assert await kept(play) == []


async def device_pair() -> None:
    vault = address("vault")
    async with console("sim:lab?lanes=1&speed=20") as play:
        await play.until(lambda: vault in play.session.store.devices)
        seat = play.radio.attachment
        assert seat is not None
        peer = await seat.connect(vault, address_type="random")
        with suppress(BleError):
            await seat.perform(Read(vault, peer.lane, handle=0x17))
        await play.until(lambda: not_worked(play.session, vault))
        key = await on_card(play, "device.pair")
        assert not play.radio.state.links[peer].bonded
        await play.press(key)
        await play.until_said("paired", "#status")
        await play.until(lambda: play.radio.state.links[peer].bonded)


async def kept(play: Play) -> list[str]:
    assert play.radio.attachment is not None
    found = await play.radio.attachment.perform(ListBonds(""))
    assert isinstance(found, tuple)
    return [bond.address for bond in found if isinstance(bond, Bond)]


TABLE: dict[str, Run] = {
    "stream.retry-now": stream_retry_now,
    "scan.restart": scan_restart,
    "radio.reopen": radio_reopen,
    "target.switch-scheme": target_switch_scheme,
    "target.open-simulator": target_open_simulator,
    "filter.clear": filter_clear,
    "lane.list": lane_list,
    "explain.open": explain_open,
    "log.open": log_open,
    "doctor.run": doctor_run,
    "bond.delete": bond_delete,
    "device.pair": device_pair,
}


def test_every_action_is_run() -> None:
    assert set(TABLE) == set(ACTIONS)


@pytest.mark.parametrize("action", TABLE)
async def test_its_key_makes_after_of_before(action: str) -> None:
    await TABLE[action]()


async def test_e_unfolds_the_card_where_scan_shows_the_failure() -> None:
    async with console("sim:?lanes=1&fault=stream:broken") as play:
        await play.until_said("stream is down", "#empty")
        assert "Card" in play.text("#empty")
        await play.press("e")
        await play.until_said("[r retry now]", "#cards")
        assert play.app.current_mode == "scan"
        broken = streams(play)[0]
        await play.press("r")
        await play.until(lambda: streams(play)[0] != broken)
        await play.press("escape")
        await play.until(lambda: not play.app.screen.has_class("-cards"))
        assert play.app.focused is play.app.screen.query_one("DeviceTable")
