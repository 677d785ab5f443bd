"""The configuration's rungs: what the file says, and whether credentials are where they should be; none is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bletui.config.file import Config, parse
from bletui.doctor import examine_configuration
from bletui.model import Rung

TEXT = """
[targets.site]
url = "cassia+https://SITE@router.example"
ca = "none.pem"
[credentials]
SET = { env = "SET" }
UNSET = { env = "UNSET" }
MINE = { file = "~/mine.key" }
OPEN = { file = "~/open.key" }
GONE = { file = "~/gone.key" }
RUNS = { command = ["sh", "-c", "echo no"] }
NONE = { command = ["no-such-program"] }
UNIT = { systemd = "x" }
[keys]
"54:48:E6:8F:80:A5" = "LOST"
"54:48:E6:8F:80:A6" = "BESIDE"
"""


def rungs(text: str, home: Path, **environ: str) -> dict[str, Rung]:
    file = home / "config.toml"
    file.write_text(text)
    given = {"HOME": str(home), "PATH": "/usr/bin:/bin", **environ}
    return {rung.name: rung for rung in examine_configuration(file, parse(text, file), given)}


def test_each_credential_is_looked_for_and_none_is_read(tmp_path: Path) -> None:
    for name, mode in (("mine.key", 0o600), ("open.key", 0o644)):
        (tmp_path / name).write_text("hunter2")
        (tmp_path / name).chmod(mode)
    found = rungs(TEXT, tmp_path, SET="hunter2", BLETUI_SECRET_BESIDE="hunter2")
    told = {name.removeprefix("credential "): (rung.state, rung.evidence) for name, rung in found.items()}
    assert told.pop("config") == (
        "warn",
        f"{tmp_path}/config.toml: 1 target, 2 sealed devices; 4:1: targets.site.ca: there is no file "
        f"{tmp_path}/none.pem now",
    )
    assert told == {
        "SET": ("ok", "environment variable SET"),
        "UNSET": ("warn", "the environment has no UNSET"),
        "MINE": ("ok", "file ~/mine.key"),
        "OPEN": ("warn", f"{tmp_path}/open.key: is open to others (mode 0644): chmod 600"),
        "GONE": ("warn", f"{tmp_path}/gone.key: No such file or directory"),
        "RUNS": ("ok", "command sh, 10 s"),
        "NONE": ("warn", "there is no program no-such-program"),
        "UNIT": ("warn", "no CREDENTIALS_DIRECTORY: only a unit with LoadCredential= has it"),
        "SITE": ("warn", "it is named, and neither the file nor the environment has it"),
        "LOST": ("warn", "it is named, and neither the file nor the environment has it"),
    }
    assert "hunter2" not in repr(found)


def test_systemds_folder_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("hunter2")
    (tmp_path / "bletui.LOST").write_text("hunter2")
    found = rungs(TEXT, tmp_path, CREDENTIALS_DIRECTORY=str(tmp_path))
    assert found["credential UNIT"].state == "ok"
    assert "credential LOST" not in found


@pytest.mark.parametrize(("text", "told"), [("", "values only"), ('[filters]\nnear = "new"', "1 filter")])
def test_a_file_without_a_doubt_holds(text: str, told: str, tmp_path: Path) -> None:
    (rung,) = rungs(text, tmp_path).values()
    assert (rung.state, rung.evidence) == ("ok", f"{tmp_path}/config.toml: {told}")


def test_no_file_is_no_fault(tmp_path: Path) -> None:
    (rung,) = examine_configuration(tmp_path / "config.toml", Config(), {})
    assert rung.state == "skipped"
    assert "bletui config init" in rung.evidence
