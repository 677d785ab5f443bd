"""`bletui gatt`, `read` and `write` at the simulated lab."""

from __future__ import annotations

import pytest

from bletui.failure import ErrorKind
from tests.cli.lab import FAST, Do, address

THERMOMETER, VAULT = address("thermometer"), address("vault")


def test_the_tree_is_printed_with_names_letters_and_values(do: Do) -> None:
    said = do("gatt", FAST, THERMOMETER, "--values")
    lines = {line.split()[0]: line for line in said.out.splitlines()}
    assert said.code == 0
    assert " rw...  Device Name " in lines["0x0003"]
    assert "2a00  = 74 68 65 72 6d" in lines["0x0003"]
    assert lines["0x0003"].endswith("  thermometer")
    assert " r..n.  Temperature " in lines["0x0017"]
    assert lines["0x0017"].endswith(" °C")
    assert "5 services, 21 attributes" in said.err
    assert "simulated" in said.err


def test_one_failing_attribute_stands_at_its_node_and_ends_nothing(do: Do) -> None:
    said = do("gatt", FAST, VAULT, "--values", "--json")
    nodes = {one["handle"]: one for one in said.data}
    failed = [one["failure"]["kind"] for one in nodes.values() if one["failure"]]
    assert said.code == 0
    assert set(failed) == {"security.pairing-required", "security.not-authorized"}
    assert len(bytes.fromhex(nodes[0x29]["value"])) == 512
    assert nodes[0x18]["characteristic"] == 0x17
    assert nodes[0x20]["properties"] == "wW"
    assert nodes[0x20]["value"] is None
    long = next(line for line in do("gatt", FAST, VAULT, "--values").out.splitlines() if "0x0029" in line)
    assert "… (512 bytes)" in long
    assert len(long) < 200


def test_reading_gives_bytes_and_meaning_in_the_order_of_asking(do: Do) -> None:
    said = do("read", FAST, THERMOMETER, "0x14", "battery", "2A6E", "--json")
    assert said.code == 0
    assert [one["name"] for one in said.data] == ["PnP ID", "Battery Level", "Temperature"]
    assert said.data[1]["meaning"] == f"{int(said.data[1]['value'], 16)} %"
    assert {"connect", "discover", "read"} <= {one.get("request") for one in said.told}
    assert [one["state"] for one in said.told if one["schema"] == "bletui.link/1"] == []  # up to the end it was up


def test_a_link_that_somebody_else_opened_is_used_and_left(do: Do) -> None:
    said = do("read", FAST, address("someone else's"), "battery", "--json")
    assert said.code == 0
    assert {one["request"] for one in said.told if one["schema"] == "bletui.operation/1"} == {"discover", "read"}


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (("read", FAST, VAULT, "0x17"), 5, "security.pairing-required"),
        (("read", FAST, VAULT, "0x1d"), 5, "security.not-authorized"),
        (("read", FAST, VAULT, "0x20", "0x99"), 1, "gatt.not-found"),
        (("read", FAST, VAULT, "2901"), 2, "request.invalid"),
        (("write", FAST, VAULT, "0x23", "u8:1"), 1, "gatt.invalid-value"),
        (("write", FAST, VAULT, "0x26", "00"), 1, "device.command-failed"),
        (("read", FAST, address("far away"), "2a19", "--limit", "0.4"), 4, "link.not-seen"),
        (("gatt", FAST, address("mute"), "--limit", "0.2"), 4, "gatt.timeout"),
        (("gatt", FAST, address("beacon"), "--type", "random", "--limit", "0.2"), 4, "link.not-seen"),
        (("read", FAST, THERMOMETER, "2a19", "--lane", "hci7"), 2, "request.invalid"),
        (("read", f"{FAST}&fault=lane:off", THERMOMETER, "2a19"), 3, "adapter.off"),
        (("read", f"{FAST}&fault=lane:off[hci0]", THERMOMETER, "2a19", "--lane", "hci0"), 3, "adapter.off"),
    ],
)
def test_what_fails_ends_with_the_exit_code_of_its_kind(do: Do, words: tuple[str, ...], code: int, kind: str) -> None:
    said = do(*words, "--json")
    assert (said.told[-1]["schema"], said.told[-1]["kind"], said.code) == ("bletui.failure/1", kind, code)
    assert said.out == ""


def test_what_a_device_calls_itself_is_no_address_and_tells_whose_it_is(do: Do) -> None:
    said = do("read", FAST, "Thermometer", "2a19")
    assert said.code == 2
    assert f"'Thermometer' is what {THERMOMETER} calls itself; give the address" in said.err


def test_a_write_shows_its_bytes_before_and_the_device_has_them_after(do: Do) -> None:
    said = do("write", FAST, VAULT, "0x23", "u16be:1,0x203")
    assert said.code == 0
    assert "0x0023 " in said.err
    assert ": 00 01 02 03 (4 bytes), with response\n" in said.err
    assert said.out == ""
    told = do("write", FAST, VAULT, "0x20", "text:é", "--no-response", "--json")
    assert (told.data[0]["value"], told.data[0]["response"]) == ("c3a9", False)
    assert "bletui.writing/1" in told.err


def test_the_lane_that_is_named_is_used(do: Do) -> None:
    said = do("read", FAST, THERMOMETER, "battery", "--lane", "router/1", "--json")
    assert said.data[0]["lane"] == "sim:lab/CC:1B:E0:00:00:01/1"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("read sim:lab nonsense:address 2a19", "no address"),
        ("read sim:lab C0:DE:1A:B0:00:01", "ATTRIBUTE"),
        ("read sim:lab C0:DE:1A:B0:00:01 0", "no attribute"),
        ("write sim:lab C0:DE:1A:B0:00:01 2a19 u8:300", "does not fit"),
        ("write sim:lab C0:DE:1A:B0:00:01 2a19 0g", "not hex"),
        ("read sim:lab C0:DE:1A:B0:00:01 2a19 --limit 0", "positive number"),
        ("pair sim:lab C0:DE:1A:B0:00:01 --passkey 12345", "six digits"),
        ("read sim:lab C0:DE:1A:B0:00:01 2a19 --typ random", "did you mean --type?"),
        ("notify sim:lab C0:DE:1A:B0:00:01 2a19 --write 2a19 u8:", "no number"),
        ("gatt simm:lab C0:DE:1A:B0:00:01", "did you mean sim:"),
    ],
)
def test_wrong_usage_is_refused_before_the_radio_is_touched(do: Do, line: str, hint: str) -> None:
    said = do(*line.split())
    assert (said.code, said.out) == (2, "")
    assert hint in said.err
    assert "simulated" not in said.err


def test_a_seat_that_only_reads_writes_nothing_and_says_whose_wish_that_was(
    do: Do, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLETUI_READ_ONLY", "yes")
    assert do("read", FAST, address("vault"), "2a00", "--type", "random").code == 0
    refused = do("write", FAST, address("vault"), "2a00", "01", "--type", "random")
    assert refused.code == ErrorKind.ACCESS_REFUSED.exit_code
    assert "access.refused" in refused.err
    lines = f"connect {address('vault')} --type random\nwrite {address('vault')} 2a00 01\n"
    assert do("--plain", FAST, stdin=lines).code == ErrorKind.ACCESS_REFUSED.exit_code
    monkeypatch.delenv("BLETUI_READ_ONLY")
    plain = do("--plain", "--read-only", FAST, stdin=lines)
    assert plain.code == ErrorKind.ACCESS_REFUSED.exit_code
    assert "write needs the role operator; this seat's is reader" in plain.out
