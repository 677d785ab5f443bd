"""Pairing in every way, its questions, and the bonds that are left."""

from __future__ import annotations

import asyncio

import pytest

from bletui.backends.simulator.lab import PASSKEY, address
from bletui.failure import ErrorKind
from bletui.model import Bond, Peer, Prompt, PromptClosed
from bletui.testing.virtual_time import in_virtual_time
from tests.backends.simulator.virtual import AUTHENTICATED, CHIP0, ENCRYPTED, HCI0, Lab, lab
from tests.failing import failure_of

ASKS = f"passkey {PASSKEY}"


async def prompt(b: Lab) -> Prompt:
    found = await b.listener.until(lambda e: isinstance(e, Prompt))
    assert isinstance(found, Prompt)
    return found


def closed(b: Lab) -> list[str]:
    return [event.how for event in b.of(PromptClosed)]


async def pair(b: Lab, peer: Peer, answer: str | None = None, *, after: float = 1.0, within: float = 5.0) -> None:
    """Pairs and answers the question."""
    async with asyncio.TaskGroup() as group:
        group.create_task(b.backend.pair(peer, within=within))
        asked = await prompt(b)
        await asyncio.sleep(after)
        await b.backend.answer(asked.id, answer)


async def fails(b: Lab, peer: Peer, answer: str | None) -> ErrorKind:
    async with asyncio.TaskGroup() as group:
        pairing = group.create_task(failure_of(b.backend.pair(peer, within=5.0)))
        await b.backend.answer((await prompt(b)).id, answer)
    return pairing.result().kind


@in_virtual_time
async def test_without_a_question_it_just_works_and_encrypts() -> None:
    async with lab() as b:
        peer = await b.connect("vault")
        await b.backend.pair(peer, within=5.0)
        assert b.links("up")[-1].bonded
        assert await b.read(peer, ENCRYPTED) == b"encrypted"
        assert (await failure_of(b.read(peer, AUTHENTICATED))).kind is ErrorKind.SECURITY_PAIRING_REQUIRED
        assert b.of(Prompt) == []
        await b.backend.disconnect(peer, within=5.0)
        assert await b.read(await b.connect("vault"), ENCRYPTED) == b"encrypted"
        assert b.links("up")[-1].bonded


@in_virtual_time
async def test_pairing_connects_by_itself_and_connecting_pairs_where_asked() -> None:
    async with lab() as b:
        peer = Peer(CHIP0, address("vault"))
        await b.backend.pair(peer, within=5.0)
        assert await b.read(peer, ENCRYPTED) == b"encrypted"
        other = await b.connect("UART echo", HCI0, pair=True)
        assert b.links("up")[-1].bonded
        assert {bond.lane for bond in await b.backend.bonds() if bond.address == other.address} == {HCI0}


@in_virtual_time
async def test_the_right_passkey_authenticates() -> None:
    async with lab() as b:
        peer = await b.connect(ASKS)
        await pair(b, peer, PASSKEY)
        asked = await prompt(b)
        assert (asked.what, asked.peer, asked.display, asked.expires - asked.at) == ("enter-passkey", peer, None, 30.0)
        assert closed(b) == ["answered"]
        assert await b.read(peer, AUTHENTICATED) == b"authenticated"


@pytest.mark.parametrize(
    ("role", "answer", "how"),
    [
        (ASKS, "000000", "answered"),
        (ASKS, None, "refused"),
        ("compares", "0", "answered"),
        ("compares", None, "refused"),
    ],
)
@in_virtual_time
async def test_a_wrong_answer_and_a_refusal_fail(role: str, answer: str | None, how: str) -> None:
    async with lab() as b:
        for lane in (CHIP0, HCI0):
            b.listener.events.clear()
            peer = await b.connect(role, lane)
            assert await fails(b, peer, answer) is ErrorKind.SECURITY_PAIRING_FAILED
            assert closed(b) == [how]
            assert b.links("down") == []
            assert not [bond for bond in await b.backend.bonds() if bond.address == address(role)]
            await b.backend.disconnect(peer, within=5.0)


@in_virtual_time
async def test_the_limit_stands_still_while_somebody_is_asked_and_a_late_answer_meets_a_closed_prompt() -> None:
    async with lab() as b:
        peer = await b.connect(ASKS)
        await pair(b, peer, PASSKEY, after=29.0, within=2.0)
        await b.backend.unpair(peer, within=5.0)
        b.listener.events.clear()
        began = asyncio.get_running_loop().time()
        failure = await failure_of(b.backend.pair(peer, within=2.0))
        assert failure.kind is ErrorKind.SECURITY_PAIRING_FAILED
        assert asyncio.get_running_loop().time() - began == pytest.approx(30.4, abs=0.2)
        assert closed(b) == ["expired"]
        late = await failure_of(b.backend.answer((await prompt(b)).id, PASSKEY))
        assert late.kind is ErrorKind.LINK_STATE_CONFLICT


@in_virtual_time
async def test_an_answer_that_is_none_is_refused_and_the_question_stays() -> None:
    async with lab() as b:
        peer = await b.connect(ASKS)
        async with asyncio.TaskGroup() as group:
            group.create_task(b.backend.pair(peer, within=5.0))
            asked = await prompt(b)
            for wrong in ("12345", "abcdef", ""):
                assert (await failure_of(b.backend.answer(asked.id, wrong))).kind is ErrorKind.REQUEST_INVALID
            await b.backend.answer(asked.id, PASSKEY)
            assert (await failure_of(b.backend.answer(asked.id, PASSKEY))).kind is ErrorKind.LINK_STATE_CONFLICT


