"""Which address type a connect goes by."""

from __future__ import annotations

from dataclasses import replace

from bletui.model import Connect, Request
from bletui.model.snapshot import Folding


def typed(request: Request, folding: Folding) -> Request:
    """A connect without an address type takes the one last heard, on the lane asked for or on any."""
    if not isinstance(request, Connect) or request.address_type is not None:
        return request
    lanes = [request.lane] if request.lane else list(folding.lanes())
    heard = [found for lane in lanes if (found := folding.last(lane, request.address))]
    newest = max(heard, key=lambda one: one.at, default=None)
    return request if newest is None else replace(request, address_type=newest.address_type)
