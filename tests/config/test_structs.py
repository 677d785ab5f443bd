"""`structs.toml`: what it may say, what is refused and where, and that a change is taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.config.file import Refused
from bletui.config.structs import FILE, StructsFile, beside, load, parse
from bletui.decode import beacons, lenses
from bletui.decode.lenses import Lenses
from bletui.decode.values import meaning
from bletui.failure import BleError, ErrorKind
from bletui.model import AdvertisedFields

VENDOR = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
DOOR = f"""\
[labels]
fault = "0 low battery, 1 tamper"

[structs.door]
layout = '''
fault: bits8 {{fault}}
(level): u8 [0..100] %
'''
attributes = ["{VENDOR}", "fff1"]

[structs.cargo]
layout = "temperature: i16 /100 °C; shocks: u8 x*"
companies = [0x0499]
service_data = ["fcd2", "{VENDOR}"]
"""


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    lenses.adopt(Lenses())


def test_a_struct_is_found_by_name_and_by_what_it_is_for() -> None:
    found = parse(DOOR)
    assert list(found.named) == ["door", "cargo"]
    assert found.attributes[VENDOR] is found.named["door"]
    assert found.attributes["0000fff1-0000-1000-8000-00805f9b34fb"] is found.named["door"]
    assert found.named["door"].read(b"\x03\x50").text == "fault 0x03: bit 0 low battery, bit 1 tamper, 80 %"
    assert found.called("cargo") is found.named["cargo"]
    assert found.called("u16be /10 V").read(b"\x00\x21").text == "3.3 V"
    assert found.called("u8").name == "u8"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[structs.a]\n", 1, "a struct has a layout"),
        ("[structs.a]\nlayout = 'u8; nonsense'\n", 2, "field 2: 'nonsense' is no type"),
        ("[structs.a]\nlayout = 7\n", 2, "expected a layout in quotes, found a number"),
        ("[structs.a]\nlayout = 'u8'\ncompany = [1]\n", 3, "did you mean 'companies'?"),
        ("[structs.a]\nlayout = 'u8'\ncompanies = [65536]\n", 3, "expected company identifiers"),
        ("[structs.a]\nlayout = 'u8'\nattributes = ['2a6']\n", 3, "UUIDs in quotes"),
        ("[structs.a]\nlayout = 'u8'\nattributes = ['2a6e', '2A6E']\n", 3, "a is for it already"),
        ("[struct.a]\nlayout = 'u8'\n", 1, "did you mean 'structs'?"),
        ("[structs.'a b']\nlayout = 'u8'\n", 2, "a name has letters"),
        ("[structs.a\n", 1, "no TOML"),
        ("[labels]\nx = 1\n", 2, "expected labels in quotes"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text)
    first = refused.value.problems[0]
    assert first.position.line == line
    assert words in first.words


@given(st.one_of(st.text(max_size=200), st.text(alphabet="[]structs.abel\n='\"0{};u81 ,xy", max_size=200)))
def test_any_text_is_a_value_or_is_refused_with_a_reason(text: str) -> None:
    try:
        found = parse(text)
    except Refused as refused:
        assert refused.problems
        assert all(problem.words and problem.position.line >= 1 for problem in refused.problems)
    else:
        assert isinstance(found, Lenses)


def test_no_file_is_no_struct_and_an_unreadable_one_is_refused(tmp_path: Path) -> None:
    path = beside(tmp_path / "config.toml")
    assert path.name == FILE
    assert not load(path).named
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BleError) as refused:
        load(path)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    path.write_text("\n\n[structs.a]\nlayout = 'zz'\n")
    with pytest.raises(BleError, match=r"structs\.toml:4:1: structs\.a\.layout: field 1"):
        load(path)


def test_a_changed_file_is_taken_in_and_a_wrong_one_keeps_the_last_good_one(tmp_path: Path) -> None:
    path = tmp_path / FILE
    file = StructsFile(path)
    assert not file.look(0.0)
    path.write_text("[structs.a]\nlayout = 'u8 V'\nattributes = ['fff1']\n")
    assert not file.look(0.5)  # once a second at most
    assert file.look(1.0)
    uuid = "0000fff1-0000-1000-8000-00805f9b34fb"

    def said() -> str:
        decoded = meaning(uuid, b"\x07")
        return "" if decoded is None else f"{decoded.text} through {decoded.lens}"

    assert said() == "7 V through a"
    assert not file.look(2.0)
    _replace(path, "[structs.a]\nlayout = 'zz'\n")
    assert file.look(3.0)
    assert file.failure is not None
    assert "structs.toml:2" in file.failure.detail
    assert said() == "7 V through a"
    _replace(path, "[structs.b]\nlayout = 'u8 mA'\nattributes = ['fff1']\n")
    assert file.look(4.0)
    assert file.failure is None
    assert said() == "7 mA through b"
    path.unlink()
    assert file.look(5.0)
    assert said() == ""


def _replace(path: Path, text: str) -> None:
    """As an editor does: another file in its place, whatever the clock's resolution."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


def test_what_a_device_broadcasts_is_read_through_it_before_the_families() -> None:
    lenses.adopt(parse(DOOR))
    assert beacons.describe(bytes.fromhex("06ff990466080102")[:6] + b"") is None  # not whole
    assert beacons.describe(bytes.fromhex("07ff990466080102")) == "cargo temperature 21.50 °C shocks 1, 2"
    assert beacons.describe(bytes.fromhex("0416d2fc66")) == "cargo malformed: 1 byte missing in temperature"
    long = bytes([0x21]) + bytes.fromhex(VENDOR.replace("-", ""))[::-1] + b"\x66\x08"
    assert beacons.describe(bytes([len(long)]) + long) == "cargo temperature 21.50 °C"
    told = AdvertisedFields(manufacturer={0x0499: b"\x66\x08"}, service_data={VENDOR: b"\x66\x08\x03"})
    assert beacons.describe_fields(told) == ("cargo temperature 21.50 °C · cargo temperature 21.50 °C shocks 3")
    lenses.adopt(Lenses())
    assert beacons.describe_fields(told) != beacons.describe(b"")


def test_a_name_that_there_is_not_is_answered_with_the_nearest() -> None:
    with pytest.raises(BleError, match="did you mean 'door'"):
        parse(DOOR).called("doors")
    with pytest.raises(BleError, match="there are none"):
        Lenses().called("doors")
    with pytest.raises(BleError, match="field 2"):
        Lenses().called("u8; zz")


def test_the_example_of_the_page_is_taken() -> None:
    page = (Path(__file__).parents[2] / "docs" / "structs.md").read_text()
    example = page.partition("```toml\n")[2].partition("```")[0]
    found = parse(example)
    assert (
        found.called("door").read(bytes.fromhex("022a0c0d")).text == "fault 0x02: bit 1 tamper, 42 %, battery 3.340 V"
    )
    assert found.called("cargo").read(bytes.fromhex("66080c1903e8ff06")).text == (
        "temperature 21.50 °C, humidity 64.12 %, shocks 1.000, -0.250 g"
    )