@in_virtual_time
async def test_a_passkey_is_shown_and_typed_at_the_device_unless_we_refuse() -> None:
    async with lab() as b:
        peer = await b.connect("types a passkey")
        await b.backend.pair(peer, within=2.0)
        asked = await prompt(b)
        assert asked.what == "show-passkey"
        assert asked.display is not None
        assert len(asked.display) == 6
        assert closed(b) == ["answered"]
        assert await b.read(peer, AUTHENTICATED) == b"authenticated"
        await b.backend.unpair(peer, within=5.0)
        b.listener.events.clear()
        assert await fails(b, peer, None) is ErrorKind.SECURITY_PAIRING_FAILED
        assert closed(b) == ["refused"]


@in_virtual_time
async def test_numbers_are_compared() -> None:
    async with lab() as b:
        peer = await b.connect("compares")
        await pair(b, peer, "1")
        assert (await prompt(b)).what == "compare"
        assert await b.read(peer, AUTHENTICATED) == b"authenticated"


@in_virtual_time
async def test_one_refuses_and_a_connect_that_was_to_pair_leaves_no_link() -> None:
    async with lab() as b:
        peer = await b.connect("refuses to pair")
        assert (await failure_of(b.backend.pair(peer, within=5.0))).kind is ErrorKind.SECURITY_PAIRING_FAILED
        assert b.links("down") == []
        await b.backend.disconnect(peer, within=5.0)
        failure = await failure_of(b.connect("refuses to pair", pair=True))
        assert failure.kind is ErrorKind.SECURITY_PAIRING_FAILED
        assert [link.peer for link in b.links("down")] == [peer, peer]


@in_virtual_time
async def test_a_lost_key_ends_the_link_until_the_bond_is_removed() -> None:
    async with lab() as b:
        peer = Peer(CHIP0, address("stale bond"))
        assert Bond(CHIP0, peer.address, "stale bond") in await b.backend.bonds()
        await b.connect("stale bond")
        down = await b.down(peer)
        assert down.reason is not None
        assert (down.reason.kind, down.reason.message) == (ErrorKind.SECURITY_KEY_MISSING, "authenticate miss key")
        assert (await failure_of(b.backend.pair(peer, within=5.0))).kind is ErrorKind.SECURITY_KEY_MISSING
        await b.backend.unpair(peer, within=5.0)
        await b.backend.unpair(peer, within=5.0)
        assert peer.lane not in {bond.lane for bond in await b.backend.bonds()}
        await b.connect("stale bond", pair=True)
        await asyncio.sleep(10.0)
        assert await b.read(peer, ENCRYPTED) == b"encrypted"


@in_virtual_time
async def test_removing_a_bond_makes_the_link_an_open_one() -> None:
    async with lab() as b:
        peer = await b.connect("vault", pair=True)
        await b.backend.unpair(peer, within=5.0)
        assert b.links("up")[-1].bonded is False
        assert (await failure_of(b.read(peer, ENCRYPTED))).kind is ErrorKind.SECURITY_PAIRING_REQUIRED
        assert address("vault") not in {bond.address for bond in await b.backend.bonds()}


@in_virtual_time
async def test_questions_close_with_their_link_and_with_their_call() -> None:
    async with lab() as b:
        peer = await b.connect(ASKS)
        async with asyncio.TaskGroup() as group:
            pairing = group.create_task(failure_of(b.backend.pair(peer, within=5.0)))
            await prompt(b)
            await b.backend.disconnect(peer, within=5.0)
        assert closed(b) == ["gone"]
        assert pairing.result().kind is ErrorKind.OP_CANCELLED
        b.listener.events.clear()
        peer = await b.connect(ASKS)
        async with asyncio.TaskGroup() as group:
            cancelled = group.create_task(b.backend.pair(peer, within=5.0))
            asked = await prompt(b)
            cancelled.cancel()
        assert closed(b) == ["gone"]
        assert (await failure_of(b.backend.answer(asked.id, PASSKEY))).kind is ErrorKind.LINK_STATE_CONFLICT


@in_virtual_time
async def test_a_lane_that_pairs_is_busy() -> None:
    async with lab() as b:
        peer = await b.connect(ASKS)
        async with asyncio.TaskGroup() as group:
            group.create_task(b.backend.pair(peer, within=5.0))
            asked = await prompt(b)
            assert (await failure_of(b.connect("thermometer"))).kind is ErrorKind.BUSY_CHIP
            await b.backend.answer(asked.id, PASSKEY)


@in_virtual_time
async def test_a_device_with_private_addresses_is_known_again_after_bonding() -> None:
    async with lab("rotate=60", site="") as b:
        private = next(
            device
            for device in b.backend._options.site().devices
            if device.connectable and device.content(0.0).address != device.content(900.0).address
        )
        first = private.content(1.0).address
        await b.connect(first, HCI0, pair=True, within=60.0)
        identity = b.links("up")[-1].identity
        assert identity not in (None, first)
        assert {(bond.lane, bond.address) for bond in await b.backend.bonds()} == {(HCI0, identity)}
        await b.backend.disconnect(Peer(HCI0, first), within=5.0)
        await asyncio.sleep(70.0)
        later = private.content(asyncio.get_running_loop().time()).address
        assert later != first
        await b.connect(later, HCI0, within=60.0)
        assert (b.links("up")[-1].identity, b.links("up")[-1].bonded) == (identity, True)
