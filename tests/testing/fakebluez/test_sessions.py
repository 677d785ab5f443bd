"""Notifications of the double, by signals and by sockets, seen by plain D-Bus clients."""

from __future__ import annotations

import socket

from dbus_fast import Message

from bletui.testing.fakebluez import FakeBluez, Peer
from bletui.testing.fakebluez import desk as table
from tests.testing.fakebluez.client import DEVICE, connected, said
from tests.testing.fakebluez.gatting import CHARACTERISTIC, Attributes, again, linked
from tests.waiting import until

BATTERY = table.sig(0x2A19)


def values(attributes: Attributes, uuid: str) -> list[bytes]:
    return [value for name, value in attributes.told(uuid) if name == "Value"]


def packets(reply: Message) -> socket.socket:
    """The socket in an Acquire reply."""
    assert said(reply) == (None, [0, 517])
    end = socket.socket(fileno=reply.unix_fds[0])
    end.setblocking(False)
    return end


async def test_notifying_is_told_before_the_answer_and_each_value_even_if_it_is_the_same(desk: FakeBluez) -> None:
    peer = desk.peers[table.MAIN.address]
    async with linked(desk, table.MAIN) as main:
        assert not peer.notify(peer.handle(table.NOTIFY), b"too soon")
        assert said(await main.call("StartNotify", table.NOTIFY)) == (None, [])
        assert main.told(table.NOTIFY) == [("Notifying", True)]
        for _ in range(2):
            assert peer.notify(peer.handle(table.NOTIFY), b"same")
        await main.client.until(lambda: len(values(main, table.NOTIFY)) == 2)
        assert said(await main.call("StartNotify", table.NOTIFY)) == (None, [])
        assert said(await main.call("StopNotify", table.NOTIFY)) == (None, [])
        assert main.told(table.NOTIFY)[-1] == ("Notifying", False)
        assert not peer.subscribed


async def test_the_last_client_to_leave_ends_it(desk: FakeBluez) -> None:
    peer = desk.peers[table.MAIN.address]
    async with linked(desk, table.MAIN) as main:
        path = main.path(table.NOTIFY)
        await main.call("StartNotify", table.NOTIFY)
        async with connected(desk.address) as other:
            assert said(await other.call("StartNotify", path, CHARACTERISTIC)) == (None, [])
            await main.call("StopNotify", table.NOTIFY)
            assert peer.subscribed
        await until(lambda: not peer.subscribed)
        assert said(await main.call("StopNotify", table.NOTIFY)) == (
            "org.bluez.Error.Failed",
            "No notify session started",
        )


async def test_what_can_not_notify_and_what_refuses_to(desk: FakeBluez) -> None:
    async with linked(desk, table.MAIN) as main:
        assert said(await main.call("StartNotify", table.READ))[0] == "org.bluez.Error.NotSupported"
        refused = said(await main.call("StartNotify", table.REFUSED))
        assert refused == ("org.bluez.Error.Failed", "Operation failed with ATT error: 0x80")
        assert said(await main.call("StopNotify", table.REFUSED))[1] == "No notify session started"


async def test_a_session_outlives_the_link_and_is_armed_again(desk: FakeBluez) -> None:
    peer = desk.peers[table.MAIN.address]
    async with linked(desk, table.MAIN) as main:
        await main.call("StartNotify", table.NOTIFY)
        peer.drop()
        assert not peer.subscribed
        await again(desk, main)
        assert peer.notify(peer.handle(table.NOTIFY), b"again")
        await main.client.until(lambda: values(main, table.NOTIFY) == [b"again"])


async def test_a_session_without_a_link_waits_for_one(desk: FakeBluez) -> None:
    peer = desk.peers[table.MAIN.address]
    async with linked(desk, table.MAIN) as main:
        peer.drop()
        assert said(await main.call("StartNotify", table.NOTIFY)) == (None, [])
        assert not main.told(table.NOTIFY)
        await again(desk, main)
        assert peer.notify(peer.handle(table.NOTIFY), b"now")
        await main.client.until(lambda: main.told(table.NOTIFY) == [("Notifying", True), ("Value", b"now")])


