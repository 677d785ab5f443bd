"""Pairing through a router: every question, every answer, every end."""

from __future__ import annotations

import asyncio
import json

import pytest

from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.model import Peer, Prompt, PromptClosed
from bletui.testing.contract.failing import outcome_of
from tests.backends.cassia.one_device import ADDRESS, CONNECTION, LANE, PAIR, Lab, OneDevice, lab
from tests.backends.cassia.recorded_router import Reply, Script, json_reply

PEER = Peer(LANE, ADDRESS)
INPUT, BOND = f"{PAIR}-input", f"/management/nodes/{ADDRESS}/bond"
KEY = "00112233445566778899aabbccddeeff"


def says(code: object, **more: object) -> Reply:
    return json_reply({"pairingStatusCode": code, "pairingStatus": "pairingStatus", **more})


PAIRED = says(1)


def up() -> OneDevice:
    return OneDevice(connected=True)


async def prompted(at: Lab) -> Prompt:
    await at.heard.until(lambda: bool(at.heard.of(Prompt)))
    return at.heard.of(Prompt)[-1]


def closed(at: Lab) -> list[str]:
    return [one.how for one in at.heard.of(PromptClosed)]


async def test_just_works() -> None:
    async with lab({PAIR: PAIRED}, up()) as at:
        await at.backend.pair(PEER, within=5)
        asked = json.loads(at.asked(PAIR)[0].body)
        assert asked == {"iocapability": "KeyboardDisplay", "timeout": 5000, "bond": 1}
        assert at.heard.links[-1].bonded is True
        assert at.heard.of(Prompt) == []


@pytest.mark.parametrize(
    ("code", "what", "display", "value", "sent"),
    [
        (3, "oob-legacy", None, KEY, {"tk": f"0x{KEY}"}),
        (4, "oob-sc", None, f"{KEY}:0x{KEY}", {"rand": f"0x{KEY}", "confirm": f"0x{KEY}"}),
        (5, "enter-passkey", None, " 482913", {"passkey": "482913"}),
        ("7", "compare", "425472", "yes", {"passkey": "1"}),
        (7, "compare", "425472", "n", {"passkey": "0"}),
    ],
)
async def test_questions_and_their_answers(
    code: object, what: str, display: str | None, value: str, sent: dict[str, str]
) -> None:
    answers: dict[str, Script] = {PAIR: says(code, display=display), INPUT: PAIRED}
    async with lab({**answers}, up()) as at, asyncio.TaskGroup() as group:
        pairing = group.create_task(at.backend.pair(PEER, within=5))
        prompt = await prompted(at)
        assert (prompt.peer, prompt.what, prompt.display) == (PEER, what, display)
        assert prompt.expires == pytest.approx(prompt.at + 30)
        with pytest.raises(BleError) as wrong:
            await at.backend.answer(prompt.id, "what?")
        assert wrong.value.failure.kind is ErrorKind.REQUEST_INVALID
        await at.backend.answer(prompt.id, value)
        await pairing
        assert json.loads(at.asked(INPUT)[0].body) == sent
        assert closed(at) == ["answered"]
        with pytest.raises(BleError) as late:
            await at.backend.answer(prompt.id, value)
        assert late.value.failure.kind is ErrorKind.LINK_STATE_CONFLICT


async def test_what_is_shown_is_typed_at_the_device() -> None:
    async with lab({PAIR: says(6, display="425472")}, up(), speed=20.0) as at, asyncio.TaskGroup() as group:
        pairing = group.create_task(at.backend.pair(PEER, within=5))
        prompt = await prompted(at)
        assert (prompt.what, prompt.display) == ("show-passkey", "425472")
        at.device.paired = True
        await pairing
        assert (closed(at), at.heard.links[-1].bonded) == (["answered"], True)


@pytest.mark.parametrize("code", [0, 2])
async def test_a_failed_pairing_is_a_failure_though_the_answer_is_200(code: int) -> None:
    async with lab({PAIR: says(5), INPUT: says(code)}, up()) as at, asyncio.TaskGroup() as group:
        pairing = group.create_task(outcome_of(at.backend.pair(PEER, within=5)))
        await at.backend.answer((await prompted(at)).id, "000000")
        failure = await pairing
        assert isinstance(failure, Failure)
        assert (failure.kind, failure.source, failure.code) == (
            ErrorKind.SECURITY_PAIRING_FAILED, "cassia.pairing", str(code),
        )  # fmt: skip


@pytest.mark.parametrize("code", [5, 6])
async def test_a_refused_prompt_ends_the_pairing_at_the_router_too(code: int) -> None:
    async with lab({PAIR: says(code, display="1")}, up()) as at, asyncio.TaskGroup() as group:
        pairing = group.create_task(outcome_of(at.backend.pair(PEER, within=5)))
        await at.backend.answer((await prompted(at)).id, None)
        failure = await pairing
        assert isinstance(failure, Failure)
        assert failure.kind is ErrorKind.SECURITY_PAIRING_FAILED
        assert [one.method for one in at.asked(CONNECTION)] == ["DELETE"]
        assert closed(at) == ["refused"]


async def test_a_prompt_expires() -> None:
    async with lab({PAIR: says(5)}, up(), speed=300.0) as at:
        with pytest.raises(BleError) as failed:
            await at.backend.pair(PEER, within=1)
        assert failed.value.failure.kind is ErrorKind.SECURITY_PAIRING_FAILED
        assert closed(at) == ["expired"]


async def test_a_link_that_ends_takes_its_prompt_along() -> None:
    async with lab({PAIR: says(5)}, up()) as at, asyncio.TaskGroup() as group:
        pairing = group.create_task(outcome_of(at.backend.pair(PEER, within=5)))
        await prompted(at)
        at.device.tell("disconnected", reason="device disconnect")
        failure = await pairing
        assert isinstance(failure, Failure)
        assert failure.kind is ErrorKind.LINK_CLOSED_REMOTE
        assert closed(at) == ["gone"]


async def test_a_cancelled_pairing_is_cancelled_at_the_router() -> None:
    async with lab({PAIR: says(7, display="123456")}, up()) as at:
        async with asyncio.TaskGroup() as group:
            pairing = group.create_task(at.backend.pair(PEER, within=5))
            await prompted(at)
            pairing.cancel()
        assert [one.method for one in at.asked(CONNECTION)] == ["DELETE"]
        assert closed(at) == ["gone"]


@pytest.mark.parametrize("reply", [json_reply([]), says(9), says(6), says(None), Reply(200, b"OK")])
async def test_a_status_that_is_none_is_malformed(reply: Reply) -> None:
    async with lab({PAIR: reply}, up()) as at:
        with pytest.raises(BleError) as failed:
            await at.backend.pair(PEER, within=5)
        assert failed.value.failure.kind is ErrorKind.DATA_MALFORMED


async def test_connect_pairs_too_where_it_is_asked_to() -> None:
    async with lab({PAIR: PAIRED}) as at:
        peer = await at.backend.connect(ADDRESS, lane=LANE, address_type="random", pair=True, within=5)
        assert [(link.state, link.bonded) for link in at.heard.links] == [("up", None), ("up", True)]
        assert peer == PEER


async def test_a_bond_is_removed() -> None:
    async with lab({BOND: Reply()}, OneDevice(connected=True, paired=True)) as at:
        await at.backend.unpair(PEER, within=5)
        assert [one.method for one in at.asked(BOND)] == ["DELETE"]
        assert at.heard.links[-1].bonded is False
