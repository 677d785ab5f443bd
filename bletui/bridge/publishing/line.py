"""One connection to a broker over paho's client, whose socket is read and written by this loop."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple, cast

from paho.mqtt.client import Client, DisconnectFlags, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from bletui.bridge.publishing import native, tls
from bletui.bridge.publishing.broker import Broker
from bletui.bridge.publishing.messages import Message
from bletui.bridge.publishing.threads import in_thread
from bletui.failure import BleError, Failure

KEEP_ALIVE = 30  # seconds
WITHIN = 5.0  # seconds for the connection, for TLS, and for the broker's first word
ANSWER_WITHIN = 10.0  # seconds for one message
CLOSE_WITHIN = 0.8  # seconds for the last message and the goodbye
FLYING_MAX = 20  # messages on their way; fewer where the broker says so
_PACKET_MAX = 64 * 1024  # bytes that we take: a broker has nothing long to say to us
_HEAD_MAX = 16  # bytes of a packet besides topic and payload
TICK = 1.0
TOO_LARGE = 0x95

_log = logging.getLogger("bletui.mqtt")
_log.addHandler(logging.NullHandler())
_log.propagate = False

Done = Callable[[Message, Failure | None], None]
"""A message is the broker's, or it was refused."""


class Login(NamedTuple):
    user: str
    password: str | None

    def __repr__(self) -> str:
        return f"Login({self.user!r})"


