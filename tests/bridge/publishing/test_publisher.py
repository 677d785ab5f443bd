"""Against a real mosquitto: what arrives, what is kept for it, and how it ends."""

from __future__ import annotations

import asyncio
import hashlib
import time
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bletui.bridge.publishing import metrics, publisher
from bletui.bridge.publishing.messages import Sort
from bletui.bridge.publishing.outbox import Outbox
from bletui.failure import ErrorKind, Failure
from bletui.model import Lane, LaneChanged, LaneDown, LinkChanged, Owner, Peer, Shed, StreamChanged
from bletui.radio import QueuedRadio
from tests.bridge.publishing.mosquitto import WITHIN, Mosquitto, authority, mosquitto, needs_mosquitto, subscriber
from tests.bridge.publishing.published import ADDRESS, AT, Running, heard, publishing
from tests.bridge.publishing.relay import relay
from tests.bridge.samples import values
from tests.failing import failure_of
from tests.radio.scripted import ScriptedBackend

pytestmark = needs_mosquitto
HERE = "site/host"
USERS = {"site": "hunter2-hunter2"}


def url(broker: Mosquitto, rest: str = "") -> str:
    return f"mqtt://127.0.0.1:{broker.port}/site{rest}"


async def test_a_birth_lanes_devices_links_failures_and_the_end(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker, subscriber(broker) as sub:
        async with publishing(url(broker)) as it:
            birth = await sub.on(f"{HERE}/status")
            assert (birth.qos, birth.json["state"], birth.json["radios"]) == (1, "online", ["r"])
            assert (await sub.on(f"{HERE}/lanes/a")).json["usable"] is True

            it.backend.say(heard())
            device = await sub.on(f"{HERE}/devices/{ADDRESS}")
            assert (device.qos, device.retained) == (0, False)
            assert (device.json["name"], device.json["rssi"], device.json["lanes"]) == ("Abc", -50, {"a": -50})

            it.backend.say(LinkChanged(AT, Peer("a", ADDRESS), "up"))
            link = await sub.on(f"{HERE}/links/{ADDRESS}")
            assert (link.qos, link.json["schema"], link.json["foreign"]) == (1, "bletui.link/1", True)

            seat = await it.radio.attach(Owner("me"))
            it.backend.script["BB:00:00:00:00:02"] = [Failure(kind=ErrorKind.LINK_CONNECT_TIMEOUT, retry="never")]
            await failure_of(seat.connect("BB:00:00:00:00:02", address_type="public"))
            failed = (await sub.on(f"{HERE}/failures/link.connect-timeout")).json
            assert (failed["radio"], failed["address"]) == ("r", "BB:00:00:00:00:02")
            assert failed["remedies"][0]["text"]

            it.backend.say(Shed(AT, "a", "advertisements", 7))
            assert (await sub.on(f"{HERE}/shed")).json["count"] == 7
            it.backend.say(LaneDown(AT, "a", Failure(kind=ErrorKind.ADAPTER_MISSING)))
            gone = await sub.find(lambda said: said.topic == f"{HERE}/lanes/a" and not said.json["usable"])
            assert gone.json["failure"]["kind"] == "adapter.missing"
        assert (await sub.find(lambda said: '"stopped"' in said.payload)).topic == f"{HERE}/status"
        assert [note.failure for note in it.notes] == [None]
    assert it.publisher.published[Sort.LINK] == 2


async def test_whoever_subscribes_later_gets_lanes_and_status_and_no_device(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker, publishing(url(broker)) as it:
        it.backend.say(heard())
        await it.until(lambda: it.publisher.published[Sort.DEVICE])
        async with subscriber(broker) as late:
            await late.on(f"{HERE}/lanes/a")
            status = await late.on(f"{HERE}/status")
            assert status.retained
            assert {said.topic for said in late.said} == {f"{HERE}/lanes/a", f"{HERE}/status"}


async def test_a_device_says_the_same_and_something_else(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker, subscriber(broker) as sub, publishing(url(broker, "?change=0.1")) as it:
        for rssi in range(-90, -40):
            it.backend.say(heard(rssi=rssi))
        await sub.on(f"{HERE}/devices/{ADDRESS}")
        it.backend.say(heard(raw=bytes.fromhex("020106 040941 6264".replace(" ", ""))))
        changed = await sub.find(lambda said: '"Abd"' in said.payload)
        assert changed.json["count"] == 51
        assert it.publisher.published[Sort.DEVICE] == 2


async def test_it_has_the_radios_listen_while_it_publishes_devices(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker:
        for rest, wishes in (("", True), ("?filter=rssi%3E=-60", True), ("?devices=0", False)):
            async with publishing(url(broker, rest)) as it:
                await it.connected()
                assert any(it.backend.wishes) is wishes
            assert not any(it.backend.wishes[-1:]), "and not longer"


@pytest.mark.parametrize("rest", ["?filter=rssi%3E=-60", "?devices=0"])
async def test_devices_that_nobody_wants_are_left_out(tmp_path: Path, rest: str) -> None:
    async with mosquitto(tmp_path) as broker, subscriber(broker) as sub, publishing(url(broker, rest)) as it:
        it.backend.say(heard(rssi=-61), heard("BB:00:00:00:00:02", rssi=-30))
        it.backend.say(LinkChanged(AT, Peer("a", ADDRESS), "up"))
        await sub.on(f"{HERE}/links/{ADDRESS}")
        if "filter" in rest:
            await sub.on(f"{HERE}/devices/BB:00:00:00:00:02")
        assert it.publisher.published[Sort.DEVICE] == ("filter" in rest)


async def test_names_from_outside_are_one_level_each(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker, subscriber(broker) as sub, publishing(url(broker)) as it:
        it.backend.say(LaneChanged(AT, Lane("r/+/#\0$SYS", "\x1b[2J")))
        it.backend.say(heard("../../+/#"))
        lane = await sub.on(f"{HERE}/lanes/r%2F%2B%2F%23%00%24SYS")
        assert lane.payload.isascii()
        assert "\x1b" not in lane.payload
        await sub.on(f"{HERE}/devices/..%2F..%2F%2B%2F%23")


async def test_what_a_broken_stream_says_is_told_once(tmp_path: Path) -> None:
    broken = StreamChanged(AT, "a", "scan", "broken", Failure(kind=ErrorKind.NET_CLOSED), AT + 1)
    async with mosquitto(tmp_path) as broker, subscriber(broker) as sub, publishing(url(broker)) as it:
        it.backend.say(broken, broken, StreamChanged(AT, "a", "scan", "live"), broken)
        it.backend.say(LinkChanged(AT, Peer("a", ADDRESS), "up"))
        await sub.on(f"{HERE}/links/{ADDRESS}")
        assert [said.topic for said in sub.said].count(f"{HERE}/failures/net.closed") == 2


async def test_a_broker_that_is_killed_and_comes_back_misses_no_link(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker, publishing(url(broker)) as it:
        async with subscriber(broker) as sub:
            it.backend.say(LinkChanged(AT, Peer("a", ADDRESS), "up"))
            await sub.on(f"{HERE}/links/{ADDRESS}")
        await broker.stop()
        assert (await it.failed()).kind is ErrorKind.NET_CLOSED
        away = [f"C0:00:00:00:00:{number:02X}" for number in range(50)]
        for address in away:
            it.backend.say(heard(address), LinkChanged(AT, Peer("a", address), "up"))
        await it.until(lambda: len(it.failures) > 1)
        assert it.failures[1].kind is ErrorKind.NET_REFUSED
        await broker.start()
        each_and_what_stands = 1 + len(away) + 1 + len(away)
        await it.until(lambda: it.publisher.published[Sort.LINK] >= each_and_what_stands)
        assert it.publisher.connects == 2
        assert it.outbox.shed[Sort.LINK] == 0
        async with subscriber(broker) as late:  # a broker that forgot everything has been told the lanes anew
            assert (await late.on(f"{HERE}/lanes/a")).retained


async def test_a_bridge_that_is_gone_without_a_word_is_lost(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker, subscriber(broker) as sub, publishing(url(broker, "?id=one")) as it:
        await sub.on(f"{HERE}/status")
        async with publishing(url(broker, "?id=one")) as other:  # takes the name over, which cuts the first one
            assert (await it.failed()).kind is ErrorKind.NET_CLOSED, "this one does not say that it was taken over"
            assert (await sub.find(lambda said: '"lost"' in said.payload)).topic == f"{HERE}/status"
            await other.connected()


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
@pytest.mark.parametrize("given", ["site:wrong", "nobody:x", "site", ""])
async def test_wrong_credentials(tmp_path: Path, given: str, protocol: str) -> None:
    async with mosquitto(tmp_path, users=USERS) as broker:
        key = "K@" if given else ""
        where = f"mqtt://{key}127.0.0.1:{broker.port}/?protocol={protocol}"
        async with publishing(where, {"K": given}) as it:
            failure = await it.failed()
            assert (failure.kind, failure.source) == (ErrorKind.AUTH_REFUSED, "mqtt")
            assert "wrong" not in str(failure)
            assert it.notes[-1].wait == publisher.FIXED_BY_A_PERSON / 2


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_right_credentials(tmp_path: Path, protocol: str) -> None:
    async with mosquitto(tmp_path, users=USERS) as broker:
        where = f"mqtt://K@127.0.0.1:{broker.port}/site?protocol={protocol}"
        async with publishing(where, {"K": f"site:{USERS['site']}"}) as it:
            await it.until(lambda: it.publisher.published[Sort.LANE])


async def test_what_a_user_may_not_write_is_refused_and_counted(tmp_path: Path) -> None:
    (tmp_path / "access").write_text(f"topic write {HERE}/status\ntopic write {HERE}/lanes/#\n")
    async with mosquitto(tmp_path, f"acl_file {tmp_path / 'access'}") as broker, publishing(url(broker)) as it:
        it.backend.say(LinkChanged(AT, Peer("a", ADDRESS), "up"))
        failure = await it.failed()
        assert (failure.kind, failure.code) == (ErrorKind.AUTH_REFUSED, "0x87")
        assert it.publisher.refused == {Sort.LINK: 1}
        assert it.publisher.connected


async def test_what_is_larger_than_the_broker_takes_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    async with mosquitto(tmp_path, "max_packet_size 900") as broker, publishing(url(broker)) as it:
        it.backend.say(LinkChanged(AT, Peer("a", ADDRESS), "down", Failure(kind=ErrorKind.LINK_LOST, detail="x" * 900)))
        it.backend.say(LinkChanged(AT, Peer("a", ADDRESS), "up"))
        failure = await it.failed()
        assert (failure.kind, failure.code) == (ErrorKind.REQUEST_INVALID, "0x95")
        await it.until(lambda: it.publisher.published[Sort.LINK] == 1)
        assert it.publisher.refused == {Sort.LINK: 1}
        assert it.publisher.connects == 1


async def tls(folder: Path, rest: str, *names: str, lines: tuple[str, ...] = ()) -> tuple[Failure | None, Running]:
    """How the first connection to a broker with a certificate for `names` ends: with a failure, or well."""
    files, ca, certificate = authority(folder, *names)
    pin = hashlib.sha256(certificate).hexdigest()
    async with mosquitto(folder, *lines, tls=files) as broker:
        where = f"mqtts://127.0.0.1:{broker.port}/site?{rest}".replace("CA", str(ca)).replace("PIN", pin)
        async with publishing(where) as it:
            await it.until(lambda: it.notes)
            return it.notes[0].failure, it


@pytest.mark.parametrize("rest", ["ca=CA", "pin=sha256:PIN"])
async def test_tls_by_an_authority_and_by_a_pin(tmp_path: Path, rest: str) -> None:
    failure, it = await tls(tmp_path, rest, "127.0.0.1")
    assert failure is None
    assert it.publisher.connects == 1


@pytest.mark.parametrize(
    ("rest", "name", "kind"),
    [
        ("", "127.0.0.1", ErrorKind.TLS_UNTRUSTED),
        ("ca=CA", "other.example", ErrorKind.TLS_HOSTNAME),
        ("pin=sha256:" + "ab" * 32, "127.0.0.1", ErrorKind.TLS_UNTRUSTED),
    ],
)
async def test_certificates_that_do_not_count(tmp_path: Path, rest: str, name: str, kind: ErrorKind) -> None:
    failure, it = await tls(tmp_path, rest, name)
    assert failure is not None
    assert failure.kind is kind
    assert it.publisher.connects == 0


@pytest.mark.parametrize("shown", [True, False])
async def test_a_broker_that_asks_who_we_are(tmp_path: Path, shown: bool) -> None:
    ours = f"&cert={tmp_path / 'chain.pem'}&certkey={tmp_path / 'key.pem'}"
    asks = (f"cafile {tmp_path / 'ca.pem'}", "require_certificate true")
    failure, it = await tls(tmp_path, f"ca=CA{ours if shown else ''}", "127.0.0.1", lines=asks)
    if shown:
        assert failure is None
        assert it.publisher.connects == 1
    else:
        assert failure is not None
        assert failure.kind is ErrorKind.AUTH_REFUSED


async def test_tls_spoken_to_a_port_without_it_and_the_other_way_round(tmp_path: Path) -> None:
    files, _, _ = authority(tmp_path, "127.0.0.1")
    async with mosquitto(tmp_path) as plain, publishing(f"mqtts://127.0.0.1:{plain.port}/") as it:
        assert (await it.failed()).kind in (ErrorKind.TLS_HANDSHAKE, ErrorKind.NET_CLOSED)
    async with mosquitto(tmp_path, tls=files) as secure, publishing(f"mqtt://127.0.0.1:{secure.port}/") as it:
        failure = await it.failed()
        assert failure.kind is ErrorKind.NET_CLOSED
        assert "mqtts://" in failure.detail


async def test_a_thousand_reports_a_second_all_arrive(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(mosquitto(tmp_path))
        sub = await stack.enter_async_context(subscriber(broker, pattern=f"{HERE}/devices/#"))
        it = await stack.enter_async_context(publishing(url(broker, "?every=0")))
        began = time.monotonic()
        for number in range(1000):
            it.backend.say(heard(f"C0:00:00:00:{number >> 8:02X}:{number & 255:02X}"))
            if number % 20 == 0:
                await asyncio.sleep(max(0.0, began + number / 1000 - time.monotonic()))
        await it.until(lambda: it.publisher.published[Sort.DEVICE] == 1000)
        await sub.find(lambda _: len(sub.said) == 1000)
        assert it.outbox.shed == {}


async def test_a_broker_that_stands_still_costs_no_memory_and_no_link(tmp_path: Path) -> None:
    """What is lost is counted and told; the rest goes on when the broker does."""
    outbox = Outbox(devices_max=64 * 1024, events_max=1024 * 1024)
    devices = [f"C0:00:00:00:{number >> 8:02X}:{number & 255:02X}" for number in range(4_000)]
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(mosquitto(tmp_path))
        way = await stack.enter_async_context(relay(broker.port))
        sub = await stack.enter_async_context(subscriber(broker, pattern=f"{HERE}/#"))
        where = f"mqtt://127.0.0.1:{way.port}/site?every=0"
        it = await stack.enter_async_context(publishing(where, outbox=outbox, answer_within=WITHIN))
        await it.connected()
        way.open.clear()
        for number, address in enumerate(devices):
            it.backend.say(heard(address))
            if number % 50 == 0:  # more than may be on their way unacknowledged
                it.backend.say(LinkChanged(AT, Peer("a", address), "up"))
                await asyncio.sleep(0)
        await it.until(lambda: outbox.shed[Sort.DEVICE])
        assert len(outbox) < 500
        way.open.set()
        await it.until(lambda: it.publisher.published[Sort.DEVICE] + outbox.shed[Sort.DEVICE] == len(devices))
        links = {f"{HERE}/links/{address}" for address in devices[::50]}
        await sub.find(lambda _: links <= {said.topic for said in sub.said})
        assert (await sub.on(f"{HERE}/shed")).json["what"] == "messages on devices"
        assert outbox.shed[Sort.LINK] == 0
        assert it.failures == []


async def test_the_page_of_counts(tmp_path: Path) -> None:
    assert metrics.text([]) == ""
    async with mosquitto(tmp_path) as broker, publishing(url(broker)) as it:
        it.backend.say(heard())
        await it.until(lambda: it.publisher.published[Sort.DEVICE])
        page = metrics.text([it.publisher]).replace('",what="', "/")
        told = values(page.replace(url(broker), "it"))
        assert told['bletui_publisher_connected{publisher="it"}'] == 1
        assert told['bletui_published_total{publisher="it/devices"}'] == 1
        assert told['bletui_publish_shed_total{publisher="it/links"}'] == 0


async def test_a_radio_that_comes_and_one_that_goes(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker, subscriber(broker) as sub, publishing(url(broker)) as it:
        backend = ScriptedBackend(Lane("b"))
        radio = QueuedRadio(backend, "second")
        await radio.open()
        it.following.join(radio)
        await sub.on(f"{HERE}/lanes/b")
        backend.say(LinkChanged(AT, Peer("b", ADDRESS), "up"))
        await sub.on(f"{HERE}/links/{ADDRESS}")
        await radio.aclose()
        gone = await sub.find(lambda said: said.topic == f"{HERE}/lanes/b" and not said.json["usable"])
        assert gone.json["failure"]["kind"] == "op.cancelled"
        assert (await sub.find(lambda said: '"down"' in said.payload)).topic == f"{HERE}/links/{ADDRESS}"
        assert it.following.names == ["r"]
