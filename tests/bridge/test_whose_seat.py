"""Who gets a seat that is somebody's, with which role, and what the log says of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bletui.bridge import server
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.bridge.remote import RemoteRadio
from bletui.bridge.seats import KEEP
from bletui.bridge.server import Bridge
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Connect, OpId, Owner, Role, ScanRequest
from bletui.radio import QueuedRadio
from tests.bridge.raw import Raw
from tests.bridge.running import bridge, on_tcp
from tests.radio.playing import A
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

Lines = list[tuple[str, dict[str, object]]]


@asynccontextmanager
async def served(backend: ScriptedBackend | None = None) -> AsyncIterator[tuple[Bridge, Path, Lines]]:
    radio = QueuedRadio(backend or ScriptedBackend(), "a")
    await radio.open()
    lines: Lines = []
    async with (
        asyncio.timeout(20),
        bridge(radio, record=lambda event, **facts: lines.append((event, facts))) as (made, socket),
    ):
        yield made, socket, lines
    await radio.aclose()


async def refused(socket: Path, **hello: object) -> Failure:
    raw = await Raw.to(socket)
    raw.say(m.Hello(codec.VERSIONS, "me", **hello))  # type: ignore[arg-type]
    return await raw.goodbye()


async def outcome(raw: Raw, number: int, verb: m.Verb) -> m.FromBridge:
    raw.say(m.Call(number, verb))
    while not isinstance(message := await raw.hear(), m.Reply | m.Failed):
        assert message is not None
    return message


async def test_only_who_has_the_seats_last_secret_gets_it_back_from_a_connection_that_was_lost() -> None:
    async with served() as (_, socket, lines):
        first = await Raw.to(socket)
        given = (await first.seated("me")).resume
        for wrong in ("", "0" * len(given), given[:-1]):
            assert (await refused(socket, take="exactly", resume=wrong)).kind is ErrorKind.BUSY_CAPACITY
        second = await Raw.to(socket)
        anew = (await second.seated("me", take="exactly", resume=given)).resume
        assert (await first.goodbye()).detail == "reattached elsewhere"
        assert anew != given
        assert (await refused(socket, take="exactly", resume=given)).kind is ErrorKind.BUSY_CAPACITY
        assert [facts["own"] for event, facts in lines if event == "taken over"] == [True]
        second.writer.close()


async def test_who_has_heard_of_what_was_never_told_gets_the_state_of_now() -> None:
    async with served() as (_, socket, _lines):
        first = await Raw.to(socket)
        given = await first.seated("me")
        for epoch, since, resumed in (
            (given.epoch, given.seq, True),
            (given.epoch, given.seq + 1, False),
            ("", 0, False),
        ):
            raw = await Raw.to(socket)
            assert (await raw.seated("you", epoch=epoch, since=since)).resumed is resumed
            raw.writer.close()
        first.writer.close()


async def test_a_takeover_is_logged_with_who_took_it() -> None:
    async with served() as (_, socket, lines):
        first, second = await Raw.to(socket), await Raw.to(socket)
        await first.seated("me", program="owner 1")
        await second.seated("me", take="over", program="other 2", role="viewer")  # an operator who only wants to look
        assert "taken over by other 2" in (await first.goodbye()).detail
        taken = [facts for event, facts in lines if event == "taken over"]
        assert taken == [{"owner": "me", "by": "other 2", "own": False}]
        second.writer.close()


async def test_a_visit_is_logged_from_its_beginning_to_its_end() -> None:
    async with served() as (made, socket, lines):
        raw = await Raw.to(socket)
        await raw.seated("me", program="tool 1", role="reader")
        raw.writer.close()
        await until(lambda: not made.clients())
        again = await Raw.to(socket)
        await again.seated("me", program="tool 1", role="reader")
        assert isinstance(await outcome(again, 1, m.Perform(OpId("me", 1), Connect(A), 5.0)), m.Reply)
        assert isinstance(await outcome(again, 2, m.Detach(keep=False)), m.Reply)
        again.writer.close()
        first, second = f"{socket}#1", f"{socket}#2"
        here = {"owner": "me", "role": "reader", "program": "tool 1"}
        assert [line for line in lines if line[0] != "asked"][1:] == [
            ("seated", {**here, "client": first}),
            ("left", {"owner": "me", "client": first, "shed": 0, "why": ""}),
            ("seated", {**here, "client": second}),
            ("gone", {"owner": "me", "released": 1}),
        ]
        asked = [facts for event, facts in lines if event == "asked"]
        assert asked[0] == {"owner": "me", "client": second, "what": "Connect", "address": A}


async def test_a_link_that_could_not_be_released_is_logged() -> None:
    backend = ScriptedBackend()
    async with served(backend) as (_, socket, lines):
        raw = await Raw.to(socket)
        await raw.seated("me")
        assert isinstance(await outcome(raw, 1, m.Perform(OpId("me", 1), Connect(A), 5.0)), m.Reply)
        backend.script[A] = [Failure(kind=ErrorKind.NET_REFUSED, retry="never")] * 9
        assert isinstance(await outcome(raw, 2, m.Detach(keep=False)), m.Reply)
        raw.writer.close()
        assert lines[-2:] == [("not released", {"lane": "a", "address": A}), ("gone", {"owner": "me", "released": 0})]


async def test_who_may_do_less_by_now_takes_nothing_from_who_may_do_more() -> None:
    radio = QueuedRadio(ScriptedBackend(), "a")
    await radio.open()
    async with asyncio.timeout(20), on_tcp(radio) as (made, far):
        tokens = made.listening[0].tokens
        assert tokens is not None
        seat = await far.attach(Owner("me"))
        tokens.path.write_text(tokens.path.read_text().replace(" operator ", " viewer "))
        with pytest.raises(BleError) as busy:
            await RemoteRadio(replace(far._place, take="over"), "b").attach(Owner("me"))
        assert busy.value.failure.kind is ErrorKind.BUSY_CAPACITY
        with pytest.raises(BleError) as parted:  # and who is here by a role that the token has no more goes
            async for _ in seat.events():
                pass
        assert parted.value.failure.kind is ErrorKind.AUTH_REFUSED
        await seat.detach(keep=False)
    await radio.aclose()


async def test_a_seat_has_the_role_of_who_sits_there_now() -> None:
    async with served() as (made, socket, _):
        roles: tuple[Role, ...] = ("operator", "viewer", "reader", "operator")
        for role in roles:
            raw = await Raw.to(socket)
            assert (await raw.seated("me", take="exactly", role=role)).role == role
            answer = await outcome(raw, 1, m.Scan(ScanRequest()))
            assert isinstance(answer, m.Failed if role == "viewer" else m.Reply)
            raw.writer.close()
            await until(lambda: not made.clients())


@pytest.mark.parametrize("role", ["viewer", "reader"])
@pytest.mark.parametrize("verb", [m.Stop(), m.Reload(), m.Part("you")], ids=lambda verb: type(verb).__name__)
async def test_what_concerns_the_whole_bridge_is_an_operators(verb: m.Verb, role: Role) -> None:
    async with served() as (made, socket, lines):
        you, raw = await Raw.to(socket), await Raw.to(socket)
        await you.seated("you")
        await raw.seated("me", role=role)
        answer = await outcome(raw, 1, verb)
        assert isinstance(answer, m.Failed)
        assert answer.failure.kind is ErrorKind.ACCESS_REFUSED
        assert not {"asked to stop", "parted"} & {event for event, _ in lines}
        assert made.counts["refused access.refused"] == 1
        for one in (you, raw):
            one.writer.close()


async def test_a_seat_is_kept_for_half_a_day() -> None:
    async with served() as (made, socket, _):
        raw = await Raw.to(socket)
        await raw.seated("me")
        raw.writer.close()
        await until(lambda: not made.clients())
        assert made.seats.overdue(made.wall() + KEEP - 60) == []
        assert [seat.owner.id for seat in made.seats.overdue(made.wall() + KEEP + 1)] == ["me"]


async def test_whoever_sits_is_sent_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BEAT", 0.0)
    async with served() as (made, socket, _):
        raw = await Raw.to(socket)
        await raw.seated("me")
        beat = await raw.until(m.Beat)
        assert isinstance(beat, m.Beat)
        assert abs(beat.now - made.wall()) < 5
        raw.writer.close()
