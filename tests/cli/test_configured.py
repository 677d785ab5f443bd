"""What commands are handed: targets that backends take as they are, and credentials fetched where the file says."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from bletui import registry
from bletui.cli.configured import Configuration, configuration
from bletui.cli.forms import News, Table
from bletui.cli.hearing import Hearing
from bletui.cli.scanning import _unseal
from bletui.clock import Clock
from bletui.config.credentials import Variable
from bletui.config.file import Config
from bletui.console.launch import _open_session
from bletui.console.settings import Settings
from bletui.failure import BleError
from bletui.model import Advertisement, Owner
from bletui.target import parse

FINGERPRINT = "ab" * 32
CONFIG = f"""
[targets.site]
url = "cassia+https://SITE@192.0.2.1"
ca = "site.pem"
[targets.lab]
url = "cassia+https://192.0.2.1"
pin = "sha256:{FINGERPRINT}"
[credentials.SITE]
command = ["echo", " u:p "]
"""


@pytest.fixture
def here(tmp_path: Path) -> Configuration:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    file.chmod(0o600)
    return configuration(argparse.Namespace(config=str(file), profile=None), {"PATH": "/usr/bin:/bin", "X": "u:p"})


def test_a_credential_is_fetched_as_the_file_says_and_shown_nowhere(here: Configuration) -> None:
    env = here.env("site")
    assert env.secret("SITE") == "u:p"
    assert "u:p" not in repr(env) + repr(here)
    with pytest.raises(BleError, match="no credential named 'LAB'"):
        env.secret("LAB")


async def test_the_consoles_session_fetches_them_too(here: Configuration) -> None:
    session = _open_session([parse("sim:")], Clock(), Settings(config=here.config))
    assert session._env.secret("SITE") == "u:p"
    assert session.owner == Owner("session")
    assert _open_session([parse("sim:")], Clock(), Settings(read_only=True)).owner == Owner("session", "reader")


def test_the_backend_takes_authorities_and_pin_from_a_named_target(here: Configuration, tmp_path: Path) -> None:
    assert here.target("site").params == {"ca": str(tmp_path / "site.pem")}
    for name in ("site", "lab"):
        registry.backend(here.target(name), here.env(name))
    wrong = parse("cassia+https://192.0.2.1?pni=sha256:00")
    with pytest.raises(BleError, match="did you mean 'pin'"):
        registry.backend(wrong, here.env("x"))


def test_a_target_string_is_one_still_and_a_typo_names_the_nearest(here: Configuration) -> None:
    assert here.target("sim:lab") == parse("sim:lab")
    with pytest.raises(BleError, match="did you mean 'site'"):
        here.target("siet")
    assert here.targets([]) == []


SENDER, KEY = "54:48:E6:8F:80:A5", "231d39c1d7cc1ab1aee224cd096db932"  # bthome.io/encryption
SEALED = Advertisement(
    1.0, "a/hci0", SENDER, "public", -60, "ADV_IND", bytes.fromhex("1216d2fc41a47266c95f730011223378237214")
)


def test_a_scan_opens_what_is_sealed_and_complains_of_a_key_that_cannot_be_had(
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = Config(keys={SENDER: "BATH", "54:48:E6:8F:80:A6": "LOST"}, credentials={"BATH": Variable("MY_KEY")})
    here = Configuration(config, {"MY_KEY": KEY})
    for form in (Table(None), News(None)):
        hearing = Hearing(form)
        _unseal(hearing, here)
        said = hearing.take([SEALED]) + hearing.end()
        assert "BTHome counter 857870592 temperature 25.06 °C humidity 50.55 %" in said
        complained = capsys.readouterr().err
        assert "no credential named 'LOST'" in complained
        assert KEY not in said + complained + repr(here) + repr(hearing.store.devices[SENDER].keys)
