import os
import time
from pathlib import Path

import pytest

from bletui.config.credentials import (
    SIZE_MAX,
    Command,
    Reference,
    SecretFile,
    SystemdCredential,
    Variable,
    secret,
    words,
)
from bletui.config.environment import env
from bletui.failure import BleError
from bletui.kinds import ErrorKind


def test_a_variable_comes_first(tmp_path: Path) -> None:
    environ = {"BLETUI_SECRET_AC_1": "u:p", "BLETUI_SECRET_AC_1_FILE": str(tmp_path / "none")}
    assert secret("ac-1", environ=environ) == "u:p"


def test_then_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("u:p\n")
    file.chmod(0o600)
    environ = {"BLETUI_SECRET_AC_FILE": str(file)}
    assert secret("AC", environ=environ) == "u:p"
    file.chmod(0o640)
    with pytest.raises(BleError, match="mode 0640"):
        secret("AC", environ=environ)


def test_then_a_systemd_credential(tmp_path: Path) -> None:
    (tmp_path / "bletui.AC").write_text("u:p\n")
    assert secret("AC", environ={"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "u:p"


@pytest.mark.parametrize("name", ["AC", "../../etc/passwd", "a/b", "\x1b[2J", ""])
def test_what_is_not_there_is_refused_with_the_place_to_put_it(name: str, tmp_path: Path) -> None:
    with pytest.raises(BleError) as caught:
        secret(name, environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})
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
        secret("AC", environ={"BLETUI_SECRET_AC_FILE": str(file)})


def test_the_env_shows_no_secret(tmp_path: Path) -> None:
    made = env("x", environ={"BLETUI_SECRET_AC": "hunter2", "HOME": str(tmp_path)})
    assert made.secret("AC") == "hunter2"
    assert "hunter2" not in repr(made)
    assert made.state_folder == tmp_path / ".local/state/bletui"


def shell(script: str, within: float = 10.0) -> dict[str, Reference]:
    return {"AC": Command(("/bin/sh", "-c", script), within)}


def refusal(references: dict[str, Reference], **environ: str) -> str:
    with pytest.raises(BleError) as caught:
        secret("AC", environ={"PATH": os.environ["PATH"], **environ}, references=references)
    assert caught.value.failure.kind is ErrorKind.AUTH_REFUSED
    assert "hunter2" not in str(caught.value)
    return caught.value.failure.detail


def test_the_environment_comes_before_the_file_and_the_file_before_systemd(tmp_path: Path) -> None:
    (tmp_path / "bletui.AC").write_text("s:d")
    environ = {"BLETUI_SECRET_AC": "e:n", "SITE": "f:i", "CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert secret("AC", environ=environ, references={"AC": Variable("SITE")}) == "e:n"
    del environ["BLETUI_SECRET_AC"]
    assert secret("AC", environ=environ, references={"AC": Variable("SITE")}) == "f:i"
    assert secret("AC", environ=environ, references={"AC": SystemdCredential("bletui.AC")}) == "s:d"
    assert secret("AC", environ=environ, references={"BC": Variable("SITE")}) == "s:d"


def test_a_variable_that_is_not_set_and_a_credential_without_systemd_are_named() -> None:
    assert "the environment has no SITE" in refusal({"AC": Variable("SITE")})
    assert "LoadCredential=x:/path" in refusal({"AC": SystemdCredential("x")})


def test_a_file_below_home_is_found_and_its_mode_and_owner_are_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(" u:p \n")
    file.chmod(0o600)
    references: dict[str, Reference] = {"AC": SecretFile("~/key")}
    assert secret("AC", environ={"HOME": str(tmp_path)}, references=references) == "u:p"
    file.chmod(0o604)
    assert "open to others (mode 0604): chmod 600" in refusal(references, HOME=str(tmp_path))
    if os.geteuid() == 0:
        file.chmod(0o600)
        os.chown(file, 4321, 4321)
        assert "belongs to user 4321" in refusal(references, HOME=str(tmp_path))


def test_what_is_no_plain_file_or_too_long_or_empty_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)  # nobody writes to it: reading would wait for ever
    assert "is no plain file" in refusal({"AC": SecretFile(str(tmp_path / "pipe"))})
    assert "is no plain file" in refusal({"AC": SecretFile(str(tmp_path))})
    assert "null" in refusal({"AC": SecretFile("a\0b")})
    for content, why in ((b"x" * (SIZE_MAX + 1), "longer than"), (b" \n", "is empty"), (b"hunter2\xff", "no text")):
        file = tmp_path / "key"
        file.write_bytes(content)
        file.chmod(0o600)
        assert why in refusal({"AC": SecretFile(str(file))})


def test_a_command_has_no_shell_no_stdin_and_no_terminal_and_its_output_is_trimmed() -> None:
    environ = {"PATH": os.environ["PATH"], "X": "v"}
    echo: dict[str, Reference] = {"AC": Command(("echo", " $X;:p "))}
    assert secret("AC", environ=environ, references=echo) == "$X;:p"
    assert secret("AC", environ=environ, references=shell("cat; (: < /dev/tty) || echo u:$X")) == "u:v"
    where = 'ps -o sid= -p $$ 2>/dev/null || cut -d" " -f6 /proc/$$/stat'
    assert secret("AC", environ=environ, references=shell(where)) != str(os.getsid(0))


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo hunter2; echo hunter2 >&2; exit 3", "/bin/sh ended with status 3: run it by hand"),
        ("echo", "/bin/sh printed is empty"),
        ("printf 'hunter2\\377'", "no text in UTF-8"),
        ("yes hunter2", "longer than"),
    ],
)
def test_a_command_that_fails_is_named_and_nothing_that_it_said(script: str, why: str) -> None:
    assert why in refusal(shell(script))


def test_a_command_that_is_not_there_is_named() -> None:
    assert "the command /nowhere: No such file" in refusal({"AC": Command(("/nowhere", "hunter2"))})


def test_a_command_that_hangs_ends_with_all_that_it_started(tmp_path: Path) -> None:
    began = time.monotonic()
    assert "within 0.3 s" in refusal(shell(f"sleep 60 & echo $! > {tmp_path}/pid; wait", 0.3))
    assert time.monotonic() - began < 10
    child = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10
    while running(child):
        assert time.monotonic() < deadline


def running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_words_of_a_reference_hold_no_argument() -> None:
    assert words(Command(("pass", "show", "hunter2"), 3)) == "command pass, 3 s"
    assert [words(one) for one in (Variable("A"), SecretFile("~/k"), SystemdCredential("c"))] == [
        "environment variable A",
        "file ~/k",
        "systemd credential c",
    ]
