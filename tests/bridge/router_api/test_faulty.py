"""Trouble on request over real sockets, seen by a client that is not ours: what is sent, what is done, what ends."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from contextlib import suppress

import pytest

from bletui.backends.simulator.refusals import CALLS, ENDS, ROUTERS
from bletui.failure import BleError
from bletui.testing.memory_loop import in_memory
from tests.bridge.router_api.client import Reply, Stream, ask, read_head, request, stream
from tests.bridge.router_api.faulted import SECRET, served
from tests.waiting import until

COUNTER = "C0:DE:1A:B0:00:04"
VALUE = f"/gatt/nodes/{COUNTER}/handle/3/value"
SCAN = "/gap/nodes?event=1"
CUT_OFF = (asyncio.IncompleteReadError, ConnectionResetError, BrokenPipeError)


async def connect(port: int) -> None:
    body = b'{"type":"random"}'
    assert (await ask(port, f"/gap/nodes/{COUNTER}/connection?chip=0", method="POST", body=body)).body == b"OK"


async def tried(port: int, target: str) -> Reply | None:
    """The answer; None where the connection ended instead."""
    try:
        return await ask(port, target)
    except CUT_OFF:
        return None


ANSWERS = {  # how -> the status and the body of a write's answer, and whether it was done
    "login": (200, b"<!DOCTYPE html>", False),
    "wrong": (200, b'{"status":"ok"', False),
    "502": (502, b"Bad Gateway", False),
    "403": (403, b'{"error":"forbidden"', False),
    "504": (504, b"Gateway Timeout", True),
    "types": (200, b"7", True),
    "cut": (200, b"O", True),
    "huge": (200, b"OKxxxx", True),
    "slow": (200, b"OK", True),
    "short": (0, b"", True),
    "reset": (0, b"", True),
}


async def test_answers_in_every_wrong_form() -> None:
    faults = ",".join(f"http:{how}:1x[*/value/{number:02x}]" for number, how in enumerate(ANSWERS))
    async with served(faults, speed=10.0) as it:
        await connect(it.port)
        for number, (status, body, done) in enumerate(ANSWERS.values()):
            await ask(it.port, f"{VALUE}/ff")
            reply = await tried(it.port, f"{VALUE}/{number:02x}")
            assert (reply.status if reply else 0) == status
            assert reply is None or reply.body.startswith(body)
            held = (await ask(it.port, VALUE)).json["value"]
            assert held == (f"{number:02x}" if done else "ff"), list(ANSWERS)[number]


async def test_json_in_every_wrong_form() -> None:
    async with served("http:types:1x[/cassia/info],http:cut:1x[/cassia/info],http:huge:1x[/cassia/info]") as it:
        typed, cut, huge, whole = [await ask(it.port, "/cassia/info") for _ in range(4)]
        assert type(typed.json["version"]) is int
        with pytest.raises(json.JSONDecodeError):
            json.loads(cut.body)
        assert huge.body.startswith(whole.body[:20])
        assert len(huge.body) > 2 * 1024 * 1024
        assert whole.json["model"] == "X1000"


async def test_no_answer_at_all() -> None:
    async with served("http:silent:1x[/cassia/info]") as it:
        reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
        writer.write(request("GET", "/cassia/info", {"Host": "localhost"}))
        assert (await ask(it.port, "/cassia/info")).status == 200  # the second one is answered
        assert not reader._buffer  # type: ignore[attr-defined] # and the first one is not
        writer.close()


async def test_a_slow_answer_is_overtaken_by_the_notification_that_it_asked_for() -> None:
    async with served("http:slow[*/value/0100]", speed=20.0) as it, stream(it.port, "/gatt/nodes") as notifications:
        await connect(it.port)
        async with asyncio.TaskGroup() as tasks:
            write = tasks.create_task(ask(it.port, f"/gatt/nodes/{COUNTER}/handle/27/value/0100"))
            event = await notifications.event()
            assert not write.done()
        assert (event["id"], event["handle"], write.result().body) == (COUNTER, 26, b"OK")


async def end_of(client: Stream) -> str:
    """How a stream ends: cleanly, or not, or in the middle of an event."""
    try:
        while await client.block():
            pass
    except CUT_OFF:
        return "half" if client.rest else "reset"
    return "cut"


@pytest.mark.parametrize("how", ["cut", "reset", "half"])
async def test_streams_end_in_every_way_and_the_next_one_stays(how: str) -> None:
    async with served(f"sse:{how}:1x[/gap/nodes]", speed=10.0) as it:
        async with stream(it.port, SCAN) as client:
            assert await client.event()
            assert await end_of(client) == how
        async with stream(it.port, SCAN) as again:
            await again.events(20)
            assert (await ask(it.port, "/cassia/info")).json["bletui"]["streams"] == 1


@in_memory
async def test_a_stalled_stream_says_nothing_and_goes_on() -> None:
    async with (
        served("sse:stall[/gap/nodes]@8s-68s", speed=80.0) as it,
        stream(it.port, SCAN) as scan,
        asyncio.timeout(20),
    ):
        loop = asyncio.get_running_loop()
        silence = 0.0
        while silence < 0.5:  # of the 0.75 s; a keep-alive would have come after 0.375
            asked = loop.time()
            assert await scan.block()
            silence = loop.time() - asked
        assert await scan.events(5)


async def test_events_in_every_wrong_form() -> None:
    async with (
        served("sse:garbage:1x,sse:types:1x,sse:huge:1x", speed=20.0) as it,
        stream(it.port, SCAN) as client,
        asyncio.timeout(20),
    ):
        wrong = {"garbage": False, "types": False, "huge": False}
        while not all(wrong.values()):
            block = await client.block()
            wrong["garbage"] |= block == 'data: {"bdaddrs":[{"bdaddr"'
            wrong["types"] |= '"bdaddrs":7' in block
            wrong["huge"] |= len(block) > 2 * 1024 * 1024
        assert (await client.event())["bdaddrs"]


@pytest.mark.parametrize(("firmware", "status"), [("1.4", 500), ("2.1.1", 502)])
async def test_one_stream_too_many(firmware: str, status: int) -> None:
    async with served("sse:refused:1x", firmware=firmware) as it:
        refused = await ask(it.port, SCAN)
        assert (refused.status, refused.body) == (status, b"no resources")
        async with stream(it.port, SCAN) as client:
            assert client.status == 200


async def test_a_reboot_takes_everything_with_it() -> None:
    async with served("router:reboot@30s-50s", speed=20.0) as it, stream(it.port, SCAN) as scan:
        await connect(it.port)
        before = (await ask(it.port, "/cassia/info")).json["uptime"]
        assert await end_of(scan) in ("reset", "half")
        with pytest.raises(ConnectionRefusedError):
            await ask(it.port, "/cassia/info")
        replies = []

        async def answered() -> bool:
            try:
                replies.append(await ask(it.port, "/cassia/info"))
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
                return False
            return replies[-1].status == 200

        async with asyncio.timeout(20):
            while not await answered():
                pass
        assert {reply.status for reply in replies} == {502, 200}
        assert replies[-1].json["uptime"] in range(15, 60)
        assert before < 30
        nodes = (await ask(it.port, "/gap/nodes")).json["nodes"]
        assert nodes == {}  # the device that was held by others at the site's beginning has lost its link too
        await connect(it.port)


async def robbed_of_its_address(thief: socket.socket) -> None:
    """Reboots, and finds that another program listens where it did."""
    async with served("router:reboot@2s-12s", speed=10.0) as it, asyncio.timeout(20):
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        while thief.getsockname()[1] != it.port:
            await asyncio.sleep(0.01)
            with suppress(OSError):  # it still listens
                thief.bind(("127.0.0.1", it.port))
        thief.listen()
        await asyncio.Event().wait()


async def test_a_router_whose_address_was_taken_while_it_was_down_ends_in_words() -> None:
    with socket.socket() as thief, pytest.raises(BaseExceptionGroup) as ended:
        await robbed_of_its_address(thief)
    (failed,) = ended.value.exceptions
    assert isinstance(failed, BleError)
    assert failed.failure.code == "EADDRINUSE"


async def test_a_connect_that_runs_does_not_outlive_a_reboot() -> None:
    async with served("router:reboot@2s-10s", site="sim:lab?speed=1", speed=10.0) as it:
        with pytest.raises(CUT_OFF):
            await connect(it.port)
        await until(lambda: True)
        reader: asyncio.StreamReader | None = None
        async with asyncio.timeout(20):
            while reader is None:
                try:
                    reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
                except ConnectionRefusedError:
                    await asyncio.sleep(0.02)
        writer.write(request("GET", "/gap/nodes", {"Host": "localhost"}))
        assert (await read_head(reader))[0] in (502, 200)
        writer.close()
        async with asyncio.timeout(20):
            while (reply := await ask(it.port, "/gap/nodes")).status == 502:
                await asyncio.sleep(0.02)
        assert reply.json == {"nodes": {}}


@in_memory
async def test_a_router_off_the_net_hears_nothing_until_it_is_back() -> None:
    async with served("router:offline@4s-24s", speed=20.0) as it, stream(it.port, SCAN) as scan:
        assert await scan.event()
        loop = asyncio.get_running_loop()
        waited = 0.0
        while waited < 0.5:
            asked = loop.time()
            assert (await ask(it.port, "/cassia/info")).status == 200
            waited = loop.time() - asked
            await asyncio.sleep(0.01)
        assert await scan.event()


async def test_tokens_end_in_mid_stream_and_new_ones_are_given() -> None:
    basic = {"Authorization": "Basic " + base64.b64encode(f"user:{SECRET}".encode()).decode()}
    grant = b"grant_type=client_credentials"
    async with served("router:expire@10s", speed=20.0, token=SECRET) as it:

        async def bearer() -> dict[str, str]:
            reply = await ask(it.port, "/oauth2/token", method="POST", headers=basic, body=grant)
            return {"Authorization": f"Bearer {reply.json['access_token']}"}

        first = await bearer()
        async with stream(it.port, SCAN, first) as scan:
            assert await end_of(scan) == "cut"
        refused = await ask(it.port, "/cassia/info", headers=first)
        assert (refused.status, refused.json["error"]) == (403, "forbidden")
        async with stream(it.port, SCAN, await bearer()) as again:
            assert await again.event()


async def test_foreign_requests_are_refused_whatever_is_asked_for() -> None:
    async with served("http:login") as it:
        assert (await ask(it.port, "/cassia/info", headers={"Host": "evil.example"})).status == 403


async def test_every_refusal_of_a_router_can_be_asked_for_by_its_word() -> None:
    words = {**{word: texts[0] for word, texts in CALLS.items()}, **ROUTERS}
    devices = {f"C0:DE:00:00:00:{n:02X}": word for n, word in enumerate(words, 1)}
    faults = ",".join(f"connect:{word}[{device}]" for device, word in devices.items())
    async with served(faults, site="sim:lab?speed=50&devices=40") as it:
        for device, word in devices.items():
            limit = 200 if word in ("timeout", "unseen") else 4000  # these end with the limit, the others by themselves
            body = json.dumps({"type": "random", "timeout": limit}).encode()
            reply = await ask(it.port, f"/gap/nodes/{device}/connection?chip=0", method="POST", body=body)
            found = reply.status, reply.body.decode(), reply.headers["content-type"]
            assert found == (500, words[word], "text/plain")
        await connect(it.port)


@pytest.mark.parametrize("word", ENDS)
async def test_a_link_that_drops_says_why(word: str) -> None:
    async with (
        served(f"drop:{word}:1x") as it,
        stream(it.port, "/management/nodes/connection-state") as states,
    ):
        await connect(it.port)
        up, down = await states.events(2)
        assert (up["connectionState"], down["connectionState"]) == ("connected", "disconnected")
        assert (down["handle"], down["chipId"], down["reason"]) == (COUNTER, 0, ENDS[word][0])
        assert (await ask(it.port, f"/gatt/nodes/{COUNTER}/services")).body == b"device not found"
