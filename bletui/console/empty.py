"""Why the list is empty: the one thing that an empty screen has to say, with the keys that help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bletui.console.cards import severity_role
from bletui.console.listing import Counts, View
from bletui.console.settings import Found
from bletui.console.spans import Line, Span, line
from bletui.console.status import lane_name, radio_state, scan_streams, short_name, stream_words
from bletui.failure import Failure
from bletui.text import visible

if TYPE_CHECKING:  # the session brings every radio's imports; the first paint does not wait for them
    from bletui.session import Joined

PATIENCE = 8.0  # seconds of scanning after which silence is worth a word


@dataclass(frozen=True, slots=True)
class Why:
    """`title` says which case it is, `lines` give what is known, `facts` the same with labels before them, `keys` are
    ids of the commands that help."""

    title: Span
    lines: tuple[Line, ...] = ()
    keys: tuple[str, ...] = ()
    facts: tuple[tuple[str, Line], ...] = ()


def why_empty(
    radios: Sequence[Joined],
    counts: Counts,
    *,
    expression: str,
    now: float,
    waited: float,
    found: Found | None = None,
) -> Why | None:
    """None: the list is not empty. `now` is wall time; `waited` seconds since the newest report, or since the start.

    `found`: where nobody named a target, what this machine has; asked only where no radio can scan.
    """
    if counts.shown:
        return None
    if counts.total:
        return _all_hidden(counts, expression)
    told = tuple((short_name(joined.name), _told(failure)) for joined in radios for failure in joined.problems())
    streams = [stream for joined in radios for stream in scan_streams(joined)]
    if any(stream.state == "live" for stream in streams):
        return _silence(radios, told, waited)
    broken = [stream for stream in streams if stream.state == "broken"]
    if broken:
        words = f"The scan stream is {stream_words(min(broken, key=lambda s: s.retry_at or now), now)}"
        keys: tuple[str, ...] = ("scan.explain", "scan.restart", "app.problems")
        if found is not None:
            words, keys = "No target was named, and no radio here can scan", ("app.simulator", "app.radios", *keys)
        return Why(Span(words, "error"), (), keys, (*told, *_first_run(found, radios)))
    if told:
        keys = ("app.simulator", "app.radios", "scan.explain", "scan.restart", "app.problems")
        words = "No radio can scan" if found is None else "No target was named, and no radio here can scan"
        return Why(Span(words, "error"), (), keys, (*told, *_first_run(found, radios)))
    states = tuple(line(f"{short_name(joined.name)}: ", radio_state(joined, now)) for joined in radios)
    return Why(Span("Opening …" if not streams else "No scan is running", "dim"), states, ("app.problems",))


def why_view(view: View, counts: Counts) -> Why | None:
    """None: every row is asked for, or some are shown."""
    if counts.shown or view == "all":
        return None
    if view == "away":
        return Why(Span("No device is hidden by hand any more", "dim"), keys=("scan.hidden",))
    words = f"None of {counts.total} devices differs from the baseline"
    meant = line("None came, none went, and none says another name, company or set of services.")
    return Why(Span(words, "ok"), (meant,), ("scan.differing", "scan.baseline"))


def _first_run(found: Found | None, radios: Sequence[Joined]) -> tuple[tuple[str, Line], ...]:
    """What this machine has; nothing where a target was named."""
    if found is None:
        return ()
    lanes = tuple(lane_name(lane, joined.state.lanes) for joined in radios for lane in joined.state.lanes)
    return tuple((visible(label), line(visible(words))) for label, words in found(lanes))


def _all_hidden(counts: Counts, expression: str) -> Why:
    if counts.away == counts.total:
        return Why(Span(f"All {counts.total} devices are hidden by hand", "warn"), keys=("scan.hidden", "scan.undo"))
    lines = [line(Span("filter  ", "dim"), Span(visible(expression), "strong"))]
    if counts.unknown:
        lines.append(line(f"For {counts.unknown} of them the filter can't tell: this radio does not say."))
    if counts.away:
        lines.append(line(f"{counts.away} of them were hidden by hand."))
    title = f"All {counts.total} devices are hidden by the filter"
    return Why(Span(title, "warn"), tuple(lines), ("scan.clear", "scan.filter"))


def _silence(radios: Sequence[Joined], told: tuple[tuple[str, Line], ...], waited: float) -> Why:
    lanes = ", ".join(lane_name(lane, joined.state.lanes) for joined in radios for lane in joined.state.lanes)
    where = line(Span("on ", "dim"), lanes)
    if waited < PATIENCE:
        return Why(Span(f"Listening, {waited:.0f} s", "dim"), (where,), facts=told)
    hints = (
        where,
        line("The radio scans and hears no advertisement: nothing near, or no antenna."),
        line("Devices that are connected to something else often stop advertising."),
    )
    title = Span(f"Nothing heard for {waited:.0f} s", "warn")
    return Why(title, hints, ("scan.restart", "app.problems"), told)


def _told(failure: Failure) -> Line:
    kind = failure.kind
    return line(Span(f"{kind.code} {kind.value}  ", severity_role(failure)), kind.title)
