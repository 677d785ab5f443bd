"""Our client behind every fault of HTTP that a router can be asked for: the right kind of failure, then work again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest

from bletui.backend import Backend, Env
from bletui.backends.simulator.lab import address
from bletui.failure import ErrorKind, Failure
from bletui.model import Notification, Peer, ScanRequest, StreamChanged
from bletui.testing.contract.failing import outcome_of
from tests.backends.cassia.heard import Heard, opened, target_of
from tests.bridge.router_api.faulted import SECRET, served

LANE, DEVICE, NAME, COUNTER = "lab/127.0.0.1/0", address("counter"), 0x03, 0x1A
PEER = Peer(LANE, DEVICE)
K = ErrorKind


class Story(NamedTuple):
    router: Backend
    heard: Heard

    async def connect(self) -> Peer:
        return await self.router.connect(DEVICE, lane=LANE, address_type="random", pair=False, within=5)

    async def read(self) -> Failure | bytes:
        return await outcome_of(self.router.read(PEER, NAME, within=5))

    async def write(self, value: bytes) -> Failure | None:
        return await outcome_of(self.router.write(PEER, NAME, value, response=True, within=5))

    def ends(self, stream: str) -> list[Failure]:
        """Why a stream broke, each time."""
        changes = [one for one in self.heard.of(StreamChanged) if one.stream == stream]
        return [one.failure for one in changes if one.state == "broken" and one.failure is not None]

    async def live_again(self, stream: str = "scan") -> None:
        await self.heard.until(lambda: self.heard.told(stream)[-2:] == ["broken", "live"])

    async def hears(self) -> None:
        """New advertisements come."""
        await self.heard.until_heard(len(self.heard.adverts) + 5)


@asynccontextmanager
async def story(faults: str, *, speed: float = 10.0, client: float | None = None) -> AsyncIterator[Story]:
    """`client`: its speed, where its patience shall be another than the router's."""
    env = Env("lab", speed=client or speed)
    async with served(faults, speed=speed) as it, opened(target_of(it.url), env) as (router, heard):
        yield Story(router, heard)


SCAN = "[/gap/nodes?event=1*]"
ENDS = ("cut", "reset", "half")


@pytest.mark.parametrize("how", ENDS)
async def test_a_stream_that_ends_is_opened_anew(how: str) -> None:
    async with story(f"sse:{how}:1x[/gap/nodes]") as it:
        it.router.scan(ScanRequest())
        await it.live_again()
        await it.hears()
        assert [end.kind for end in it.ends("scan")] == [K.NET_CLOSED]


REFUSED = {
    "502": K.ROUTER_UNAVAILABLE,
    "reset": K.NET_CLOSED,
    "wrong": K.DATA_MALFORMED,
}


async def test_a_stream_that_does_not_open_is_tried_until_it_does() -> None:
    faults = ",".join(f"http:{how}:1x{SCAN}" for how in REFUSED)  # the first that has not struck yet strikes
    async with story(f"{faults},sse:refused:1x[/gap/nodes]", speed=20.0) as it:
        it.router.scan(ScanRequest())
        await it.live_again()
        await it.hears()
        assert [end.kind for end in it.ends("scan")] == [*REFUSED.values(), K.ROUTER_UNAVAILABLE]


# What needs a person, or the end of a long silence, takes 60 and 75 of the router's seconds.
PATIENT = {
    f"http:login:1x{SCAN}": K.DATA_MALFORMED,
    f"http:403:1x{SCAN}": K.AUTH_REFUSED,
    "sse:stall:1x[/gap/nodes]": K.NET_TIMEOUT,
}


@pytest.mark.parametrize("fault", PATIENT)
async def test_a_scan_that_waits_long_is_opened_anew(fault: str) -> None:
    async with story(fault, speed=100.0) as it:
        it.router.scan(ScanRequest())
        await it.live_again()
        await it.hears()
        assert it.ends("scan")[0].kind is PATIENT[fault]


async def test_a_full_router_of_old_is_a_lack_of_capacity() -> None:
    async with (
        served("sse:refused:1x[/gap/nodes]", firmware="1.4", speed=10.0) as at,
        opened(target_of(at.url), Env("lab", speed=10.0)) as (router, heard),
    ):
        it = Story(router, heard)
        router.scan(ScanRequest())
        await it.live_again()
        assert [end.kind for end in it.ends("scan")] == [K.BUSY_CAPACITY]


async def test_an_event_that_is_none_is_counted_and_the_stream_goes_on() -> None:
    async with story("sse:garbage:1x[/gap/nodes],sse:types:1x[/gap/nodes],sse:huge:1x[/gap/nodes]") as it:
        it.router.scan(ScanRequest())
        await it.heard.until(lambda: it.heard.shed == 3)
        await it.hears()
        assert (it.heard.shed, it.ends("scan")) == (3, [])


READS = {
    "login": K.DATA_MALFORMED,
    "wrong": K.DATA_MALFORMED,
    "types": K.DATA_MALFORMED,
    "cut": K.DATA_MALFORMED,
    "huge": K.DATA_MALFORMED,
    "502": K.ROUTER_UNAVAILABLE,
    "503": K.ROUTER_UNAVAILABLE,
    "504": K.ROUTER_UNAVAILABLE,
    "403": K.AUTH_REFUSED,
    "404": K.ROUTER_CONFIG,
}