class Line:
    """`ended` holds why it is over. Every method is called on the loop's thread."""

    def __init__(self, client: Client, broker: Broker, done: Done, answer_within: float = ANSWER_WITHIN) -> None:
        self._loop = asyncio.get_running_loop()
        self.accepted: asyncio.Future[None] = self._loop.create_future()
        self.ended: asyncio.Future[Failure] = self._loop.create_future()
        self._client = client
        self._broker = broker
        self._done = done
        self._answer_within = answer_within
        self._flying: dict[int, tuple[Message, float]] = {}
        self._most = FLYING_MAX
        self._size_max = 0  # bytes of a packet that the broker takes; 0: it did not say
        self._room = asyncio.Event()
        self._room.set()
        client.on_connect = self._answered
        client.on_disconnect = self._disconnected
        client.on_publish = self._published
        client.on_socket_close = self._let_go
        client.on_socket_register_write = self._wants_to_write
        client.on_socket_unregister_write = self._has_written
        self._socket = cast(socket.socket, client.socket())
        self._loop.add_reader(self._socket, self._read, self._socket)
        self._wants_to_write(client, None, self._socket)

    async def room(self) -> None:
        """Waits until another message may be on its way."""
        await self._room.wait()

    def publish(self, message: Message) -> None:
        """Once it has ended, what is said is `unconfirmed`."""
        sort = message.sort
        if self.ended.done():
            self._flying[-len(self._flying) - 1] = message, self._loop.time()
            return
        if 0 < self._size_max < len(message.topic) + len(message.payload) + _HEAD_MAX:
            self._done(message, native.refused(self._broker, ReasonCode(PacketTypes.DISCONNECT, identifier=TOO_LARGE)))
            return
        sent = self._client.publish(message.topic, message.payload, qos=sort.qos, retain=sort.retain)
        self._flying[sent.mid] = message, self._loop.time()
        self._look_for_room()

    def unconfirmed(self) -> list[Message]:
        """What was sent and may not have arrived, in its order."""
        return [message for message, _ in self._flying.values()]

    async def watch(self) -> None:
        """Keeps it alive, and ends it where the broker does not answer."""
        while True:
            await asyncio.wait([self.ended], timeout=TICK)
            if self.ended.done():
                return
            self._client.loop_misc()
            oldest = next((sent for _, sent in self._flying.values()), None)
            if oldest is not None and self._loop.time() - oldest > self._answer_within:
                self.cut(native.silent(self._broker, self._answer_within))

    async def close(self, last: Message) -> None:
        """Says `last` and goodbye, within a second in any case."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                self._most = 1  # room for one is when nothing is on its way
                self.publish(last)
                await self._room.wait()
                self._client.disconnect()
                await asyncio.wait([self.ended])
        self.cut(native.silent(self._broker, CLOSE_WITHIN))

    def cut(self, why: Failure) -> None:
        """Ends it here and now; nothing happens to one that has ended."""
        made = self._client.socket()
        if made is not None:
            self._let_go(self._client, None, made)
            made.close()
        self._end(why)

    def _end(self, why: Failure) -> None:
        if not self.ended.done():
            self.ended.set_result(why)
        if not self.accepted.done():
            self.accepted.set_exception(BleError(why))
            self.accepted.exception()  # whoever dials asks for it; a dial that was given up does not
        self._room.set()

    def _read(self, made: socket.socket) -> None:
        try:
            self._client.loop_read()
            while self._client.socket() is made and getattr(made, "pending", int)():  # what TLS has read ahead
                self._client.loop_read()
        except Exception as odd:  # paho's parsers raise whatever they meet in bytes that are no MQTT
            self.cut(native.not_mqtt(self._broker, odd))
        else:
            if self._held() > _PACKET_MAX:
                self.cut(native.not_mqtt(self._broker, OverflowError()))

    def _held(self) -> int:
        """Bytes of a packet that has not come whole: paho would gather up to 256 MiB of one, and does not say."""
        packet = getattr(self._client, "_in_packet", {}).get("packet", b"")
        return len(packet)

    # -- told by paho, from within `loop_read`, `loop_write` and `loop_misc`

    def _answered(self, _: Client, __: Any, ___: Any, reason: ReasonCode, properties: Properties | None) -> None:
        if reason.is_failure:
            self._end(native.refused(self._broker, reason))
        elif not self.accepted.done():
            self._most = min(FLYING_MAX, getattr(properties, "ReceiveMaximum", FLYING_MAX))
            self._size_max = getattr(properties, "MaximumPacketSize", 0)
            self.accepted.set_result(None)

    def _disconnected(
        self, _: Client, __: Any, flags: DisconnectFlags, reason: ReasonCode, ___: Properties | None
    ) -> None:
        cut = not flags.is_disconnect_packet_from_server
        if failed := getattr(self._socket, "failed", None):
            self._end(native.broken(self._broker, failed))
        else:
            self._end(native.refused(self._broker, reason, cut=cut, first=cut and not self.accepted.done()))

    def _published(self, _: Client, __: Any, number: int, reason: ReasonCode, ___: Properties | None) -> None:
        if number in self._flying:
            message, _sent = self._flying.pop(number)
            self._done(message, native.refused(self._broker, reason) if reason.is_failure else None)
            self._look_for_room()

    def _wants_to_write(self, client: Client, _: Any, made: Any) -> None:
        self._loop.add_writer(made, client.loop_write)

    def _has_written(self, _: Client, __: Any, made: Any) -> None:
        if made.fileno() >= 0:
            self._loop.remove_writer(made)

    def _let_go(self, _: Client, __: Any, made: Any) -> None:
        if made.fileno() >= 0:
            self._loop.remove_reader(made)
            self._loop.remove_writer(made)

    def _look_for_room(self) -> None:
        if len(self._flying) < self._most or self.ended.done():
            self._room.set()
        else:
            self._room.clear()


async def dial(
    broker: Broker, login: Login | None, client_id: str, will: Message, done: Done, answer_within: float = ANSWER_WITHIN
) -> Line:
    """A connection that the broker has accepted. Any failure of the network, of TLS, or one of the broker's reasons."""
    client = await in_thread(lambda: _client(broker, login, client_id, will))
    try:
        await in_thread(lambda: _connect(client, broker), lambda _: _drop(client))
    except (OSError, ValueError) as failed:
        raise BleError(native.unreachable(broker, failed)) from failed
    line = Line(client, broker, done, answer_within)
    try:
        async with asyncio.timeout(WITHIN):
            await line.accepted
    except TimeoutError as late:
        line.cut(why := native.silent(broker, WITHIN, first=True))
        raise BleError(why) from late
    except BaseException:  # cancelled too: nobody would close the socket
        line.cut(native.silent(broker, WITHIN))
        raise
    return line


def _client(broker: Broker, login: Login | None, client_id: str, will: Message) -> Client:
    protocol = MQTTv5 if broker.protocol == "5" else MQTTv311
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=protocol, reconnect_on_failure=False)
    client.enable_logger(_log)
    client.connect_timeout = WITHIN
    client.on_socket_register_write = lambda *_: None  # so that nothing is written before the loop has the socket
    client.will_set(will.topic, will.payload, will.sort.qos, will.sort.retain)
    if login is not None:
        client.username_pw_set(login.user, login.password)
    if broker.tls is not None:
        client.tls_set_context(tls.context(broker.tls))
    return client


def _connect(client: Client, broker: Broker) -> None:
    properties = None
    if broker.protocol == "5":
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho leaves it out
        properties.MaximumPacketSize = _PACKET_MAX
    client.connect(broker.host, broker.port, KEEP_ALIVE, properties=properties)


def _drop(client: Client) -> None:
    if (made := client.socket()) is not None:
        made.close()
