"""Lines typed at a simulated lab: what is refused, what is asked, what is held; at a terminal and through a pipe."""

from __future__ import annotations

import asyncio
import json

import pytest

from bletui.backends.simulator.lab import PASSKEY, address
from bletui.cli.plain.deeds.asking import as_answer, reply
from bletui.clock import Clock
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Advertisement, Lane, LinkChanged, Peer, Prompt, PromptWhat
from bletui.radio import QueuedRadio
from bletui.testing.virtual_time import in_virtual_time
from tests.bridge.left import left_connecting
from tests.bridge.running import bridge
from tests.cli.lab import FAST, Do
from tests.cli.plain.typist import typist
from tests.radio.playing import A
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

LOCKED, VAULT, ELSEWHERE = address(f"passkey {PASSKEY}"), address("vault"), address("someone else's")


@in_virtual_time
async def test_an_empty_line_holds_the_output_until_the_next_one() -> None:
    async with typist("sim:lab") as desk:
        await desk.until(lambda: " new: " in desk.paper.said)
        await desk.type("", "> ")
        held = desk.paper.said
        await desk.desk.until(lambda: None, 30.0)  # much is heard meanwhile
        assert desk.paper.said == held
        said = await desk.type("filter rssi>=-70", "devices match\n")
        assert said.index(" new") < said.index("filter: ")


@in_virtual_time
async def test_a_question_rings_where_output_is_held_and_may_be_answered_bare() -> None:
    async with typist("sim:lab") as desk:
        await desk.type(f"connect {LOCKED}", "connected in")
        await desk.type(f"pair {LOCKED}", "which passkey", "answer no")
        await desk.type("answer 12", "six digits")
        await desk.type("", "> ", "\a")
        await desk.type(PASSKEY, ": paired\n")
        await desk.type("answer yes", "nothing is asked")


@in_virtual_time
async def test_the_time_left_to_answer_is_said_again() -> None:
    async with typist("sim:lab") as desk:
        await desk.type(f"connect {LOCKED}", "connected in")
        await desk.type(f"pair {LOCKED}", "(30 s)", "10 s left to answer", "E0", "; try: ")


@in_virtual_time
async def test_the_queue_is_steered_by_typing() -> None:
    async with typist("sim:lab?lanes=1&devices=6") as desk:
        far, last = address("far away"), address("6")
        await desk.type(f"connect {far} --type random", "connecting on hci0")
        await desk.type(f"connect {address('1')} {last} --type random", "2nd")
        await desk.type(f"raise {last}", f"connect {last}: waits behind {far}, 1st")
        await desk.type("queue", "waiting, queued  place 1", "running")
        await desk.type(f"cancel {far}", f"connect {far}: cancelling", f"connect {last}: connected in")
        await desk.type("pause hci0", "paused")
        await desk.type("resume hci0", "goes on")
        await desk.type(f"rssi {last}", " dBm\n")
        await desk.type(f"cancel {VAULT}", "nothing runs or waits there")


@in_virtual_time
async def test_everything_else_that_can_be_typed() -> None:
    async with typist("sim:lab") as desk:
        await desk.until(lambda: " new: " in desk.paper.said)
        await desk.type("list 3", "3 of ")
        await desk.type("filter rssi>>", "E1301", "character 6")
        await desk.type("filter name=vault", "filter: name=vault; 1 of ")
        await desk.type("list", "hidden by the filter")
        await desk.type("filter off", "filter: off")
        await desk.type("scan active", "scan: active\n")
        await desk.type("scan again", "scan: active\n")
        await desk.type("scan off", "scan: off\n")
        await desk.type(f"adopt '{ELSEWHERE}'", "ours now")
        await desk.type(f"adopt {ELSEWHERE}", "is ours")
        await desk.type(f"gatt {ELSEWHERE} --values", "Device Name", "= ")
        await desk.type("bonds", " bonds\n")
        await desk.type(f"unpair '{address('stale bond')}'", "no bond is left")
        await desk.type(f"unpair {VAULT}", "no radio has a bond")
        await desk.type("problems", "nothing is wrong")
        await desk.type("explain chip is busy", "E0601 busy.chip")
        await desk.type("explain 0x3e", "E0")
        await desk.type("explain nonsense of no kind", "nothing is known")
        await desk.type("help", "disconnect", "Enter alone")
        await desk.type("help conn", "connect [--type")
        await desk.type("open sim:crowd?devices=50&rate=50", "opens sim:crowd", "simulated: ")
        await desk.type("open simm:", "did you mean sim:")
        await desk.type("reopen sim:crowd", "opens sim:crowd")
        await desk.type("reopen nothing", "no radio is called")
        await desk.type("close nothing", "no radio is called")
        await desk.type("close sim:crowd", "closed sim:crowd\n")
        await desk.type("close sim:lab", "the only radio")
        await desk.type("connect 4711", "no device is known as '4711'")
        await desk.type("pause nowhere", "is not one lane")
        await desk.type("wait 2\x1b[2J", "E1301", "\\x1b[2J")
        assert "\x1b" not in desk.paper.said


