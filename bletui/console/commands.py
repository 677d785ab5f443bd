"""Every command once: its keys, label and help. Bindings, footer, help screen, palette and `docs/keys.md` are made
from this table.

A command belongs to a place; which places' keys act depends on the focus, as in `FOCUS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.binding import BindingType

    from bletui.model import Role

# What has the focus -> the places whose keys act then, innermost first. An inner one may take a key from an outer.
FOCUS: dict[str, tuple[str, ...]] = {
    "list": ("list", "scan", "app"),
    "details": ("details", "list", "scan", "app"),
    "filter": ("filter", "app"),
    "sort": ("sort", "app"),
    "walk": ("walk", "app"),
    "alerts": ("alerts", "list", "app"),
    "links": ("links", "card", "list", "app"),
    "tree": ("tree", "card", "list", "app"),
    "log": ("log", "list", "app"),
    "card": ("card", "list", "app"),
    "problems": ("problems", "card", "list", "app"),
    "help": ("help", "list"),
    "field": ("field", "dialogue"),
    "question": ("question", "dialogue"),
    "notice": ("notice", "dialogue"),
    "leave": ("leave", "dialogue"),
    "choice": ("choice", "dialogue"),
    "copy": ("copy", "dialogue"),
}


@dataclass(frozen=True, slots=True)
class Command:
    """`id` is `place.verb`; `action` what Textual calls. `footer` orders the six keys at the bottom; 0: not there.

    `needs`: the least role that the radio does it for. `does`: the request that it makes, as `Lane.cannot` names it.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    action: str = ""
    footer: int = 0
    palette: bool = True
    priority: bool = False
    needs: Role = "viewer"
    does: str = ""

    @property
    def place(self) -> str:
        return self.id.partition(".")[0]

    @property
    def shown_key(self) -> str:
        return key_name(self.keys[0])