async def test_a_peripheral_sends_by_itself_once_subscribed_to(desk: FakeBluez) -> None:
    async with linked(desk, table.MAIN) as main:
        await main.call("StartNotify", BATTERY)
        await main.client.until(lambda: len(values(main, BATTERY)) == 3)
        assert values(main, BATTERY) == [b"\x59", b"\x58", b"\x59"]


async def test_a_socket_for_notifications_is_one_clients_alone(desk: FakeBluez) -> None:
    peer = desk.peers[table.MAIN.address]
    acquired = ("org.bluez.Error.NotPermitted", "Notify acquired")
    async with linked(desk, table.MAIN) as main:
        end = packets(await main.call("AcquireNotify", table.NOTIFY, "a{sv}", {}))
        assert main.told(table.NOTIFY) == [("NotifyAcquired", True)]
        assert said(await main.call("StartNotify", table.NOTIFY)) == acquired
        assert said(await main.call("AcquireNotify", table.NOTIFY, "a{sv}", {})) == acquired
        peer.notify(peer.handle(table.NOTIFY), b"packet")
        assert end.recv(512) == b"packet"
        assert not values(main, table.NOTIFY)
        end.close()
        await main.client.until(lambda: main.told(table.NOTIFY)[-1] == ("NotifyAcquired", False))
        assert not peer.subscribed
        assert said(await main.call("StartNotify", table.NOTIFY)) == (None, [])
        assert said(await main.call("AcquireNotify", table.NOTIFY, "a{sv}", {}))[0] == "org.bluez.Error.InProgress"
        assert said(await main.call("AcquireNotify", table.INDICATE, "a{sv}", {}))[0] == "org.bluez.Error.NotSupported"


async def test_a_socket_for_writes(desk: FakeBluez) -> None:
    peer = desk.peers[table.MAIN.address]
    acquired = ("org.bluez.Error.NotPermitted", "Write acquired")
    async with linked(desk, table.MAIN) as main:
        end = packets(await main.call("AcquireWrite", table.COMMAND, "a{sv}", {}))
        assert main.told(table.COMMAND) == [("WriteAcquired", True)]
        for value in (b"one", b"", b"two"):
            end.send(value)
        await until(lambda: [value for _, value in peer.written] == [b"one", b"", b"two"])
        assert said(await main.write(table.COMMAND, b"x")) == acquired
        assert said(await main.call("AcquireWrite", table.COMMAND, "a{sv}", {})) == acquired
        end.close()
        await main.client.until(lambda: main.told(table.COMMAND)[-1] == ("WriteAcquired", False))
        assert said(await main.call("AcquireWrite", table.WRITE, "a{sv}", {}))[0] == "org.bluez.Error.NotSupported"


async def test_sockets_end_with_the_link(desk: FakeBluez) -> None:
    peer: Peer = desk.peers[table.MAIN.address]
    async with linked(desk, table.MAIN) as main:
        ends = [
            packets(await main.call("AcquireNotify", table.NOTIFY, "a{sv}", {})),
            packets(await main.call("AcquireWrite", table.COMMAND, "a{sv}", {})),
        ]
        peer.drop()
        for end in ends:
            assert end.recv(512) == b""
            end.close()
        lost = said(await main.call("AcquireWrite", table.COMMAND, "a{sv}", {}))
        assert lost == ("org.bluez.Error.Failed", "Not connected")
        assert said(await main.client.call("Connect", main.device, DEVICE)) == (None, [])


async def test_a_client_that_does_not_read_its_socket_loses_values(desk: FakeBluez) -> None:
    peer = desk.peers[table.MAIN.address]
    handle = peer.handle(table.NOTIFY)
    async with linked(desk, table.MAIN) as main:
        with packets(await main.call("AcquireNotify", table.NOTIFY, "a{sv}", {})) as end:
            for _ in range(5000):
                peer.notify(handle, bytes(512))
            sessions = desk.adapters["hci0"].device(table.MAIN.address).gatt.characteristics[handle].sessions
            assert sessions.lost > 0
            read = 0
            while True:
                try:
                    end.recv(512)
                except BlockingIOError:
                    break
                read += 1
            assert read + sessions.lost == 5000
