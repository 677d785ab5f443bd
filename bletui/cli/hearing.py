"""What a headless scan has heard so far: batches of events in, text for stdout and narration for stderr out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from bletui.cli.forms import Form
from bletui.cli.records import Record, lane_down_object, lane_object, stream_object
from bletui.devices import Device, DeviceStore
from bletui.errors.card import one_line
from bletui.failure import Failure
from bletui.model import Advertisement, Event, LaneChanged, LaneDown, Shed, StreamChanged
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.filters import Filter

Narration = tuple[str, Record]  # one line of words ("": not worth a line) and the same as an object
_SEVERITY = {"info": 0, "warning": 1, "error": 2}


class Hearing:
    """Every radio's devices joined in one store. `limit`: how much of `form` is wanted; None: no end.

    `names`: a person's own, by address.
    """

    def __init__(
        self,
        form: Form,
        wanted: Filter | None = None,
        limit: int | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self.store = DeviceStore(names)
        self.form = form
        self.shed: Counter[str] = Counter()  # by what was dropped or not understood
        self.live = False  # whether a scan has ever run
        self._wanted = wanted
        self._limit = limit
        self._lanes: dict[str, str] = {}  # id to name
        self._simulated: set[str] = set()  # radios
        self._wrong: dict[tuple[str, str | None, str], Failure] = {}

    @property
    def done(self) -> bool:
        return self._limit is not None and self.form.counted >= self._limit

    def take(self, events: Sequence[Event]) -> str:
        """The text for stdout; what comes after the limit is left alone."""
        text = []
        for event in events:
            if self.done:
                break
            if type(event) is Advertisement:
                self.store.update((event,))
                device = self.store.devices[event.address]
                if self._matches(device):
                    text.append(self.form.heard(event, device, self._lanes))
            elif type(event) is Shed:
                self.shed[event.what] += event.count
                text.append(self.form.shed(event))
        return "".join(text)

    @property
    def lanes(self) -> Mapping[str, str]:
        """Id to name."""
        return self._lanes

    def end(self) -> str:
        """The text for stdout when the scan is over."""
        return self.form.end(self.found(), self._lanes)

    def found(self) -> Iterator[Device]:
        """The devices that the filter shows."""
        return filter(self._matches, self.store.devices.values())

    def narrate(self, radio: str, events: Sequence[Event]) -> Iterator[Narration]:
        """What there is to say of lanes and streams; keeps in mind what is wrong with them."""
        for event in events:
            match event:
                case LaneChanged(at=at, lane=lane):
                    self.store.name_lane(lane.id, lane.name)
                    yield self._lane_words(radio, event), lane_object(radio, at, lane)
                case LaneDown(lane=gone, reason=reason):
                    self._note((radio, gone, "lane"), reason)
                    yield f"{self._named(gone)}: gone: {one_line(reason)}", lane_down_object(radio, event)
                case StreamChanged(lane=lane, stream=stream, failure=failure):
                    self._note((radio, lane, stream), failure)
                    self.live = self.live or (stream, event.state) == ("scan", "live")
                    yield self._stream_words(radio, event), stream_object(radio, event)

    def worst(self) -> Failure | None:
        """The gravest of what is wrong now; of equals, a stream's before a lane's, the first before the next."""
        ranked = {
            place: (_SEVERITY[failure.kind.severity], place[2] != "lane") for place, failure in self._wrong.items()
        }
        return self._wrong[max(ranked, key=ranked.__getitem__)] if ranked else None

    def unmatched(self) -> tuple[int, int]:
        """Devices hidden by the filter, and devices for which it can't tell."""
        if self._wanted is None:
            return 0, 0
        answers = [self._wanted.matches(device) for device in self.store.devices.values()]
        return answers.count(False), answers.count(None)

    def _matches(self, device: Device) -> bool:
        return self._wanted is None or self._wanted.matches(device) is True

    def _note(self, place: tuple[str, str | None, str], failure: Failure | None) -> bool:
        """Whether this is news."""
        before = self._wrong.pop(place, None)
        if failure is not None:
            self._wrong[place] = failure
        return failure != before

    def _lane_words(self, radio: str, changed: LaneChanged) -> str:
        lane = changed.lane
        self._lanes[lane.id] = lane.name
        if "simulated" in lane.info and radio not in self._simulated:
            self._simulated.add(radio)
            return f"{visible(radio)}: simulated: {visible(lane.info['simulated'])}"
        news = self._note((radio, lane.id, "lane"), lane.usable)
        if news and lane.usable is not None:
            return f"{self._named(lane.id)}: {one_line(lane.usable)}"
        return f"{self._named(lane.id)}: ready again" if news else ""

    def _stream_words(self, radio: str, changed: StreamChanged) -> str:
        where = self._named(changed.lane) if changed.lane else visible(radio)
        if changed.failure is not None:
            again = "" if changed.retry_at is None else f"; next try in {max(0.0, changed.retry_at - changed.at):.0f} s"
            return f"{where}: {one_line(changed.failure)}{again}"
        return f"{where}: scanning" if (changed.stream, changed.state) == ("scan", "live") else ""

    def _named(self, lane: str) -> str:
        """The lane's name for people; its id where it has none, or several lanes have the same."""
        name = self._lanes.get(lane)
        return visible(name if name and list(self._lanes.values()).count(name) == 1 else lane)
