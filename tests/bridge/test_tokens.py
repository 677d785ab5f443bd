"""Tokens that change, or can't be read any more, while those are here who came in by them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bletui.bridge.credentials import Tokens
from bletui.bridge.remote import RemoteAttachment, RemoteRadio
from bletui.bridge.server import Bridge
from bletui.failure import BleError, ErrorKind
from bletui.model import Owner
from bletui.radio import QueuedRadio
from tests.bridge.running import on_tcp
from tests.radio.playing import A
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

Lines = list[tuple[str, dict[str, object]]]


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Bridge, RemoteRadio, Tokens, Lines]]:
    """The token is called `laptop`."""
    radio = QueuedRadio(ScriptedBackend(), "a")
    await radio.open()
    lines: Lines = []
    async with (
        asyncio.timeout(20),
        on_tcp(radio, record=lambda event, **facts: lines.append((event, facts))) as (made, far),
    ):
        tokens = made.listening[0].tokens
        assert tokens is not None
        yield made, far, Tokens(tokens.path), lines  # another process's view of the file
    await radio.aclose()


async def why(seat: RemoteAttachment) -> str:
    with pytest.raises(BleError) as ended:
        async for _ in seat.events():
            pass
    assert ended.value.failure.kind is ErrorKind.AUTH_REFUSED
    return ended.value.failure.detail


async def seated(far: RemoteRadio) -> RemoteAttachment:
    seat = await far.attach(Owner("me"))
    assert isinstance(seat, RemoteAttachment)
    return seat


@pytest.mark.parametrize("anew", ["rotated", "revoked and added", "another role"])
async def test_who_came_in_by_the_old_secret_goes_when_there_is_a_new_one(anew: str) -> None:
    """Whoever found the old one may be among them."""
    async with served() as (made, far, tokens, lines):
        seat = await seated(far)
        if anew == "rotated":
            tokens.rotate("laptop", 2.0)
        elif anew == "another role":
            tokens.path.write_text(tokens.path.read_text().replace(" operator ", " viewer "))
        else:
            tokens.revoke("laptop")
            tokens.add("laptop", "operator", 2.0)
        assert await why(seat) == "the token was revoked, or has a new secret"
        await until(lambda: not made.clients())
        assert [facts["detail"] for event, facts in lines if event == "refused"] == [
            "the token was revoked, or has a new secret"
        ]
        if anew != "another role":
            with pytest.raises(BleError) as refused:
                await far.attach(Owner("me"))
            assert refused.value.failure.kind is ErrorKind.AUTH_REFUSED
        await seat.detach(keep=False)


@pytest.mark.parametrize("trouble", ["mode", "content"])
async def test_a_file_that_can_not_be_read_any_more_keeps_others_out_and_costs_nobody_their_seat(trouble: str) -> None:
    async with served() as (made, far, tokens, lines):
        seat = await seated(far)
        before = tokens.path.read_text()
        if trouble == "mode":
            tokens.path.chmod(0o644)
        tokens.path.write_text(before if trouble == "mode" else f"{before}# mine\n")
        await until(lambda: any(event == "tokens unreadable" for event, _ in lines))
        with pytest.raises(BleError) as refused:
            await far.attach(Owner("you"))
        assert refused.value.failure.kind is ErrorKind.AUTH_REFUSED
        assert str(tokens.path.parent) not in refused.value.failure.detail  # that is nobody's who is not in yet
        await seat.connect(A)

        tokens.path.chmod(0o600)
        tokens.path.write_text(before)
        await (await seated(far)).detach(keep=False)
        assert [event for event, _ in lines if event == "tokens unreadable"] == ["tokens unreadable"]  # said once
        Tokens(tokens.path).revoke("laptop")
        await why(seat)
        assert not made.stopped.is_set()
        await seat.detach(keep=False)
