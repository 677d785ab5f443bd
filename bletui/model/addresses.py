"""What an address tells of itself."""

from __future__ import annotations

from typing import Final, Literal

from bletui.model.names import AddressType

AddressSort = Literal["public", "static", "resolvable", "non-resolvable"]

MARKS: Final[dict[AddressSort | None, str]] = {"public": " ", "static": "s", "resolvable": "r", "non-resolvable": "n"}
"""One cell behind an address; what is not known has none."""

_BY_TOP_BITS: Final[tuple[AddressSort | None, ...]] = ("non-resolvable", "resolvable", None, "static")


def sort_of(address: str, address_type: AddressType | None) -> AddressSort | None:
    """Which sort of address it is: of a random one its two highest bits tell (Core, Vol 6 Part B, 1.3)."""
    if address_type != "random":
        return address_type
    try:
        return _BY_TOP_BITS[int(address[:2], 16) >> 6]
    except (ValueError, IndexError):  # an operating system's own id
        return None
