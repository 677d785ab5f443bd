"""The kernel's word on who is at the other end of a Unix socket."""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys

from bletui.bridge.access import Peer
from bletui.text import visible

_PEERCRED = struct.Struct("3i")  # struct ucred: pid, uid, gid (unix(7))
_PEERGROUPS = 59  # SO_PEERGROUPS of asm-generic/socket.h; Python has no name for it
_GROUPS_SIZE = 1024  # bytes: what Python's getsockopt reads at most, 256 groups


def peer_of(connection: socket.socket) -> Peer | None:
    """None where the kernel does not tell; the socket's mode and its folder's are all that guards it then."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEERCRED.size)
    pid, uid, gid = _PEERCRED.unpack(data)
    return Peer(uid, gid, pid, _groups(connection))


def own_uid() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def user_name(uid: int) -> str:
    if sys.platform == "win32":
        return f"uid{uid}"
    import pwd

    try:
        return visible(pwd.getpwuid(uid).pw_name).replace("/", "_")
    except KeyError:
        return f"uid{uid}"


def _groups(connection: socket.socket) -> tuple[int, ...]:
    try:
        data = connection.getsockopt(socket.SOL_SOCKET, _PEERGROUPS, _GROUPS_SIZE)
    except OSError as failed:  # a kernel before 4.13, or more groups than that; the primary one is known all the same
        if failed.errno not in (errno.ENOPROTOOPT, errno.ERANGE):
            raise
        return ()
    return struct.unpack(f"{len(data) // 4}I", data)
