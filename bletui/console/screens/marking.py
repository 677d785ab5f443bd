"""What a person does to rows of Scan: pin, put away, compare with a baseline, follow one, see lanes side by side."""

from __future__ import annotations

from bletui.console.columns import Column, best_lanes, lane_column, name_of
from bletui.console.commands import BY_ID
from bletui.console.listing import Listing, View
from bletui.console.screens.mode import ModeScreen
from bletui.console.status import lane_name, lanes_of, linked_words
from bletui.console.widgets.device_table import DeviceTable
from bletui.devices import Device, Difference

LANES_MOST = 9  # a digit sorts by each
LOOKED_AT = 500  # rows that say which lanes hear best
SIGNS: dict[Difference, str] = {"new": "+", "gone": "-", "changed": "~"}


NO_DEVICE = "no device under the cursor"


class MarkingScreen(ModeScreen):
    """`marks` counts what was marked, so that what shows it is made anew."""

    NOTE_STANDS = 4.0
    table: DeviceTable

    def __init__(self) -> None:
        super().__init__()
        self.marks = 0
        self._listing: Listing | None = None
        self._lanes_first = False
        self._failing: dict[str, str] = {}  # by address, in words
        self._lanes_for: tuple[object, ...] = ()
        self.lane_columns: tuple[Column, ...] = ()

    def apply(self) -> None:
        """Has the listing take another filter, sort or view in."""
        raise NotImplementedError

    # -- signs

    def said_of(self, device: Device) -> tuple[str, ...]:
        """In words what the sign before the row says, and what the cursor's own sign hides."""
        listing = self._listing
        if listing is None:
            return ()
        pinned = ("pinned",) if device.address in listing.pinned else ()
        away = ("hidden by hand",) if device.address in listing.away else ()
        difference = self._difference(device)
        failed = self._failing.get(device.address, "")
        told = (f"{failed}, {_key('explain')}: card",) if failed else ()
        session = self.console_app.session
        linked = linked_words(session.radios.values() if session else (), device.address)
        return (*linked, *told, *pinned, *away, *((difference,) if difference else ()))

    def look_at_failures(self) -> None:
        """Marks the rows of devices of which something was asked, has failed, and has not worked since."""
        session = self.console_app.session
        if session is not None and session.store.baseline is not None:
            radios = session.radios.values()
            session.store.baseline.linked = {peer.address for joined in radios for peer in joined.state.links}
        groups = session.failing.now() if session is not None else []
        failing = {group.what.address: f"{group.what.verb}: {group.what.kind.value}" for group in reversed(groups)}
        if failing != self._failing:
            self._failing = failing
            self._marked()

    def _sign(self, device: Device) -> str:
        if device.address in self._failing:
            return self.console_app.glyphs.malformed
        if self._listing is not None and device.address in self._listing.pinned:
            return self.console_app.glyphs.pinned
        difference = self._difference(device)
        return SIGNS[difference] if difference else " "

    def _difference(self, device: Device) -> Difference | None:
        baseline = self._listing.store.baseline if self._listing is not None else None
        return None if baseline is None else baseline.difference(device, self.console_app.clock.wall())

    def _marked(self) -> None:
        """Rows without a mark cost nothing as long as there is none."""
        listing = self._listing
        any_mark = listing is not None and (self._failing or listing.pinned or listing.store.baseline is not None)
        self.table.sign = self._sign if any_mark else None
        self.table.paint_afresh()
        self.marks += 1

    # -- commands

    def action_pin(self) -> None:
        device, listing = self.table.selected, self._listing
        if device is None or listing is None:
            self.say(NO_DEVICE)
        else:
            self.table.touched = True
            pinned = listing.pin(device)
            self.console_app.configured.pin(device.address, pinned=pinned)
            self._marked()
            self.say(f"{name_of(device)} {'stays on top' if pinned else 'is no longer pinned'}")

    def action_hide(self) -> None:
        device, listing = self.table.selected, self._listing
        if device is None or listing is None:
            self.say(NO_DEVICE)
            return
        if listing.put_away(device):
            keys = f"({_key('undo')} brings it back, {_key('hidden')} shows the hidden)"
            self.note(f"hidden {keys}: {name_of(device)}")
        else:
            self.note(f"{name_of(device)} is shown again")
        self._marked()
        self.paint()

    def action_undo(self) -> None:
        address = self._listing.bring_back() if self._listing is not None else None
        self._marked()
        self.say(f"{address} is shown again" if address else "nothing was hidden by hand")

    def action_hidden(self) -> None:
        listing = self._listing
        if listing is not None and not listing.away and listing.view != "away":
            self.say(f"nothing was hidden by hand; {_key('hide')} hides the device under the cursor")
            return
        self._turn_view("away")

    def action_baseline(self) -> None:
        listing = self._listing
        if listing is None:
            return
        if listing.store.baseline is None:
            listing.store.take_baseline(self.console_app.clock.wall())
            self.note(f"baseline taken: + new, - gone, ~ changed; {_key('differing')} shows only these")
        else:
            listing.store.clear_baseline()
            self.note("baseline dropped")
            if listing.view == "differing":
                self._turn_view("differing")
        self._marked()
        self.paint()

    def action_differing(self) -> None:
        listing = self._listing
        if listing is not None and listing.store.baseline is None:
            self.say(f"no baseline yet; {_key('baseline')} takes one")
            return
        self._turn_view("differing")

    def _turn_view(self, view: View) -> None:
        """To that view, or from it back to every row."""
        if self._listing is not None:
            self._listing.set_view("all" if self._listing.view == view else view)
            self.apply()

    def action_walk(self) -> None:
        from bletui.console.screens.walk import WalkScreen

        device = self.table.selected
        if device is None:
            self.say(NO_DEVICE)
        else:
            self.table.touched = True
            self.console_app.push_screen(WalkScreen(device.address))

    def action_lanes(self) -> None:
        if not self.lane_columns:
            self.say("there is one lane: its RSSI stands in every row")
            return
        self._lanes_first = not self._lanes_first
        self.place_lanes(again=True)
        self.paint()

    # -- lanes side by side

    def place_lanes(self, *, again: bool = False) -> None:
        """Chosen when lanes come or go, and when asked for `again`: columns that change places can't be read."""
        session, listing = self.console_app.session, self._listing
        lanes = lanes_of(session.radios.values()) if session else {}
        rows = listing.rows[:LOOKED_AT] if listing else []
        made_for = (tuple(lanes), bool(rows))
        if made_for == self._lanes_for and not again:
            return
        self._lanes_for = made_for
        chosen = tuple(dict.fromkeys((*best_lanes(rows, len(lanes)), *lanes)))[:LANES_MOST] if len(lanes) > 1 else ()
        ellipsis = self.console_app.glyphs.ellipsis
        self.lane_columns = tuple(lane_column(lane, _title(lane_name(lane, lanes), ellipsis)) for lane in chosen)
        self.table.show_lanes(self.lane_columns, first=self._lanes_first)

    def jump(self, address: str) -> None:
        """Puts the cursor on a device, or says why it is not listed."""
        listing = self._listing
        place = next((n for n, device in enumerate(self.table.rows) if device.address == address), None)
        if place is not None:
            self.table.move(place - self.table.cursor)
        elif listing is not None and address in listing.away:
            self.note(f"{address} was hidden by hand; {_key('hidden')} shows the hidden")
        elif listing is not None and address in listing.store.devices:
            self.note(f"{address} is hidden by the filter; {_key('clear')} clears it")
        else:
            own = listing.store.own_name(address) if listing is not None else None
            self.note(f"{own or address} was not heard, or too long ago")
        self.paint()


def _key(verb: str) -> str:
    return BY_ID[f"scan.{verb}"].shown_key


def _title(name: str, ellipsis: str) -> str:
    """Six cells: the end of a name tells lanes apart, the front is often the same."""
    return name if len(name) <= 6 else ellipsis + name[-5:]
