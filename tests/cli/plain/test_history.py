"""The log and what has failed, asked for by typing."""

from __future__ import annotations

import json

from bletui.backends.simulator.lab import address
from bletui.testing.virtual_time import in_virtual_time
from tests.cli.plain.typist import Typist, lines, typist

THERMOMETER = address("thermometer")
FAILING = "sim:lab?lanes=1&fault=connect:failed"


async def failed_connect(desk: Typist) -> None:
    await desk.type(f"connect {THERMOMETER}", "E0203")
    await desk.until(lambda: any(g.operation and g.operation.ended for g in desk.desk.session.failing.now()))


@in_virtual_time
async def test_the_log_is_filtered_by_an_expression_and_marks_stand_in_it() -> None:
    async with typist(FAILING) as desk:
        await desk.type("mark door 4 \x1b[2J", " MARK  door 4 \\x1b[2J\n")
        await failed_connect(desk)
        said = await desk.type("log kind=link.connect-failed", "lines\n")
        assert len(lines(said, "link.connect-failed")) == 4
        assert "4 of " in said
        said = await desk.type("log 2 connect since=mark", "2 of ")
        assert len(lines(said, "connect")) == 2
        assert "MARK  door 4" in await desk.type("log kind=mark", "1 of ")
        await desk.type("log kind=linc", "no kind is called linc; did you mean link?")


@in_virtual_time
async def test_the_log_as_objects() -> None:
    async with typist(FAILING, json=True) as desk:
        await desk.type("mark before", "bletui.mark/1")
        await failed_connect(desk)
        said = await desk.type("log kind=connect level>=warning", "bletui.log-end/1")
        told = [json.loads(line) for line in lines(said, "bletui.log/1")]
        assert len(told) == 4
        assert told[-1]["failure"]["kind"] == "link.connect-failed"
        assert {one["address"] for one in told} == {THERMOMETER}
        assert all(one["level"] == "warning" and one["kind"] == "operation" for one in told)


@in_virtual_time
async def test_the_log_without_who_it_is_about() -> None:
    async with typist(FAILING, json=True) as desk:
        await failed_connect(desk)
        await desk.type(f"mark {THERMOMETER} taken away", "bletui.mark/1")
        said = await desk.type("log --anonymous 3", "bletui.log-end/1")
        told = [json.loads(line) for line in lines(said, "bletui.log/1")]
        assert len(told) == 3
        assert THERMOMETER not in said
        assert [one["address"] for one in told[:2]] == ["address-1", "address-1"]
        assert told[-1]["words"].endswith("address-1 taken away")
        assert THERMOMETER in await desk.type("log 3", "bletui.log-end/1")


@in_virtual_time
async def test_problems_count_repeats_and_go_when_it_works() -> None:
    async with typist("sim:lab?lanes=1&fault=connect:failed") as desk:
        assert "nothing is wrong now" in await desk.type("problems", "nothing is wrong")
        await failed_connect(desk)
        said = await desk.type("problems", "so far, hci0")
        assert "4 times in" in said
        assert f"so far, {THERMOMETER}: 4 of 4 connects: link.connect-failed" in said
        group = desk.desk.session.failing.now()[0]
        desk.desk.session.failing.put_away(group.what)
        assert "nothing is wrong now" in await desk.type("problems", "nothing is wrong now")


@in_virtual_time
async def test_a_link_that_works_again_is_no_problem() -> None:
    async with typist("sim:lab?lanes=1&fault=connect:failed@0s-2s") as desk:
        await desk.type(f"connect {THERMOMETER}", "connected in")
        said = await desk.type("problems", "so far, hci0")
        assert "nothing is wrong now" in said
        assert " connects: link.connect-failed" in said
