"""What a decoded broadcast says: its kind, its named values, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bletui.decode.keyring import Keyring

Keys = Mapping[str, bytes]  # device address, upper case with colons -> the key its broadcasts are sealed with
NO_KEYS = Keyring({})


class Fact(NamedTuple):
    """A value and its unit. None: the sender says that it is not available.

    Text stands for itself, a number behind its name; `label` puts the name before text too.
    """

    name: str
    value: str | int | float | None
    unit: str = ""
    label: bool = False

    def __str__(self) -> str:
        match self.value:
            case None:
                return f"{self.name} not available"
            case str():
                return f"{self.name} {self.value}".rstrip() if self.label else self.value
            case number:
                return f"{self.name} {number:.15g}{' ' * bool(self.unit)}{self.unit}"


@dataclass(frozen=True, slots=True)
class Beacon:
    """Strings in it are visible text. `problem` None: well formed; else what is wrong: `facts` is what was whole."""

    kind: str
    facts: tuple[Fact, ...] = ()
    problem: str | None = None

    def __str__(self) -> str:
        missing = ", ".join(fact.name for fact in self.facts if fact.value is None)
        words = [self.kind, *(str(fact) for fact in self.facts if fact.value is not None)]
        words += [f"not available: {missing}"] * bool(missing) + [f"malformed: {self.problem}"] * bool(self.problem)
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a payload, as far as it is known, and the keys at hand."""

    address: str | None = None
    keys: Keys = field(default=NO_KEYS, repr=False)

    def mac(self) -> bytes | None:
        """The address as 6 bytes in its written order; None where the system hides it."""
        digits = (self.address or "").replace(":", "")
        try:
            return bytes.fromhex(digits) if len(digits) == 12 else None
        except ValueError:
            return None

    def key(self, mac: bytes | None = None) -> bytes | None:
        """The key of this sender, or of the address `mac` that its payload names."""
        named = self.keys.get(mac.hex(":").upper()) if mac else None
        return named or self.keys.get(self.address or "")


def size_problem(size: int, wanted: int | str) -> str:
    return f"{size} byte{'s' * (size != 1)}, expected {wanted}"


def hexadecimal(name: str, data: bytes) -> Fact:
    """Bytes whose meaning is not told, behind their name."""
    return Fact(name, data.hex(), label=True)
