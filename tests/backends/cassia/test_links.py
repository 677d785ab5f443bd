"""Links through a router: told once each, ended where they began, refused in the vocabulary."""

from __future__ import annotations

import asyncio
import json

import pytest

from bletui.backends.cassia.links import UNDO_AGAIN
from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.model import LinkChanged, Peer, Phy
from tests.backends.cassia.heard import opened, target_of
from tests.backends.cassia.one_device import ADDRESS, CONNECTION, LANE, STATES, Lab, OneDevice, lab
from tests.backends.cassia.recorded_router import HTML, Raw, RecordedRouter, Reply, Script, Stream, json_reply, recorded

PEER = Peer(LANE, ADDRESS)


async def connected(at: Lab, within: float = 5.0) -> Peer:
    return await at.backend.connect(ADDRESS, lane=LANE, address_type="random", pair=False, within=within)


async def failure_of_connect(at: Lab) -> Failure:
    with pytest.raises(BleError) as failed:
        await connected(at)
    return failed.value.failure


async def test_connect_asks_for_what_it_was_given_and_tells_the_link_once() -> None:
    async with lab() as at:
        assert await connected(at) == PEER
        [asked] = at.asked(CONNECTION)
        assert (asked.method, asked.query) == ("POST", {"chip": "1"})
        assert json.loads(asked.body) == {
            "type": "random", "timeout": 5000, "auto": 0, "discovergatt": 1, "fail_retry_times": 2,
        }  # fmt: skip
        assert [(link.peer, link.state) for link in at.heard.links] == [(PEER, "up")]
        assert await connected(at) == PEER
        assert len(at.asked(CONNECTION)) == len(at.heard.links) == 1
        assert [lane.lane.slots_used for lane in at.heard.lanes if lane.lane.id == LANE][-1] == 1


async def test_a_link_that_stood_already_is_made_up_from_the_list() -> None:
    async with lab(device=OneDevice(tells=False)) as at:
        peer = await at.backend.connect(ADDRESS, lane="lab/127.0.0.1/0", address_type=None, pair=False, within=5)
        assert peer == PEER  # the list says that the other chip carries it
        assert [(link.peer, link.state, link.bonded) for link in at.heard.links] == [(PEER, "up", False)]
        assert json.loads(at.asked(CONNECTION)[0].body)["type"] == "public"  # as the router has it


async def test_without_stream_and_list_the_answer_counts() -> None:
    answers: dict[str, Script] = {STATES: Reply(500, b"URL not found"), "/gap/nodes": json_reply({"nodes": {}})}
    async with lab({**answers}) as at:
        assert await connected(at) == PEER
        assert [(link.peer, link.state) for link in at.heard.links] == [(PEER, "up")]
        assert at.heard.told("state") == ["off"]
        await at.backend.disconnect(PEER, within=5)
        assert [link.state for link in at.heard.links] == ["up", "down"]


@pytest.mark.parametrize(("within", "timeout"), [(0.01, 200), (1.5, 1500), (600.0, 20_000)])
async def test_the_limit_is_clamped_to_what_routers_take(within: float, timeout: int) -> None:
    async with lab() as at:
        await connected(at, within)
        assert json.loads(at.asked(CONNECTION)[0].body)["timeout"] == timeout


async def test_disconnecting_is_told_once_and_ending_nothing_is_success() -> None:
    async with lab() as at:
        peer = await connected(at)
        await at.backend.disconnect(peer, within=5)
        await at.backend.disconnect(peer, within=5)
        assert [link.state for link in at.heard.links] == ["up", "down"]
        down = at.heard.links[-1]
        assert down.reason is not None
        assert (down.reason.kind, down.reason.message) == (ErrorKind.OP_CANCELLED, "host disconnect")


@pytest.mark.parametrize("words", ["device not found", "device disconnect", "device not connect"])
async def test_a_router_that_knows_of_no_link_has_none_to_end(words: str) -> None:
    async with lab({CONNECTION: [Reply(), Reply(500, words.encode())]}) as at:
        await at.backend.disconnect(await connected(at), within=5)
        assert [link.state for link in at.heard.links] == ["up", "down"]


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("device disconnect", ErrorKind.LINK_CLOSED_REMOTE),
        ("authenticate miss key", ErrorKind.SECURITY_KEY_MISSING),
        ("timeout", ErrorKind.LINK_LOST),
        (None, ErrorKind.LINK_LOST),
        ("host disconnect", ErrorKind.OP_CANCELLED),
        ("something new", ErrorKind.LINK_LOST),
    ],
)
async def test_an_end_comes_with_the_routers_reason(reason: str | None, kind: ErrorKind) -> None:
    async with lab() as at:
        await connected(at)
        at.device.tell("disconnected", **({} if reason is None else {"reason": reason}))
        await at.heard.until(lambda: len(at.heard.links) == 2)
        down = at.heard.links[-1].reason
        assert down is not None
        assert (down.kind, down.message, down.address) == (kind, reason or "", ADDRESS)


