"""The configuration in a console that runs: read again, refused in place, and what lasts from one start to the next."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bletui.config.file import Config, load
from bletui.console import commands
from bletui.console.keymap import remapped
from bletui.console.settings import Settings, Source
from bletui.decode import names
from bletui.testing.virtual_time import in_virtual_time
from tests.console.stage import Stage, heard, stage

DOOR = "C0:00:00:00:00:01"
SEALED = bytes.fromhex("1216d2fc41a47266c95f730011223378237214")  # bthome.io/encryption
SENDER, KEY = "54:48:E6:8F:80:A5", "231d39c1d7cc1ab1aee224cd096db932"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Keys and own names are the process's."""
    yield
    commands.remap(remapped({}))
    names.adopt({})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def reading(file: Path, state: Path | None = None) -> Settings:
    """As the command line makes them: `source` reads the file anew."""
    config = load(file, needed=False)
    theme = config.settings.get("theme")
    made = Settings(
        theme=theme,  # type: ignore[arg-type] # one of the names
        filter=str(config.settings.get("filter", "")),
        config=config,
        state=None if state is None else lambda: state,
    )
    return replace(made, source=Source(file, lambda: reading(file, state)))


def write(file: Path, text: str) -> None:
    file.write_text(text)


def put(file: Path, text: str, state: Path | None = None) -> Settings:
    write(file, text)
    return reading(file, state)


def remove(file: Path) -> None:
    file.unlink()


async def changed(at: Stage, file: Path, text: str) -> None:
    """Writes the file, and waits until the console has seen it."""
    write(file, text)
    await at.beat(1.0)
    await at.beat(0.0)


def notice(at: Stage) -> str:
    """Its words, without the key that puts it away."""
    return " ".join(re.sub(r"backspace hides this(, \d+ more)?", "", at.text("#notice")).split())


@in_virtual_time
async def test_names_filters_theme_and_keys_are_in_force_as_soon_as_the_file_says_so(file: Path) -> None:
    settings = put(file, '[filters]\nnear = "rssi>=-50"\n')
    async with stage(settings=settings) as at:
        await at.say(heard(1, -60, name="Thermo"), heard(2, -40, name="Lamp"))
        await at.press("slash", *"@near", "enter")
        assert "Thermo" not in at.text("DeviceTable")
        text = f'theme = "mono"\n[filters]\nnear = "rssi>=-70"\n[names.addresses]\n"{DOOR}" = "Door 4"\n'
        await changed(at, file, text + '[keymap]\n"scan.pause" = "z"\n')
        await at.until(lambda: "Door 4" in at.text("DeviceTable"))
        assert "Lamp" in at.text("DeviceTable")
        assert "the configuration was read again" in notice(at)
        assert at.app.theme == "mono"
        await at.press("space")
        assert "PAUSED" not in at.text("#status")
        await at.press("z")
        assert "PAUSED" in at.text("#status")
        await at.press("z")
        await changed(at, file, text)
        await at.press("space")
        assert "PAUSED" in at.text("#status")


@in_virtual_time
async def test_a_wrong_file_is_refused_in_place_and_what_was_in_force_stays(file: Path) -> None:
    settings = put(file, f'[names.addresses]\n"{DOOR}" = "Door 4"\n')
    async with stage(settings=settings) as at:
        await at.say(heard(1))
        await changed(at, file, "\nthme = 1")
        said = notice(at)
        assert "REFUSED" in said
        assert "config.toml:2:1: thme" in said
        assert str(file.parent) not in said
        await at.press("5")
        await at.beat()
        assert "REFUSED" in notice(at)
        await at.press("backspace")
        assert "REFUSED" in at.text("#configuration")
        await at.press("1")
        await at.beat()
        assert notice(at) == ""
        assert "Door 4" in at.text("DeviceTable")
        await at.press("ctrl+r")
        await at.beat()
        assert "REFUSED" in notice(at)
        await changed(at, file, f'[names.addresses]\n"{DOOR}" = "Door 5"\n')
        await at.until(lambda: "Door 5" in at.text("DeviceTable"))
        assert "read again" in notice(at)
        await at.beat(7.0)
        assert notice(at) == ""


@in_virtual_time
async def test_the_hint_names_keys_as_they_are_in_force(file: Path, tmp_path: Path) -> None:
    async with stage(settings=put(file, "", tmp_path / "state.json")) as at:
        assert "? help" in notice(at)
        await changed(at, file, '[keymap]\n"app.help" = "H"\n')
        await at.beat(7.0)
        assert "H help" in notice(at)
        await changed(at, file, "")