# fmt: off
COMMANDS: tuple[Command, ...] = (
    Command("app.scan", ("1",), "Scan", "devices that advertise, live", "switch_mode('scan')"),
    Command("app.connections", ("2",), "Connections", "lanes, slots and links", "switch_mode('connections')"),
    Command("app.gatt", ("3",), "GATT", "services and characteristics of a device", "switch_mode('gatt')"),
    Command("app.log", ("4",), "Log", "everything that happened, in order", "switch_mode('log')"),
    Command("app.problems", ("5",), "Problems", "what is wrong now, and what to do", "switch_mode('problems')"),
    Command("app.help", ("question_mark", "f1"), "Help", "keys and columns of the place you are in", footer=8),
    Command("app.palette", ("ctrl+p",), "Palette", "any command, device, attribute, failure or radio",
            "command_palette", palette=False),
    Command("app.alerts", ("exclamation_mark",), "Alerts", "the values that are watched, and what struck"),
    Command("app.answer", ("K",), "Answer", "the pairing question that waits", needs="operator"),
    Command("app.mark", ("m",), "Mark", "this moment in the log, with a name"),
    Command("app.theme", ("T",), "Theme", "choose how colours are used, and see it"),
    Command("app.radios", ("O",), "Radios", "open one more, or close one"),
    Command("app.simulator", ("o",), "Open simulator", "scripted devices beside the radios, and marked"),
    Command("app.reload", ("ctrl+r",), "Reload config", "the file anew, at once; it also happens by itself"),
    Command("app.dismiss", ("backspace",), "Hide notice", "the words above the keys: a hint, a warning"),
    Command("app.suspend", ("ctrl+z",), "Suspend", "to the shell; fg brings it back", "suspend_process"),
    Command("app.quit", ("q", "ctrl+q"), "Quit", "leave; asks where links of ours end with it", footer=9),
    Command("app.interrupt", ("ctrl+c",), "Interrupt", "leave with exit code 130", palette=False, priority=True),

    Command("scan.details", ("enter",), "Details", "the advertisement byte by byte", footer=1),
    Command("scan.filter", ("slash",), "Filter", "show only what an expression matches", footer=3),
    Command("scan.sort", ("s",), "Sort", "s, then a column's letter; again: other order", footer=4),
    Command("scan.connect", ("c",), "Connect", "the device under the cursor, and see it happen", footer=2,
            needs="reader", does="connect"),
    Command("scan.pause", ("space",), "Pause", "hold the list still; reports are still counted"),
    Command("scan.walk", ("w",), "Walk", "the signal of one device, large, on the way to it", footer=5),
    Command("scan.pin", ("p",), "Pin", "keep the device on top, or let it go"),
    Command("scan.hide", ("minus",), "Hide", "this one device; among the hidden: show it again"),
    Command("scan.undo", ("u",), "Undo hide", "show the device again that was hidden last"),
    Command("scan.hidden", ("plus",), "Hidden", "only what was hidden by hand, or the list again"),
    Command("scan.baseline", ("b",), "Baseline", "mark what is new, gone or changed since now"),
    Command("scan.differing", ("n",), "Differences", "only what is not as at the baseline, or everything"),
    Command("scan.lanes", ("L",), "Lanes", "RSSI of each lane in a column of its own"),
    Command("scan.clear", ("x",), "Clear filter", "show every device again"),
    Command("scan.active", ("a",), "Active scan", "ask for scan responses, or stop asking",
            needs="reader", does="active scan"),
    Command("scan.explain", ("e",), "Card", "what failed at it or at a radio, with remedies"),
    Command("scan.restart", ("r",), "Restart scan", "on every radio; a broken stream is tried at once", needs="reader"),

    Command("list.up", ("up", "k"), "Up", "one row up", palette=False),
    Command("list.down", ("down", "j"), "Down", "one row down", palette=False),
    Command("list.page_up", ("pageup", "ctrl+u"), "Page up", "one screen up", palette=False),
    Command("list.page_down", ("pagedown", "ctrl+d"), "Page down", "one screen down", palette=False),
    Command("list.first", ("home", "g"), "First", "the first row", palette=False),
    Command("list.last", ("end", "G"), "Last", "the last row", palette=False),

    Command("details.leave", ("escape", "enter"), "Back", "back to the list", footer=1, palette=False),
    Command("details.next", ("right", "l"), "Next device", "the row below, taken apart", footer=2, palette=False),
    Command("details.previous", ("left", "h"), "Previous", "the row above, taken apart", footer=3, palette=False),

    Command("filter.leave", ("escape",), "Back", "keep the filter that stood before", footer=2, palette=False),
    Command("filter.accept", ("enter",), "Keep", "keep the filter and return to the list", footer=1, palette=False),

    Command("sort.leave", ("escape",), "Back", "leave the order as it is", footer=1, palette=False),

    Command("walk.leave", ("escape", "w"), "Back", "back to the list", footer=1, palette=False),
    Command("walk.lane", ("tab",), "Next lane", "one lane alone, or the one that hears it best", footer=2),
    Command("walk.again", ("r",), "Start again", "least, mean and greatest from now on", footer=3),
    Command("walk.bell", ("b",), "Bell", "at each new best level, by 3 dB or more", footer=4),

    Command("links.connect", ("c",), "Connect", "a device by its address", footer=1, needs="reader", does="connect"),
    Command("links.disconnect", ("d",), "Disconnect", "the link under the cursor; a foreign one: confirm", footer=2,
            needs="reader", does="disconnect"),
    Command("links.gatt", ("enter",), "GATT", "services and values of the link under the cursor", footer=5),
    Command("links.cancel", ("x", "escape"), "Cancel", "stop what runs or waits; put a failure away", footer=3,
            needs="reader"),
    Command("links.again", ("n",), "Retry now", "do not wait for the countdown; ask once more", footer=4,
            needs="reader"),
    Command("links.promote", ("plus",), "Raise", "to the front of the queue", needs="reader"),
    Command("links.pair", ("p",), "Pair", "over the link under the cursor", needs="operator", does="pair"),
    Command("links.adopt", ("a",), "Adopt", "make a foreign link ours, after asking", needs="operator"),
    Command("links.pause", ("space",), "Pause", "start nothing new on this lane, or go on", needs="reader"),
    Command("links.signal", ("s",), "Signal", "ask for the RSSI of the link under the cursor",
            needs="reader", does="rssi"),
    Command("links.phy", ("P",), "PHY", "1M, 2M or CODED, for the link under the cursor",
            needs="operator", does="set_phy"),
    Command("links.bonds", ("b",), "Bonds", "devices that the radios keep keys of, or hide them",
            needs="reader", does="bonds"),
    Command("links.unpair", ("u",), "Unpair", "delete the bond under the cursor, after asking",
            needs="operator", does="unpair"),
    Command("links.mine", ("M",), "Disconnect mine", "every link that this console opened, after asking",
            needs="reader", does="disconnect"),

    Command("tree.read", ("enter",), "Read", "the attribute under the cursor", footer=1, needs="reader", does="read"),
    Command("tree.write", ("w",), "Write", "with response: hex, text or a number", footer=2,
            needs="operator", does="write"),
    Command("tree.deliver", ("n",), "Notify", "notifications or indications on, or off", footer=3,
            needs="reader", does="subscribe"),
    Command("tree.all", ("A",), "Read all", "every readable attribute; failures stand there", footer=4,
            needs="reader", does="read"),
    Command("tree.stop", ("escape",), "Stop", "reading all; then: show what Find hides"),
    Command("tree.command", ("W",), "Write command", "without response", needs="operator", does="write"),
    Command("tree.fresh", ("f",), "Fresh", "discover again, past every cache", needs="reader", does="discover"),
    Command("tree.indicate", ("i",), "Indicate", "indications on, or off; n prefers notifications",
            needs="reader", does="subscribe"),
    Command("tree.filter", ("slash",), "Find", "by name, UUID, handle or property; empty: all", footer=5),
    Command("tree.next", ("tab",), "Next device", "the attributes of the next link"),
    Command("tree.previous", ("shift+tab",), "Previous device", "the attributes of the link before"),
    Command("tree.lens", ("v",), "Lens", "read this type of value through a layout"),
    Command("tree.pick", ("x",), "Next field", "draw and watch another number of the value"),
    Command("tree.alert", ("b",), "Alert", "a bell when the value changes or leaves its bounds"),
    Command("tree.copy", ("y",), "Copy", "as a bletui command, curl call or bleak program"),
    Command("tree.signal", ("s",), "Signal", "ask for the RSSI of the link", needs="reader", does="rssi"),
    Command("tree.phy", ("P",), "PHY", "ask for 1M, 2M or CODED on this link", needs="operator", does="set_phy"),
    Command("tree.pair", ("p",), "Pair", "over this link", needs="operator", does="pair"),

    Command("alerts.open", ("enter",), "Attribute", "to the attribute that is watched, in GATT", footer=1),
    Command("alerts.remove", ("d", "delete"), "Remove", "watch this value no longer", footer=2),
    Command("alerts.leave", ("escape",), "Back", "back to the mode below", footer=3, palette=False),

    Command("log.follow", ("f",), "Follow", "stay at the newest line, or stop", footer=2),
    Command("log.filter", ("slash",), "Filter", "words, kind=, device=, lane=, since=, level>=", footer=1),
    Command("log.clear", ("x",), "Clear filter", "show every line again"),
    Command("log.level", ("v",), "Level", "everything, warnings and errors, errors alone", footer=3),
    Command("log.card", ("e",), "Card", "the failure of this line with its remedies", footer=4),
    Command("log.go", ("enter",), "Go there", "to the attribute, link, queue or lane; name a mark"),
    Command("log.device", ("d",), "Device", "the one that this line is about, in Scan"),
    Command("log.next", ("n",), "Next mark", "down to the next mark"),
    Command("log.previous", ("p",), "Previous mark", "up to the mark before"),
    Command("log.select", ("space",), "Select", "from this line as far as the cursor moves"),
    Command("log.drop", ("escape",), "Drop selection", "select nothing"),
    Command("log.copy", ("y",), "Copy", "the line, or the lines selected"),
    Command("log.form", ("Y",), "Copy as", "as a bletui command, curl call or bleak program"),
    Command("log.save", ("w",), "Write file", "the lines shown, or those selected"),
    Command("log.anonymous", ("a",), "Anonymous", "no addresses and names in what y and w give"),

    Command("problems.again", ("n",), "Again", "ask at once for what failed; each attribute of it", footer=2,
            needs="reader"),
    Command("problems.dismiss", ("d",), "Dismiss", "put it away until it fails once more", footer=3),
    Command("problems.go", ("w",), "Go there", "to the attribute, queue entry, link or lane"),
    Command("problems.copy", ("y",), "Copy", "the whole card"),

    Command("card.unfold", ("e", "enter"), "Card", "the whole card with its remedies, or one line", footer=1),
    Command("card.restart", ("r",), "Retry", "open every scan stream again, at once", footer=2, needs="reader"),
    Command("card.explain", ("E",), "Explain", "all that is known of this kind of failure", footer=3),
    Command("card.doctor", ("D",), "Doctor", "walk the radio's ladder, rung by rung", footer=4),
    Command("card.log", ("l",), "Log", "the log, at the time of the failure"),
    Command("card.reopen", ("R",), "Reopen", "close the radio that failed and open it again"),
    Command("card.scheme", ("t",), "http/https", "the router that failed over the other scheme"),
    Command("card.clear", ("X",), "Clear filter", "show every device in Scan again"),
    Command("card.pair", ("p",), "Pair", "the device that failed", needs="operator", does="pair"),
    Command("card.unpair", ("u",), "Delete bond", "of the device that failed, after asking",
            needs="operator", does="unpair"),
    Command("card.leave", ("escape",), "Back", "back to where the failure was shown", palette=False),

    Command("field.accept", ("enter",), "OK", "take what is typed", footer=1, palette=False),
    Command("field.leave", ("escape",), "Cancel", "change nothing", footer=2, palette=False),
    Command("question.accept", ("y",), "Yes", "do it", footer=1, palette=False),
    Command("question.leave", ("n", "escape"), "No", "change nothing", footer=2, palette=False),
    Command("leave.accept", ("y", "q", "ctrl+q"), "Leave", "end the links, and leave", footer=1, palette=False),
    Command("leave.leave", ("n", "escape"), "Stay", "go on", footer=2, palette=False),
    Command("choice.accept", ("enter",), "Choose", "what the cursor is on", footer=1, palette=False),
    Command("choice.leave", ("escape",), "Cancel", "change nothing", footer=2, palette=False),
    Command("choice.up", ("up", "k"), "Up", "one line up", palette=False),
    Command("choice.down", ("down", "j"), "Down", "one line down", palette=False),
    Command("copy.command", ("b",), "bletui", "the headless command", footer=1, palette=False),
    Command("copy.curl", ("c",), "curl", "the call of a router's API", footer=2, palette=False),
    Command("copy.bleak", ("p",), "bleak", "a Python program", footer=3, palette=False),
    Command("copy.leave", ("escape",), "Cancel", "copy nothing", footer=4, palette=False),
    Command("dialogue.help", ("question_mark", "f1"), "Help", "what is asked, and the keys that answer",
            palette=False),
    Command("notice.leave", ("escape",), "Refuse", "end the pairing", footer=1, palette=False),

    Command("help.leave", ("escape", "q", "question_mark", "f1"), "Back", "back to where you were", footer=1,
            palette=False),
)
# fmt: on
BY_ID = {command.id: command for command in COMMANDS}  # with the keys in force; `COMMANDS` keeps the table's own


