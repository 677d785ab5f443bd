"""Devices by the number that plain mode gave them, by address or by name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bletui.devices import Device
from bletui.target import invalid
from bletui.text import bounded, visible

NUMBERS_MAX = 100_000  # rotating private addresses would otherwise grow without bound
_SHOWN = 6  # candidates named where a word means several


class Numbers:
    """A device keeps its number for as long as it is remembered; numbers count up from 1 and are not given twice."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._addresses: dict[int, str] = {}
        self._last = 0

    def of(self, address: str) -> int:
        """Given now if it has none."""
        number = self._numbers.get(address)
        if number is None:
            self._last = number = self._last + 1
            self._numbers[address], self._addresses[number] = number, address
            if len(self._numbers) > NUMBERS_MAX:
                oldest = next(iter(self._numbers))
                del self._addresses[self._numbers.pop(oldest)]
        return number

    def find(self, word: str, devices: Mapping[str, Device]) -> str | None:
        """The address that `word` means; None where no such device is known. `request.invalid` for several."""
        if re.fullmatch(r"#?[0-9]{1,7}", word):
            return self._addresses.get(int(word.removeprefix("#")))
        if (address := address_in(word)) is not None:
            return address
        if word in devices:
            return word
        said = word.casefold()
        named = [(visible(device.name).casefold(), device.address) for device in devices.values() if device.name]
        found = [address for name, address in named if name == said]
        found = found or [address for name, address in named if said and said in name]
        if len(found) > 1:
            more = ", …" if len(found) > _SHOWN else ""
            listed = ", ".join(f"#{self.of(address)} {visible(address)}" for address in found[:_SHOWN])
            raise invalid(f"{word!r} may be {listed}{more}")
        return found[0] if found else None


def address_in(word: str) -> str | None:
    """The address that is written there, in upper case with colons; None if it is none."""
    if not re.fullmatch(r"[0-9A-Fa-f]{2}([:-]?)([0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}", word):
        return None
    plain = re.sub("[:-]", "", word).upper()
    return ":".join(plain[at : at + 2] for at in range(0, 12, 2))


def unknown(word: str) -> Exception:
    return invalid(f"no device is known as {bounded(word, 60)!r}; list shows those that are, with their numbers")