@in_virtual_time
async def test_objects_where_they_are_wanted() -> None:
    async with typist("sim:lab", json=True) as desk:
        await desk.type(f"connect {VAULT} --type random", '"state":"done"')
        for line in ("list", "queue", f"read {VAULT} 2a00", "explain busy.chip", "help", "filter rssi>>", "problems"):
            await desk.type(line)
        await desk.until(lambda: '"bletui.failure/1"' in desk.paper.said and "bletui.problems-end/1" in desk.paper.said)
        assert all(one["schema"].startswith("bletui.") for one in desk.objects)


def test_through_a_pipe_lines_wait_their_turn_and_the_last_failure_decides(do: Do) -> None:
    lines = f"connect vault\nread vault 2a00\npair vault\nconnect {LOCKED}\npair {LOCKED}\nanswer {PASSKEY}\n"
    said = do("--plain", FAST, stdin=lines)
    assert said.code == 0
    assert said.out.index("connected in") < said.out.index("Device Name")
    assert said.out.count(": paired") == 2
    assert said.err == ""
    failing = do("--plain", FAST, stdin="connect vault\nread vault 2a19\n# what is next is fine\nlist\n")
    assert failing.code == 1
    assert "E0401 gatt.not-found" in failing.out
    assert do("--plain", FAST, stdin="nonsense\n").code == 2
    assert do("--plain", FAST, stdin="").code == 0


@in_virtual_time
async def test_through_a_pipe_an_answer_waits_for_what_runs_and_not_for_itself() -> None:
    async with typist("sim:lab", terminal=False) as desk:
        began = asyncio.get_running_loop().time()
        await desk.type("answer 1", "nothing is asked")
        assert asyncio.get_running_loop().time() - began < 5


def test_a_pipe_gets_objects_and_wrong_options_are_refused(do: Do) -> None:
    said = do("--plain", "--json", FAST, stdin="connect vault\nread vault 2a00\nquit\nread vault 2a19\n")
    assert said.code == 0
    assert "bletui.value/1" in {json.loads(line)["schema"] for line in said.out.splitlines()}
    assert do("--json", FAST).code == 2
    assert do("--plain", FAST, "--filter", "rssi>>").code == 2
    assert do("--plain", "simm:").code == 2


@pytest.mark.parametrize(
    ("what", "text", "handed"),
    [
        ("enter-passkey", "000123", "000123"),
        ("enter-passkey", "no", None),
        ("compare", "YES", "yes"),
        ("confirm", "n", None),
        ("show-passkey", "no", None),
        ("oob-sc", "ab" * 16, "ab" * 16),
    ],
)
def test_what_an_answer_becomes(what: PromptWhat, text: str, handed: str | None) -> None:
    assert reply(what, text) == handed


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("enter-passkey", "yes"),
        ("enter-passkey", "12345"),
        ("compare", "123456"),
        ("oob-sc", "x"),
        ("show-passkey", "y"),
    ],
)
def test_an_answer_to_another_question_is_refused(what: PromptWhat, text: str) -> None:
    with pytest.raises(BleError, match=r"request\.invalid"):
        reply(what, text)


def test_a_bare_answer_is_one_only_where_one_question_is_open() -> None:
    asked = Prompt(1.0, 1, Peer("l", "A"), "enter-passkey", 31.0)
    assert as_answer(" 123456 ", [asked]) == "123456"
    assert as_answer("n", [asked]) == "n"
    assert as_answer("123456", []) is None
    assert as_answer("123456", [asked, asked]) is None
    assert as_answer("12345", [asked]) is None
    assert as_answer("queue", [asked]) is None


async def test_what_a_bridge_was_asked_for_goes_on_when_it_is_left() -> None:
    async with left_connecting() as (backend, socket), typist(f"bridge:{socket}", clock=Clock()) as desk:
        backend.say(Advertisement(1.0, "a", A, "random", -50))
        await desk.type(f"connect {A} --type random", "connecting")
        await until(lambda: backend.calls)


async def test_a_radio_that_ends_for_good_says_why() -> None:
    backend = ScriptedBackend(Lane("a", name="hci0"))
    radio = QueuedRadio(backend, "a")
    await radio.open()
    async with bridge(radio) as (made, socket), typist(f"bridge:{socket}", clock=Clock()) as desk:
        await until(lambda: [client.seated for client in made.clients()] == [True])
        backend.say(LinkChanged(1.0, Peer("a", A), "up"))
        await desk.until(lambda: A in desk.paper.said)
        (client,) = made.clients()
        client.goodbye(Failure(kind=ErrorKind.AUTH_REFUSED, detail="the token was revoked"))
        await desk.until(lambda: "E0901 auth.refused" in desk.paper.said)
        assert desk.paper.said.count("the token was revoked") == 1
    await radio.aclose()
