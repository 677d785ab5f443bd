"""Waits for one job on the virtio port, runs it beside bluetoothd and the virtual air, and sends back what came of it.

Frames, both ways: one byte of kind, four of big-endian length, the payload. From the host: J (the job as JSON), T
(files as tar, in pieces), E (go). To the host: H (ready), O (output), T (/out as tar), R (the end as JSON).
"""

from __future__ import annotations

import io
import json
import os
import platform
import signal
import struct
import subprocess
import tarfile
import threading
import time
from pathlib import Path
from typing import Any

READY = Path("/run/air.ready")
LOGS = (Path("/var/log/bluetoothd.log"), Path("/var/log/air.log"))
BLUETOOTHD = "/usr/libexec/bluetooth/bluetoothd"
PYTHON = "/opt/venv/bin/python"
AIR_WITHIN = 120.0


class Port:
    """The host's end of the job."""

    def __init__(self) -> None:
        self._file = os.open(self._path(), os.O_RDWR)

    @staticmethod
    def _path() -> str:
        for _ in range(500):
            if found := list(Path("/dev").glob("vport*p1")):
                return str(found[0])
            time.sleep(0.02)
        raise SystemExit("no virtio port")

    def send(self, kind: bytes, data: bytes = b"") -> None:
        left = memoryview(kind + struct.pack(">I", len(data)) + data)
        while left:
            left = left[os.write(self._file, left[:65536]) :]

    def receive(self) -> tuple[bytes, bytes]:
        head = self._exactly(5)
        return head[:1], self._exactly(struct.unpack(">I", head[1:])[0])

    def _exactly(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            piece = os.read(self._file, min(65536, count - len(got)))
            got += piece
            if not piece:
                time.sleep(0.02)  # the host has not opened its end yet
        return got


def receive(port: Port) -> dict[str, Any]:
    """The job; its files are below /job then."""
    job: dict[str, Any] = {}
    files = io.BytesIO()
    while True:
        kind, data = port.receive()
        match kind:
            case b"J":
                job = json.loads(data)
            case b"T":
                files.write(data)
            case b"E":
                break
    time.clock_settime(time.CLOCK_REALTIME, job["now"])
    files.seek(0)
    with tarfile.open(fileobj=files) as tar:
        tar.extractall("/job")
    return job


def start(arguments: list[str]) -> None:
    """bluetoothd (`-E`: its experimental interfaces too) and the air; returns when every adapter is powered."""
    with LOGS[0].open("wb") as log:
        subprocess.Popen([BLUETOOTHD, "-n", "-E"], stdout=log, stderr=subprocess.STDOUT)
    with LOGS[1].open("wb") as log:
        air = subprocess.Popen(
            [PYTHON, "-m", "tests.bluez_vm.air", *arguments], cwd="/job", stdout=log, stderr=subprocess.STDOUT
        )
    end = time.monotonic() + AIR_WITHIN
    while not READY.exists():
        if air.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the virtual air did not start: {LOGS[1].read_text()[-3000:]}")
        time.sleep(0.05)


def run(port: Port, job: dict[str, Any]) -> int:
    """Runs the command; its code, or 124 where it took longer than it may."""
    environment = os.environ | {"PYTHONPATH": "/job"}
    command = ["/bin/bash", "-c", job["command"]]
    pipe, late = subprocess.PIPE, threading.Event()
    with subprocess.Popen(
        command, cwd="/job", env=environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:  # fmt: skip

        def end() -> None:
            late.set()
            os.killpg(process.pid, signal.SIGKILL)

        alarm = threading.Timer(job["within"], end)
        alarm.start()
        assert process.stdout is not None
        while piece := os.read(process.stdout.fileno(), 65536):
            port.send(b"O", piece)
        code = process.wait()
        alarm.cancel()
    return 124 if late.is_set() else code


def facts() -> dict[str, str]:
    version = subprocess.run([BLUETOOTHD, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return {"kernel": platform.release(), "bluez": version, "python": platform.python_version()}


def send_files(port: Port) -> None:
    logs = Path("/out/vm")
    logs.mkdir(parents=True, exist_ok=True)
    for log in LOGS:
        if log.exists():
            (logs / log.name).write_bytes(log.read_bytes())
    (logs / "dmesg").write_bytes(subprocess.run(["/bin/busybox", "dmesg"], capture_output=True, check=False).stdout)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add("/out", arcname=".")
    for at in range(0, len(packed.getvalue()), 1 << 20):
        port.send(b"T", packed.getvalue()[at : at + (1 << 20)])


def main() -> None:
    port = Port()
    port.send(b"H")
    job = receive(port)
    ended: dict[str, Any] = {"code": 125}
    try:
        start(job["air"])
        ended |= facts() | {"code": run(port, job)}
    except Exception as error:  # told to the host, which alone can show it
        ended["error"] = f"{type(error).__name__}: {error}"
    send_files(port)
    port.send(b"R", json.dumps(ended).encode())
    time.sleep(0.3)  # the port's last bytes are still on their way
    subprocess.run(["/bin/busybox", "reboot", "-f"], check=False)


if __name__ == "__main__":
    main()
