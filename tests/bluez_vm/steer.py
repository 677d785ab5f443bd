"""Steers the virtual air from a story: `await steer("drop", name="BV-Main")`."""

from __future__ import annotations

import asyncio
import json
from typing import Any

SOCKET = "/run/air.sock"
WITHIN = 30.0


async def steer(op: str, **details: Any) -> dict[str, Any]:
    """What the air answers; RuntimeError: what it could not do."""
    async with asyncio.timeout(WITHIN):
        reader, writer = await asyncio.open_unix_connection(SOCKET)
        writer.write(json.dumps({"op": op, **details}).encode() + b"\n")
        answer: dict[str, Any] = json.loads(await reader.readline())
        writer.close()
        await writer.wait_closed()
    if not answer["ok"]:
        raise RuntimeError(answer["error"])
    return answer
