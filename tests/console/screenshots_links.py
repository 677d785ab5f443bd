"""The pictures of links, attributes and questions: a scripted router whose clock only the pictures move."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.screens.dialogue import Dialogue, Field
from bletui.console.screens.gatt import GattScreen
from bletui.console.screens.problems import ProblemsScreen
from bletui.console.settings import ThemeName
from bletui.console.widgets.lines import Lines
from bletui.console.widgets.tree_keys import TreeKeys
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Bond,
    Characteristic,
    Connect,
    Descriptor,
    Event,
    GattTree,
    Lane,
    LaneChanged,
    LinkChanged,
    Notification,
    NotifyMode,
    Operation,
    OperationChanged,
    OpId,
    Peer,
    Prompt,
    Properties,
    Service,
    StreamChanged,
)
from bletui.testing.virtual_time import run
from tests.console.stage import NOW, Stage, heard, stage
from tests.tiny import TinyBackend

ROUTER = "10.0.0.7"
CHIPS = tuple(Lane(f"{ROUTER}/{n}", f"chip {n}", ROUTER, n, used, 11) for n, used in ((0, 3), (1, 11)))
THERMO, DOOR, METER, GATE, PUMP = (f"A4:C1:38:0B:7F:{n}" for n in ("2A", "31", "44", "58", "6C"))
NAMES = {THERMO: "Thermo-7F2A", DOOR: "Door 3", METER: "Meter 12", GATE: "Gate", PUMP: "Pump 2"}
HERE = Peer(CHIPS[0].id, THERMO)
BUSY = Failure(kind=ErrorKind.BUSY_CHIP, source="cassia", message='"chip is busy"', operation="connect", address=GATE)
FAILED = Failure(kind=ErrorKind.LINK_CONNECT_FAILED, source="cassia", message='"connect failed"', operation="connect")
REFUSED = Failure(kind=ErrorKind.SECURITY_PAIRING_REQUIRED, source="att", code="0x05", operation="read", handle=0x23)

_R, _N, _W = Properties.READ, Properties.NOTIFY, Properties.WRITE


def _uuid(number: str) -> str:
    return f"0000{number}-0000-1000-8000-00805f9b34fb"


def _characteristic(number: str, handle: int, properties: Properties, *descriptors: str) -> Characteristic:
    below = tuple(Descriptor(_uuid(one), handle + 1 + n) for n, one in enumerate(descriptors))
    return Characteristic(_uuid(number), handle, properties, below)


TREE = GattTree(
    HERE,
    (
        Service(_uuid("1800"), 1, (_characteristic("2a00", 3, _R | _W), _characteristic("2a01", 5, _R))),
        Service(_uuid("180a"), 8, (_characteristic("2a29", 10, _R), _characteristic("2a26", 12, _R))),
        Service(
            _uuid("181a"),
            0x10,
            (
                _characteristic("2a6e", 0x12, _R | _N, "2902"),
                _characteristic("2a6f", 0x15, _R | _N, "2902"),
                _characteristic("2a6d", 0x18, _R),
            ),
        ),
        Service(_uuid("180f"), 0x1B, (_characteristic("2a19", 0x1D, _R | _N, "2902"),)),
        Service(_uuid("1802"), 0x21, (_characteristic("2a06", 0x23, _R | _W | Properties.WRITE_WITHOUT_RESPONSE),)),
    ),
)
VALUES: dict[int, bytes | Failure] = {
    3: b"Thermo-7F2A", 5: b"\x00\x03", 10: b"Example Sensors", 12: b"2.4.1", 0x12: (2157).to_bytes(2, "little"),
    0x13: b"\x01\x00", 0x15: (4820).to_bytes(2, "little"), 0x16: b"\x00\x00", 0x18: (1013250).to_bytes(4, "little"),
    0x1D: b"\x57", 0x1E: b"\x00\x00", 0x23: REFUSED,
}  # fmt: skip


class Scripted(TinyBackend):
    """Reads answer from a table; everything else is events that are told."""

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        value = VALUES[handle]
        if isinstance(value, Failure):
            raise BleError(value)
        return value

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        return None

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        return TREE

    async def bonds(self) -> tuple[Bond, ...]:
        return (Bond(CHIPS[0].id, THERMO, "Thermo-7F2A"), Bond(CHIPS[1].id, METER, "Meter 12"))


def site() -> list[Event]:
    """A chip that works, one that is full, links of ours and of somebody else's, and a queue."""
    streams = [StreamChanged(NOW, lane.id, "scan", "live") for lane in CHIPS]
    adverts = [
        heard(n, -55 - 4 * n, name=name, lane=CHIPS[n % 2].id)._replace(address=address)
        for n, (address, name) in enumerate(NAMES.items())
    ]
    links = [
        LinkChanged(NOW - 40, HERE, "up", mtu=247, phy=("2M", "2M"), bonded=True),
        LinkChanged(NOW - 2900, Peer(CHIPS[1].id, DOOR), "up", mtu=23),
    ]
    made = operation(
        1,
        THERMO,
        "done",
        result=HERE,
        lane=HERE.lane,
        spent=(("queued", 0.4), ("connecting", 2.1), ("discovering", 0.9)),
    )
    queue = [
        made,
        operation(2, GATE, "retrying", lane=CHIPS[0].id, attempt=2, failure=BUSY, retry_at=NOW + 7.2,
                  spent=(("queued", 1.2), ("connecting", 0.4), ("backoff", 1.0))),
        operation(3, PUMP, "running", phase="connecting", lane=CHIPS[0].id, attempt=2, of=4, failure=FAILED,
                  moved_from=CHIPS[1].id, spent=(("queued", 3.1), ("connecting", 4.0), ("backoff", 1.0))),
        operation(4, METER, "waiting", place=1),
    ]  # fmt: skip
    return [*(LaneChanged(NOW, lane) for lane in CHIPS), *streams, *adverts, *links, *queue]


