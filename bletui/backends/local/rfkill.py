"""The kernel's switches for radio transmitters (Documentation/ABI/stable/sysfs-class-rfkill)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SYS = Path("/sys")


@dataclass(frozen=True, slots=True)
class Switch:
    """One Bluetooth switch: `name` is the adapter it belongs to, or a laptop's own switch for all of them."""

    device: str  # rfkill0
    name: str  # hci0, tpacpi_bluetooth_sw
    soft: bool
    hard: bool

    @property
    def state(self) -> str:
        """`unblocked`, `soft`, `hard` or `soft+hard`."""
        return "+".join(word for word, on in (("soft", self.soft), ("hard", self.hard)) if on) or "unblocked"


def switches(sys: Path = SYS) -> tuple[Switch, ...]:
    """The Bluetooth switches; none where the kernel has no rfkill or sysfs is not mounted."""
    found = (_switch(folder) for folder in sorted((sys / "class" / "rfkill").glob("rfkill*")))
    return tuple(switch for switch in found if switch is not None)


def blocking(found: Iterable[Switch], adapter: str) -> Switch | None:
    """The switch that keeps `adapter` off, the adapter's own first, then one that is no adapter's."""
    blocked = [switch for switch in found if switch.soft or switch.hard]
    own = [switch for switch in blocked if switch.name == adapter]
    shared = [switch for switch in blocked if not switch.name.startswith("hci")]
    return next(iter(own + shared), None)


def _switch(folder: Path) -> Switch | None:
    try:
        if _word(folder / "type") != "bluetooth":
            return None
        return Switch(folder.name, _word(folder / "name"), _word(folder / "soft") == "1", _word(folder / "hard") == "1")
    except FileNotFoundError:  # the adapter was unplugged while we looked
        return None


def _word(file: Path) -> str:
    return file.read_text(errors="replace").strip()
