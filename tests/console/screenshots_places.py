"""The pictures of what is seldom in sight: the alerts, the PHY of a link, a first run without a radio."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from bletui.console.settings import Settings
from bletui.console.widgets.alert_keys import AlertKeys
from bletui.failure import ErrorKind, Failure
from bletui.model import Notification
from tests.console.screenshots_links import HERE, Scene, at, gatt, question, tree, typed
from tests.console.stage import NOW, Stage
from tests.tiny import TinyBackend

WATCHED = ((0x12, "20..21.6"), (0x15, "change"), (0x1D, "<20"))
NO_ADAPTER = Failure(
    kind=ErrorKind.ADAPTER_MISSING, source="bluez.dbus", code="org.freedesktop.DBus.Error.ServiceUnknown",
    message="The name org.bluez was not provided by any .service files", operation="open", radio="local",
)  # fmt: skip


async def alerts(play: Stage) -> None:
    """Three values, one of them over its bound."""
    await gatt(play)
    for handle, rule in WATCHED:
        assert tree(play).select(handle)
        await question(play, "b")
        await typed(play, rule)
        await play.press("enter")
        await play.until(lambda: play.app.screen.query("#tabs"))
    for n, hundredths in enumerate((2152, 2158, 2163, 2168)):
        await play.say(Notification(NOW + 7 + n, HERE, 0x12, hundredths.to_bytes(2, "little")), seconds=1.0)
    await play.press("exclamation_mark")
    await play.until(lambda: play.app.paint() and play.app.screen.query(AlertKeys))


async def dialogue_phy(play: Stage) -> None:
    await at(play, HERE)
    await question(play, "P")
    await typed(play, "tx=2M rx=CODED")


async def first_run(play: Stage) -> None:
    await play.beat()


def nothing_is_here() -> Mapping[str, Any]:
    def found(lanes: Collection[str]) -> Iterable[tuple[str, str]]:
        return (
            ("adapters", "none: no Bluetooth adapter is plugged in"),
            ("config", "none at ~/.config/bletui/config.toml; bletui config init writes a first one"),
            ("bridge", "none runs here"),
        )

    settings = Settings(found=found, state=lambda: Path("/nonexistent/console.json"))
    return {"settings": settings, "targets": ["local:"], "backends": {"": TinyBackend(refuses=NO_ADAPTER)}}


SCENES = (
    Scene("alerts-80x24", (80, 24), alerts),
    Scene("dialogue-phy-80x24", (80, 24), dialogue_phy),
    Scene("first-run-80x24", (80, 24), first_run, site=nothing_is_here),
)
