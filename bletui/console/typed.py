"""What was typed or pasted, before it is taken apart into keys.

Textual ends its input at the first byte that is no UTF-8, and takes an escape inside of pasted text apart into keys: a
pasted log would press them. Here such bytes and characters become U+FFFD, which no address, number or filter has.
"""

from __future__ import annotations

import codecs
import re

START, END = "\x1b[200~", "\x1b[201~"  # bracketed paste (xterm, ctlseqs)
LONGEST = 4096  # characters of a paste that are taken: twice what the longest attribute value (512 bytes) needs as hex
UNKNOWN = "\ufffd"

_ACTIVE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Typed:
    """Feed it the terminal's bytes in pieces of any size; it gives the text to take apart, perhaps empty."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._tail = ""  # the beginning of a mark, at the end of the piece before
        self._room: int | None = None  # what a paste may still bring; None outside of one

    def take(self, data: bytes) -> str:
        """An escape that is pressed is given at once; in a paste it waits for what tells it from the end mark."""
        text, given = self._tail + self._decoder.decode(data), ""
        ahead = len(self._tail) if self._room is None else 0  # of what has been given already
        while True:
            mark = START if self._room is None else END
            before, found, text = text.partition(mark)
            if not found:
                break
            given += self._pasted(before) + mark
            self._room = LONGEST if self._room is None else None
        self._tail = _beginning(before, mark)
        waits = self._tail if self._room is not None else ""
        return (given + self._pasted(before.removesuffix(waits) if waits else before))[ahead:]

    def _pasted(self, text: str) -> str:
        """Text outside of a paste as it is; inside harmless, and as much as there is room for."""
        if self._room is None:
            return text
        kept = _ACTIVE.sub(UNKNOWN, text[: self._room])
        cut = len(text) > self._room > 0
        self._room -= min(self._room, len(text))
        return kept + UNKNOWN if cut else kept


def _beginning(text: str, mark: str) -> str:
    """The longest end of `text` that begins `mark`."""
    return next((mark[:n] for n in range(len(mark) - 1, 0, -1) if text.endswith(mark[:n])), "")
