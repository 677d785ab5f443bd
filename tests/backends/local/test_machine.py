"""What the files of a machine tell: rfkill, controllers, containers, policies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bletui.backends.local.machine import Machine
from bletui.backends.local.rfkill import Switch, blocking
from tests.backends.local.sysfs import rfkill
from tests.backends.local.told import BARE


def test_bluetooth_switches_of_sysfs(tmp_path: Path) -> None:
    rfkill(tmp_path, "rfkill0", type="bluetooth", name="hci0", soft="1", hard="0")
    rfkill(tmp_path, "rfkill1", type="wlan", name="phy0", soft="1", hard="1")
    rfkill(tmp_path, "rfkill2", type="bluetooth", name="tpacpi_bluetooth_sw", soft="1", hard="1")
    found = replace(BARE, root=tmp_path).switches()
    assert found == (
        Switch("rfkill0", "hci0", soft=True, hard=False),
        Switch("rfkill2", "tpacpi_bluetooth_sw", soft=True, hard=True),
    )
    assert [switch.state for switch in found] == ["soft", "soft+hard"]


def test_no_rfkill_is_told_from_no_switch(tmp_path: Path) -> None:
    machine = replace(BARE, root=tmp_path)
    assert machine.switches() is None
    (tmp_path / "sys/class/rfkill").mkdir(parents=True)
    assert machine.switches() == ()


def test_a_switch_that_vanishes_while_it_is_read_is_left_out(tmp_path: Path) -> None:
    rfkill(tmp_path, "rfkill0", type="bluetooth", name="hci0", soft="1")
    assert replace(BARE, root=tmp_path).switches() == ()


def test_the_adapters_own_switch_blocks_before_the_laptops() -> None:
    own, shared = Switch("rfkill5", "hci0", soft=True, hard=False), Switch("rfkill0", "sw", soft=True, hard=False)
    free = replace(own, soft=False)
    assert blocking((shared, own), "hci0") == own
    assert blocking((shared, free), "hci0") == shared
    assert blocking((own,), "hci1") is None
    assert blocking((free,), "hci0") is None


def test_controllers_without_their_links(tmp_path: Path) -> None:
    for name in ("hci1", "hci0", "hci0:64"):
        (tmp_path / "sys/class/bluetooth" / name).mkdir(parents=True)
    assert replace(BARE, root=tmp_path).controllers() == ("hci0", "hci1")
    assert BARE.controllers() == ()


def test_the_bus_that_a_controller_sits_on(tmp_path: Path) -> None:
    device = tmp_path / "sys/devices/pci0/usb1/1-1"
    controller = tmp_path / "sys/class/bluetooth/hci0"
    bus = tmp_path / "sys/bus/usb"
    for folder in (device, controller, bus):
        folder.mkdir(parents=True)
    (device / "subsystem").symlink_to(bus)
    (controller / "device").symlink_to(device)
    assert replace(BARE, root=tmp_path).transport("hci0") == "usb"
    assert replace(BARE, root=tmp_path).transport("hci1") == ""


@pytest.mark.parametrize(
    ("file", "text", "kind"),
    [
        ("", "", ""),
        (".dockerenv", "", "docker"),
        ("run/.containerenv", "", "podman"),
        ("run/systemd/container", "lxc\n", "lxc"),
    ],
)
def test_containers(tmp_path: Path, file: str, text: str, kind: str) -> None:
    if file:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text)
    machine = replace(BARE, root=tmp_path)
    assert machine.container == kind
    assert machine.evidence == ({"ssh": "no", "container": kind} if kind else {"ssh": "no"})


def test_ssh_comes_from_the_environment() -> None:
    machine = replace(BARE, environ={"SSH_CONNECTION": "a b c d"})
    assert (machine.ssh, machine.evidence) == (True, {"ssh": "yes"})


def test_policies_are_read_in_the_order_of_the_bus(tmp_path: Path) -> None:
    document = '<busconfig><policy user="{}"><allow send_destination="org.bluez"/></policy></busconfig>'
    for place, user in (
        ("usr/share/dbus-1/system.d/b.conf", "two"),
        ("usr/share/dbus-1/system.d/a.conf", "one"),
        ("etc/dbus-1/system.d/a.conf", "three"),
        ("etc/dbus-1/system-local.conf", "four"),
        ("etc/dbus-1/system.d/notes.txt", "never"),
    ):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(document.format(user))
    assert [rule.who for rule in replace(BARE, root=tmp_path).policies()] == ["one", "two", "three", "four"]


def test_this_machine_can_be_described() -> None:
    machine = Machine()
    assert machine.user
    assert machine.groups
