"""What a first start finds: each situation in words, with what helps."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from bletui.cli.firstrun import FirstRun, Found, found
from bletui.config.file import Config, parse


def look(
    home: Path, *, config: Config | None = None, adapters: Path | None = None, lanes: tuple[str, ...] = ()
) -> dict[str, str]:
    """What is said of each, where this user's folders are in `home`."""
    environ = {"XDG_RUNTIME_DIR": str(home), "HOME": str(home)}
    return dict(found(home / "config.toml", config or Config(), environ, lanes, adapters or home / "none"))


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[socket.socket]:
    """A socket where a bridge's would be; it listens until the test closes it."""
    (tmp_path / "bletui").mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listens:
        listens.bind(str(tmp_path / "bletui" / "bridge.sock"))
        listens.listen()
        yield listens


def test_what_is_missing_is_said_with_what_helps(tmp_path: Path) -> None:
    assert look(tmp_path) == {
        "adapters": "none: the system shows no Bluetooth controller",
        "config": "none at ~/config.toml; bletui config init writes a first one",
        "bridge": "none runs here; bletui bridge run local: starts one",
    }


def test_adapters_are_named_with_the_switch_that_keeps_them_off(tmp_path: Path) -> None:
    for name in ("hci1", "hci0/rfkill3", "hci2/rfkill4", "hci0:64"):
        (tmp_path / name).mkdir(parents=True)
    for switch, soft, hard in (("hci0/rfkill3", "1", "0"), ("hci2/rfkill4", "1", "1")):
        (tmp_path / switch / "soft").write_text(f"{soft}\n")
        (tmp_path / switch / "hard").write_text(f"{hard}\n")
    assert look(tmp_path, adapters=tmp_path)["adapters"] == (
        "hci0 (blocked by rfkill, soft: rfkill unblock bluetooth), hci1, "
        "hci2 (blocked by rfkill, soft+hard: a switch of the machine)"
    )
    assert look(tmp_path, adapters=tmp_path, lanes=("hci1", "hci9"))["adapters"].endswith(", hci9")
    assert look(tmp_path, lanes=("hci0",))["adapters"] == "hci0"


def test_a_configuration_that_names_targets_says_which(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    assert look(tmp_path, config=parse("", file))["config"] == "~/config.toml names no target"
    some = "".join(f'[targets.t{n}]\nurl = "sim:"\n' for n in range(5))
    said = look(tmp_path, config=parse(some, file))["config"]
    assert said == "~/config.toml sets no default_targets; it names t0, t1, t2 and 2 more"


def test_a_bridge_that_answers_is_offered(tmp_path: Path, bridge: socket.socket) -> None:
    assert look(tmp_path)["bridge"] == "one runs here: bletui bridge: attaches to it"


def test_the_socket_of_a_bridge_that_has_ended_is_called_so(tmp_path: Path, bridge: socket.socket) -> None:
    bridge.close()
    assert "is left of one that has ended" in look(tmp_path)["bridge"]


def test_a_socket_that_another_may_have_put_there_is_not_offered(tmp_path: Path, bridge: socket.socket) -> None:
    (tmp_path / "bletui").chmod(0o777)
    assert "everybody may write to the folder" in look(tmp_path)["bridge"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look everywhere")
def test_a_folder_that_is_closed_is_said(tmp_path: Path, bridge: socket.socket) -> None:
    (tmp_path / "bletui").chmod(0)
    assert "Permission denied" in look(tmp_path)["bridge"]
    (tmp_path / "bletui").chmod(0o700)


def test_a_frame_does_not_look_again() -> None:
    looks = []

    def once(lanes: Collection[str]) -> Iterator[Found]:
        looks.append(lanes)
        yield "adapters", "none"

    asked = FirstRun(once)
    assert asked(()) == asked(()) == (("adapters", "none"),)
    assert looks == [()]
    asked(("hci0",))
    assert looks == [(), ("hci0",)]
