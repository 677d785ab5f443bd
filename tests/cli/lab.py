"""The simulated lab, and the commands run in this process: its devices are named by what they are for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

from bletui.backends.simulator import lab

FAST = "sim:lab?speed=20"


def address(role: str) -> str:
    return lab.address(role)


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.err.splitlines()]


class Do(Protocol):
    """Runs one command line: the words of a shell, already split."""

    def __call__(self, *words: str, stdin: str = "") -> Said: ...
