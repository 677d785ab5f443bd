"""A client of thirty lines that knows `docs/bridge.md` and msgpack, and nothing of bletui."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgpack

from bletui.model import Lane
from bletui.radio import QueuedRadio
from tests.bridge.running import bridge
from tests.radio.scripted import ScriptedBackend

# -- the client: from here on nothing of bletui is used


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.calls = reader, writer, 0

    def say(self, *message: Any) -> None:
        data = msgpack.packb(message)
        self.writer.write(len(data).to_bytes(4, "big") + data)

    async def hear(self) -> list[Any]:
        length = int.from_bytes(await self.reader.readexactly(4), "big")
        message: list[Any] = msgpack.unpackb(await self.reader.readexactly(length))
        return message

    async def hello(self, seat: str, role: str = "operator") -> tuple[list[Any], list[Any]]:
        self.say(1, [[1], seat, role])
        welcome = await self.hear()
        records: list[Any] = []
        while (message := await self.hear())[0] != 3 or message[1]:
            records += message[2][1] if message[0] == 3 else []
        return welcome[1], records + message[2][1]

    async def call(self, verb: int, *fields: Any) -> tuple[list[Any], list[Any]]:
        self.calls += 1
        self.say(2, [self.calls, [verb, list(fields)]])
        told: list[Any] = []
        while (message := await self.hear())[0] not in (8, 9):
            told += message[1][1] if message[0] == 6 else []
        return message, told


# -- the story


async def test_it_connects_reads_and_is_refused_by_the_page_alone() -> None:
    address = "A4:C1:38:0B:7F:2A"
    backend = ScriptedBackend(Lane("a/0", name="hci0"))
    radio = QueuedRadio(backend, "a")
    await radio.open()
    async with asyncio.timeout(10), bridge(radio) as (_, socket):
        client = Client(*await asyncio.open_unix_connection(str(socket)))
        welcome, records = await client.hello("tool")
        assert (welcome[0], welcome[3], welcome[4]) == (1, "tool", "operator")
        assert [record[1][1][:2] for record in records if record[0] == 2] == [["a/0", "hci0"]]

        reply, told = await client.call(1, ["tool", 1], [1, [address]])
        assert reply == [8, [1, [1, ["a/0", address]]]]
        assert [record[1][2] for record in told if record[0] == 4] == ["up"]
        reply, _ = await client.call(1, ["tool", 2], [4, [address, None, 7]])
        assert reply == [8, [2, [5, b"\x07"]]]
        client.writer.close()

        viewer = Client(*await asyncio.open_unix_connection(str(socket)))
        welcome, records = await viewer.hello("looker", "viewer")
        assert [record[1][1] for record in records if record[0] == 4] == [["a/0", address]]
        refused, _ = await viewer.call(1, ["looker", 1], [5, [address, None, 7, b"x"]])
        assert refused[0] == 9
        assert refused[1][1][0] == "access.refused"
        viewer.writer.close()
    await radio.aclose()
    assert [call[0] for call in backend.calls] == ["connect", "read", "disconnect"]


def test_the_page_shows_the_vectors_that_the_tests_hold() -> None:
    root = Path(__file__).parents[2]
    vectors = (root / "docs/bridge.md").read_text("utf-8").rpartition("## Golden vectors")[2]
    tested = (root / "tests/bridge/protocol/test_codec.py").read_text("utf-8").replace(" ", "")
    shown = [line[35:].replace(" ", "") for line in vectors.splitlines() if len(line) > 40 and line[35:43].isalnum()]
    assert len(shown) == 5
    assert [vector for vector in shown if vector not in tested] == []


def test_the_page_has_every_number() -> None:
    from bletui.bridge.protocol import codec

    page = (Path(__file__).parents[2] / "docs/bridge.md").read_text("utf-8")
    rows = {tuple(cell.strip() for cell in line.split("|")[1:3]) for line in page.splitlines() if line.startswith("| ")}
    numbered = {number for number, _ in rows if number.isdecimal()}
    assert {str(number) for number in (*codec.VERBS, *codec.FROM_BRIDGE, *codec.BATCHES)} <= numbered
