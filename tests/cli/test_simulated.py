"""What `--model`, `--fault` and `--seed` make of targets."""

from __future__ import annotations

import pytest

from bletui.bridge.router_api.models import model
from bletui.cli.simulated import simulated
from bletui.failure import BleError, ErrorKind
from bletui.target import parse


def made(*targets: str, **asked: object) -> list[str]:
    return [str(one) for one in simulated([parse(target) for target in targets], **asked)]  # type: ignore[arg-type]


def test_simulated_targets_alone_are_changed() -> None:
    asked = {"model": model("S1000"), "faults": ["connect:busy:20%", "drop:device"], "seed": 7}
    assert made("sim:lab?seed=3&fault=read:busy", "local:hci0", **asked) == [
        "sim:lab?seed=3&fault=read:busy,connect:busy:20%25,drop:device&chips=1&slots=11",
        "local:hci0",
    ]
    assert made("sim:", seed=7) == ["sim:?seed=7"]
    assert made("local:", seed=7) == ["local:"]
    assert made("sim:lab?lanes=3") == ["sim:lab?lanes=3"]


@pytest.mark.parametrize(
    ("target", "asked", "names"),
    [
        ("local:", {"model": model("E1000")}, "--model E1000"),
        ("cassia://192.0.2.1", {"faults": ["connect:busy"]}, "--fault connect:busy"),
        ("sim:?lanes=2", {"model": model("2x20")}, "lanes="),
        ("sim:?chips=2", {"model": model("2x20")}, "chips="),
    ],
)
def test_what_can_not_be_is_refused(target: str, asked: dict[str, object], names: str) -> None:
    with pytest.raises(BleError) as refused:
        made(target, **asked)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert names in refused.value.failure.detail
