from pathlib import Path

import pytest

from bletui import config
from bletui.failure import BleError
from bletui.kinds import ErrorKind


def test_a_variable_comes_first(tmp_path: Path) -> None:
    environ = {"BLETUI_SECRET_AC_1": "u:p", "BLETUI_SECRET_AC_1_FILE": str(tmp_path / "none")}
    assert config.secret("ac-1", environ=environ) == "u:p"


def test_then_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("u:p\n")
    file.chmod(0o600)
    environ = {"BLETUI_SECRET_AC_FILE": str(file)}
    assert config.secret("AC", environ=environ) == "u:p"
    file.chmod(0o640)
    with pytest.raises(BleError, match="mode 0640"):
        config.secret("AC", environ=environ)


def test_then_a_systemd_credential(tmp_path: Path) -> None:
    (tmp_path / "bletui.AC").write_text("u:p\n")
    assert config.secret("AC", environ={"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "u:p"


@pytest.mark.parametrize("name", ["AC", "../../etc/passwd", "a/b", "\x1b[2J", ""])
def test_what_is_not_there_is_refused_with_the_place_to_put_it(name: str, tmp_path: Path) -> None:
    with pytest.raises(BleError) as caught:
        config.secret(name, environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    failure = caught.value.failure
    assert failure.kind is ErrorKind.AUTH_REFUSED
    assert "BLETUI_SECRET_" in failure.detail
    assert "\x1b" not in failure.detail


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
        file.chmod(0o600)
    with pytest.raises(BleError, match="key"):
        config.secret("AC", environ={"BLETUI_SECRET_AC_FILE": str(file)})


def test_the_env_shows_no_secret(tmp_path: Path) -> None:
    made = config.env("x", environ={"BLETUI_SECRET_AC": "hunter2", "HOME": str(tmp_path)})
    assert made.secret("AC") == "hunter2"
    assert "hunter2" not in repr(made)
    assert made.state_folder == tmp_path / ".local/state/bletui"
