from __future__ import annotations

from collections import Counter

import pytest

from bletui.connections.placing import place
from bletui.failure import ErrorKind, Failure
from bletui.model import Connect, Lane, Pair

X = "A4:C1:38:0B:7F:2A"
NEAR, FAR = Lane("near"), Lane("far")
HEARD = {"near": -50, "far": -80}


def placed(
    *lanes: Lane,
    asked: str | None = None,
    busy: tuple[str, ...] = (),
    paused: tuple[str, ...] = (),
    heard: dict[str, int] | None = None,
    failed_on: str | None = None,
) -> str | None:
    known = HEARD if heard is None else heard
    return place(
        Connect(X, asked),
        {lane.id: lane for lane in lanes},
        paused,
        Counter(busy),
        lambda _, lane: known.get(lane),
        failed_on,
    )


@pytest.mark.parametrize(
    ("lanes", "more", "chosen"),
    [
        ((NEAR, FAR), {}, "near"),
        ((NEAR, FAR), {"asked": "far"}, "far"),
        ((NEAR, FAR), {"busy": ("near",)}, None),  # 30 dB weaker: better to wait
        ((NEAR, FAR), {"busy": ("near",), "heard": {"near": -60, "far": -68}}, "far"),
        ((NEAR, FAR), {"paused": ("near",)}, "far"),
        ((NEAR,), {"asked": "gone"}, None),
        ((), {}, None),
        ((NEAR, FAR), {"heard": {"near": -60, "far": -65}, "failed_on": "near"}, "far"),
        ((NEAR,), {"failed_on": "near"}, "near"),
        ((Lane("near", connects=2), FAR), {"busy": ("near",)}, "near"),
        ((Lane("near", slots_used=7, slots_max=7), FAR), {"heard": {"near": -60, "far": -62}}, "far"),
        ((Lane("near", connects=3, slots_used=6, slots_max=7), FAR), {"busy": ("near",)}, None),
        ((Lane("near", slots_used=7, slots_max=7), FAR), {}, "far"),  # full: that may never end, weaker or not
        ((Lane("near", slots_used=7, slots_max=7), FAR), {"heard": {"near": -50}}, None),  # far does not hear it
        ((Lane("near", slots_used=7, slots_max=7), FAR), {"heard": {}}, "far"),
        ((Lane("near", usable=Failure(kind=ErrorKind.ADAPTER_OFF)), FAR), {}, "far"),
        ((Lane("near", cannot={"connect": "scans only"}), FAR), {}, "far"),
        ((Lane("a", slots_used=5, slots_max=9), Lane("b", slots_used=1, slots_max=9)), {"heard": {}}, "b"),
    ],
)
def test_heard_best_with_room_and_not_where_it_just_failed(
    lanes: tuple[Lane, ...], more: dict[str, object], chosen: str | None
) -> None:
    assert placed(*lanes, **more) == chosen  # type: ignore[arg-type]


def test_a_lane_that_has_the_link_needs_no_slot_for_it() -> None:
    full = {"a": Lane("a", slots_used=7, slots_max=7)}
    pair = Pair(X, "a")
    assert place(pair, full, (), Counter(), lambda address, lane: None, None) is None
    assert place(pair, full, (), Counter(), lambda address, lane: None, None, linked=True) == "a"
    assert place(pair, full, (), Counter({"a": 1}), lambda address, lane: None, None, linked=True) is None
