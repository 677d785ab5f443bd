"""What the walk does: scenes that leave nothing behind for the next."""

from __future__ import annotations

import asyncio
import socket

from dbus_fast import Message, Variant

from tests.testing.fakebluez.walk import (
    ADAPTER,
    AGENT,
    COMPARE,
    DROP,
    GHOST,
    HCI0,
    MAIN,
    PAIR,
    PASSKEY,
    REJECT,
    SECOND,
    Steer,
    Walker,
)

MANAGER = "org.bluez.AgentManager1"


async def links(w: Walker, steer: Steer) -> None:
    await w.seen(SECOND)
    await w.scene("connect, read, notify, leave", watched=SECOND)
    await w.ask(SECOND, "Connect")
    await w.resolved(SECOND)
    await w.ask(SECOND, "Connect")
    char = await w.char(SECOND, 0x70)
    await w.read(char)
    await w.att(char, "StartNotify")
    await w.att(char, "StartNotify")
    await w.ask(SECOND, "Disconnect")
    await w.scene("without a link", watched=SECOND)
    await w.read(char)
    await w.att(char, "AcquireNotify", "a{sv}", {})
    await w.att(char, "StopNotify")
    await w.att(char, "StartNotify")
    await w.ask(SECOND, "Disconnect")
    await w.scene("a session is armed again; a drop", watched=SECOND)
    await w.ask(SECOND, "Connect")
    await w.resolved(SECOND)
    await steer("drop", name="BV-Second")
    await w.settled()
    await w.att(char, "StopNotify")
    await w.scene("removed under its link", watched=SECOND)
    await w.ask(SECOND, "Connect")
    await w.resolved(SECOND)
    await w.call(HCI0, ADAPTER, "RemoveDevice", "o", SECOND)
    await w.settled()
    await w.ask(SECOND, "Connect")


async def values(w: Walker, _steer: Steer) -> None:
    await w.linked(MAIN)
    plain, written, long, command = [await w.char(MAIN, number) for number in (0x10, 0x11, 0x14, 0x15)]
    await w.scene("reads and writes", watched=MAIN)
    for options in ({"offset": Variant("q", 2)}, {"offset": Variant("q", 6)}, {"offset": Variant("s", "6")}):
        await w.att(plain, "ReadValue", "a{sv}", options)
    await w.write(written, b"abc")
    await w.write(written, b"abc", type=Variant("u", 1))
    await w.write(written, b"abc", type=Variant("s", "nonsense"))
    await w.write(plain, b"x")
    await w.write(command, bytes(600))
    await w.write(long, bytes(512), type=Variant("s", "request"))
    await w.write(long, bytes(600), type=Variant("s", "request"))
    await w.read(long)
    for number in (0x22, 0x23, 0x26):
        char = await w.char(MAIN, number)
        await w.read(char)
        await w.write(char, b"x", type=Variant("s", "request"))
    slow = await w.char(MAIN, 0x24)
    await w.scene("at once", watched=MAIN)
    await asyncio.gather(
        w.read(slow),
        w.att(slow, "ReadValue", "a{sv}", {"offset": Variant("q", 1)}),
        w.read(slow),
        w.write(written, b"1"),
        w.write(written, b"2"),
    )


async def sockets(w: Walker, steer: Steer) -> None:
    notify, command = await w.char(MAIN, 0x12), await w.char(MAIN, 0x15)
    await w.scene("sockets", watched=MAIN)
    await w.att(await w.char(MAIN, 0x10), "StartNotify")
    await w.att(notify, "StartNotify")
    await w.att(notify, "AcquireNotify", "a{sv}", {})
    await w.att(notify, "StopNotify")
    await w.att(notify, "StopNotify")
    with _end(await w.att(notify, "AcquireNotify", "a{sv}", {})):
        await w.att(notify, "StartNotify")
        await w.att(notify, "AcquireNotify", "a{sv}", {})
    await w.settled()
    with _end(await w.att(command, "AcquireWrite", "a{sv}", {})) as end:
        end.send(b"by socket")
        await w.write(command, b"x")
        await w.att(command, "AcquireWrite", "a{sv}", {})
        await w.read(command)
    await w.settled()
    await w.scene("a drop under a read and a socket", watched=MAIN)
    with _end(await w.att(notify, "AcquireNotify", "a{sv}", {})):
        reading = asyncio.gather(w.read(await w.char(MAIN, 0x28)))
        await w.settled()
        await steer("drop", name="BV-Main")
        await reading
        await w.settled()
    await w.scene("left by another under a read", watched=MAIN)
    await w.ask(MAIN, "Connect")
    await w.resolved(MAIN)
    reading = asyncio.gather(w.read(await w.char(MAIN, 0x28)))
    await w.settled()
    await w.ask(MAIN, "Disconnect")
    await reading


