"""The feed's place at one radio."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bletui.model import Folding, Owner, ScanRequest
from bletui.radio import Attachment, Radio
from bletui.radio.wishes import union


class Seat:
    """One radio: the seat taken there, its state without advertisements, and the scan asked for."""

    def __init__(self, radio: Radio) -> None:
        self.radio = radio
        self.attachment: Attachment | None = None
        self.folding = Folding()
        self.wish: ScanRequest | None = None

    async def take(self, owner: Owner) -> Iterable[str]:
        """The lanes there, in their order."""
        self.attachment = await self.radio.attach(owner)
        self.folding = Folding(replace(self.attachment.snapshot, heard={}))
        self.wish = None
        return self.attachment.snapshot.lanes

    def empty(self) -> None:
        self.attachment = None
        self.folding = Folding()

    def wanted(self, wishes: Iterable[ScanRequest]) -> ScanRequest | None:
        """The union of the wishes, as far as they concern this radio's lanes."""
        lanes = self.folding.snapshot().lanes
        ours = []
        for wish in wishes:
            narrowed = wish.lanes and tuple(lane for lane in wish.lanes if lane in lanes)
            if narrowed is None or narrowed:
                ours.append(replace(wish, lanes=narrowed))
        return union(ours)
