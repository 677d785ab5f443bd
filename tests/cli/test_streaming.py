"""`bletui notify` at the simulated lab, in this process; signals and pipes are in `test_oneshot`."""

from __future__ import annotations

import re

import pytest

from tests.cli.lab import FAST, Do, address

HEART, UART = address("heart rate"), address("UART echo")


def modes(told: list[dict[str, object]]) -> list[tuple[object, object]]:
    """How often each handle was switched."""
    done = [one for one in told if one.get("request") == "subscribe" and one["state"] == "done"]
    return [(one["handle"], one["state"]) for one in done]


def test_it_streams_until_the_count_and_unsubscribes(do: Do) -> None:
    said = do("notify", FAST, HEART, "2a37", "--count", "3", "--json")
    assert said.code == 0
    assert [one["schema"] for one in said.data] == ["bletui.notification/1"] * 3
    assert all(re.match(r"\d+ bpm", one["meaning"]) for one in said.data)
    assert [one["at"] for one in said.data] == sorted(one["at"] for one in said.data)
    assert len(modes(said.told)) == 2


def test_lines_carry_the_time_the_attribute_and_the_meaning(do: Do) -> None:
    said = do("notify", FAST, HEART, "heart rate measurement", "--count", "1")
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3}  0x0017 Heart Rate Measurement  [0-9a-f ]+  \d+ bpm, .*\n", said.out)


def test_what_is_written_once_subscribed_is_answered(do: Do) -> None:
    said = do("notify", FAST, UART, "UART TX", "--write", "UART RX", "text:hello", "--count", "1")
    assert said.code == 0
    assert '68 65 6c 6c 6f  "hello"' in said.out
    assert "5 bytes" in said.err


def test_a_duration_ends_it_well_and_a_count_that_is_not_reached_does_not(do: Do) -> None:
    silent = do("notify", FAST, UART, "UART TX", "--duration", "0.2")
    assert (silent.code, silent.out) == (0, "")
    late = do("notify", FAST, UART, "UART TX", "--duration", "0.2", "--count", "1", "--json")
    assert (late.code, late.told[-1]["kind"], late.told[-1]["detail"]) == (4, "gatt.timeout", "0 of 1 within 0.2 s")
    assert len(modes(late.told)) == 2


@pytest.mark.parametrize("verb", [["notify", "battery"], ["connect"]])
def test_a_link_that_is_lost_ends_it_with_its_reason(do: Do, verb: list[str]) -> None:
    command, *rest = verb
    said = do(command, FAST, address("drops at random"), *rest, "--json")
    assert (said.code, said.told[-1]["kind"]) == (1, "link.lost")
    down = [one for one in said.told if one["schema"] == "bletui.link/1"]
    assert [one["state"] for one in down] == ["down"]


def test_several_attributes_stream_together(do: Do) -> None:
    said = do("notify", FAST, HEART, "2a37", "battery", "--count", "2", "--json")
    assert said.code == 0
    assert {handle for handle, _ in modes(said.told)} == {0x17, 0x1F}