def operation(n: int, address: str, state: str, **more: object) -> OperationChanged:
    fields: dict[str, object] = {"started": NOW - 8, "since": NOW - 1.5, "limit": 20.0, **more}
    made = Operation(id=OpId("session", n), request=Connect(address), state=state, **fields)  # type: ignore[arg-type]
    return OperationChanged(NOW - 3, made)


Playing = Callable[[Stage], Awaitable[None]]


async def connections(play: Stage) -> None:
    await play.press("2")
    await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen) and play.app.screen.query(Lines))
    (radio,) = play.session.radios.values()
    assert radio.attachment is not None
    await radio.attachment.adopt(HERE)
    await play.until(lambda: not radio.state.links[HERE].foreign)
    play.app.paint()


async def at(play: Stage, key: object) -> None:
    await connections(play)
    assert isinstance(play.app.screen, ConnectionsScreen)
    assert play.app.screen.pane.select(key), key


async def queue(play: Stage) -> None:
    await at(play, OpId("session", 3))


async def bonds(play: Stage) -> None:
    await connections(play)
    await play.press("b")
    await play.until(lambda: play.app.paint() and "kept at this radio" in play.text("#body"))
    await at(play, f"bond {CHIPS[1].id} {METER}")


async def gatt(play: Stage) -> None:
    await at(play, HERE)
    await play.press("enter")
    await play.until(lambda: isinstance(play.app.screen, GattScreen) and play.app.paint() and tree(play).attributes)
    await play.press("A")
    await play.until(lambda: tree(play).progress is None and tree(play).known(0x23).failure)
    tree(play).select(0x12)
    await play.press("n")
    await play.until(lambda: next(iter(play.session.radios.values())).state.subscriptions)
    for n, hundredths in enumerate((2157, 2160, 2164, 2171, 2166, 2149)):
        value = hundredths.to_bytes(2, "little")
        await play.say(Notification(NOW + n + 1, HERE, 0x12, value), seconds=1.0)


def tree(play: Stage) -> TreeKeys:
    return play.app.screen.query_one(TreeKeys)


async def question(play: Stage, key: str) -> None:
    await play.press(key)
    await play.until(lambda: isinstance(play.app.screen, Dialogue) and play.app.screen.query(Lines))


