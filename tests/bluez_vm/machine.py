"""One run of the virtual machine: boots, hands the job over a virtio port, passes its output on, takes its files."""

from __future__ import annotations

import ctypes
import io
import json
import mmap
import os
import shutil
import socket
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bluez_vm import archive

GUEST = Path(__file__).parent / "guest"
KERNEL_LINE = (
    "console=ttyS0 quiet panic=-1 mitigations=off nokaslr edd=off audit=0 random.trust_cpu=on cryptomgr.notests"
    " rdinit=/init reboot=t tsc=reliable no_timer_check"
)
MEGABYTES = 1280
PIECE = 1 << 20
HELLO = 60.0  # seconds until the guest has booted, on a slow machine


class VmError(Exception):
    """The machine itself failed, not what ran in it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """`code` of the command. `seconds` of wall time, from the start of QEMU; `facts` are what the guest measured."""

    code: int
    seconds: float
    facts: Mapping[str, Any]


def run(
    kernel: Path, base: Path, job: Mapping[str, object], files: Mapping[str, Path], out: Path, *, within: float
) -> Ended:
    """Runs `job["command"]` in the guest, with `files` (name there, path here) below /job; its /out becomes `out`."""
    began = time.monotonic()
    qemu = shutil.which("qemu-system-x86_64")
    if qemu is None:
        raise VmError("qemu-system-x86_64 is not installed (Debian: apt install qemu-system-x86)")
    with tempfile.TemporaryDirectory(prefix="bluez-vm-") as name, socket.socket(socket.AF_UNIX) as door:
        folder = Path(name)
        initrd, console = _initrd(base, folder), folder / "console"
        door.bind(str(folder / "port"))
        door.listen(1)
        arguments = _arguments(qemu, kernel, initrd, folder / "port", console)
        with subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            try:
                facts = _talk(door, job, files, out, began + within)
            except (OSError, EOFError) as error:
                process.kill()
                said = console.read_text(errors="replace")[-2000:] if console.exists() else ""
                words = (process.communicate()[1] or b"").decode(errors="replace")
                raise VmError(f"the guest was lost ({error!r}) {words}\n{said}") from error
            finally:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(3)
                process.kill()
    code: int = facts["code"]
    if facts.get("error"):
        raise VmError(str(facts["error"]))
    return Ended(code, time.monotonic() - began, facts)


def _initrd(base: Path, folder: Path) -> Path:
    """The base and, behind it, the guest's own programs: an edit of these needs no new base."""
    own, whole = folder / "own", folder / "initrd"
    shutil.copytree(GUEST, own / "opt/guest", ignore=shutil.ignore_patterns("__pycache__"))
    (own / "init").write_bytes((GUEST / "init").read_bytes())
    (own / "init").chmod(0o755)
    shutil.copy(base, whole)
    with whole.open("ab") as out:
        archive.write(own, out)
    return whole


def _arguments(qemu: str, kernel: Path, initrd: Path, port: Path, console: Path) -> list[str]:
    """BLUEVM_ACCEL=kvm where KVM really works: nested in some clouds it opens and then fails."""
    kvm = os.environ.get("BLUEVM_ACCEL") == "kvm"
    return [
        qemu, "-M", "microvm,pit=on,pic=on,rtc=on,isa-serial=on", "-accel",
        "kvm" if kvm else "tcg,thread=multi,tb-size=512", "-cpu", "host" if kvm else "max", "-smp", "2",
        "-m", str(MEGABYTES), "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-kernel", str(kernel), "-initrd", str(initrd), "-append", f"{KERNEL_LINE} tsc_early_khz={_tsc_khz()}",
        "-chardev", f"file,id=console,path={console}", "-serial", "chardev:console",
        "-chardev", f"socket,id=job,path={port}",
        "-device", "virtio-serial-device", "-device", "virtserialport,chardev=job,name=job",
    ]  # fmt: skip


def _tsc_khz() -> int:
    """The rate of this machine's time stamp counter, which the guest sees too and has nothing to measure it with."""
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes.fromhex("0f3148c1e2204809d0c3"))  # rdtsc; shl rdx, 32; or rax, rdx; ret
    counter = ctypes.CFUNCTYPE(ctypes.c_uint64)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    rates: list[float] = []
    for _ in range(5):
        began, first = time.perf_counter_ns(), counter()
        time.sleep(0.02)
        ended, last = time.perf_counter_ns(), counter()
        rates.append((last - first) * 1e6 / (ended - began))
    return round(float(sorted(rates)[2]))


# -- frames on the port: one byte of kind, four of length, the payload (guest/job.py speaks the same)


def _talk(
    door: socket.socket, job: Mapping[str, object], files: Mapping[str, Path], out: Path, end: float
) -> dict[str, Any]:
    door.settimeout(10)
    port, _ = door.accept()
    with port:
        port.settimeout(HELLO)
        kind, _ = _receive(port)
        if kind != b"H":
            raise EOFError(f"not a hello: {kind!r}")
        _send(port, b"J", json.dumps({"now": time.time(), **job}).encode())
        packed = _packed(files)
        for at in range(0, len(packed), PIECE):
            _send(port, b"T", packed[at : at + PIECE])
        _send(port, b"E")
        taken = io.BytesIO()
        while True:
            port.settimeout(max(1.0, end - time.monotonic()))
            kind, data = _receive(port)
            match kind:
                case b"O":
                    sys.stdout.buffer.write(data)
                    sys.stdout.buffer.flush()
                case b"T":
                    taken.write(data)
                case b"R":
                    _unpack(taken, out)
                    found: dict[str, Any] = json.loads(data)
                    return found


def _packed(files: Mapping[str, Path]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, path in files.items():
            tar.add(path, arcname=name, filter=lambda entry: None if "__pycache__" in entry.name else entry)
    return packed.getvalue()


def _unpack(taken: io.BytesIO, out: Path) -> None:
    taken.seek(0)
    out.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=taken) as tar:
        tar.extractall(out, filter="data")


def _send(port: socket.socket, kind: bytes, data: bytes = b"") -> None:
    port.sendall(kind + struct.pack(">I", len(data)) + data)


def _receive(port: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(port, 5)
    return head[:1], _exactly(port, struct.unpack(">I", head[1:])[0])


def _exactly(port: socket.socket, count: int) -> bytes:
    got = bytearray()
    while len(got) < count:
        piece = port.recv(min(1 << 16, count - len(got)))
        if not piece:
            raise EOFError("the port was closed")
        got += piece
    return bytes(got)
