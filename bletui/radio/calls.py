"""One request as one backend call."""

from __future__ import annotations

import asyncio

from bletui.backend import Backend
from bletui.connections import Call, verb
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Connect,
    Disconnect,
    Discover,
    ListBonds,
    OpId,
    Pair,
    Peer,
    Read,
    ReadRssi,
    Request,
    Result,
    SetPhy,
    Subscribe,
    Unpair,
    Write,
)

GRACE = 2.0  # seconds that a backend has beyond its own limit before the call is cancelled

_LATE = {
    Connect: ErrorKind.LINK_CONNECT_TIMEOUT,
    Pair: ErrorKind.SECURITY_PAIRING_FAILED,
    Disconnect: ErrorKind.NET_TIMEOUT,
    ListBonds: ErrorKind.NET_TIMEOUT,
}


async def make(backend: Backend, call: Call, bounds: dict[OpId, asyncio.Timeout]) -> Failure | Result:
    """The call's outcome: what the backend returned, or its failure; a time-out of ours says so.

    Its time-out stands in `bounds` while it runs, to be moved while somebody is asked.
    """
    request = call.request
    try:
        async with asyncio.timeout(call.within + GRACE) as bounds[call.id]:
            return await _sent(backend, request, call.lane, call.within)
    except BleError as failed:
        return failed.failure
    except TimeoutError:
        return Failure(
            kind=_LATE.get(type(request), ErrorKind.GATT_TIMEOUT),
            operation=verb(request),
            lane=call.lane,
            address=request.address or None,
            detail=f"no answer within {call.within:g} s, and the call did not end by itself",
            outcome_unknown=not isinstance(request, Read | ReadRssi | ListBonds | Discover),
        )
    finally:
        bounds.pop(call.id, None)


async def _sent(backend: Backend, request: Request, lane: str | None, within: float) -> Result:
    peer = Peer(lane or "", request.address)
    match request:
        case Connect(address=address, address_type=address_type, pair=pair):
            return await backend.connect(address, lane=lane, address_type=address_type, pair=pair, within=within)
        case Pair():
            await backend.pair(peer, within=within)
        case ListBonds():
            return await backend.bonds()
        case Unpair() if lane is None:
            for bond in await backend.bonds():
                if bond.address == request.address:
                    await backend.unpair(Peer(bond.lane, bond.address), within=within)
        case Disconnect() if lane is None:
            pass  # ending nothing is success
        case _ if lane is None:
            detail = "no lane has a link to it"
            raise BleError(
                Failure(
                    kind=ErrorKind.LINK_NOT_CONNECTED, operation=verb(request), address=request.address, detail=detail
                )
            )
        case Disconnect():
            await backend.disconnect(peer, within=within)
        case Discover(refresh=refresh):
            return await backend.discover(peer, refresh=refresh, within=within)
        case Read(handle=handle):
            return await backend.read(peer, handle, within=within)
        case Write(handle=handle, value=value, response=response):
            await backend.write(peer, handle, value, response=response, within=within)
        case Subscribe(handle=handle, mode=mode):
            await backend.subscribe(peer, handle, mode=mode, within=within)
        case Unpair():
            await backend.unpair(peer, within=within)
        case ReadRssi():
            return await backend.rssi(peer, within=within)
        case SetPhy(tx=tx, rx=rx):
            return await backend.set_phy(peer, tx=tx, rx=rx, within=within)
        case _:
            raise TypeError(f"{type(request).__name__} is no request")
    return None
