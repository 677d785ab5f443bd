"""Where a bridge listens: its Unix socket, its folder, whose they are, and what an earlier bridge left behind."""

from __future__ import annotations

import os
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bletui.bridge import systemd
from bletui.bridge.access import Group
from bletui.bridge.folders import locked, prepare, taken, unsafe, unusable
from bletui.bridge.peers import own_uid
from bletui.model import Role
from bletui.target import invalid

NAME = "bridge.sock"
PATH_MAX = 100  # bytes; sun_path holds 104 to 108
_BACKLOG = 128


def runtime_folder(environ: Mapping[str, str]) -> Path:
    """Where this user's sockets are: systemd's folder, the user's own, else one of the temporary folder's."""
    if given := environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]:
        return Path(given)
    own = environ.get("XDG_RUNTIME_DIR", "")
    if own.startswith("/"):
        return Path(own) / "bletui"
    return Path(tempfile.gettempdir()) / f"bletui-{own_uid()}"


def default_socket(environ: Mapping[str, str]) -> Path:
    return runtime_folder(environ) / NAME


def group_called(text: str) -> Group:
    """`NAME` or `NAME:ROLE`; `request.invalid` for a group or a role that there is not."""
    if sys.platform == "win32":
        raise invalid("--group needs Unix sockets")
    import grp

    name, _, role = text.partition(":")
    if role not in ("", "viewer", "reader", "operator"):
        raise invalid(f"--group {text}: {role} is no role; there are viewer, reader and operator")
    try:
        found = grp.getgrnam(name)
    except KeyError:
        raise invalid(f"--group {text}: there is no group called {name}") from None
    given: Role = role or "operator"  # type: ignore[assignment]
    return Group(found.gr_gid, name, given)


@contextmanager
def listening(path: Path, group: Group | None = None) -> Iterator[socket.socket]:
    """The socket, mode 0600 (0660 with a group), held by a lock so that a second bridge is refused with the reason."""
    if len(os.fsencode(path)) > PATH_MAX:
        raise invalid(f"the socket's path has over {PATH_MAX} bytes: {path}")
    prepare(path.parent)
    with locked(path.with_name(f"{path.name}.lock"), "listens there"):
        _remove_stale(path)
        made, bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), None
        try:
            _bind(made, path, group)
            bound = mark(path)
            yield made
        finally:
            ours = mark(path) == bound
            made.close()
            if ours:  # it may have been removed, and be another bridge's by now
                path.unlink(missing_ok=True)


def mark(path: Path) -> tuple[int, int] | None:
    """What tells the file from a later one of that name for as long as its socket is open; None: it is not there."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def share(path: Path, group: Group | None) -> None:
    """With the group's members, and with nobody else. A folder of ours lets them through, and shows them nothing."""
    folder = path.parent
    try:
        path.chmod(0o600)
        if group is None:
            return
        os.chown(path, -1, group.gid)
        path.chmod(0o660)
        status = folder.lstat()
        if status.st_uid == own_uid() and not status.st_mode & 0o010:
            os.chown(folder, -1, group.gid)
            folder.chmod(0o710)
    except OSError as failed:
        raise unusable(path, failed) from failed


def activated(environ: Mapping[str, str]) -> list[socket.socket]:
    """The sockets that a service manager listens on for us, Unix streams; their mode and group are its business."""
    found = [socket.socket(fileno=number) for number in systemd.handed_over(environ)]
    for one in found:
        if one.family != socket.AF_UNIX or one.type != socket.SOCK_STREAM:
            raise invalid(f"descriptor {one.fileno()} from the service manager is no Unix stream socket")
    return found


def check(path: Path) -> None:
    """For a client: that the socket and its folder are this user's or root's, or are shared by a group on purpose.

    `access.refused` says what is wrong: another user could have put a socket there that hears every passkey.
    """
    for one, what in ((path.parent, "folder"), (path, "socket")):
        status = one.stat()
        if status.st_uid not in (own_uid(), 0):
            raise unsafe(one, f"the {what} belongs to uid {status.st_uid}, which is neither this user nor root")
        if status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX:
            raise unsafe(one, f"everybody may write to the {what}")


def _bind(made: socket.socket, path: Path, group: Group | None) -> None:
    before = os.umask(0o177)  # never open to others, not even for a moment
    try:
        made.bind(str(path))
    except OSError as failed:
        raise unusable(path, failed) from failed
    finally:
        os.umask(before)
    share(path, group)
    made.listen(_BACKLOG)


def _remove_stale(path: Path) -> None:
    """A socket that nobody listens on is what a killed bridge left; anything else is not ours to remove."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(status.st_mode):
        raise taken("something that is no socket has that name", path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.settimeout(1.0)
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError as failed:
            raise unusable(path, failed) from failed
    raise taken("another program listens there", path)
