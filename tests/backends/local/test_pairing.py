"""Keys on the private bus: every way of asking, and every way in which nobody answers well."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bletui.backends.local.linux import LinuxBackend
from bletui.backends.local.patience import Patience
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Bond, LinkChanged, Peer, Prompt, PromptClosed
from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez.desk import AUTHENTICATED, COMPARES, DISPLAYS, ENCRYPTED, MAIN, PASSKEY, REFUSES, TYPES
from tests.backends.local.linked import Linked, connected, linked, states
from tests.backends.local.told import LANE, Told, opened
from tests.failing import failure_of
from tests.waiting import until

RIGHT, WRONG = f"{PASSKEY:06}", "654321"
Does = Callable[[Linked, Prompt], Awaitable[None]]


async def asked(told: Told) -> Prompt:
    await told.until(lambda: len(told.of(Prompt)) > len(told.of(PromptClosed)))
    return told.of(Prompt)[-1]


def says(value: str | None) -> Does:
    async def answer(link: Linked, prompt: Prompt) -> None:
        await link.backend.answer(prompt.id, value)

    return answer


async def pairing(link: Linked, does: Does | None, within: float = 5.0) -> Failure | None:
    """Pairs, and does something about the question; the failure it ends with."""
    async with asyncio.TaskGroup() as group:
        call = group.create_task(outcome(link.backend.pair(link.peer, within=within)))
        if does is not None:
            await does(link, await asked(link.told))
    assert [one.id for one in link.told.of(PromptClosed)] == [one.id for one in link.told.of(Prompt)]
    return call.result()


async def outcome(call: Awaitable[None]) -> Failure | None:
    try:
        await call
    except BleError as error:
        return error.failure
    return None


async def nothing(_link: Linked, _prompt: Prompt) -> None:
    """Nobody answers."""


async def test_just_works(desk: FakeBluez) -> None:
    async with linked() as link:
        assert await pairing(link, None) is None
        assert link.told.of(LinkChanged)[-1].bonded is True
        assert await link.backend.bonds() == (Bond(LANE, MAIN.address, "Desk Main"),)
        assert await link.read(ENCRYPTED) == b"secret"
        assert await pairing(link, None) is None  # again is no failure


@pytest.mark.parametrize(
    ("address", "what", "display", "does"),
    [
        (DISPLAYS.address, "enter-passkey", None, says(RIGHT)),
        (COMPARES.address, "compare", RIGHT, says("yes")),
        (TYPES.address, "show-passkey", RIGHT, nothing),
    ],
)
async def test_what_a_person_is_asked(
    desk: FakeBluez, address: str, what: str, display: str | None, does: Does
) -> None:
    async with linked(address) as link:
        assert await pairing(link, does) is None
        [prompt] = link.told.of(Prompt)
        assert (prompt.what, prompt.display, prompt.peer) == (what, display, link.peer)
        assert prompt.expires - prompt.at == Patience().question
        assert await link.read(AUTHENTICATED) == b"pk"


@pytest.mark.parametrize(
    ("address", "does", "how", "detail"),
    [
        (DISPLAYS.address, says(WRONG), "answered", ""),
        (DISPLAYS.address, says(None), "refused", "refused here"),
        (COMPARES.address, says("no"), "answered", ""),
        (COMPARES.address, says(None), "refused", "refused here"),
    ],
)
async def test_what_ends_without_a_key(desk: FakeBluez, address: str, does: Does, how: str, detail: str) -> None:
    async with linked(address) as link:
        failure = await pairing(link, does)
        assert failure is not None
        assert (failure.kind, failure.detail) == (ErrorKind.SECURITY_PAIRING_FAILED, detail)
        assert [one.how for one in link.told.of(PromptClosed)] == [how]
        assert not await link.backend.bonds()


async def test_nobody_answers_in_time(desk: FakeBluez) -> None:
    async with linked(DISPLAYS.address, patience=Patience(question=0.2)) as link:
        failure = await pairing(link, nothing)
        assert failure is not None
        assert (failure.kind, failure.detail) == (ErrorKind.SECURITY_PAIRING_FAILED, "nobody answered within 0.2 s")
        assert [one.how for one in link.told.of(PromptClosed)] == ["expired"]


async def test_an_answer_that_comes_late_is_refused(desk: FakeBluez) -> None:
    async with linked(DISPLAYS.address) as link:
        assert await pairing(link, says(RIGHT)) is None
        late = await failure_of(link.backend.answer(link.told.of(Prompt)[0].id, RIGHT))
        assert late.kind is ErrorKind.LINK_STATE_CONFLICT


@pytest.mark.parametrize("value", ["12345", "1234567", "abcdef", "٣٣٣٣٣٣", ""])
async def test_what_is_no_passkey_leaves_the_question_open(desk: FakeBluez, value: str) -> None:
    async def twice(link: Linked, prompt: Prompt) -> None:
        assert (await failure_of(link.backend.answer(prompt.id, value))).kind is ErrorKind.REQUEST_INVALID
        await link.backend.answer(prompt.id, RIGHT)

    async with linked(DISPLAYS.address) as link:
        assert await pairing(link, twice) is None


async def test_the_limit_stands_still_while_somebody_is_asked(desk: FakeBluez) -> None:
    async def slowly(link: Linked, prompt: Prompt) -> None:
        await asyncio.sleep(0.4)
        await link.backend.answer(prompt.id, RIGHT)

    async with linked(DISPLAYS.address) as link:
        assert await pairing(link, slowly, within=0.3) is None


async def test_a_passkey_that_is_not_typed_in_time(desk: FakeBluez) -> None:
    desk.place(replace(TYPES, pairing=replace(TYPES.pairing, answers=None)))
    async with linked(TYPES.address) as link:
        failure = await pairing(link, says("shown"), within=0.3)
        assert failure is not None
        assert (failure.kind, failure.detail) == (ErrorKind.SECURITY_PAIRING_FAILED, "not paired within 0.3 s")
        assert "CancelPairing" in [one.member for one in desk.calls]


async def test_the_device_refuses(desk: FakeBluez) -> None:
    async with linked(REFUSES.address) as link:
        failure = await pairing(link, None)
        assert failure is not None
        assert failure.kind is ErrorKind.SECURITY_PAIRING_FAILED


async def test_cancelled_while_somebody_is_asked(desk: FakeBluez) -> None:
    async with linked(DISPLAYS.address) as link, asyncio.TaskGroup() as group:
        call = group.create_task(link.backend.pair(link.peer, within=5))
        await asked(link.told)
        call.cancel()
        done, _ = await asyncio.wait({call}, timeout=10)
        assert done
        assert [one.how for one in link.told.of(PromptClosed)] == ["gone"]
        assert "CancelPairing" in [one.member for one in desk.calls]


async def test_the_link_falls_while_somebody_is_asked(desk: FakeBluez) -> None:
    async def falls(_link: Linked, _prompt: Prompt) -> None:
        desk.peers[DISPLAYS.address].drop()

    async with linked(DISPLAYS.address) as link:
        assert await pairing(link, falls) is not None
        assert [one.how for one in link.told.of(PromptClosed)] == ["gone"]


async def test_a_read_that_needs_a_key_asks_for_one(desk: FakeBluez) -> None:
    async with linked(DISPLAYS.address) as link, asyncio.TaskGroup() as group:
        reading = group.create_task(link.read(AUTHENTICATED))
        await link.backend.answer((await asked(link.told)).id, RIGHT)
        assert await reading == b"pk"


async def test_connect_with_a_key(desk: FakeBluez) -> None:
    async with opened(scan=None) as (backend, told), asyncio.TaskGroup() as group:
        call = group.create_task(with_key(backend, DISPLAYS.address))
        await backend.answer((await asked(told)).id, RIGHT)
        assert await call == Peer(LANE, DISPLAYS.address)


async def test_a_connect_that_gets_no_key_leaves_no_link(desk: FakeBluez) -> None:
    async with opened(scan=None) as (backend, told):
        failure = await failure_of(with_key(backend, REFUSES.address))
        assert failure.kind is ErrorKind.SECURITY_PAIRING_FAILED
        await told.until(lambda: states(told, REFUSES.address) == ["up", "down"])
        assert desk.peers[REFUSES.address].link is None


async def with_key(backend: LinuxBackend, address: str) -> Peer:
    return await backend.connect(address, lane=LANE, address_type="random", pair=True, within=5)


async def test_unpairing_takes_the_key_and_the_link(desk: FakeBluez) -> None:
    async with linked() as link:
        assert await pairing(link, None) is None
        await link.backend.unpair(link.peer, within=5)
        await link.told.until(lambda: link.told.of(LinkChanged)[-1].state == "down")
        assert not await link.backend.bonds()
        await connected(link.backend, MAIN.address)


async def test_the_desktops_agent_is_asked_again_when_our_last_link_is_over(desk: FakeBluez) -> None:
    async with linked() as link:
        assert "RequestDefaultAgent" in [one.member for one in desk.calls]
        await link.backend.disconnect(link.peer, within=5)
        await until(lambda: "UnregisterAgent" in [one.member for one in desk.calls])