async def attempts(w: Walker, _steer: Steer) -> None:
    await w.seen(GHOST, DROP)
    await w.scene("a second connect, and an end to the first", watched=GHOST)
    first = asyncio.gather(w.ask(GHOST, "Connect"))
    await w.settled()
    await w.ask(GHOST, "Connect")
    await w.ask(GHOST, "Disconnect")
    await first
    await w.scene("dropped at once", watched=DROP)
    await w.ask(DROP, "Connect")


async def pairing(w: Walker, steer: Steer) -> None:
    await w.seen(PAIR)
    await w.scene("no agent", watched=PAIR)
    await w.ask(PAIR, "CancelPairing")
    await w.ask(PAIR, "Pair")
    await w.resolved(PAIR)
    await w.ask(PAIR, "Disconnect")
    await w.scene("an agent", watched=HCI0)
    await _manage(w, "RegisterAgent", "os", AGENT, "KeyboardDisplay")
    await w.settled()
    await _manage(w, "RegisterAgent", "os", AGENT, "KeyboardDisplay")
    await _manage(w, "RequestDefaultAgent", "o", AGENT)
    for title, reply in (
        ("wrong", ("u", [1])),
        ("declined", "org.bluez.Error.Rejected"),
        ("right", ("u", [PASSKEY])),
    ):
        await w.seen(PAIR)
        w.replies = {"RequestPasskey": reply}
        await w.scene(f"passkey: {title}", watched=PAIR)
        await w.ask(PAIR, "Pair")
        await w.settled()
        await w.ask(PAIR, "Disconnect")
    await w.scene("compared", watched=COMPARE)
    await w.seen(COMPARE)
    await w.ask(COMPARE, "Pair")
    await w.settled()
    await w.ask(COMPARE, "Disconnect")
    await w.scene("a forgotten key", watched=COMPARE)
    await steer("unbond", name="BV-Compare")
    await w.ask(COMPARE, "Connect")
    await w.scene("refused by the peripheral", watched=REJECT)
    await w.seen(REJECT)
    await w.ask(REJECT, "Pair")
    await w.settled()
    await w.ask(REJECT, "Connect")
    await w.resolved(REJECT)
    await w.read(await w.char(REJECT, 0x50))
    await w.settled()
    await _manage(w, "UnregisterAgent", "o", AGENT)


async def cancelling(w: Walker, steer: Steer) -> None:
    await w.settled()
    w.watched = None
    await steer("unbond", name="BV-Pair")
    await w.call(HCI0, ADAPTER, "RemoveDevice", "o", PAIR)
    await w.seen(PAIR)
    await _manage(w, "RegisterAgent", "os", AGENT, "KeyboardDisplay")
    w.replies = {"RequestPasskey": None}
    await w.scene("cancelled", watched=PAIR)
    w.asked.clear()
    first = asyncio.gather(w.ask(PAIR, "Pair"))
    await w.asked.wait()
    await w.resolved(PAIR)
    await w.ask(PAIR, "Pair")
    await w.ask(PAIR, "CancelPairing")
    await first


async def power(w: Walker, _steer: Steer) -> None:
    await w.linked(MAIN)
    await w.scene("power off under a read", watched=HCI0)
    reading = asyncio.gather(w.read(await w.char(MAIN, 0x28)))
    await w.settled()
    w.watched = MAIN
    await w.call(HCI0, "org.freedesktop.DBus.Properties", "Set", "ssv", ADAPTER, "Powered", Variant("b", False))
    await reading
    await w.scene("while it is off", watched=MAIN)
    for member in ("Connect", "Pair", "Disconnect"):
        await w.ask(MAIN, member)
    await w.call(HCI0, ADAPTER, "StartDiscovery")
    await w.call(HCI0, "org.freedesktop.DBus.Properties", "Set", "ssv", ADAPTER, "Powered", Variant("b", True))


async def _manage(w: Walker, member: str, signature: str, *body: str) -> Message:
    return await w.call("/org/bluez", MANAGER, member, signature, *body)


def _end(reply: Message) -> socket.socket:
    return socket.socket(fileno=reply.unix_fds[0])


SCENES = (links, values, sockets, attempts, pairing, cancelling, power)
