"""What this Linux machine says of itself outside D-Bus: its files, its environment, its user."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bletui.backends.local import rfkill
from bletui.backends.local.dbuspolicy import Rule, rules

_POLICIES = ("usr/share/dbus-1/system.d", "etc/dbus-1/system.d")  # in the order in which the bus reads them


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a uid without an account, as in containers
        return str(os.geteuid())


def _groups() -> frozenset[str]:
    names = set()
    for gid in {os.getegid(), *os.getgroups()}:
        try:
            names.add(grp.getgrgid(gid).gr_name)
        except KeyError:
            names.add(str(gid))
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class Machine:
    """`root` is where its files are; `environ`, `user` and `groups` are this process's."""

    root: Path = Path("/")
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    user: str = field(default_factory=_user)
    groups: frozenset[str] = field(default_factory=_groups)

    @property
    def ssh(self) -> bool:
        return "SSH_CONNECTION" in self.environ

    @property
    def container(self) -> str:
        """The kind of container this runs in (docker, podman, lxc …), or ""."""
        if (self.root / ".dockerenv").exists():
            return "docker"
        if (self.root / "run/.containerenv").exists():
            return "podman"
        try:
            return (self.root / "run/systemd/container").read_text(errors="replace").strip()
        except OSError:  # not there, or not ours to read: no container that tells
            return ""

    @property
    def evidence(self) -> dict[str, str]:
        """For the remedies of failures: `ssh`, and `container` in one."""
        known = {"ssh": "yes" if self.ssh else "no"}
        return known | ({"container": self.container} if self.container else {})

    def controllers(self) -> tuple[str, ...]:
        """The adapters that the kernel has, as `hci0`; links (`hci0:64`) stand in the same folder."""
        folder = self.root / "sys/class/bluetooth"
        return tuple(sorted(entry.name for entry in folder.glob("hci*") if ":" not in entry.name))

    def transport(self, controller: str) -> str:
        """The bus that a controller sits on, as `usb` or `serial`; "" where sysfs does not tell."""
        return (
            (self.root / "sys/class/bluetooth" / controller / "device/subsystem")
            .resolve()
            .name.replace("subsystem", "")
        )

    def switches(self) -> tuple[rfkill.Switch, ...] | None:
        """Bluetooth's rfkill switches; None: this kernel tells of none at all."""
        return rfkill.switches(self.root / "sys") if (self.root / "sys/class/rfkill").is_dir() else None

    def policies(self) -> tuple[Rule, ...]:
        """Every D-Bus rule about org.bluez, in the order of reading."""
        files = [file for folder in _POLICIES for file in sorted((self.root / folder).glob("*.conf"))]
        files.append(self.root / "etc/dbus-1/system-local.conf")
        return tuple(rule for file in files for rule in rules(_bytes(file), str(file)))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # not there, or kept from us: what it says of us we can't tell
        return b""
