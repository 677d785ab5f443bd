"""`python -m bletui.backends.local.listen SECONDS`: touches the radio in a process of its own and prints what came.

macOS ends a process that may not use Bluetooth; then this one is ended, and bletui can say why.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bletui.backends.local import native
from bletui.errors import Context
from bletui.failure import BleError, ErrorKind, Failure, from_plain, to_plain

START = 15.0  # seconds for a Python, bleak and a privacy prompt that nobody can see


@dataclass(frozen=True, slots=True)
class Listened:
    """`rssi` of the first packet, or None: silence. `failure`: the radio could not be used."""

    rssi: int | None = None
    failure: Failure | None = None


async def first_packet(seconds: float) -> int | None:
    """RSSI of the first packet that any adapter hears, or None."""
    from bleak import BleakScanner

    first: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def heard(_device: Any, data: Any) -> None:
        if not first.done():
            first.set_result(int(data.rssi))

    async with BleakScanner(heard):
        done, _ = await asyncio.wait({first}, timeout=seconds)
    return first.result() if done else None


async def listen(seconds: float, context: Context, command: Sequence[str] = ()) -> Listened:
    """Has a child process listen. adapter.denied: the system ended it; adapter.fault: it did not come back."""
    words = command or (sys.executable, "-m", __name__, str(seconds))
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*words, stdin=asyncio.subprocess.DEVNULL, stdout=pipe)
    try:
        async with asyncio.timeout(seconds + START):
            told, _ = await child.communicate()
    except TimeoutError:
        return Listened(failure=native.no_reply("listening in a child process", seconds + START, "scan", context))
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode is None or child.returncode < 0:
        return Listened(failure=_killed(-(child.returncode or 0), context))
    return read(told, context)


def read(told: bytes, context: Context) -> Listened:
    """What the child printed; a child that broke down in another way is an adapter.fault with its words."""
    try:
        match json.loads(told):
            case {"rssi": int() | None as rssi}:
                return Listened(rssi)
            case {"failure": dict() as failure}:
                return Listened(failure=from_plain(failure))
    except (ValueError, BleError):
        pass  # no JSON, or no failure in it: its words are told below
    words = told[:200].decode(errors="replace")
    detail = f"the process that listens said {words!r}"
    return Listened(failure=Failure(kind=ErrorKind.ADAPTER_FAULT, detail=detail, radio=context.radio))


def _killed(number: int, context: Context) -> Failure:
    return Failure(
        kind=ErrorKind.ADAPTER_DENIED,
        source="signal",
        code=str(number),
        detail="the system ended the process that touched Bluetooth: so it refuses a terminal without permission",
        operation="scan",
        radio=context.radio,
        evidence=tuple(context.evidence.items()),
    )


def main(arguments: Sequence[str]) -> None:
    try:
        print(json.dumps({"rssi": asyncio.run(first_packet(float(arguments[0])))}))
    except Exception as error:  # handed to the parent in words
        print(json.dumps({"failure": to_plain(native.raised(error, "scan", Context()))}))


if __name__ == "__main__":
    main(sys.argv[1:])
