"""A broker that is away: each try waits longer than the one before, and the same reason is said once."""

from __future__ import annotations

import socket

import pytest

from bletui.bridge.publishing import publisher
from bletui.failure import ErrorKind, Failure
from tests.bridge.publishing.published import publishing


async def test_each_try_counts_and_what_does_not_change_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[int] = []

    def pause(failure: Failure, attempt: int, _: float) -> float:
        assert failure.kind is ErrorKind.NET_REFUSED
        attempts.append(attempt)
        return 0.0

    monkeypatch.setattr(publisher, "pause", pause)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with publishing(f"mqtt://127.0.0.1:{port}/") as it:
        await it.until(lambda: len(attempts) > 4)
        assert attempts[:5] == [1, 2, 3, 4, 5]
        assert len(it.notes) == 1