async def typed(play: Stage, text: str) -> None:
    field = play.app.screen.query_one(Field)
    field.value, field.cursor_position = text, len(text)
    await play.pilot.pause()


async def dialogue_lens(play: Stage) -> None:
    await gatt(play)
    await question(play, "v")
    await typed(play, "i16le /100 °C [10..30]")


async def dialogue_copy(play: Stage) -> None:
    await gatt(play)
    await question(play, "y")


async def problems(play: Stage) -> None:
    for n in range(5, 14):
        failure = Failure(kind=ErrorKind.LINK_CONNECT_TIMEOUT, evidence=(("rssi", str(-84 - n % 3)),))
        await play.say(operation(n, PUMP, "failed", attempt=1, lane=CHIPS[1].id, failure=failure), seconds=0.0)
    await play.press("5")
    await play.until(lambda: isinstance(play.app.screen, ProblemsScreen) and play.app.screen.query(Lines))


async def dialogue_connect(play: Stage) -> None:
    await connections(play)
    await question(play, "c")
    await typed(play, f"{GATE} {PUMP} random {CHIPS[0].id}")


async def dialogue_foreign(play: Stage) -> None:
    await at(play, Peer(CHIPS[1].id, DOOR))
    await question(play, "d")


async def dialogue_adopt(play: Stage) -> None:
    await at(play, Peer(CHIPS[1].id, DOOR))
    await question(play, "a")


async def dialogue_unpair(play: Stage) -> None:
    await bonds(play)
    await question(play, "u")


async def dialogue_write(play: Stage) -> None:
    await gatt(play)
    tree(play).select(3)
    await question(play, "w")
    await typed(play, "text:Cellar")


async def dialogue_passkey(play: Stage) -> None:
    await at(play, HERE)
    await play.say(Prompt(NOW, 7, HERE, "enter-passkey", NOW + 30), seconds=0.0)
    await play.until(lambda: isinstance(play.app.screen, Dialogue) and play.app.screen.query(Lines))
    await typed(play, "4829")


def the_router() -> Mapping[str, Any]:
    return {"targets": [f"cassia://{ROUTER}"], "backends": {"router": Scripted(*site())}}


@dataclass(frozen=True)
class Scene:
    """One picture; `play` brings the console there; `site`: what it is staged on."""

    name: str
    size: tuple[int, int]
    play: Playing
    theme: ThemeName = "bletui"
    site: Callable[[], Mapping[str, Any]] = the_router


_BOTH = (
    ("connections", queue), ("bonds", bonds), ("gatt", gatt), ("dialogue-connect", dialogue_connect),
    ("dialogue-write", dialogue_write), ("dialogue-passkey", dialogue_passkey),
)  # fmt: skip
SCENES: tuple[Scene, ...] = (
    *(Scene(f"{name}-{w}x{h}", (w, h), play) for name, play in _BOTH for w, h in ((80, 24), (120, 40))),
    *(Scene(f"{play.__name__.replace('_', '-')}-80x24", (80, 24), play)
      for play in (dialogue_foreign, dialogue_adopt, dialogue_unpair, dialogue_lens, dialogue_copy)),
    Scene("failed-so-far-80x24", (80, 24), problems),
    Scene("connections-60x20", (60, 20), queue),
    Scene("connections-ansi-80x24", (80, 24), queue, "ansi"),
    Scene("gatt-60x20", (60, 20), gatt),
    Scene("gatt-ansi-80x24", (80, 24), gatt, "ansi"),
    Scene("gatt-mono-80x24", (80, 24), gatt, "mono"),
    Scene("dialogue-write-60x20", (60, 20), dialogue_write),
)  # fmt: skip


def svg(scene: Scene) -> str:
    return run(lambda: _taken(scene))


async def _taken(scene: Scene) -> str:
    async with stage(size=scene.size, theme=scene.theme, **scene.site()) as play:
        await scene.play(play)
        play.app.paint()
        await play.pilot.pause()
        return play.app.export_screenshot(title="bletui")
