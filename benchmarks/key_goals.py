"""What a walk of random keys has to reach, what may be typed on the way, and which commands lead where."""

from __future__ import annotations

from bletui.backends.simulator.lab import PASSKEY, ROLES, address
from bletui.console.commands import COMMANDS

RARE = frozenset(map(address, ("someone else's", "stale bond", f"passkey {PASSKEY}", "types a passkey", "compares")))
ASKING = frozenset(map(address, (f"passkey {PASSKEY}", "types a passkey", "compares")))  # a person, at a pairing
NEVER = ("far away", "beacon", "mute")  # whose connects would only hold up the others
ALL = " ".join(address(role) for role, _, _ in ROLES if role not in NEVER)

MEANT = {  # by how the title over the field begins; "": the boxes of filters
    "Connect": (ALL, *sorted(RARE) * 4, *(address(role) for role, _, _ in ROLES)), "Pairing": (PASSKEY, "000000"),
    "Open a radio": ("sim:", "nowhere:", "sim"), "Write the log": ("", "no/such/folder", "n" * 300),
    "Name of the mark": ("here", ""), "PHY": ("2M", "1M coded"),
    "Write": ("0a0b", "text:x", "u16:500", "01"), "Lens": ("u8 i16be", "i16le x3 /1000 g", ""),
    "Alert": ("change", ">3", ""), "": ("rssi>=-70", "@nobody", "2a19", "uart", "battery", "scan", ""),
}  # fmt: skip
ODD = ("text:\x1b[2Jx", "u16:70000", "rssi>=", "\x1b]52;c;x\x07", "\u202eabc", "é\u200b", "9" * 90, ALL)
STRAY = ("a", "z", "Z", "tab", "shift+tab", "backspace", "delete", "f1", "f12", "alt+x", "ctrl+t", "left", "right", "0")

# A dialogue or page that is seen and not listed here ends the walk: so each new one has to be.
TITLES = (
    "Connect", "Disconnect a foreign link", "Disconnect mine", "Adopt a foreign link", "Unpair", "Pairing", "PHY",
    "Write the log", "Write", "Lens", "Alert", "Copy", "Leave", "Theme", "Radios", "Open a radio", "Name of the mark",
)  # fmt: skip
SEEN = ("Close ",)  # may be met, and need not be: a radio with links of ours is closed
PAGES = frozenset(("HelpScreen", "ExplanationScreen", "DoctorScreen", "Palette", "WalkScreen", "AlertsScreen"))
MODES = frozenset(("scan", "connections", "gatt", "log", "problems"))
GOALS = frozenset(command.id for command in COMMANDS) | frozenset(TITLES) | PAGES | MODES

LEADS = {  # to the place of a command
    "scan": ("app.scan",), "list": ("app.scan",), "details": ("scan.details",), "sort": ("scan.sort",),
    "filter": ("scan.filter", "tree.filter", "log.filter"), "walk": ("scan.walk",), "links": ("app.connections",),
    "tree": ("links.gatt", "app.gatt"), "alerts": ("app.alerts", "tree.alert"), "log": ("app.log",),
    "problems": ("app.problems",), "card": ("app.problems",), "help": ("app.help",), "field": ("links.connect",),
    "question": ("links.mine", "links.adopt"), "choice": ("app.theme", "app.radios"), "copy": ("tree.copy",),
    "notice": ("links.pair",), "leave": (), "app": (),
}  # fmt: skip
WAYS = {  # to a dialogue or page
    "Connect": ("links.connect",), "Disconnect a foreign link": ("links.disconnect",),
    "Disconnect mine": ("links.mine",), "Adopt a foreign link": ("links.adopt",),
    "Unpair": ("links.unpair", "links.bonds"), "PHY": ("links.phy", "tree.phy"),
    "Pairing": ("links.pair", "tree.pair"), "Write the log": ("log.save",), "Write": ("tree.write", "tree.command"),
    "Lens": ("tree.lens",), "Alert": ("tree.alert",), "Copy": ("tree.copy", "log.form"), "Theme": ("app.theme",),
    "Radios": ("app.radios",), "Open a radio": ("app.radios", "choice.accept", "choice.down"),
    "Name of the mark": ("app.mark",), "HelpScreen": ("app.help",), "ExplanationScreen": ("card.explain",),
    "DoctorScreen": ("card.doctor",), "WalkScreen": ("scan.walk",), "AlertsScreen": ("app.alerts",), "Leave": (),
    "Palette": ("app.palette",), **{mode: (f"app.{mode}",) for mode in MODES},
}  # fmt: skip


def leading(missed: frozenset[str]) -> frozenset[str]:
    """The missed commands, and those that lead to them, to their places and to the missed dialogues."""
    wanted = set(missed)
    for _ in range(3):  # a place within a place within a mode
        for name in tuple(wanted):
            wanted.update(WAYS.get(name, LEADS.get(name.partition(".")[0], ())))
    return frozenset(wanted)
