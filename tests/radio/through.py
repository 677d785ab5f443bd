"""One radio suite, several times: over a radio in this process, and over the same radio behind a bridge."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

from bletui.backend import Backend
from bletui.clock import Clock
from bletui.connections import Policy
from bletui.model import Owner
from bletui.radio import Attachment, QueuedRadio, Radio
from tests.bridge.running import bridge, on_tcp, remote

Way = Literal["here", "bridge", "tcp"]
"""In this process; a bridge on a Unix socket, where owners keep their names; on TCP, where a token adds its own."""

way: Way = "here"  # set by the suite's fixture; not a context variable, since tests run in a context of their own


class Bridged(Radio):
    """A radio and the bridge in front of it, which end together."""

    def __init__(self, inner: QueuedRadio, far: Radio, stack: AsyncExitStack) -> None:
        self.name = inner.name
        self._far = far
        self._stack = stack

    async def attach(self, owner: Owner, *, deaf: bool = False) -> Attachment:
        return await self._far.attach(owner, deaf=deaf)

    async def aclose(self) -> None:
        await self._far.aclose()
        await self._stack.aclose()


async def opened(
    backend: Backend, name: str = "a", *, clock: Clock | None = None, policy: Policy | None = None
) -> Radio:
    """The radio over `backend`, opened, and by whichever way the suite runs now."""
    inner = QueuedRadio(backend, name, clock=clock, policy=policy)
    await inner.open()
    if way == "here":
        return inner
    async with AsyncExitStack() as stack:
        stack.push_async_callback(inner.aclose)
        if way == "tcp":
            _, far = await stack.enter_async_context(on_tcp(inner, clock=clock))
            return Bridged(inner, far, stack.pop_all())
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bletui-"))
        _, socket = await stack.enter_async_context(bridge(inner, path=Path(folder) / "s", clock=clock))
        return Bridged(inner, remote(socket), stack.pop_all())
