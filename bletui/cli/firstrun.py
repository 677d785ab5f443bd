"""What a first start finds on this machine: adapters, the configuration's file, a bridge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

ADAPTERS = Path("/sys/class/bluetooth")


def found(config: Path, environ: Mapping[str, str], adapters: Path = ADAPTERS) -> Iterator[str]:
    """A line each: what is there, or that it is not and what that means."""
    from bletui.bridge.sockets import default_socket

    names = sorted(path.name for path in adapters.glob("hci*") if ":" not in path.name)
    yield f"adapters  {', '.join(names)}" if names else "adapters  none: the system shows no Bluetooth controller"
    yield f"config    {config}" if config.exists() else f"config    none: {config} is not there (bletui config init)"
    socket = default_socket(environ)
    if socket.is_socket():
        yield "bridge    one has its socket here: bletui bridge: attaches to it"
    else:
        yield f"bridge    none: {socket} is not there (bletui bridge run local:)"
