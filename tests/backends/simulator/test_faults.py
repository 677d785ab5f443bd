"""The language of faults, and when each lasts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.simulator.faults import REBOOT, WORDS, Effect, Fault, parse
from bletui.failure import BleError, ErrorKind
from bletui.scenario import SITE

LANES = ("hci0", "router/0")


def test_the_whole_language() -> None:
    found = parse("stream:broken@10s-14s/1m, lane:off[hci0]@500ms, lane:down[router/0]@1h-,stream:silent", LANES)
    assert [(f.effect, f.kind, f.lane, f.start, f.length, f.every) for f in found] == [
        (Effect.BROKEN, ErrorKind.NET_CLOSED, None, 10.0, 4.0, 60.0),
        (Effect.UNUSABLE, ErrorKind.ADAPTER_OFF, "hci0", 0.5, 5.0, None),
        (Effect.GONE, None, "router/0", 3600.0, math.inf, None),
        (Effect.SILENT, None, None, 0.0, math.inf, None),
    ]
    assert parse("", LANES) == ()


@pytest.mark.parametrize("kind", ErrorKind)
def test_any_kind_of_failure_can_be_asked_for(kind: ErrorKind) -> None:
    (stream,) = parse(f"stream:{kind.value}@1s", LANES)
    (lane,) = parse(f"lane:{kind.value}@1s", LANES)
    assert (stream.effect, stream.kind, lane.effect, lane.kind) == (Effect.BROKEN, kind, Effect.UNUSABLE, kind)


def test_faults_of_calls_and_links() -> None:
    found = parse("connect:busy:20%,drop:timeout:2.5%[router/0]@10s/1m,read:gatt.timeout[c0:de:1a:b0:00:01]", LANES)
    assert [(f.effect, f.what, f.how, f.kind, f.chance, f.lane, f.address) for f in found] == [
        (Effect.CALL, "connect", "busy", None, 0.2, None, None),
        (Effect.DROP, "drop", "timeout", None, 0.025, "router/0", None),
        (Effect.CALL, "read", "gatt.timeout", ErrorKind.GATT_TIMEOUT, 1.0, None, "C0:DE:1A:B0:00:01"),
    ]
    assert found[1].fits("router/0", "anyone")
    assert not found[1].fits("hci0", "anyone")
    assert found[2].fits("hci0", "C0:DE:1A:B0:00:01")
    assert not found[2].fits("hci0", "C0:DE:1A:B0:00:02")


def test_a_site_has_the_faults_that_the_language_says_it_has() -> None:
    assert tuple(WORDS) == SITE


def test_the_first_few_calls_of_each_device() -> None:
    (fault,) = parse("connect:busy:3x", LANES)
    assert (fault.first, fault.chance) == (3, 1.0)


@pytest.mark.parametrize(("what", "words"), WORDS.items())
def test_every_word_and_every_kind_can_be_asked_for(what: str, words: dict[str, object]) -> None:
    for how in (*words, *(kind.value for kind in ErrorKind)):
        (fault,) = parse(f"{what}:{how}", LANES)
        assert (fault.what, fault.how) == (what, how)


def test_a_reboot_lasts_longer_than_other_troubles() -> None:
    (fault,) = parse("lane:reboot@30s", LANES)
    assert (fault.effect, fault.start, fault.length) == (Effect.REBOOT, 30.0, REBOOT)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("lane:off:20%", "column 10: a share is for calls and drops"),
        ("lane:off:2x", "column 10: a share is for calls and drops"),
        ("stream:broken[C0:DE:1A:B0:00:01]", "calls and drops"),
        ("connect:busy:0%", "more than 0"),
        ("connect:busy:101%", "at most 100"),
        ("connect:bsuy", "column 9: 'bsuy': one of busy, failed"),
        ("connect:busy:0x", "column 14"),
        ("connect:busy:20", "column 13"),
        ("connect:busy@10s-14s/1", "column 22: '1' is not a time"),
        ("drop:unplugged", "device, timeout, host, key"),
        ("stream", "does not look like"),
        ("stream:broken@", "does not look like"),
        ("radio:off", "stream, lane"),
        ("stream:net.close", "net.closed"),
        ("lane:off[hci7]", "hci0, router/0"),
        ("stream:broken@10", "not a time"),
        ("stream:broken@1.2.3s", "not a time"),
        ("stream:broken@10s-5s", "before it begins"),
        ("stream:broken@10s-80s/60s", "before it ends"),
        ("stream:broken@10s-/60s", "before it ends"),
        ("lane:off,,lane:down", "does not look like"),
    ],
)
def test_what_is_wrong_is_named(text: str, names: str) -> None:
    with pytest.raises(BleError) as refused:
        parse(text, LANES)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert names in refused.value.failure.detail


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        parse(text, LANES)
    except BleError as refused:
        assert refused.failure.kind is ErrorKind.REQUEST_INVALID


@given(st.floats(0, 1000), st.floats(0.1, 50), st.floats(0.1, 50), st.floats(0, 5000))
def test_a_repeated_fault_lasts_its_length_in_every_period(start: float, length: float, pause: float, t: float) -> None:
    fault = Fault("", Effect.BROKEN, None, None, start, length, length + pause)
    span = fault.span(t)
    if span is not None:
        assert span[0] <= t + 1e-6
        assert t < span[1]
        assert span[1] - span[0] == pytest.approx(length, abs=1e-6)
    else:
        assert t < start or (t - start) % (length + pause) >= length - 1e-6
