"""A client that leaves in the middle of its own request is nobody's mistake."""

from __future__ import annotations

import pytest

from bletui.bridge.router_api.feed import Feed
from tests.bridge.router_api.straight import answered, application, scope

PATHS = (
    ("POST", "/gap/nodes/C0:DE:1A:B0:00:04/connection"),
    ("POST", "/management/nodes/C0:DE:1A:B0:00:04/pair"),
)


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_whoever_leaves_before_the_body_has_come_is_let_go(method: str, path: str) -> None:
    asked = scope(method, path, headers={"content-length": "20"})
    said = await answered(application(Feed([])), asked, None)  # no exception: the server would log a bug
    assert said[0]["status"] == 499
