"""What a `sim:` target may ask for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bletui.backends.simulator.faults import WORDS
from bletui.backends.simulator.lab import ROLES, address
from bletui.backends.simulator.options import options
from bletui.failure import BleError, ErrorKind
from bletui.target import parse


def test_defaults_and_everything_set() -> None:
    plain = options(parse("sim:"), "sim", 2.0)
    assert (plain.seed, len(plain.ears), plain.rotate, plain.speed, plain.faults) == (1, 3, 900.0, 2.0, ())
    full = options(parse("sim:crowd?devices=5000&rate=5000&seed=7&lanes=5&speed=10&fault=lane:off[hci0]"), "x", 1.0)
    assert (full.devices, full.rate, full.seed, len(full.ears), full.speed, len(full.faults)) == (
        5000,
        5000,
        7,
        5,
        10,
        1,
    )
    assert [receiver.lane for receiver in full.site().receivers] == [
        "x/hci0",
        "x/CC:1B:E0:00:00:01/0",
        "x/CC:1B:E0:00:00:01/1",
        "x/CC:1B:E0:00:00:02/0",
        "x/CC:1B:E0:00:00:02/1",
    ]


def test_a_lab_has_its_roles_and_as_many_plain_devices_as_asked_for() -> None:
    plain, more = options(parse("sim:lab"), "sim", 1.0), options(parse("sim:lab?devices=40&firmware=1.4"), "sim", 1.0)
    assert len(more.site().devices) - len(plain.site().devices) == 40
    assert (plain.firmware, more.firmware) == ("2.1.1", "1.4")


def test_a_router_alone_has_as_many_chips_and_links_as_asked_for() -> None:
    one = options(parse("sim:lab?chips=1&slots=20&fault=lane:off[router/0]"), "sim", 1.0)
    assert [(ear.lane, ear.slots) for ear in one.site().receivers] == [("sim/CC:1B:E0:00:00:01/0", 20)]
    both = options(parse("sim:crowd?chips=2"), "sim", 1.0)
    assert [(ear.chip, ear.slots) for ear in both.ears] == [(0, 11), (1, 11)]


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("sim:?chips=3", "chips"),
        ("sim:?chips=2&slots=33", "slots"),
        ("sim:?slots=20", "chips="),
        ("sim:?chips=2&lanes=3", "lanes="),
        ("sim:?chips=1&fault=lane:off[hci0]", "router/0"),
        ("sim:lab?devices=1001", "devices"),
        ("sim:lab?rotate=5", "rotate"),
        ("sim:lab?firmware=3.0", "2.1.1"),
        ("sim:crwd", "crowd"),
        ("sim:zoo", "zoo"),
        ("sim:?devices=5", "devices"),
        ("sim:crowd?rotate=5", "rotate"),
        ("sim:?sed=1", "'seed'"),
        ("sim:?seed=1.5", "whole"),
        ("sim:?seed=-1", "seed"),
        ("sim:?lanes=0", "lanes"),
        ("sim:?lanes=17", "lanes"),
        ("sim:?speed=nan", "speed"),
        ("sim:crowd?devices=50001", "devices"),
        ("sim:crowd?rate=20001", "rate"),
        ("sim:crowd?rate=inf", "rate"),
        ("sim:?fault=nonsense", "nonsense"),
    ],
)
def test_what_is_wrong_is_refused_and_named(target: str, names: str) -> None:
    with pytest.raises(BleError) as refused:
        options(parse(target), "sim", 1.0)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert names in refused.value.failure.detail


def test_naming_the_simulator_loads_none_of_it() -> None:
    code = "import sys, bletui.backends.simulator as s; sys.exit('bletui.backends.simulator.options' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 0


def test_every_target_in_the_documentation_is_accepted() -> None:
    page = Path(__file__).parents[3] / "docs/simulator.md"
    targets = re.findall(r"sim:[^\s`|]*", page.read_text("utf-8"))
    assert len(targets) >= 5
    for target in targets:
        options(parse(target), "sim", 1.0)


def test_every_device_of_the_lab_is_documented_with_its_address() -> None:
    page = (Path(__file__).parents[3] / "docs/simulator.md").read_text("utf-8")
    assert re.findall(r"^\| `([0-9A-F:]{17})` \|", page, re.MULTILINE) == [address(role) for role, _, _ in ROLES]


def test_every_word_of_a_fault_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs/simulator.md").read_text("utf-8")
    faults = page.partition("## Faults")[2]
    for what, words in WORDS.items():
        assert what in faults
        assert all(word in faults for word in words)
