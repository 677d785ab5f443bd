"""The guest's file system as the kernel reads it: headers of 110 characters, everything on boundaries of four."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import NamedTuple

from tests.bluez_vm import archive


class Entry(NamedTuple):
    name: str
    mode: int
    data: bytes
    device: tuple[int, int]


def entries(packed: bytes) -> list[Entry]:
    """As init/initramfs.c reads them, up to the trailer."""
    found: list[Entry] = []
    at = 0
    while True:
        assert packed[at : at + 6] == b"070701"
        fields = [int(packed[at + 6 + 8 * n : at + 14 + 8 * n], 16) for n in range(13)]
        size, length = fields[6], fields[11]
        name = packed[at + 110 : at + 110 + length - 1].decode()
        start = (at + 110 + length + 3) & ~3
        if name == archive.END:
            return found
        found.append(Entry(name, fields[1], packed[start : start + size], (fields[9], fields[10])))
        at = (start + size + 3) & ~3


def test_files_links_folders_and_devices(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/run").write_bytes(b"#!/bin/sh\n")
    (tmp_path / "bin/run").chmod(0o755)
    (tmp_path / "bin/again").symlink_to("run")
    out = io.BytesIO()
    archive.write(tmp_path, out, devices=archive.DEVICES)
    found = {entry.name: entry for entry in entries(out.getvalue())}
    assert list(found) == ["dev", "dev/console", "dev/null", "bin", "bin/again", "bin/run"]
    assert (found["bin/run"].data, stat.S_IMODE(found["bin/run"].mode)) == (b"#!/bin/sh\n", 0o755)
    assert (found["bin/again"].data, stat.S_ISLNK(found["bin/again"].mode)) == (b"run", True)
    assert (found["dev/null"].device, stat.S_ISCHR(found["dev/null"].mode)) == ((1, 3), True)


def test_another_archive_may_follow(tmp_path: Path) -> None:
    out = io.BytesIO()
    archive.write(tmp_path, out)
    archive.pad(out)
    assert len(out.getvalue()) % 4 == 0
