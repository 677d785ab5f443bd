"""What the guest is made of: Debian's packages and kernel, fetched by apt as an ordinary user, and Python's."""

from __future__ import annotations

import lzma
import os
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

# 6.1.0-56 (6.1.192) once hit "kernel BUG at lib/list_debug.c" in hci_chan_del as a link closed: bluetoothd was gone.
KERNEL = "linux-image-6.1.0-50-amd64"
PACKAGES = (
    "bluez", "bluez-test-tools", "dbus-daemon", "dbus-bin", "python3.11-minimal", "libpython3.11-stdlib", "kmod",
    "busybox-static", "bash", "coreutils",
)  # fmt: skip
# What these pull in and a guest without an init system does not need.
NOT_NEEDED = re.compile(
    "(perl|libperl|lib(file|number|text)-.*perl|perl-|udev|dpkg|adduser|debconf|usrmerge|passwd|gcc-|init-system"
    "|sysvinit|lsb-|libpam|libaudit-common|libsemanage|libsepol|mawk|debianutils|media-types|libasound2-data|base-files"
    "|libdb5|libgdbm|dbus_|readline-common|libkrb5|libgssapi|libk5|libtirpc|libnsl2|tar_|linux-image)"
)
LEFT_OUT = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "usr/share/zoneinfo")
PYTHON_PACKAGES = ("bleak==3.1.0", "bumble==0.0.236", "msgpack==1.1.2", "pytest>=9", "pytest-asyncio>=1.3")
_PLATFORMS = ("manylinux_2_36", "manylinux_2_34", "manylinux_2_31", "manylinux_2_28", "manylinux_2_17", "manylinux1")


def packages(cache: Path) -> list[Path]:
    """The packages and all they depend on, as .deb files; downloaded once."""
    folder = cache / "debs"
    if not list(folder.glob("bluez_*.deb")):
        (folder / "partial").mkdir(parents=True, exist_ok=True)
        nothing_installed = cache / "status"
        nothing_installed.touch()
        _run(
            "apt-get", *_as_user(), "-o", f"Dir::State::status={nothing_installed}",
            "-o", f"Dir::Cache::archives={folder}", "--no-install-recommends", "-qq", "-y", "-d", "install", *PACKAGES,
        )  # fmt: skip
    return [deb for deb in sorted(folder.glob("*.deb")) if not NOT_NEEDED.match(deb.name)]


def kernel(cache: Path) -> Path:
    """The unpacked kernel package: `boot` and `lib/modules`."""
    folder, debs = cache / "kernel", cache / "debs"
    if not list(debs.glob(f"{KERNEL}_*.deb")):
        debs.mkdir(parents=True, exist_ok=True)
        _run("apt-get", *_as_user(), "-qq", "download", KERNEL, cwd=debs)
    folder.mkdir(exist_ok=True)
    _run("dpkg-deb", "-x", str(sorted(debs.glob(f"{KERNEL}_*.deb"))[-1]), str(folder))
    return folder


def unpack(deb: Path, root: Path) -> None:
    """Lays a package's files out below `root`, without documentation."""
    left_out = [f"--exclude=./{folder}" for folder in LEFT_OUT]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as package:
        tar = ["tar", "-x", "--keep-directory-symlink", "--no-same-owner", "-C", str(root), *left_out]
        subprocess.run(tar, stdin=package.stdout, check=True)


def python_packages(site: Path) -> None:
    """Installs the guest's Python packages as wheels for its Python 3.11."""
    platforms = [word for name in _PLATFORMS for word in ("--platform", f"{name}_x86_64")]
    abis = [word for name in ("cp311", "abi3", "none") for word in ("--abi", name)]
    shutil.rmtree(site, ignore_errors=True)
    _run(
        sys.executable, "-m", "pip", "-qq", "install", "--no-compile", "--target", str(site), "--python-version",
        "3.11", "--implementation", "cp", *abis, *platforms, "--platform", "any", "--only-binary=:all:",
        *PYTHON_PACKAGES,
    )  # fmt: skip


def elf(compressed: Path) -> bytes:
    """The kernel's ELF file inside bzImage: it boots without a BIOS and without decompressing itself."""
    data = compressed.read_bytes()
    methods: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
        (b"\xfd7zXZ\x00", lambda part: lzma.LZMADecompressor().decompress(part)),
        (b"\x1f\x8b\x08", lambda part: zlib.decompressobj(31).decompress(part)),
    )
    for magic, method in methods:
        at = data.find(magic)
        while at >= 0:
            try:
                found = method(data[at:])
            except (lzma.LZMAError, zlib.error):
                found = b""  # the magic's bytes stand there by chance
            if found.startswith(b"\x7fELF"):
                return found
            at = data.find(magic, at + 1)
    raise SystemExit(f"no ELF in {compressed}")


def _as_user() -> Sequence[str]:
    return ("-o", f"APT::Sandbox::User={os.environ.get('USER') or 'root'}", "-o", "Debug::NoLocking=1")


def _run(*command: str, cwd: Path | None = None) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=cwd)
