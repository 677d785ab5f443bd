"""Folders that are this user's alone, and locks in them: what a bridge keeps there no second one writes to."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bletui.bridge.peers import own_uid
from bletui.failure import BleError, ErrorKind, Failure
from bletui.text import visible

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.ENOMEM)


def prepare(folder: Path) -> None:
    """Makes it, mode 0700. `access.refused`: it is no folder, somebody else's, or others may write to it."""
    made(folder)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise unsafe(folder, "it is not a folder")
    if status.st_uid not in (own_uid(), 0):
        raise unsafe(folder, f"it belongs to uid {status.st_uid}, not to this user")
    if os.name == "posix" and status.st_mode & 0o022 and not status.st_mode & stat.S_ISVTX:
        raise unsafe(folder, f"others may write to it (mode {stat.S_IMODE(status.st_mode):04o}): chmod 700")


def made(folder: Path) -> None:
    """Makes it, mode 0700, unless it is there; a link to one, as a service manager makes it, will do."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as failed:
        raise unusable(folder, failed) from failed


@contextmanager
def locked(path: Path, does: str) -> Iterator[None]:
    """Until the block ends; the kernel lets go of the lock with the process, however it ends.

    `busy.capacity`: another bridge, whose process is named, has it, and `does` what it is for.
    """
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows; two bridges there are told apart by their ports
        yield
        return
    try:
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as failed:
        raise unusable(path, failed) from failed
    with os.fdopen(number) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            if held.errno not in (errno.EAGAIN, errno.EACCES):
                raise unusable(path, held) from held
            raise taken(f"a bridge {does} already (process {file.read(32).strip() or 'unknown'})", path) from held
        with suppress(OSError):  # a full disk: it is locked all the same, and only whose it is stays unsaid
            os.ftruncate(number, 0)
            os.write(number, f"{os.getpid()}\n".encode())
        yield


def taken(detail: str, path: Path) -> BleError:
    words = visible(f"{path}: {detail}")
    failure = Failure(
        kind=ErrorKind.BUSY_CAPACITY, source="bletui.bridge", operation="listen", detail=words, retry="user"
    )
    return BleError(failure)


def unsafe(path: Path, why: str) -> BleError:
    words = visible(f"{path}: {why}")
    return BleError(Failure(kind=ErrorKind.ACCESS_REFUSED, source="bletui.bridge", operation="listen", detail=words))


def reason(failure: Failure) -> str:
    """Where, and what the system said."""
    return ": ".join(filter(None, (failure.detail, failure.message)))


def unusable(path: Path, failed: OSError) -> BleError:
    """`busy.capacity`: the disk is full, or no file is left; `request.invalid`: what is named can't be used."""
    words = visible(str(path))
    return BleError(
        Failure(
            kind=ErrorKind.BUSY_CAPACITY if failed.errno in _FULL else ErrorKind.REQUEST_INVALID,
            source="os",
            code=errno.errorcode.get(failed.errno or 0, ""),
            message=failed.strerror or "",
            operation="keep",
            detail=words,
            retry="user",
        )
    )