async def test_links_of_others_and_strange_events() -> None:
    async with lab() as at:
        for event in (b"data: keep-alive\n\n", b"data: {}\n\n", b"data: [1]\n\n", b":keep-alive\n\n"):
            at.device.states.put_nowait(event)
        at.device.tell("connect timeout")
        at.device.tell("connected")
        await at.heard.until(lambda: len(at.heard.links) == 1 and at.heard.shed == 2)
        assert at.heard.links[0].peer == PEER


async def test_a_stream_that_breaks_has_the_list_looked_at() -> None:
    async with lab(speed=20.0) as at:
        await connected(at)
        at.device.connected = False
        at.device.states.put_nowait(b"")
        await at.heard.until(lambda: at.heard.links[-1].state == "down")
        reason = at.heard.links[-1].reason
        assert reason is not None
        assert reason.kind is ErrorKind.LINK_LOST
        await at.heard.until(lambda: at.heard.told("state")[-2:] == ["broken", "live"])


async def test_while_the_stream_lives_the_list_is_left_alone() -> None:
    async with lab(speed=100.0) as at:
        await at.router.until(lambda: len(at.asked("/gap/nodes", "GET")) >= 2)  # the second one as the stream is live
        looks = [one for one in at.asked(method="GET") if one.path == "/gap/nodes"]
        for _ in range(5):  # half a minute of the router's time
            await connected(at)
            await at.backend.disconnect(PEER, within=5)
        assert [link.state for link in at.heard.links] == ["up", "down"] * 5
        assert [one for one in at.asked(method="GET") if one.path == "/gap/nodes"] == looks


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("chip is busy", ErrorKind.BUSY_CHIP),
        ("incorrect mode", ErrorKind.LINK_STATE_CONFLICT),
        ("no resources", ErrorKind.BUSY_CAPACITY),
        ("device not scan", ErrorKind.LINK_NOT_SEEN),
        ("operation timeout", ErrorKind.LINK_CONNECT_TIMEOUT),
        ("connect failed", ErrorKind.LINK_CONNECT_FAILED),
        ("something new", ErrorKind.OTHER_UNSPECIFIED),
    ],
)
async def test_refusals_are_in_the_vocabulary(words: str, kind: ErrorKind) -> None:
    async with lab({CONNECTION: Reply(500, words.encode())}) as at:
        failure = await failure_of_connect(at)
        assert (failure.kind, failure.message, failure.lane, failure.address) == (kind, words, LANE, ADDRESS)
        assert failure.operation == "connect"
        assert at.heard.links == []


async def test_the_recorded_refusal() -> None:
    refusal = recorded("POST", "/gap/nodes/invalid_device_mac/connection", 500)
    async with lab({CONNECTION: refusal}) as at:
        assert (await failure_of_connect(at)).kind is ErrorKind.REQUEST_INVALID


async def test_a_login_page_is_no_link() -> None:
    async with lab({CONNECTION: Reply(200, HTML, "text/html")}) as at:
        assert (await failure_of_connect(at)).kind is ErrorKind.DATA_MALFORMED
        assert at.heard.links == []


@pytest.mark.parametrize("garbled", [b"O", b"7", b"", b"{"])
async def test_a_connect_whose_answer_can_not_be_read_is_taken_back(garbled: bytes) -> None:
    """It may have come up all the same: the retry would find a link that it takes for somebody else's."""
    async with lab({CONNECTION: [Reply(200, garbled), Reply()]}) as at:
        failure = await failure_of_connect(at)
        assert (failure.kind, failure.outcome_unknown) == (ErrorKind.DATA_MALFORMED, False)
        assert [one.method for one in at.asked(CONNECTION)] == ["POST", "DELETE"]


@pytest.mark.parametrize("then", [0, 1])
async def test_a_cancelled_connect_is_cancelled_at_the_router(then: int) -> None:
    async with lab({CONNECTION: [Raw(hold=True), Reply()]}) as at:
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(connected(at))
            await at.router.until(lambda: bool(at.asked(CONNECTION)))
            if then:
                at.device.tell("connected")  # it came up all the same
                await at.heard.until(lambda: bool(at.heard.links))
            connecting.cancel()
        assert [one.method for one in at.asked(CONNECTION)] == ["POST", "DELETE"]
        assert [link.state for link in at.heard.links] == ["up", "down"][: 2 * then]


async def test_a_router_that_never_answers_is_asked_to_forget_it() -> None:
    async with lab({CONNECTION: [Raw(hold=True), Reply()]}) as at:
        with pytest.raises(BleError) as late:
            await connected(at, 0.05)
        assert (late.value.failure.kind, late.value.failure.outcome_unknown) == (ErrorKind.NET_TIMEOUT, False)
        assert [one.method for one in at.asked(CONNECTION)] == ["POST", "DELETE"]


async def test_a_cut_connect_is_not_repeated() -> None:
    async with lab({CONNECTION: [Raw(), Reply(502, b"")]}) as at:
        failure = await failure_of_connect(at)
        assert (failure.kind, failure.outcome_unknown) == (ErrorKind.NET_CLOSED, True)
        assert [one.method for one in at.asked(CONNECTION)] == ["POST", "DELETE"]


