"""The initial file system of the guest, as the kernel unpacks it (its driver-api/early-userspace/buffer-format)."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

END = "TRAILER!!!"


class Node(NamedTuple):
    """One entry; `device` is (major, minor) of a device file."""

    name: str
    mode: int
    data: bytes = b""
    device: tuple[int, int] = (0, 0)


DEVICES = (
    Node("dev", stat.S_IFDIR | 0o755),
    Node("dev/console", stat.S_IFCHR | 0o600, device=(5, 1)),
    Node("dev/null", stat.S_IFCHR | 0o666, device=(1, 3)),
)


def write(folder: Path, out: BinaryIO, *, devices: tuple[Node, ...] = ()) -> None:
    """Everything below `folder` as a newc archive, owned by root, with `devices` before it."""
    for number, node in enumerate((*devices, *_below(folder), Node(END, 0)), 1):
        _put(out, number, node)


def pad(out: BinaryIO) -> None:
    """To the boundary at which another archive may follow."""
    out.write(bytes(-out.tell() % 4))


def _put(out: BinaryIO, number: int, node: Node) -> None:
    name = node.name.encode() + b"\0"
    fields = (number, node.mode, 0, 0, 1, 0, len(node.data), 0, 0, *node.device, len(name), 0)
    head = b"070701" + b"".join(b"%08X" % value for value in fields) + name
    out.write(head + bytes(-len(head) % 4))
    out.write(node.data + bytes(-len(node.data) % 4))


def _below(folder: Path) -> Iterator[Node]:
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            yield Node(name, stat.S_IFLNK | 0o777, str(path.readlink()).encode())
        elif stat.S_ISDIR(mode):
            yield Node(name, stat.S_IFDIR | (mode & 0o7777))
        elif stat.S_ISREG(mode):
            yield Node(name, stat.S_IFREG | (mode & 0o7777), path.read_bytes())
