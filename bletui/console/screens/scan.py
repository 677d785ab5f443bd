"""Scan: the live list of devices, what the selected one says, and why the list is empty when it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from textual import on
from textual.app import ComposeResult

from bletui.console.anatomy import details, strip
from bletui.console.commands import BY_ID, bindings
from bletui.console.empty import why_empty, why_view
from bletui.console.history import payload_changes
from bletui.console.listing import Counts, Listing, Sort, View, frozen
from bletui.console.screens.marking import NO_DEVICE, MarkingScreen
from bletui.console.spans import Line, Span, line, spread
from bletui.console.status import lanes_of
from bletui.console.troubles import Trouble, not_worked, troubles
from bletui.console.updates import send
from bletui.console.widgets.card_list import Cards
from bletui.console.widgets.details_pane import DetailsPane
from bletui.console.widgets.device_filter import DeviceFilterBar
from bletui.console.widgets.device_table import DeviceTable
from bletui.console.widgets.emptiness import emptiness
from bletui.console.widgets.filter_input import FilterInput
from bletui.console.widgets.lines import Beside, Lines, Stacked
from bletui.console.widgets.problem_keys import ProblemKeys
from bletui.console.widgets.sort_bar import SortBar
from bletui.devices import Change, Device

RANK_EVERY = 1.0  # seconds between rankings: rows that jump can't be read
JUDGE_EVERY = 5.0  # seconds between looking for devices that have gone, where only differences are shown
HISTORY = 6  # payload changes in the details
FROZEN = 1000  # rows of a held list per turn of the loop
VIEWS: dict[View, str] = {"differing": "DIFFERENCES", "away": "HIDDEN"}


class ScanScreen(MarkingScreen):
    BINDINGS = bindings("scan")

    def __init__(self) -> None:
        super().__init__()
        self._ranked = 0.0
        self._sorting = False  # by a column that was just chosen
        self._held: list[Device] | None = None  # the rows of a paused list
        self._held_at = 0.0
        self._judged = 0.0
        self._cards_of = ""  # the address of the device whose failures the cards show
        self._made_for: tuple[object, ...] = ()
        self.table = DeviceTable(self._cursor_moved, self._paint_heads)
        self._bar = DeviceFilterBar(self.console_app.settings.filter, self.console_app.settings.config.filters)
        self._status, self._heads, self._below = Lines(id="status"), Lines(id="heads"), Lines(id="strip")
        self._details = DetailsPane(id="details")

    @property
    def focus_name(self) -> str:
        return getattr(self.focused, "place", "list")

    def body(self) -> ComposeResult:
        yield self._status
        yield self._bar
        yield SortBar(self._sort_by, self._back_to_the_list)
        with Beside(id="main"):
            with Stacked(id="list"):
                yield self._heads
                yield self.table
                yield Lines(id="empty")
            yield ProblemKeys(id="cards")
            yield self._details
        yield self._below

    def on_mount(self) -> None:
        self.table.glyphs = self.console_app.glyphs
        self.set_focus(self.table)

    def reconfigured(self) -> None:
        super().reconfigured()
        self._bar.know(self.console_app.settings.config.filters)
        self._made_for = ()
        self.table.paint_afresh()

    # -- one data frame

    def paint_body(self) -> None:
        app = self.console_app
        if app.listing is not self._listing:
            self._adopt(app.listing)
        listing, now = app.listing, app.clock.wall()
        if listing is None:
            rows: list[Device] = []
            changed = None
        elif self._held is not None:
            rows, now, changed = self._held, self._held_at, None
        else:
            self._rank(listing)
            rows, changed = listing.rows, listing.take_changed()
        self.look_at_failures()
        moved = self.table.update(rows, now, changed)
        if moved:
            self.note(f"the row under the cursor moved {'down' if moved > 0 else 'up'} {abs(moved)}")
        self._paint_status()
        self._paint_empty()
        self._paint_cards()
        self._paint_selected(now, changed)

    def _adopt(self, listing: Listing | None) -> None:
        """A new session: its list is filtered and sorted as the one before."""
        before, self._listing, self._held = self._listing, listing, None
        if listing is not None:
            if before is not None:
                listing.continue_from(before)
            listing.set_filter(self._bar.matches)
            self._marked()
            self._paint_heads()
            self.apply()

    def _rank(self, listing: Listing) -> None:
        now = self.console_app.clock.monotonic()
        if now - self._ranked >= RANK_EVERY:
            self._ranked = now
            listing.rank(whole=self.has_class("-filtering"))
            self.place_lanes()
        listing.now = self.console_app.clock.wall()
        if listing.view == "differing" and now - self._judged >= JUDGE_EVERY:
            self._judged = now
            listing.judge_again()
            self.call_later(self.apply)

    def apply(self) -> None:
        """A slice of a filter or sort per turn of the loop, so that keys get theirs between them, and are seen."""
        if self._listing is not None and self._listing.apply():
            self.call_after_refresh(self.apply)
        else:
            self._sorting = False
            self._paint_soon()

    def _paint_soon(self) -> None:
        """Without waiting for the screen's next beat, where nothing but cells has changed."""
        self.paint()
        send(self)

    def _paint_status(self) -> None:
        bar, listing = self._bar, self._listing
        left: Line = line(Span(" / ", "dim"), bar.expression) if bar.expression else line(Span(" no filter", "dim"))
        baseline = listing.store.baseline if listing else None
        if baseline is not None:
            minutes, seconds = divmod(int(self.console_app.clock.wall() - baseline.at), 60)
            left = line(Span(f" since baseline {minutes:02}:{seconds:02} ", "accent"), *left)
        left = self.noted() or left
        parts: list[str | Span] = []
        if self._held is not None:
            parts += [Span(" PAUSED ", "mark"), "  "]
        if listing is not None:
            counts = listing.counts
            if listing.view != "all":
                parts += [Span(f" ONLY {VIEWS[listing.view]} ", "mark"), "  "]
            if counts.unknown:
                parts.append(Span(f"{counts.unknown} can't tell  ", "warn"))
            if counts.hidden:
                parts.append(Span(f"{counts.hidden} hidden  ", "dim"))
            if counts.away:
                parts.append(Span(f"{counts.away} by hand  ", "dim"))
            counted = f"{counts.shown} of {counts.total} "
            bar.count(line(counted))
            parts.append(counted)
        self._status.show(spread(left, line(*parts), self.size.width))

    def _paint_heads(self) -> None:
        sort = self._listing.sort if self._listing else Sort()
        self._heads.show(self.table.heads(sort))

    def _paint_empty(self) -> None:
        app, listing = self.console_app, self._listing
        radios = list(app.session.radios.values()) if app.session else []
        now = app.clock.wall()
        why = None
        if listing is None or not listing.rows:
            counts = listing.counts if listing else Counts(0, 0, 0, 0)
            expression = self._bar.expression
            why = why_view(listing.view, counts) if listing else None
            why = why or why_empty(
                radios,
                counts,
                expression=expression,
                now=now,
                waited=now - app.since,
                found=app.settings.found,
            )
            if why is not None and self.has_class("-filtering"):
                why = replace(why, keys=("filter.accept", "filter.leave"))  # the others are text now
        if why is not None and self.focused is self._details and not self.has_class("-details"):
            self.set_focus(self.table)  # beside an empty list there are no details
        self.set_class(why is not None, "-empty")
        if why is not None:
            pane = self.query_one("#empty", Lines)
            pane.show(*emptiness(why, pane.size.width, pane.size.height))

    def _paint_cards(self) -> None:
        if self.has_class("-cards"):
            key = Span(BY_ID["card.leave"].shown_key, "key")
            nothing = [line(" ", Span("Nothing is wrong any more.", "ok"), "  ", key, " goes back to the list.")]
            self.query_one(Cards).hold(self._troubles(self._cards_of), nothing)

    def _troubles(self, address: str) -> list[Trouble]:
        """What failed at that device, then what is wrong with radios."""
        session = self.console_app.session
        return [*not_worked(session, address), *troubles(session)]

    def _paint_selected(self, now: float, changed: Collection[Device] | None = None) -> None:
        """Made anew once a second for its ages, else only where the device is among those that `changed`."""
        app, device = self.console_app, self.table.selected
        pane, below = self._details, self._below
        made_for = (device, self.marks, int(now), self.size, pane.display, pane.size, below.display)
        if changed is not None and device not in changed and made_for == self._made_for:
            return
        self._made_for = made_for
        if device is None:
            below.show()
            pane.show([])
            return
        lanes = lanes_of(app.session.radios.values()) if app.session else {}
        notes = self.said_of(device)
        if pane.display and pane.size.width:
            width = pane.size.width
            lines = details(device, lanes, now=now, size=width, glyphs=app.glyphs, notes=notes)
            pane.show([*lines, *self._history(device, now, width)])
        if below.display:
            below.show(*strip(device, lanes, now=now, size=self.size.width, glyphs=app.glyphs, notes=notes))

    def _history(self, device: Device, now: float, width: int) -> Sequence[Line]:
        if self._listing is None:
            return ()
        store = self._listing.store
        changes: list[Change] = store.history(device.address, HISTORY)
        return payload_changes(changes, store.changes_since, now=now, size=width, glyphs=self.console_app.glyphs)

    def _cursor_moved(self) -> None:
        self._paint_selected(self._held_at if self._held is not None else self.console_app.clock.wall())

    # -- commands

    def action_details(self) -> None:
        if self.table.selected is None:
            self.say(NO_DEVICE)
        else:
            self.table.touched = True  # the cursor stays on this device from now on
            self.add_class("-details")
            self.set_focus(self._details)
            self.call_after_refresh(self.paint)

    @on(DetailsPane.Left)
    def _close_details(self) -> None:
        self.remove_class("-details")
        self.set_focus(self.table)
        self.call_after_refresh(self.paint)

    @on(DetailsPane.Turned)
    def _turn(self, event: DetailsPane.Turned) -> None:
        self.table.move(event.by)

    def action_explain(self) -> None:
        device = self.table.selected
        self._cards_of = device.address if device is not None else ""
        found = self._troubles(self._cards_of)
        if not found:
            self.note("nothing is wrong")
            return
        self.table.touched = True  # the cursor stays on this device from now on
        self.query_one(Cards).unfold(found[0])
        self.add_class("-cards")
        self.set_focus(self.query_one(Cards))
        self.call_after_refresh(self.paint)

    @on(Cards.Left)
    def _close_cards(self) -> None:
        self.remove_class("-cards")
        self._focus_what_is_there()
        self.call_after_refresh(self.paint)

    def action_connect(self) -> None:
        device = self.table.selected
        if device is None:
            self.say(NO_DEVICE)
        else:
            self.console_app.connect(device.address, device.address_type)

    def action_filter(self) -> None:
        self._bar.edit()

    def action_clear(self) -> None:
        self._bar.clear()

    def action_sort(self) -> None:
        self.query_one(SortBar).choose(self._listing.sort if self._listing else Sort(), self.lane_columns)

    def action_pause(self) -> None:
        if self._held is not None:
            self._held = None
        elif self._listing is not None:
            self._held, self._held_at = list(self._listing.rows), self.console_app.clock.wall()
            self._freeze(self._held, self.table.top, self.table.size.height)
            self.call_after_refresh(self._freeze, self._held, 0, FROZEN)
        self.paint()

    def _freeze(self, rows: list[Device], at: int, count: int) -> None:
        """A slice of a held list per turn of the loop, so that keys get theirs between them; first what is in sight."""
        rows[at : at + count] = map(frozen, rows[at : at + count])
        if count == FROZEN and at + count < len(rows) and self._held is rows:
            self.call_after_refresh(self._freeze, rows, at + count, count)

    def action_active(self) -> None:
        active = self.console_app.active = not self.console_app.active
        self.note("active scan: scan responses are asked for" if active else "passive scan: nothing is sent")
        self.console_app.scan()
        self.paint()

    def action_restart(self) -> None:
        self.note("scan restarted on every radio")
        self.console_app.scan()
        self.paint()

    @on(DeviceFilterBar.Changed)
    def _filter_changed(self) -> None:
        listing, table = self._listing, self.table
        if listing is None:
            return
        listing.set_filter(self._bar.matches)
        if isinstance(self.focused, FilterInput) and listing.glimpse(*table.sight):
            self._paint_soon()  # no count stands beside the bar, and no key moves about in what are not all rows yet
            self.call_after_refresh(self.apply)
        else:
            self.apply()

    def filter_left(self) -> None:
        if self._listing is not None:
            self._listing.set_filter(self._bar.matches)
            self._apply_all()  # what was typed ahead moves about in all the rows
        self._back_to_the_list()

    def settle(self) -> None:
        if self._sorting:
            self._apply_all()
            self.paint()

    def _apply_all(self) -> None:
        self._sorting = False
        while self._listing is not None and self._listing.apply():
            pass

    def _back_to_the_list(self) -> None:
        self._focus_what_is_there()
        self.paint()

    def _focus_what_is_there(self) -> None:
        """Cards and details may hide the list."""
        over = self.query_one(Cards) if self.has_class("-cards") else self._details
        self.set_focus(over if self.has_class("-cards") or self.has_class("-details") else self.table)

    def _sort_by(self, sort: Sort, title: str) -> None:
        if self._listing is not None:
            self._listing.set_sort(sort)
            self._sorting = True
            self._paint_heads()
            order = "descending" if sort.descending else "ascending"
            self.note(f"sorted by {title or sort.by.title}, {order}")
            self.apply()
