"""What a `local:` target asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bletui.target import Target, invalid

_NAME = re.compile(r"hci\d{1,5}")
_ADDRESS = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Options:
    """`adapter`: `hciN`, a controller's address in capitals, or "" for every adapter. `passive`: never transmit."""

    adapter: str = ""
    passive: bool = False

    def selects(self, name: str, address: str) -> bool:
        return self.adapter in ("", name, address)


def options(target: Target) -> Options:
    """The options in `target`; `request.invalid` names what is wrong."""
    target.refuse_unknown({"scan"})
    if target.host:
        raise invalid(f"{target}: a local adapter is named without //, as in local:hci0")
    if target.name and not (_NAME.fullmatch(target.name) or _ADDRESS.fullmatch(target.name)):
        raise invalid(f"{target.name!r} is no adapter; one looks like hci0 or 00:1A:7D:DA:71:13")
    mode = target.params.get("scan", "active")
    if mode not in ("active", "passive"):
        raise invalid(f"scan={mode} is neither active nor passive")
    return Options(target.name if target.name.startswith("hci") else target.name.upper(), mode == "passive")
