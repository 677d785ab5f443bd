"""Credentials by reference: where each one is, and how it is fetched at the moment it is needed. None is kept."""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bletui.config.places import at_home
from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.text import bounded, visible

PREFIX = "BLETUI_SECRET_"
SIZE_MAX = 65_536  # bytes of a credential
WITHIN = 10.0  # seconds that a command has, where nothing else is said


@dataclass(frozen=True, slots=True)
class Variable:
    """The environment variable of that name."""

    name: str


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A file that nobody but its owner may read; the owner is this user or root."""

    path: str


@dataclass(frozen=True, slots=True)
class Command:
    """What a command prints, without a shell and without a terminal, within `within` seconds."""

    argv: tuple[str, ...] = field(repr=False)  # arguments may be private
    within: float = WITHIN


@dataclass(frozen=True, slots=True)
class SystemdCredential:
    """A file of that name in `$CREDENTIALS_DIRECTORY`."""

    name: str


Reference = Variable | SecretFile | Command | SystemdCredential


def words(reference: Reference) -> str:
    """Where a credential is, in words that hold nothing of it: of a command the program alone."""
    match reference:
        case Variable(name):
            return f"environment variable {visible(name)}"
        case SecretFile(path):
            return f"file {visible(path)}"
        case Command(argv, within):
            return f"command {visible(argv[0])}, {within:g} s"
        case SystemdCredential(name):
            return f"systemd credential {visible(name)}"


def secret(name: str, *, environ: Mapping[str, str], references: Mapping[str, Reference] | None = None) -> str:
    """The credential called `name`: the environment's, else the one that the file refers to, else systemd's.

    Blocks while a command runs. Raises `BleError` (`auth.refused`) that says where it was looked for.
    """
    variable = _variable(name)
    if value := environ.get(variable):
        return value
    if file := environ.get(f"{variable}_FILE"):
        return _of_file(name, at_home(file, environ))
    if reference := (references or {}).get(name):
        return _fetched(name, reference, environ)
    if environ.get("CREDENTIALS_DIRECTORY") and "/" not in name and _in_folder(f"bletui.{name}", environ).is_file():
        return _of_systemd(name, f"bletui.{name}", environ)
    raise refused(name, f"set {variable} or {variable}_FILE, or name it under [credentials] (docs/config.md)")


def _variable(name: str) -> str:
    return PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())


def configured_elsewhere(name: str, environ: Mapping[str, str]) -> bool:
    """Whether a credential is there without the file: in the environment, or systemd's."""
    variable = _variable(name)
    if environ.get(variable) or environ.get(f"{variable}_FILE"):
        return True
    return (
        bool(environ.get("CREDENTIALS_DIRECTORY"))
        and "/" not in name
        and _in_folder(f"bletui.{name}", environ).is_file()
    )


def missing(reference: Reference, environ: Mapping[str, str]) -> str:
    """Why a credential is not where it is said to be, as far as that shows without reading or running anything; "": it
    may well be."""
    match reference:
        case Variable(name):
            return "" if environ.get(name) else f"the environment has no {name}"
        case SecretFile(path):
            return _unreadable(at_home(path, environ), private=True)
        case Command(argv, _):
            found = shutil.which(argv[0], path=environ.get("PATH"))
            return "" if found else f"there is no program {visible(argv[0])}"
        case SystemdCredential(name):
            if not environ.get("CREDENTIALS_DIRECTORY"):
                return "no CREDENTIALS_DIRECTORY: only a unit with LoadCredential= has it"
            return _unreadable(_in_folder(name, environ), private=False)


def _unreadable(path: Path, *, private: bool) -> str:
    try:
        why = _unfit(path.stat(), private=private)
    except (OSError, ValueError) as cannot:
        why = getattr(cannot, "strerror", None) or str(cannot)
    return f"{path}: {why}" if why else ""


def refused(name: str, detail: str) -> BleError:
    said = bounded(visible(f"no credential named {name!r}: {detail}"), 300)
    return BleError(Failure(kind=ErrorKind.AUTH_REFUSED, operation="credential", detail=said))


def _fetched(name: str, reference: Reference, environ: Mapping[str, str]) -> str:
    match reference:
        case Variable(variable):
            if value := environ.get(variable):
                return value
            raise refused(name, f"the environment has no {variable}")
        case SecretFile(path):
            return _of_file(name, at_home(path, environ))
        case Command(argv, within):
            from bletui.config.commanded import printed

            return _text(name, printed(name, argv, within, environ), f"what {argv[0]} printed")
        case SystemdCredential(credential):
            return _of_systemd(name, credential, environ)


def _in_folder(credential: str, environ: Mapping[str, str]) -> Path:
    return Path(environ["CREDENTIALS_DIRECTORY"], credential)


def _of_systemd(name: str, credential: str, environ: Mapping[str, str]) -> str:
    """Its folder is private to the service, so that modes are systemd's affair."""
    if not environ.get("CREDENTIALS_DIRECTORY"):
        raise refused(name, f"no CREDENTIALS_DIRECTORY: a unit says LoadCredential={credential}:/path")
    return _content(name, _in_folder(credential, environ), private=False)


def _of_file(name: str, path: Path) -> str:
    return _content(name, path, private=True)


def _content(name: str, path: Path, *, private: bool) -> str:
    try:
        read, why = _read(path, private=private)
    except (OSError, ValueError) as unreadable:  # ValueError: a NUL in the path
        why = getattr(unreadable, "strerror", None) or str(unreadable)
        raise refused(name, f"{path}: {why}") from unreadable
    if why:
        raise refused(name, f"{path} {why}")
    return _text(name, read, str(path))


def _read(path: Path, *, private: bool) -> tuple[bytes, str]:
    """The content, or why it can't be trusted; the very file that is looked at is read."""
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a FIFO must not hold us up
    try:
        why = _unfit(os.fstat(number), private=private)
        return (b"" if why else os.read(number, SIZE_MAX + 1)), why
    finally:
        os.close(number)


def _unfit(found: os.stat_result, *, private: bool) -> str:
    """Why a file can't be trusted with a secret; "": it can."""
    if not stat.S_ISREG(found.st_mode):
        return "is no plain file"
    if not private or os.name != "posix":
        return ""
    if found.st_uid not in (os.geteuid(), 0):
        return f"belongs to user {found.st_uid}, not to you: chown it, or copy it"
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return f"is open to others (mode {stat.S_IMODE(found.st_mode):04o}): chmod 600"
    return ""


def _text(name: str, content: bytes, source: str) -> str:
    if len(content) > SIZE_MAX:
        raise refused(name, f"{source} is longer than {SIZE_MAX} bytes")
    try:
        found = content.decode("utf-8").strip()
    except UnicodeDecodeError:  # its text would quote the bytes
        raise refused(name, f"{source} is no text in UTF-8: {os.strerror(errno.EILSEQ)}") from None
    if not found:
        raise refused(name, f"{source} is empty")
    return found