async def test_a_read_that_is_answered_wrongly_and_the_next_one() -> None:
    faults = ",".join(f"http:{how}:1x[*/value]" for how in READS)  # the first that has not struck yet strikes
    async with story(faults) as it:
        await it.connect()
        for how, kind in READS.items():
            failed = await it.read()
            assert isinstance(failed, Failure)
            assert (failed.kind, failed.handle, failed.address) == (kind, NAME, DEVICE), how
            assert not failed.outcome_unknown
        assert await it.read() == b"counter"


async def test_a_read_whose_connection_ends_is_made_once_more_and_no_more() -> None:
    async with story("http:reset:1x[*/value],http:short:2x[*/value]@0s-") as it:
        await it.connect()
        first = await it.read()  # reset, then short: two is enough
        assert isinstance(first, Failure)
        assert first.kind is K.NET_CLOSED
        assert await it.read() == b"counter"  # short, then whole


LOST = {"reset": K.NET_CLOSED, "short": K.NET_CLOSED, "504": K.ROUTER_UNAVAILABLE, "silent": K.NET_TIMEOUT}


@pytest.mark.parametrize("how", LOST)
async def test_a_write_whose_answer_is_lost_is_of_unknown_outcome_and_never_repeated(how: str) -> None:
    async with story(f"http:{how}:1x[*/value/*]", client=2.0 if how != "silent" else 10.0) as it:
        await it.connect()
        within = 0.3 if how == "silent" else 5
        failed = await outcome_of(it.router.write(PEER, NAME, b"once", response=True, within=within))
        assert isinstance(failed, Failure)
        assert (failed.kind, failed.outcome_unknown) == (LOST[how], True)
        assert await it.read() == b"once"
        assert await it.write(b"twice") is None


async def test_a_slow_answer_is_waited_for_and_what_overtakes_it_is_delivered() -> None:
    async with story("http:slow[*/value/0100]") as it:
        await it.connect()
        await it.router.subscribe(PEER, COUNTER, mode="notify", within=5)
        assert it.heard.of(Notification)  # the first one came before the write's answer


async def test_a_connect_whose_answer_is_lost_is_taken_back() -> None:
    async with story("http:reset:1x[*/connection]") as it:
        failed = await outcome_of(it.connect())
        assert isinstance(failed, Failure)
        assert (failed.kind, failed.outcome_unknown) == (K.NET_CLOSED, False)
        gone = await it.read()
        assert isinstance(gone, Failure)
        assert gone.kind is K.LINK_NOT_CONNECTED
        assert await it.connect() == PEER
        assert await it.read() == b"counter"


async def test_a_login_page_in_place_of_the_routers_facts_leaves_the_rest_working() -> None:
    async with story("http:login[/cassia/info]") as it:
        await it.heard.until(lambda: any("login" in one.lane.info.get("info", "") for one in it.heard.lanes))
        it.router.scan(ScanRequest())
        await it.hears()
        await it.connect()
        assert await it.read() == b"counter"


async def test_a_reboot_loses_the_links_and_nothing_else() -> None:
    async with story("router:reboot@8s-28s", speed=20.0) as it:
        it.router.scan(ScanRequest())
        await it.connect()
        await it.hears()
        await it.heard.until(lambda: any(one.state == "down" for one in it.heard.links))
        await it.live_again()
        await it.live_again("state")
        await it.heard.until(lambda: it.heard.lanes[-1].lane.usable is None)
        down = [one.reason.kind for one in it.heard.links if one.state == "down" and one.reason and one.peer == PEER]
        assert down == [K.LINK_LOST]
        kinds = {end.kind for end in it.ends("scan")}
        assert kinds <= {K.NET_CLOSED, K.NET_REFUSED, K.ROUTER_UNAVAILABLE}
        assert K.NET_REFUSED in kinds
        await it.connect()
        assert await it.read() == b"counter"


async def test_a_router_off_the_net_comes_back_with_its_links() -> None:
    async with story("router:offline@10s-28s") as it, asyncio.timeout(10):
        it.router.scan(ScanRequest())
        await it.connect()
        failed: Failure | bytes = b""
        while isinstance(failed, bytes):
            failed = await outcome_of(it.router.read(PEER, NAME, within=0.2))
        assert failed.kind is K.NET_TIMEOUT
        while isinstance(read := await it.read(), Failure):
            assert read.kind is K.NET_TIMEOUT
        await it.hears()
        assert [one.state for one in it.heard.links if one.peer == PEER] == ["up"]


async def test_tokens_that_end_in_mid_stream_are_renewed() -> None:
    async with served("router:expire@10s/20s", speed=20.0, token=SECRET) as at:
        target = target_of(at.url, key="lab")
        env = Env("lab", speed=20.0, secret=lambda name: f"user:{SECRET}")
        async with opened(target, env) as (router, heard):
            it = Story(router, heard)
            router.scan(ScanRequest())
            await it.connect()
            for _ in range(2):
                seen = len(it.ends("scan"))
                await heard.until(lambda seen=seen: len(it.ends("scan")) > seen)  # type: ignore[misc]
                await it.live_again()
                await it.hears()
                assert await it.read() == b"counter"
            assert {end.kind for end in it.ends("scan")} == {K.NET_CLOSED}


async def test_one_call_in_five_fails_and_the_same_seed_fails_the_same() -> None:
    async def told() -> list[str]:
        async with story("http:502:20%[*/value]") as it:
            await it.connect()
            return ["failed" if isinstance(await it.read(), Failure) else "read" for _ in range(12)]

    first = await told()
    assert first == await told()
    assert 1 <= first.count("failed") <= 8
