"""A private D-Bus: one `dbus-daemon` process with its own socket, which can be stopped and started again."""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
from pathlib import Path
from types import TracebackType

# The rules of a real system bus in small: talking is allowed unless the given policy forbids it.
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow eavesdrop="true"/>
  </policy>
  <servicedir>{services}</servicedir>
  {policy}
</busconfig>
"""


class PrivateBus:
    """`async with PrivateBus() as bus:` then `bus.address`, for `DBUS_SYSTEM_BUS_ADDRESS`.

    `policy` is XML put behind the default policy, as `<policy context="mandatory"><deny …/></policy>`. `startable`: a
    call to org.bluez while nobody owns it starts a program, which leaves the file `started` behind and fails.
    """

    def __init__(self, policy: str = "", *, startable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bletui-bus-"))
        self.socket = self.folder / "socket"
        self.address = f"unix:path={self.socket}"
        self.config = self.folder / "bus.conf"
        self.log = self.folder / "bus.log"
        self.started = self.folder / "started"
        services = self.folder / "services"
        services.mkdir()
        if startable:
            starter = f"/bin/sh -c 'touch {self.started}; exit 1'"
            (services / "org.bluez.service").write_text(f"[D-BUS Service]\nName=org.bluez\nExec={starter}\nUser=root\n")
        self._configure(policy)
        self._daemon: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns when the socket accepts connections. FileNotFoundError: there is no `dbus-daemon` here."""
        self.socket.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            daemon = await asyncio.create_subprocess_exec(
                "dbus-daemon", f"--config-file={self.config}", "--nofork", "--nopidfile", "--nosyslog",
                "--print-address=1", stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        self._daemon = daemon
        assert daemon.stdout is not None
        async with asyncio.timeout(10):
            if not await daemon.stdout.readline():  # printed once the socket listens
                raise RuntimeError(f"dbus-daemon ended with {await daemon.wait()}: {self.log.read_text()}")

    async def stop(self) -> None:
        """Kills the daemon; its socket file stays behind, as after a crash."""
        if self._daemon is None:
            return
        daemon, self._daemon = self._daemon, None
        if daemon.returncode is None:
            daemon.kill()
        await daemon.wait()
        daemon._transport.close()  # type: ignore[attr-defined]  # else the pipe is closed by the collector, with a warning

    def reload(self, policy: str) -> None:
        """Writes another policy and has the daemon read it (SIGHUP)."""
        assert self._daemon is not None
        self._configure(policy)
        self._daemon.send_signal(signal.SIGHUP)

    def _configure(self, policy: str) -> None:
        services = self.folder / "services"
        self.config.write_text(_CONFIG.format(socket=self.socket, services=services, policy=policy))

    async def __aenter__(self) -> PrivateBus:
        try:
            await self.start()
        except BaseException:  # cancelled too: nobody would end the daemon
            await self.stop()
            shutil.rmtree(self.folder)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        shutil.rmtree(self.folder)