@in_virtual_time
async def test_a_file_that_goes_takes_along_what_it_said(file: Path) -> None:
    settings = put(file, f'[names.addresses]\n"{DOOR}" = "Door 4"\n')
    async with stage(settings=settings) as at:
        await at.say(heard(1, name="Thermo"))
        remove(file)
        await at.beat(1.0)
        await at.beat()
        assert "Door 4" not in at.text("DeviceTable")


@in_virtual_time
async def test_what_counts_at_the_next_start_is_said(file: Path) -> None:
    async with stage(settings=put(file, "")) as at:
        await changed(at, file, 'filter = "rssi>=-50"')
        assert "filter counts at the next start" in notice(at)


@in_virtual_time
async def test_warnings_stand_in_place_until_they_are_put_away_and_stay_away(file: Path, tmp_path: Path) -> None:
    state = tmp_path / "state" / "console.json"
    settings = put(file, '[targets.a]\nurl = "cassia+https://h"\nca = "none.pem"\n', state)
    async with stage(settings=settings) as at:
        assert "WARNING config.toml:3:1: targets.a.ca: there is no file" in notice(at)
        await at.press("backspace")
        assert "New here?" in notice(at)
        await at.press("backspace")
        assert notice(at) == ""
        at.app.configured.memory.settle()
    async with stage(settings=settings) as at:
        assert notice(at) == ""
        await at.press("5")
        await at.beat()
        assert "Configuration" in at.text("#configuration")
        assert "WARNING config.toml:3:1: targets.a.ca: there is no file" in at.text("#configuration")
    assert len(json.loads(state.read_text())["dismissed"]) == 2


@in_virtual_time
async def test_pins_last(tmp_path: Path) -> None:
    settings = Settings(state=lambda: tmp_path / "console.json")
    async with stage(settings=settings) as at:
        await at.say(heard(1, -40), heard(2, -60))
        await at.press("down", "p")
        at.app.configured.memory.settle()
    async with stage(settings=settings) as at:
        await at.say(heard(1, -40), heard(2, -60))
        await at.beat()
        assert at.text("DeviceTable").splitlines()[0].split()[1].startswith("C0:00:00:00:00:02")


@in_virtual_time
async def test_a_state_that_cannot_be_kept_is_said_and_stops_nothing(tmp_path: Path) -> None:
    state = tmp_path / "console.json"
    write(state, "{")
    async with stage(settings=Settings(state=lambda: state)) as at:
        assert "pins and hints are not kept" in notice(at)
        await at.say(heard(1))
        await at.press("p")
        assert "stays on top" in at.text("#status")
    assert state.read_text() == "{"


def sealed() -> Config:
    return Config(keys={SENDER: "BATH", DOOR: "LOST"})


@in_virtual_time
async def test_keys_open_what_is_sealed_and_one_that_cannot_be_had_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BLETUI_SECRET_BATH", KEY)
    async with stage(settings=Settings(config=sealed())) as at:
        await at.say(heard(1)._replace(address=SENDER, raw=SEALED))
        await at.until(lambda: at.app.configured.notices.first(at.clock[0]))
        await at.beat()
        assert "temperature 25.06" in at.text("#strip")
        assert "WARNING [keys] no credential named 'LOST'" in notice(at)
        await at.press("enter")
        await at.beat()
        assert "temperature 25.06" in at.text("#details")
        assert KEY not in repr(at.app.configured.__dict__) + repr(at.session.__dict__) + repr(at.app.settings)


@in_virtual_time
async def test_nothing_of_it_stands_where_there_is_no_room_for_it(tmp_path: Path) -> None:
    async with stage(settings=Settings(state=lambda: tmp_path / "s.json"), size=(40, 12)) as at:
        assert notice(at) == ""


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
@in_virtual_time
async def test_the_hint_fits_one_line_from_80_columns(size: tuple[int, int], tmp_path: Path) -> None:
    async with stage(settings=Settings(state=lambda: tmp_path / "s.json"), size=size) as at:
        lines = at.text("#notice").splitlines()
        assert len(lines) == (1 if size[0] >= 80 else 2)
        assert lines[0].endswith("backspace hides this")
        assert notice(at) == "New here? ? help · / filter · ctrl+p commands · q quit"


@in_virtual_time
async def test_a_radio_that_is_opened_later_goes_by_the_credentials_of_the_file_as_it_is(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEW", "n3w")
    async with stage(settings=put(file, "")) as at:
        await changed(at, file, '[credentials]\nSITE = { env = "NEW" }\n')
        assert at.session._env.secret("SITE") == "n3w"
