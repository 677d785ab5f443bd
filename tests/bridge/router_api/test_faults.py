"""Which faults there are, how they are asked for, and whom they befall."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.router_api.faults import SORTS, Scenario, read
from bletui.failure import BleError, ErrorKind
from bletui.scenario import SITE


def scenario(text: str, seed: int = 1) -> Scenario:
    return Scenario(read([text])[0], seed)


def test_one_option_for_the_routers_faults_and_the_sites() -> None:
    ours, site = read(["connect:busy:20%, http:login:1x[/cassia/info]", "drop:device@10s,router:reboot@30s"])
    assert [(fault.sort, fault.how, fault.first, fault.where) for fault in ours] == [
        ("http", "login", 1, "/cassia/info"),
        ("router", "reboot", None, None),
    ]
    assert (ours[1].start, ours[1].length) == (30.0, 20.0)
    assert site == ("connect:busy:20%", "drop:device@10s")
    assert read([]) == ((), ())


@pytest.mark.parametrize("sort", SORTS)
def test_every_word_is_taken(sort: str) -> None:
    for how in (*SORTS[sort], *(["400", "504", "599"] if sort == "http" else [])):
        (fault,), _ = read([f"{sort}:{how}@1s"])
        assert (fault.sort, fault.how) == (sort, how)


@pytest.mark.parametrize(
    ("text", "column", "names"),
    [
        ("htp:login", 1, ", ".join((*SORTS, *SITE))),
        ("http:logn", 6, f"{', '.join(SORTS['http'])} or a status from 400 to 599; near: login"),
        ("http:200", 6, "a status from 400 to 599"),
        ("sse:cutt", 5, f"{', '.join(SORTS['sse'])}; near: cut"),
        ("router:rebot@3s", 8, "reboot, offline, expire"),
        ("router:reboot", 14, "@30s"),
        ("router:reboot:20%@3s", 15, "http and sse only"),
        ("router:reboot:2x@3s", 15, "http and sse only"),
        ("router:reboot[/gap]@3s", 15, "http and sse only"),
        ("router:reboot@3s/10s", 20, "before it ends"),
        ("http:login[cassia]", 12, "neither a path"),
        ("http:login:0%", 12, "more than 0"),
        ("http:login;", 11, "from here on"),
    ],
)
def test_what_is_wrong_is_named_with_its_column_and_the_words_that_are_taken(
    text: str, column: int, names: str
) -> None:
    with pytest.raises(BleError) as refused:
        read(["sse:cut", text])
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert f"{text!r}, column {column}: " in refused.value.failure.detail
    assert names in refused.value.failure.detail


@given(st.text(max_size=50))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read([text])
    except BleError as refused:
        assert refused.failure.kind is ErrorKind.REQUEST_INVALID


PATHS = st.lists(st.sampled_from(["/gap/nodes", "/gatt/nodes/A/handle/3/value", "/cassia/info"]), max_size=30)


@given(PATHS, PATHS)
def test_one_seed_one_luck_for_each_call_whatever_others_do(paths: list[str], others: list[str]) -> None:
    first, again = scenario("http:502:50%", 7), scenario("http:502:50%", 7)
    alone = [first.answer("GET", path, 0.0) for path in paths]
    mixed = []
    for place, path in enumerate(paths):
        for other in others[place : place + 1]:
            again.answer("POST", other, 0.0)
        mixed.append(again.answer("GET", path, 0.0))
    assert alone == mixed


def test_a_chance_is_kept_and_another_seed_is_another_luck() -> None:
    lucks = []
    for seed in (1, 2):
        one = scenario("http:502:20%", seed)
        lucks.append([one.answer("GET", "/gap/nodes", 0.0) for _ in range(1000)])
    assert all(150 < luck.count("502") < 250 for luck in lucks)
    assert lucks[0] != lucks[1]


def test_the_first_few_and_only_there_and_only_then() -> None:
    one = scenario("http:504:2x[/gatt/*],http:login[C0:DE:1A:B0:00:01]@10s-20s")
    device = "/gap/nodes/C0:DE:1A:B0:00:01/connection"
    assert one.answer("GET", "/gap/nodes", 0.0) is None
    assert [one.answer("GET", "/gatt/nodes/", 0.0) for _ in range(3)] == ["504", "504", None]
    assert [one.answer("POST", device, t) for t in (9.9, 10.0, 20.0)] == [None, "login", None]
    assert one.answer("POST", device.replace("01", "02"), 10.0) is None


def test_a_place_may_name_the_query() -> None:
    one = scenario("http:login[/gap/nodes?event=1*]")
    assert one.answer("GET", "/gap/nodes/", 0.0, "event=1&active=1") == "login"
    assert one.answer("GET", "/gap/nodes", 0.0, "connection_state=connected") is None


def test_what_befalls_a_stream() -> None:
    one = scenario("sse:stall@10s-12s/1m,sse:garbage,router:offline@30s-40s")
    fates = list(islice(one.fates("/gap/nodes", 5.0), 4))
    assert [how for _, _, how in fates] == ["garbage", "stall", "offline", "stall"]
    assert 5.5 <= fates[0][0] <= 7.0
    assert [fate[:2] for fate in fates[1:]] == [(10.0, 12.0), (30.0, 40.0), (70.0, 72.0)]
    begin, end, how = next(one.fates("/gap/nodes", 11.0))
    assert how in ("stall", "garbage")
    assert 11.5 <= begin <= 13.0
    assert end in (12.0, float("inf"))


def test_a_reboot_ends_in_502_and_offline_in_nothing() -> None:
    one = scenario("router:reboot@30s-50s,router:offline@60s-65s")
    assert [one.answer("GET", "/cassia/info", t) for t in (29.0, 44.0, 45.0, 49.9, 50.0)] == [
        None, None, "502", "502", None,
    ]  # fmt: skip
    assert [one.offline(t) for t in (59.0, 60.0, 65.0)] == [None, 65.0, None]


def test_luck_is_kept_for_a_bounded_number_of_paths() -> None:
    one = scenario("http:502:50%")
    for number in range(20_000):
        one.answer("GET", f"/gatt/nodes/{number}", 0.0)
    assert len(one._asked) <= 16_385
