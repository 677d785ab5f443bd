"""Router models: how many chips, and how many links each chip holds (vendor's manuals and debug tool).

What a chip holds was published as 11 with firmware 1.3 and as 20 for the E1000 and the X2000 since.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bletui.target import invalid

CHIPS_MAX, SLOTS_MAX = 2, 32
_FORM = re.compile(r"([0-9]{1,3})x([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    chips: int
    slots: int


MODELS: Mapping[str, Model] = {
    one.name: one
    for one in (
        Model("S1000", 1, 11),
        Model("C1000", 2, 11),
        Model("X1000", 2, 11),
        Model("E1000", 2, 20),
        Model("X2000", 2, 20),
    )
}


def model(text: str) -> Model:
    """One of `MODELS`, or CHIPSxSLOTS."""
    known = MODELS.get(text.upper())
    if known is not None:
        return known
    form = _FORM.fullmatch(text)
    if form and 1 <= int(form[1]) <= CHIPS_MAX and 1 <= int(form[2]) <= SLOTS_MAX:
        return Model(text, int(form[1]), int(form[2]))
    raise invalid(f"model={text[:40]}: one of {', '.join(MODELS)}, or CHIPSxSLOTS as 2x11 (to {CHIPS_MAX}x{SLOTS_MAX})")