async def test_what_could_not_be_taken_back_is_taken_back_when_the_router_can_be_reached() -> None:
    async with lab({CONNECTION: [Raw(), Reply(502, b""), Reply(502, b""), Reply()]}, speed=50.0) as at:
        assert (await failure_of_connect(at)).outcome_unknown
        await at.router.until(lambda: len(at.asked(CONNECTION)) == 4)
        assert [one.method for one in at.asked(CONNECTION)] == ["POST", "DELETE", "DELETE", "DELETE"]
        await asyncio.sleep(UNDO_AGAIN[3] / 50)
        assert len(at.asked(CONNECTION)) == 4


async def test_what_is_asked_for_anew_is_not_taken_back() -> None:
    async with lab({CONNECTION: [Raw(), Reply(502, b""), Reply()]}, speed=50.0) as at:
        assert (await failure_of_connect(at)).outcome_unknown
        assert await connected(at) == PEER
        await asyncio.sleep(sum(UNDO_AGAIN[:3]) / 50)
        assert [one.method for one in at.asked(CONNECTION)] == ["POST", "DELETE", "POST"]


async def test_a_connect_waits_for_what_just_takes_an_earlier_one_back() -> None:
    """At the router it would else be overtaken by it, and taken back itself."""
    late = Stream()
    async with lab({CONNECTION: [Raw(), Reply(502, b""), late, Reply()]}, speed=50.0) as at:
        assert (await failure_of_connect(at)).outcome_unknown
        await at.router.until(lambda: len(at.asked(CONNECTION)) == 3)
        async with asyncio.TaskGroup() as group:
            again = group.create_task(connected(at))
            await asyncio.sleep(0.05)
            assert [one.method for one in at.asked(CONNECTION)] == ["POST", "DELETE", "DELETE"]
            late.feed.put_nowait(b"")
        assert again.result() == PEER
        assert [one.method for one in at.asked(CONNECTION)] == ["POST", "DELETE", "DELETE", "POST"]


async def test_wrong_arguments_are_refused_before_anything_is_sent() -> None:
    async with lab() as at:
        before = len(at.router.asked)
        wrong = {
            "address": at.backend.connect("F6:12", lane=LANE, address_type=None, pair=False, within=5),
            "lane": at.backend.connect(ADDRESS, lane="hci0", address_type=None, pair=False, within=5),
            "within": at.backend.connect(ADDRESS, lane=LANE, address_type=None, pair=False, within=float("nan")),
            "tx": at.backend.set_phy(PEER, tx=("9M",), rx=(), within=5),
        }
        for field, call in wrong.items():
            with pytest.raises(BleError) as refused:
                await call
            assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
            assert refused.value.failure.detail.startswith(f"{field}=")
        assert len(at.router.asked) == before


async def test_rssi_and_phy() -> None:
    answers: dict[str, Script] = {
        f"/gap/nodes/{ADDRESS}/rssi": json_reply({"id": ADDRESS, "rssi": "-33"}),
        f"/gap/nodes/{ADDRESS}/phy": json_reply({"id": ADDRESS, "tx_phy": "2M", "rx_phy": "1M"}),
    }
    async with lab({**answers}) as at:
        peer = await connected(at)
        assert await at.backend.rssi(peer, within=5) == -33
        assert await at.backend.set_phy(peer, tx=("2M", "1M"), rx=("1M",), within=5) == Phy("2M", "1M")
        assert json.loads(at.asked("/phy")[0].body) == {"tx": "2M,1M", "rx": "1M"}
        assert at.heard.of(LinkChanged)[-1].phy == ("2M", "1M")
        assert await at.backend.set_phy(peer, tx=(), rx=(), within=5) == Phy("2M", "1M")
        assert [(one.method, one.body) for one in at.asked("/phy")][1:] == [("GET", b"")]


async def test_the_target_settles_what_every_connect_asks_for() -> None:
    device = OneDevice()
    async with (
        RecordedRouter(device.answers()) as router,
        opened(target_of(router.url, "fail_retry_times=0&connect_phy=2M,CODED")) as (backend, _),
    ):
        await backend.connect(ADDRESS, lane=LANE, address_type="random", pair=False, within=5)
        [asked] = [one for one in router.asked if one.method == "POST"]
        assert {"fail_retry_times": 0, "phy": "2M,CODED"}.items() <= json.loads(asked.body).items()


async def test_old_firmware_cannot_do_everything() -> None:
    old = json_reply({"mac": "CC:1B:E0:E0:F1:E8", "version": "1.4.1.1904161322", "chipinfo": {"0": {}}})
    async with lab({"/cassia/info": old}) as at:
        cannot = at.heard.lanes[-1].lane.cannot
        assert set(cannot) == {"bonds", "rssi", "set_phy"}
        assert "1.4.1.1904161322" in cannot["rssi"]
        with pytest.raises(BleError) as refused:
            await at.backend.bonds()
        assert refused.value.failure.kind is ErrorKind.OP_UNSUPPORTED
