from __future__ import annotations

from bletui.backend import Backend
from bletui.connections import verb
from bletui.wire.records import REQUESTS


def test_every_request_is_named_like_the_backends_method() -> None:
    methods = {verb(object.__new__(kind)) for kind in REQUESTS.values()}
    assert len(methods) == len(REQUESTS)
    assert all(callable(getattr(Backend, method)) for method in methods)
