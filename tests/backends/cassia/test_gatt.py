"""Attributes through a router: trees in one call and in many, values, notifications."""

from __future__ import annotations

import pytest

from bletui.kinds import ErrorKind
from bletui.model import Notification, Peer, Properties, Shed
from tests.backends.cassia.one_device import (
    ADDRESS,
    CCCD,
    GATT,
    LANE,
    NOTIFICATIONS,
    NOTIFYING,
    TREE,
    OneDevice,
    lab,
)  # fmt: skip
from tests.backends.cassia.recorded_router import HTML, Raw, Reply, Script, json_reply, recorded
from tests.failing import failure_of

PEER = Peer(LANE, ADDRESS)
VALUE = f"{GATT}/handle/3/value"


def up() -> OneDevice:
    return OneDevice(connected=True)


async def test_the_recorded_tree_in_one_call() -> None:
    async with lab(device=up()) as at:
        tree = await at.backend.discover(PEER, refresh=False, within=5)
        assert [(one.uuid[:8], one.handle, len(one.characteristics)) for one in tree.services] == [
            ("00001800", 1, 4), ("00001801", 10, 0), ("6e400001", 11, 2),
        ]  # fmt: skip
        notifying = tree.services[2].characteristics[0]
        assert (notifying.handle, notifying.properties) == (NOTIFYING, Properties.NOTIFY)
        assert [(one.uuid[:8], one.handle) for one in notifying.descriptors] == [("00002902", CCCD)]
        assert tree.services[0].characteristics[0].descriptors == ()  # the value itself is none
        assert len(at.asked(GATT)) == 1


async def test_firmware_without_the_one_call_is_asked_in_parts() -> None:
    async with lab(device=up()) as at:
        whole = await at.backend.discover(PEER, refresh=False, within=5)
    described = [{"handle": 13, "uuid": "6e400003-b5a3-f393-e0a9-e50e24dcca9e"}, {"handle": 14, "uuid": "2902"}]
    parts: dict[str, Script] = {
        TREE: Reply(500, b"URL not found"),
        f"{GATT}/services": recorded("GET", f"{GATT}/services", 200),
        f"{GATT}/characteristics": recorded("GET", f"{GATT}/characteristics", 200),
        f"{GATT}/characteristics/6e400003-b5a3-f393-e0a9-e50e24dcca9e/descriptors": json_reply(described),
        f"{GATT}/characteristics/6e400002-b5a3-f393-e0a9-e50e24dcca9e/descriptors": json_reply({}),
    }
    async with lab({**parts}, up()) as at:
        assert await at.backend.discover(PEER, refresh=False, within=5) == whole


async def test_a_refresh_has_the_next_connect_read_the_device() -> None:
    async with lab() as at:
        for wanted in (b'"discovergatt": 1', b'"discovergatt": 0', b'"discovergatt": 1'):
            await at.backend.connect(ADDRESS, lane=LANE, address_type="random", pair=False, within=5)
            assert wanted in at.asked("/connection", "POST")[-1].body
            if wanted.endswith(b"1") and len(at.asked("/connection", "POST")) == 1:
                await at.backend.discover(PEER, refresh=True, within=5)
            await at.backend.disconnect(PEER, within=5)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (b'{"handle":"3","value":"56312e', "not JSON"),
        (b"[1]", "not an object"),
        (b'{"handle":"3","value":7}', "value is not hex"),
        (b'{"handle":"3","value":"5"}', "value is not hex"),
        (b'{"handle":"4","value":"56"}', "another handle"),
        (b'{"handle":"3","value":"' + b"00" * 513 + b'"}', "512 bytes"),
        (b" " * (1 << 20) + b"{}  ", "more than"),
        (HTML, "not JSON"),
    ],
)
async def test_a_value_that_is_none_is_malformed_and_says_why(body: bytes, wrong: str) -> None:
    async with lab({VALUE: Reply(200, body, "application/json")}, up()) as at:
        failure = await failure_of(at.backend.read(PEER, 3, within=5))
        assert (failure.kind, failure.handle) == (ErrorKind.DATA_MALFORMED, 3)
        assert wrong in failure.detail


