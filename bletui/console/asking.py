"""What a person asks a radio for: the request that was typed, the radio that is meant, and how it ended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bletui.console.status import lane_name
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import AddressType, Connect, Request, Result

if TYPE_CHECKING:
    from bletui.devices import Device
    from bletui.session import Joined

LIMIT = 20.0  # seconds for one attempt
_ADDRESS = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}")
_TYPES: Mapping[str, AddressType] = {"public": "public", "random": "random"}


async def ask(joined: Joined, request: Request) -> Result | Failure:
    """The result, or the failure that also stands at the operation."""
    if joined.attachment is None:
        return joined.failure or Failure(kind=ErrorKind.LINK_NOT_CONNECTED, detail=f"{joined.name} is not open")
    try:
        return await joined.attachment.perform(request, limit=LIMIT)
    except BleError as failed:
        return failed.failure


def with_addresses(text: str, names: Mapping[str, str]) -> str:
    """What was typed, with the addresses of the devices that a person calls so; `names`: own ones, by address."""
    called = {name.casefold(): address for address, name in names.items()}
    if not called:
        return text
    longest = sorted(called, key=len, reverse=True)
    pattern = rf"(?i)(?<!\S)({'|'.join(map(re.escape, longest))})(?!\S)"
    return re.sub(pattern, lambda found: called.get(found[1].casefold(), found[1]), text)


def connect_requests(text: str, lanes: Iterable[str]) -> tuple[Connect, ...]:
    """`ADDRESS… [public|random] [LANE]`, in any order; `lanes` are the ids there are.

    `request.invalid` says which word is wrong.
    """
    addresses: list[str] = []
    address_type: AddressType | None = None
    lane: str | None = None
    known = list(lanes)
    for word in text.split():
        if _ADDRESS.fullmatch(word.upper().replace("-", ":")):
            addresses.append(word.upper().replace("-", ":"))
        elif word.lower() in _TYPES:
            address_type = _TYPES[word.lower()]
        else:
            lane = _lane(word, known)
    if not addresses:
        raise _invalid("an address has six pairs of hex digits: A4:C1:38:0B:7F:2A")
    return tuple(Connect(address, lane, address_type) for address in dict.fromkeys(addresses))


def _lane(word: str, known: list[str]) -> str:
    found = [lane for lane in known if lane == word or lane.endswith(f"/{word}")]
    if len(found) == 1:
        return found[0]
    raise _invalid(f"{word!r} is no address, no address type and not one lane of {', '.join(known) or 'none'}")


def _invalid(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.REQUEST_INVALID, operation="connect", detail=detail))


def radio_for(radios: Mapping[str, Joined], request: Connect, device: Device | None, otherwise: str) -> Joined:
    """The radio that has the lane asked for, else the one that hears the device best, else `otherwise`."""
    best = device.best() if device is not None else None
    wanted = request.lane or (best.lane if best else None)
    return next((joined for joined in radios.values() if wanted in joined.state.lanes), radios[otherwise])


def connect_words(requests: Sequence[Connect], radios: Mapping[str, Joined]) -> str:
    """What pressing enter would do; the requests differ in the address alone."""
    request = requests[0]
    what = request.address if len(requests) == 1 else f"{len(requests)} devices"
    kind = request.address_type or "the type last heard"
    lanes = {lane: changed for joined in radios.values() for lane, changed in joined.state.lanes.items()}
    where = f"through {lane_name(request.lane, lanes)}" if request.lane else "through the lane that hears it best"
    return f"connects {what}, {kind}, {where}"
