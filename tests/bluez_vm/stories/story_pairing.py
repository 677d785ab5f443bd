"""Keys over the real thing: typed, shown, compared, just works, refused, wrong, late, and taken away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bletui.backends.local.linux import LinuxBackend
from bletui.failure import ErrorKind, Failure
from bletui.model import LinkChanged, Peer, Prompt, PromptClosed
from tests.backends.local.told import Told, opened
from tests.bluez_vm.steer import steer
from tests.bluez_vm.stories.conftest import Saw
from tests.bluez_vm.stories.peers import COMPARE, LANE, MAIN, PAIR, REJECT, TYPED, connected, handle, refused

PASSKEY = "123456"
Answer = Callable[[LinuxBackend, Prompt], Awaitable[None]]


@pytest.fixture(autouse=True)
async def no_bonds() -> AsyncIterator[None]:
    yield
    async with opened("local:hci0", scan=None) as (backend, _):
        for bond in await backend.bonds():
            await backend.unpair(Peer(bond.lane, bond.address), within=5)
    for name in ("BV-Main", "BV-Pair", "BV-Reject", "BV-Typed", "BV-Compare"):
        await steer("unbond", name=name)


async def asked(told: Told) -> Prompt:
    await told.until(lambda: bool(told.of(Prompt)), within=20)
    return told.of(Prompt)[-1]


async def pairing(backend: LinuxBackend, told: Told, address: str, answer: Answer | None) -> Failure | None:
    """Pairs, answering what is asked; its failure."""
    peer = await connected(backend, address)
    async with asyncio.TaskGroup() as group:
        call = group.create_task(outcome(backend.pair(peer, within=20)))
        if answer is not None:
            await answer(backend, await asked(told))
    closed = [one.id for one in told.of(PromptClosed)]
    assert closed == [one.id for one in told.of(Prompt)]
    return call.result()


async def outcome(call: Awaitable[None]) -> Failure | None:
    from bletui.failure import BleError

    try:
        await call
    except BleError as error:
        return error.failure
    return None


def bonded(told: Told, address: str) -> bool | None:
    return next((link.bonded for link in reversed(told.of(LinkChanged)) if link.peer.address == address), None)


async def say(backend: LinuxBackend, prompt: Prompt, value: str | None) -> None:
    await backend.answer(prompt.id, value)


async def test_just_works() -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        assert await pairing(backend, told, MAIN, None) is None
        assert bonded(told, MAIN)
        assert [bond.address for bond in await backend.bonds()] == [MAIN]
        tree = await backend.discover(Peer(LANE, MAIN), refresh=False, within=5)
        assert await backend.read(Peer(LANE, MAIN), handle(tree, 0x20), within=10) == b"secret"


async def test_a_read_that_needs_a_key_makes_one() -> None:
    async with opened("local:hci0", scan=None) as (backend, _):
        peer = await connected(backend, MAIN)
        tree = await backend.discover(peer, refresh=False, within=5)
        assert await backend.read(peer, handle(tree, 0x20), within=20) == b"secret"


async def test_the_right_passkey() -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        assert await pairing(backend, told, PAIR, lambda b, p: say(b, p, PASSKEY)) is None
        assert told.of(Prompt)[0].what == "enter-passkey"
        assert bonded(told, PAIR)


async def test_the_wrong_passkey(saw: Saw) -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        failure = await pairing(backend, told, PAIR, lambda b, p: say(b, p, "654321"))
        assert failure is not None
        assert saw(failure).kind is ErrorKind.SECURITY_PAIRING_FAILED
        assert not bonded(told, PAIR)


async def test_refused_by_us(saw: Saw) -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        failure = await pairing(backend, told, PAIR, lambda b, p: say(b, p, None))
        assert failure is not None
        assert saw(failure).kind is ErrorKind.SECURITY_PAIRING_FAILED
        assert failure.detail == "refused here"


async def test_nobody_answers(saw: Saw) -> None:
    async def nothing(_backend: LinuxBackend, _prompt: Prompt) -> None:
        return

    async with opened("local:hci0", scan=None) as (backend, told):
        failure = await pairing(backend, told, PAIR, nothing)
        assert failure is not None
        assert saw(failure).kind is ErrorKind.SECURITY_PAIRING_FAILED


async def test_refused_by_the_device(saw: Saw) -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        failure = await pairing(backend, told, REJECT, None)
        assert failure is not None
        assert saw(failure).kind is ErrorKind.SECURITY_PAIRING_FAILED


async def test_a_passkey_to_show() -> None:
    async def typed_there(_backend: LinuxBackend, prompt: Prompt) -> None:
        assert prompt.display is not None
        await steer("typed", passkey=int(prompt.display))

    async with opened("local:hci0", scan=None) as (backend, told):
        assert await pairing(backend, told, TYPED, typed_there) is None
        assert told.of(Prompt)[0].what == "show-passkey"


async def test_numbers_to_compare() -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        assert await pairing(backend, told, COMPARE, lambda b, p: say(b, p, "yes")) is None
        assert told.of(Prompt)[0].what == "compare"


async def test_cancelled(saw: Saw) -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        peer = await connected(backend, PAIR)
        async with asyncio.TaskGroup() as group:
            call = group.create_task(backend.pair(peer, within=20))
            await asked(told)
            call.cancel()
            done, _ = await asyncio.wait({call}, timeout=2)
            assert done
        assert told.of(PromptClosed)


async def test_a_bond_that_the_device_has_forgotten(saw: Saw) -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        assert await pairing(backend, told, MAIN, None) is None
        peer = Peer(LANE, MAIN)
        await backend.disconnect(peer, within=5)
        await steer("unbond", name="BV-Main")
        failure = await refused(forgotten(backend))
        saw(failure)


async def forgotten(backend: LinuxBackend) -> None:
    peer = await connected(backend, MAIN, within=10)
    tree = await backend.discover(peer, refresh=False, within=5)
    await backend.read(peer, handle(tree, 0x20), within=10)