def remap(keys: Mapping[str, tuple[str, ...]]) -> None:
    """Gives commands other keys: once, before a screen is imported, because bindings are made as classes are."""
    for name, wanted in keys.items():
        BY_ID[name] = replace(BY_ID[name], keys=wanted)


_NAMES = {
    "question_mark": "?",
    "exclamation_mark": "!",
    "slash": "/",
    "escape": "esc",
    "plus": "+",
    "minus": "-",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "enter": "enter",
}


def key_name(key: str) -> str:
    """A key as it is written on screen."""
    return _NAMES.get(key, key.upper() if key == "f1" else key)


TYPED_IN = frozenset(("filter", "field"))  # places where a character is text


def key_at(command: Command, place: str) -> str:
    """The first key that acts there, as it is written on screen; the first of all where none would."""
    keys = [key for key in command.keys if place not in TYPED_IN or not _is_text(key)]
    return key_name((keys or command.keys)[0])


def _is_text(key: str) -> bool:
    shown = key_name(key)
    return key == "space" or (len(shown) == 1 and shown.isascii())


def of(place: str) -> Iterator[Command]:
    return (command for command in BY_ID.values() if command.place == place)


def action_of(command: Command) -> str:
    return command.action or command.id.partition(".")[2]


def command_of(namespace: type, action: str) -> Command | None:
    """What `action` is on a widget, screen or app of that class; None: no command of the table."""
    bound = (one for each in namespace.__mro__ for one in vars(each).get("BINDINGS", ()))
    return next((BY_ID[one.id] for one in bound if one.action == action and one.id in BY_ID), None)


def bindings(place: str) -> list[BindingType]:
    """Textual's form of the commands of one place."""
    from textual.binding import Binding  # the table itself is read without a screen

    return [
        Binding(",".join(command.keys), action_of(command), command.label, id=command.id, priority=command.priority)
        for command in of(place)
    ]


def footer(places: Iterable[str]) -> list[Command]:
    """The six keys at most that matter: of the innermost places that have three together, then the app's."""
    wanted: dict[int, Command] = {}
    for place in places:
        if place != "app" and len(wanted) < 3:
            wanted = {command.footer: command for command in of(place) if command.footer} | wanted
    wanted |= {command.footer: command for command in of("app") if command.footer}
    return [wanted[place] for place in sorted(wanted)][:6]