@pytest.mark.parametrize(
    ("tree", "wrong"),
    [
        (b"7", "no list"),
        (b'[{"uuid":"2a00","handle":0}]', "handle"),
        (b'[{"uuid":"zz","handle":1}]', "uuid"),
        (b'[{"uuid":"1800","handle":1},{"uuid":"1801","handle":1}]', "twice"),
        (b'[{"uuid":"1800","handle":1,"characteristics":[{"uuid":"2a00","handle":3}]}]', "properties"),
        (b'[{"uuid":"1800","handle":1,"characteristics":7}]', "no list of characteristics"),
        (b'[{"uuid":"1800","handle":1,"primary":"yes"}]', "primary"),
    ],
)
async def test_a_tree_that_is_none_is_malformed_and_says_why(tree: bytes, wrong: str) -> None:
    async with lab({TREE: Reply(200, tree, "application/json")}, up()) as at:
        failure = await failure_of(at.backend.discover(PEER, refresh=False, within=5))
        assert failure.kind is ErrorKind.DATA_MALFORMED
        assert wrong in failure.detail


async def test_values_are_read_as_every_firmware_writes_them() -> None:
    replies = [json_reply({"handle": "3", "value": "56312E36"}), json_reply({"handle": 3, "value": ""}), json_reply({})]
    async with lab({VALUE: replies}, up()) as at:
        assert [await at.backend.read(PEER, 3, within=5) for _ in replies] == [b"V1.6", b"", b""]


async def test_values_are_written_with_and_without_response() -> None:
    path = f"{GATT}/handle/3/value/0102"
    async with lab({path: Reply()}, up()) as at:
        await at.backend.write(PEER, 3, b"\x01\x02", response=True, within=5)
        await at.backend.write(PEER, 3, b"\x01\x02", response=False, within=5)
        assert [(one.method, one.query) for one in at.asked(path)] == [("GET", {}), ("GET", {"noresponse": "1"})]


async def test_a_cut_write_is_never_repeated_and_its_outcome_not_known() -> None:
    path = f"{GATT}/handle/3/value/01"
    async with lab({path: [Raw(), Reply()]}, up()) as at:
        failure = await failure_of(at.backend.write(PEER, 3, b"\x01", response=True, within=5))
        assert (failure.kind, failure.outcome_unknown) == (ErrorKind.NET_CLOSED, True)
        assert len(at.asked(path)) == 1


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("device not found", ErrorKind.LINK_NOT_CONNECTED),
        ("device disconnect", ErrorKind.LINK_NOT_CONNECTED),  # firmware 1.4's words for the same
        ("operation timeout", ErrorKind.GATT_TIMEOUT),
        ("need pair operation", ErrorKind.SECURITY_PAIRING_REQUIRED),
        ("ATT insufficient Authorization", ErrorKind.SECURITY_NOT_AUTHORIZED),
        ("parameter invalid", ErrorKind.REQUEST_INVALID),
    ],
)
async def test_refusals_are_in_the_vocabulary(words: str, kind: ErrorKind) -> None:
    async with lab({VALUE: Reply(500, words.encode())}) as at:
        failure = await failure_of(at.backend.read(PEER, 3, within=5))
        assert (failure.kind, failure.message, failure.operation) == (kind, words, "read")


async def test_wrong_arguments_are_refused_before_anything_is_sent() -> None:
    async with lab(device=up()) as at:
        before = len(at.router.asked)
        for field, call in {
            "handle": at.backend.read(PEER, 0, within=5),
            "value": at.backend.write(PEER, 3, b"", response=True, within=5),
            "value: 513": at.backend.write(PEER, 3, bytes(513), response=False, within=5),
            "address": at.backend.discover(Peer(LANE, "hci"), refresh=False, within=5),
        }.items():
            failure = await failure_of(call)
            assert failure.kind is ErrorKind.REQUEST_INVALID
            assert failure.detail.startswith(field)
        assert len(at.router.asked) == before


