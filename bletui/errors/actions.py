"""What bletui itself can do about a failure: named actions, each with what must be true before it and after it.

The console gives them keys, the session and its radios run them; this table is what both agree on.
"""

from __future__ import annotations

from bletui.kinds import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Final


class Action:
    """`name` never changes its meaning; `before` and `after` are what a test asserts around a run."""

    __slots__ = ("after", "before", "label", "name")

    def __init__(self, name: str, label: str, before: str, after: str) -> None:
        self.name, self.label, self.before, self.after = name, label, before, after


_TABLE: Final = (
    Action(
        "stream.retry-now",
        "retry now",
        "the stream is broken and waits for its next try",
        "the stream is opening, live, or broken anew with a later time",
    ),
    Action(
        "scan.restart",
        "restart the scan",
        "a scan is asked for",
        "each lane's scan stream has been opened once more and the wish is unchanged",
    ),
    Action(
        "radio.reopen",
        "open the radio again",
        "the radio did not open, or is open",
        "the radio was closed and is open with a fresh snapshot, or its new failure stands in its place",
    ),
    Action(
        "target.switch-scheme",
        "switch http/https",
        "the radio's target is cassia:// or cassia+https://",
        "the same host is open with the other scheme and the old radio is closed",
    ),
    Action(
        "target.open-simulator",
        "open the simulator",
        "no simulated radio is open",
        "a simulated radio is open beside the others and its banner is shown",
    ),
    Action(
        "filter.clear",
        "clear the filter",
        "a filter is set",
        "no filter is set and every row is shown",
    ),
    Action(
        "lane.list",
        "list lanes and links",
        "a radio is open",
        "each lane is shown with its state, its slots and who is connected through it",
    ),
    Action(
        "device.pair",
        "pair",
        "a device has failed",
        "the link is secured, perhaps after a question, or the failure of pairing is told",
    ),
    Action(
        "bond.delete",
        "delete the bond",
        "a device has failed whose bond the radio may keep",
        "after a confirmation, the radio keeps no bond of that device",
    ),
    Action(
        "explain.open",
        "explain",
        "a failure is selected",
        "its explanation is shown",
    ),
    Action(
        "log.open",
        "show the log",
        "a session is open",
        "the log is shown at the failure's time",
    ),
    Action(
        "doctor.run",
        "walk the ladder",
        "a target is named",
        "each rung of the target's ladder is shown as ok, warn, fail or skipped with its evidence",
    ),
)

ACTIONS: Final = {action.name: action for action in _TABLE}
