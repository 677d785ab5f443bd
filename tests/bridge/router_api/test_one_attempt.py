"""What a client asks for is tried once: whether it is tried again is the client's to decide."""

from __future__ import annotations

import json

import pytest

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import AddressType, Peer
from tests.bridge.router_api.client import ask
from tests.bridge.router_api.linked import LinkedBackend
from tests.bridge.router_api.site import lane, site

SOMEBODY = "02:00:00:00:00:02"


class Refusing(LinkedBackend):
    """Every connect fails at once, in a way that a radio's own queue would repeat at once."""

    def __init__(self, kind: ErrorKind) -> None:
        super().__init__(lane(0), devices={})
        self.kind = kind

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        self.asked.append((address, lane, address_type))
        raise BleError(Failure(kind=self.kind, operation="connect", address=address, lane=lane))


@pytest.mark.parametrize("kind", [ErrorKind.NET_CLOSED, ErrorKind.LINK_CONNECT_FAILED, ErrorKind.BUSY_CHIP])
async def test_the_far_side_sees_exactly_one_attempt(kind: ErrorKind) -> None:
    backend = Refusing(kind)
    async with site(backend) as it:
        body = json.dumps({"type": "random", "timeout": "5000"}).encode()
        reply = await ask(it.port, f"/gap/nodes/{SOMEBODY}/connection", method="POST", body=body)
        assert reply.status == 500
        assert not (await ask(it.port, "/gap/nodes")).json["nodes"]
    assert backend.asked == [(SOMEBODY, "r/0", "random")]