async def test_delivery_is_armed_before_the_cccd_is_written() -> None:
    device = up()

    def switched(_: object) -> Reply:
        device.notify("01", seqNum=1)  # before the write's own answer
        return Reply()

    async with lab({f"{GATT}/handle/{CCCD}/value/0100": switched}, device) as at:
        await at.backend.subscribe(PEER, NOTIFYING, mode="notify", within=5)
        await at.heard.until(lambda: bool(at.heard.of(Notification)))
        paths = [one.path for one in at.router.asked]
        assert paths.index("/gatt/nodes") < paths.index(f"{GATT}/handle/{CCCD}/value/0100")
        [stream] = at.router.streams_asked()
        assert stream.query == {"event": "1", "sequence": "2"}
        [told] = at.heard.of(Notification)
        assert (told.peer, told.handle, told.value, told.indication, told.seq) == (PEER, 13, b"\x01", False, 1)


async def test_after_off_nothing_comes_and_the_stream_is_closed() -> None:
    async with lab(device=up()) as at:
        await at.backend.subscribe(PEER, NOTIFYING, mode="indicate", within=5)
        assert at.router.open_streams == 2
        await at.backend.subscribe(PEER, NOTIFYING, mode="off", within=5)
        await at.router.until(lambda: at.router.open_streams == 1)
        assert [one.path[-4:] for one in at.asked(f"handle/{CCCD}")] == ["0200", "0000"]
        assert at.heard.told("notify") == ["live", "off"]


async def test_gaps_are_counted_and_what_others_subscribed_to_is_theirs() -> None:
    async with lab(device=up()) as at:
        await at.backend.subscribe(PEER, NOTIFYING, mode="notify", within=5)
        for seq in (7, 8, 11, 1, 2):
            at.device.notify(f"{seq:02x}", seqNum=seq)
        at.device.notify("ff", handle=99, seqNum=3)
        at.device.notify("zz")
        at.device.notify("04", seqNum=4, dataType="indication")
        await at.heard.until(lambda: len(at.heard.of(Notification)) == 6)
        assert [one.value.hex() for one in at.heard.of(Notification)] == ["07", "08", "0b", "01", "02", "04"]
        assert [(one.what, one.count) for one in at.heard.of(Shed)] == [("notifications", 2), ("malformed events", 1)]


async def test_a_refused_stream_fails_the_subscription_before_the_cccd() -> None:
    async with lab({NOTIFICATIONS: Reply(502, b"")}, up()) as at:
        failure = await failure_of(at.backend.subscribe(PEER, NOTIFYING, mode="notify", within=5))
        assert (failure.operation, failure.handle, failure.status) == ("subscribe", NOTIFYING, 502)
        assert at.asked(f"handle/{CCCD}") == []


@pytest.mark.parametrize(("handle", "kind"), [(3, ErrorKind.GATT_NOT_PERMITTED), (99, ErrorKind.GATT_NOT_FOUND)])
async def test_what_cannot_notify_is_refused(handle: int, kind: ErrorKind) -> None:
    async with lab(device=up()) as at:
        assert (await failure_of(at.backend.subscribe(PEER, handle, mode="notify", within=5))).kind is kind


async def test_a_links_end_ends_its_subscriptions() -> None:
    async with lab(device=up()) as at:
        await at.backend.subscribe(PEER, NOTIFYING, mode="notify", within=5)
        at.device.tell("disconnected", reason="device disconnect")
        await at.router.until(lambda: at.router.open_streams == 1)
        assert at.heard.links[-1].state == "down"


async def test_calls_do_not_wait_for_streams() -> None:
    async with lab({VALUE: json_reply({"value": "01"})}, up()) as at:
        await at.backend.subscribe(PEER, NOTIFYING, mode="notify", within=5)
        for _ in range(20):
            assert await at.backend.read(PEER, 3, within=5) == b"\x01"
