from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bletui.bridge import sockets
from bletui.bridge.access import Group
from bletui.failure import BleError, ErrorKind


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "bletui"


def refusal(path: Path) -> tuple[ErrorKind, str]:
    with pytest.raises(BleError) as refused, sockets.listening(path):
        raise AssertionError("it listens")
    return refused.value.failure.kind, refused.value.failure.detail


def test_the_socket_and_its_folder_are_the_users_alone_and_go_with_the_bridge(folder: Path) -> None:
    path = folder / "s"
    with sockets.listening(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        sockets.check(path)
    assert not path.exists()


def test_a_second_bridge_is_refused_with_the_firsts_process(folder: Path) -> None:
    path = folder / "s"
    with sockets.listening(path):
        kind, detail = refusal(path)
        assert kind is ErrorKind.BUSY_CAPACITY
        assert f"process {os.getpid()}" in detail
        assert path.exists()
    with sockets.listening(path):
        pass


def test_what_a_killed_bridge_left_is_replaced(folder: Path) -> None:
    code = "import sys, os, pathlib\nfrom bletui.bridge.sockets import listening\n"
    code += "with listening(pathlib.Path(sys.argv[1])):\n    os.kill(os.getpid(), 9)\n"
    path = folder / "s"
    subprocess.run([sys.executable, "-c", code, str(path)], check=False, timeout=30)
    assert path.is_socket()
    with sockets.listening(path), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))


def test_another_programs_socket_is_left_alone(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    path = folder / "s"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        assert refusal(path) == (ErrorKind.BUSY_CAPACITY, f"{path}: another program listens there")
    path.unlink()
    path.write_text("a file")
    assert refusal(path)[0] is ErrorKind.BUSY_CAPACITY
    assert path.read_text() == "a file"


def test_a_folder_that_others_write_to_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    folder.chmod(0o777)
    kind, detail = refusal(folder / "s")
    assert kind is ErrorKind.ACCESS_REFUSED
    assert "others may write" in detail


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_or_socket_of_somebody_else_is_refused_by_both_ends(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    path = folder / "s"
    with sockets.listening(path):
        os.chown(path, 65534, -1)
        with pytest.raises(BleError) as unsafe:
            sockets.check(path)
        assert unsafe.value.failure.kind is ErrorKind.ACCESS_REFUSED
    os.chown(folder, 65534, -1)
    assert refusal(path)[0] is ErrorKind.ACCESS_REFUSED


@pytest.mark.parametrize("which", ["folder", "socket"])
def test_what_everybody_may_write_to_is_not_trusted_by_a_client(folder: Path, which: str) -> None:
    path = folder / "s"
    with sockets.listening(path):
        (folder if which == "folder" else path).chmod(0o777)
        with pytest.raises(BleError) as unsafe:
            sockets.check(path)
        assert unsafe.value.failure.kind is ErrorKind.ACCESS_REFUSED
        assert f"everybody may write to the {which}" in unsafe.value.failure.detail
        folder.chmod(0o1777)  # as /tmp: there nobody removes what is another's
        path.chmod(0o600)
        sockets.check(path)


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can share with any group")
def test_a_group_reaches_the_socket_and_sees_nothing_else(folder: Path) -> None:
    path = folder / "s"
    with sockets.listening(path, Group(4444, "radio")):
        there = [(one.stat().st_gid, stat.S_IMODE(one.stat().st_mode)) for one in (path, folder)]
        assert there == [(4444, 0o660), (4444, 0o710)]


def test_a_link_in_place_of_the_folder_is_refused(folder: Path) -> None:
    real = folder.with_name("real")
    real.mkdir(mode=0o700)
    folder.symlink_to(real)
    assert refusal(folder / "s")[0] is ErrorKind.ACCESS_REFUSED


def test_a_path_that_no_socket_can_have_is_refused(folder: Path) -> None:
    assert refusal(folder / ("x" * 200))[0] is ErrorKind.REQUEST_INVALID


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_RUNTIME_DIR": "/run/user/7"}, "/run/user/7/bletui/bridge.sock"),
        ({"RUNTIME_DIRECTORY": "/run/bletui", "XDG_RUNTIME_DIR": "/x"}, "/run/bletui/bridge.sock"),
        ({"XDG_RUNTIME_DIR": "relative"}, f"{tempfile.gettempdir()}/bletui-{os.getuid()}/bridge.sock"),
    ],
)
def test_where_it_is(environ: dict[str, str], expected: str) -> None:
    assert str(sockets.default_socket(environ)) == expected


def test_groups_are_read_with_their_role() -> None:
    assert sockets.group_called("root:viewer").role == "viewer"
    assert sockets.group_called("root").role == "operator"
    for wrong in ("no-such-group", "root:king"):
        with pytest.raises(BleError):
            sockets.group_called(wrong)
