"""Devices that a console must survive: hostile names, and payloads that break the rules of the format."""

from __future__ import annotations

HOSTILE_NAMES = (
    "\x1b[2J\x1b]0;owned\x07",  # clears a screen, sets a title
    "\x1b]52;c;cm0gLXJm\x07",  # OSC 52: writes the clipboard
    "\x9b31m\x90q\x9cC1",  # eight-bit control sequences
    "safe\u202egnp.exe\u2066",  # bidirectional override
    "ze\u200bro\u200d\ufeff\u00ad",  # zero width
    "[bold red]hi[/] & <b>",  # markup of terminal libraries and of the web
)

# As long as a name may be (Core, Vol 3 Part C, 12.1): only extended advertising carries it.
LONG_NAME = "\x1b[7m\u202e\x9b5m" * 22 + "[/dim]"

# What is wrong is each line's reason to be here (Core, Vol 3 Part C, 11).
MALFORMED = (
    bytes.fromhex("0201061eff4c00021574278bda"),  # says 30 bytes, 9 follow
    bytes.fromhex("020106000000000000"),  # early termination, as padding
    bytes.fromhex("02010609ff"),  # a length and a type, and nothing more
    bytes.fromhex("0201060316d2"),  # service data shorter than its UUID
    bytes.fromhex("02010605ff4c000215ffffffffffff"),  # a length of 255 beyond the end
    bytes.fromhex("0201060409c3280aff"),  # a name that is not UTF-8
    bytes.fromhex("01"),  # one byte
    b"",  # a packet that says nothing
)


def long_named() -> bytes:
    name = LONG_NAME.encode()
    return bytes([len(name) + 1, 0x09]) + name


def named(name: str) -> tuple[bytes, bytes]:
    """(advertisement, scan response) of a device with that name: shortened in the one, as much as fits in the other."""
    whole = name.encode("utf-8", "surrogatepass")
    short, full = whole[:26], whole[:29]
    return b"\x02\x01\x06" + bytes([len(short) + 1, 0x08]) + short, bytes([len(full) + 1, 0x09]) + full
