"""A real mosquitto on loopback with a configuration of its own, and mosquitto_sub as the subscriber."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

WITHIN = 30.0  # seconds; a machine may be busy
NEEDED = ("mosquitto", "mosquitto_passwd", "mosquitto_sub", "mosquitto_pub")
PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
_MISSING = [name for name in NEEDED if shutil.which(name, path=PATH) is None]

needs_mosquitto = pytest.mark.skipif(
    bool(_MISSING) and not os.environ.get("CI"),
    reason=f"needs {', '.join(_MISSING)} (Debian: apt install mosquitto mosquitto-clients)",
)


class Said(NamedTuple):
    qos: int
    retained: bool
    topic: str
    payload: str

    @property
    def json(self) -> Any:
        return json.loads(self.payload)


class Mosquitto:
    """One broker, that can be killed and started again at the same port."""

    def __init__(self, folder: Path, lines: tuple[str, ...], users: Mapping[str, str], tls: tuple[Path, Path] | None):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.folder = folder
        self.tls = tls
        self._process: asyncio.subprocess.Process | None = None
        self._config = folder / "mosquitto.conf"
        passwords = folder / "passwords"
        for user, password in users.items():
            create = [] if passwords.exists() else ["-c"]
            subprocess.run(
                [_path("mosquitto_passwd"), "-b", *create, passwords, user, password], check=True, timeout=20
            )
        access = ["allow_anonymous false", f"password_file {passwords}"] if users else ["allow_anonymous true"]
        files = [f"certfile {tls[0]}", f"keyfile {tls[1]}"] if tls else []
        own = ["user root"] if os.geteuid() == 0 else []
        text = [f"listener {self.port} 127.0.0.1", *files, *access, *own, "persistence false", "log_dest none", *lines]
        self._config.write_text("\n".join(text) + "\n")

    async def start(self) -> None:
        """Until it answers; TLS is not needed to see that."""
        self._process = await asyncio.create_subprocess_exec(
            _path("mosquitto"), "-c", str(self._config), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        async with asyncio.timeout(WITHIN):
            while True:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                await asyncio.sleep(0.02)

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def stop(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self._process is not None and self._process.returncode is None:
            self.send(signal.SIGCONT)
            self.send(number)
            await self._process.wait()

    def client(self, name: str, *arguments: str) -> list[str]:
        return [_path(name), "-h", "127.0.0.1", "-p", str(self.port), *arguments]


def _path(name: str) -> str:
    found = shutil.which(name, path=PATH)
    assert found is not None, f"{name} is not installed"
    return found


@asynccontextmanager
async def mosquitto(
    folder: Path, *lines: str, users: Mapping[str, str] | None = None, tls: tuple[Path, Path] | None = None
) -> AsyncIterator[Mosquitto]:
    """`lines`: further lines of its configuration; `tls`: certificate and key."""
    made = Mosquitto(folder, lines, users or {}, tls)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


class Subscriber:
    """Everything that mosquitto_sub has printed."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self._news = asyncio.Event()

    async def read(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            qos, retained, topic, payload = line.decode().rstrip("\n").split(" ", 3)
            self.said.append(Said(int(qos), retained == "1", topic, payload))
            self._news.set()

    async def find(self, wanted: Callable[[Said], object], within: float = WITHIN) -> Said:
        """The first message that is wanted, as soon as it has come."""
        seen = 0
        async with asyncio.timeout(within):
            while True:
                for one in self.said[seen:]:
                    if wanted(one):
                        return one
                seen = len(self.said)
                self._news.clear()
                if seen == len(self.said):
                    await self._news.wait()

    async def on(self, topic: str, within: float = WITHIN) -> Said:
        return await self.find(lambda said: said.topic == topic, within)


@asynccontextmanager
async def subscriber(broker: Mosquitto, *arguments: str, pattern: str = "#") -> AsyncIterator[Subscriber]:
    """A mosquitto_sub that has subscribed when the block begins."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *broker.client("mosquitto_sub", "-q", "1", "-t", pattern, "-t", "ready", "-F", "%q %r %t %p", *arguments),
        stdout=pipe,
        limit=1 << 20,
    )
    assert process.stdout is not None
    heard = Subscriber()
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(heard.read(process.stdout))
        try:
            await _ready(broker, arguments, heard)
            yield heard
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
            await asyncio.wait([reading], timeout=WITHIN)


async def _ready(broker: Mosquitto, arguments: tuple[str, ...], heard: Subscriber) -> None:
    """Said again and again until the subscriber hears it."""
    async with asyncio.timeout(WITHIN):
        while not any(said.topic == "ready" for said in heard.said):
            say = broker.client("mosquitto_pub", "-t", "ready", "-m", "now", *arguments)
            saying = await asyncio.create_subprocess_exec(*say, stderr=subprocess.DEVNULL)
            await saying.wait()
            await asyncio.sleep(0.02)
    heard.said = [said for said in heard.said if said.topic != "ready"]


def authority(folder: Path, *names: str) -> tuple[tuple[Path, Path], Path, bytes]:
    """A certificate with its key, the authority that issued it, and the certificate in DER."""
    import trustme

    issuer = trustme.CA()
    issued = issuer.issue_cert(*names)
    chain, key, ca = folder / "chain.pem", folder / "key.pem", folder / "ca.pem"
    issued.cert_chain_pems[0].write_to_path(chain)
    issued.private_key_pem.write_to_path(key)
    issuer.cert_pem.write_to_path(ca)
    return (chain, key), ca, ssl.PEM_cert_to_DER_cert(chain.read_text())
