from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.failure import BleError, ErrorKind
from bletui.target import Target, parse


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("local:", Target("local")),
        ("local:hci1", Target("local", name="hci1")),
        ("cassia://192.168.1.20", Target("cassia", host="192.168.1.20")),
        (
            "cassia+https://KEY@ac.example/?router=CC:1B:E0:00:00:01",
            Target("cassia+https", host="ac.example", key="KEY", params={"router": "CC:1B:E0:00:00:01"}),
        ),
        ("cassia://[fe80::1]:8080/api/", Target("cassia", host="fe80::1", port=8080, path="/api")),
        ("sim:crowd?devices=5000&rate=5000&seed=7",
         Target("sim", name="crowd", params={"devices": "5000", "rate": "5000", "seed": "7"})),
        ("replay:walk.blecap", Target("replay", name="walk.blecap")),
        ("SIM:", Target("sim")),
    ],
)  # fmt: skip
def test_targets_as_they_are_documented(text: str, target: Target) -> None:
    assert parse(text) == target


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not a target"),
        ("hci0", "is not a target"),
        ("1x:", "is not a target"),
        ("cassia://", "names no host"),
        ("cassia://user:secret@host", "never holds a secret"),
        ("cassia://host:99999", "Port out of range"),
        ("cassia://[::1", "Invalid IPv6"),
        ("cassia://host#x", "fragment"),
        ("sim:?seed=1&seed=2", "given twice"),
        ("\x1b[2J", "\\x1b"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str) -> None:
    with pytest.raises(BleError) as refused:
        parse(text)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert says in refused.value.failure.detail


@pytest.mark.parametrize(
    "text", ["cassia://me:hunter2@host", "cassia://me:hunter2@", "cassia://me:hunter2@host:99999#x"]
)
def test_a_secret_in_a_target_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BleError) as refused:
        parse(text)
    assert "hunter2" not in str(refused.value)


names = st.text(string.ascii_letters + string.digits + "._-", min_size=1, max_size=8)
params = st.dictionaries(names, st.text(max_size=8), max_size=3)
targets = st.builds(Target, st.sampled_from(["sim", "x-y"]), name=names, params=params) | st.builds(
    Target,
    st.sampled_from(["cassia", "cassia+https"]),
    host=names.map(str.lower).filter(lambda host: not host.startswith(".")),
    port=st.none() | st.integers(0, 65535),
    key=st.text(max_size=6),
    path=st.sampled_from(["", "/api", "/a/b"]),
    params=params,
)


@given(targets)
def test_a_target_written_out_parses_to_itself(target: Target) -> None:
    assert parse(str(target)) == target


@given(st.text(max_size=40))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        parse(text)
    except BleError as refused:
        assert refused.failure.kind is ErrorKind.REQUEST_INVALID


def test_unknown_parameters_are_refused_with_the_nearest() -> None:
    with pytest.raises(BleError) as refused:
        parse("sim:?sed=7").refuse_unknown({"seed", "rate"})
    assert "did you mean 'seed'?" in refused.value.failure.detail


@pytest.mark.parametrize("text", ["x", "", "nan", "inf", "-1", "11"])
def test_a_number_out_of_range_is_refused_by_name(text: str) -> None:
    with pytest.raises(BleError) as refused:
        parse(f"sim:?rate={text}").number("rate", 1, 0, 10)
    assert refused.value.failure.detail == f"rate={text} is not a number from 0 to 10"
    with pytest.raises(BleError, match=r"n=x is not a number from 0\.5 to 4,294,967,295"):
        parse("sim:?n=x").number("n", 1, 0.5, 2**32 - 1)
    assert parse("sim:?rate=2.5").number("rate", 1, 0, 10) == 2.5
    assert parse("sim:").number("rate", 1, 0, 10) == 1
