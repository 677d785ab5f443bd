"""A Cassia backend under test, and what it emits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bletui.backend import Backend, Env
from bletui.backends.cassia import open_target
from bletui.model import Advertisement, LaneChanged, LinkChanged, Shed, StreamChanged
from bletui.target import parse
from tests.kept import Kept


class Heard(Kept):
    async def until_heard(self, adverts: int) -> None:
        await self.until(lambda: len(self.adverts) >= adverts)

    @property
    def adverts(self) -> list[Advertisement]:
        return self.of(Advertisement)

    @property
    def streams(self) -> list[StreamChanged]:
        """Those of the scan."""
        return [changed for changed in self.of(StreamChanged) if changed.stream == "scan"]

    @property
    def states(self) -> list[str]:
        return [changed.state for changed in self.streams]

    def told(self, stream: str) -> list[str]:
        """The states of another stream, without those on the way to one."""
        return [c.state for c in self.of(StreamChanged) if c.stream == stream and c.state != "opening"]

    @property
    def lanes(self) -> list[LaneChanged]:
        return self.of(LaneChanged)

    @property
    def links(self) -> list[LinkChanged]:
        return self.of(LinkChanged)

    @property
    def shed(self) -> int:
        return sum(shed.count for shed in self.of(Shed))


def target_of(url: str, query: str = "", key: str = "") -> str:
    """The bletui target for the base address of a router."""
    scheme, _, rest = url.partition("://")
    credential = f"{key}@" if key else ""
    return f"{'cassia+https' if scheme == 'https' else 'cassia'}://{credential}{rest}{query and '?' + query}"


@asynccontextmanager
async def opened(target: str, env: Env | None = None) -> AsyncIterator[tuple[Backend, Heard]]:
    """The backend for `target`, open, and what it emits. Its speed makes 5 s of waiting one."""
    backend = open_target(parse(target), env or Env("lab", speed=5.0))
    heard = Heard()
    try:
        await backend.open(heard)
        yield backend, heard
    finally:
        await backend.aclose()
