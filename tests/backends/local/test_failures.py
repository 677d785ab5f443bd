"""What bluetoothd and the bus answer, provoked on the private bus, ends in the kind that the vocabulary asks for."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from bletui.backends.local.patience import Patience
from bletui.failure import ErrorKind
from bletui.testing.fakebluez import FakeBluez, Fault
from tests.backends.local.told import BARE, SOON, opened

QUICK = Patience(answer=1.0, start=0.2, goodbye=0.2, end=0.4)

STARTS = [
    ("org.bluez.Error.NotReady", "Resource Not Ready", ErrorKind.ADAPTER_OFF),
    ("org.bluez.Error.Blocked", "Blocked through rfkill", ErrorKind.ADAPTER_OFF),
    ("org.bluez.Error.InProgress", "Operation already in progress", ErrorKind.BUSY_CHIP),
    ("org.bluez.Error.Busy", "Busy", ErrorKind.BUSY_CHIP),
    ("org.bluez.Error.Failed", "Input/output error", ErrorKind.ADAPTER_FAULT),
    ("org.bluez.Error.Failed", "No such device", ErrorKind.ADAPTER_MISSING),
    ("org.bluez.Error.Failed", "something else went wrong", ErrorKind.OTHER_UNSPECIFIED),
    ("org.bluez.Error.NotAuthorized", "Operation Not Authorized", ErrorKind.SECURITY_NOT_AUTHORIZED),
    ("org.bluez.Error.NotSupported", "Operation is not supported", ErrorKind.OP_UNSUPPORTED),
    ("org.bluez.Error.InvalidArguments", "Invalid arguments in method call", ErrorKind.REQUEST_INVALID),
    ("org.freedesktop.DBus.Error.NoReply", "Did not receive a reply", ErrorKind.ADAPTER_FAULT),
    ("org.freedesktop.DBus.Error.NoMemory", "Out of memory", ErrorKind.BUSY_CAPACITY),
    ("org.freedesktop.DBus.Error.AccessDenied", "Rejected send message", ErrorKind.ADAPTER_DENIED),
]


@pytest.mark.parametrize(("name", "text", "kind"), STARTS, ids=[f"{row[0]}-{row[2].value}" for row in STARTS])
async def test_a_refused_start(fake: FakeBluez, name: str, text: str, kind: ErrorKind) -> None:
    fake.inject(Fault(member="StartDiscovery", error=(name, text)))
    async with opened() as (_, told):
        failure = await told.broken()
    assert (failure.kind, failure.code, failure.message) == (kind, name, text)
    assert (failure.operation, failure.radio, failure.lane) == ("scan", "local", "local/00:1A:7D:DA:71:13")


async def test_a_busy_adapter_is_tried_again_until_it_scans(fake: FakeBluez) -> None:
    fake.inject(Fault(member="SetDiscoveryFilter", error=("org.bluez.Error.Failed", "Input/output error"), times=1))
    async with opened() as (_, told):
        changed = await told.stream("broken")
        assert changed.retry_at is not None
        assert 0 < changed.retry_at - changed.at < 1
        await told.stream("live")


async def test_what_cannot_succeed_is_not_tried_again(fake: FakeBluez) -> None:
    fake.inject(Fault(member="StartDiscovery", error=("org.bluez.Error.NotSupported", "Operation is not supported")))
    async with opened() as (_, told):
        assert (await told.stream("broken")).retry_at is None


async def test_a_start_without_an_answer_is_a_failure_and_may_still_come(fake: FakeBluez) -> None:
    fake.inject(Fault(member="StartDiscovery", delay=0.5, times=1))
    async with opened(patience=QUICK) as (_, told):
        failure = await told.broken()
        assert failure.kind is ErrorKind.ADAPTER_FAULT
        assert failure.code == "org.freedesktop.DBus.Error.NoReply"
        assert failure.message == "StartDiscovery: no reply within 0.2 s"
        await told.stream("live")
        assert [call.member for call in fake.calls].count("StartDiscovery") == 1


async def test_a_hung_bluetoothd_that_dies_at_last(fake: FakeBluez) -> None:
    fake.inject(Fault(member="StartDiscovery", hang=True, times=1))
    async with opened(patience=QUICK) as (_, told):
        assert (await told.broken()).kind is ErrorKind.ADAPTER_FAULT
        await fake.crash()
        assert (await told.broken(None)).kind is ErrorKind.ADAPTER_MISSING
        await fake.start()
        await told.stream("live")


async def test_closing_does_not_wait_for_a_hung_bluetoothd(fake: FakeBluez) -> None:
    fake.inject(Fault(member="StartDiscovery", hang=True))
    loop = asyncio.get_running_loop()
    async with opened(patience=replace(QUICK, start=60.0)) as (_, told):
        await told.stream("opening")
        began = loop.time()
    assert loop.time() - began < QUICK.end + SOON


STOPS = [
    (Fault(member="StopDiscovery", error=("org.bluez.Error.Failed", "No discovery started")), None),
    (Fault(member="StopDiscovery", error=("org.bluez.Error.Failed", "Input/output error")), ErrorKind.ADAPTER_FAULT),
    (Fault(member="StopDiscovery", hang=True), ErrorKind.ADAPTER_FAULT),
]


@pytest.mark.parametrize(("fault", "kind"), STOPS, ids=["already over", "refused", "hangs"])
async def test_a_stop_that_fails_is_shown_unless_it_was_over_already(
    fake: FakeBluez, fault: Fault, kind: ErrorKind | None
) -> None:
    async with opened(patience=QUICK) as (backend, told):
        await told.stream("live")
        fake.inject(fault)
        backend.scan(None)
        failure = (await told.stream("off")).failure
        assert (failure and failure.kind) == kind


DENY = '<policy context="mandatory"><deny send_destination="org.bluez"/></policy>'
DENY_START = (
    '<policy context="mandatory"><deny send_destination="org.bluez" send_interface="org.bluez.Adapter1"'
    ' send_member="StartDiscovery"/></policy>'
)


async def test_denied_by_a_policy_until_the_policy_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeBluez(policy=DENY) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        async with opened() as (_, told):
            changed = await told.stream("broken", None)
            assert changed.failure is not None
            assert changed.failure.kind is ErrorKind.ADAPTER_DENIED
            assert changed.failure.code == "org.freedesktop.DBus.Error.AccessDenied"
            assert changed.retry_at is not None
            fake.bus.reload("")
            await told.stream("live")


async def test_a_denial_names_the_group_that_the_policy_file_admits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "etc/dbus-1/system.d"
    folder.mkdir(parents=True)
    file = folder / "bluetooth.conf"
    file.write_text(
        '<busconfig><policy group="bluetooth"><allow send_destination="org.bluez"/></policy>'
        '<policy context="default"><deny send_destination="org.bluez"/></policy></busconfig>'
    )
    async with FakeBluez(policy=DENY) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        async with opened(machine=replace(BARE, root=tmp_path, environ={"SSH_CONNECTION": "x"})) as (_, told):
            failure = await told.broken(None)
    assert failure.detail == f"{file} denies it for default; members of bluetooth may"
    assert dict(failure.evidence) == {"ssh": "yes", "policy": "restricted", "group": "bluetooth"}


async def test_one_denied_call_breaks_the_lane_and_not_the_radio(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeBluez(policy=DENY_START) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        async with opened() as (_, told):
            assert (await told.broken()).kind is ErrorKind.ADAPTER_DENIED
            assert told.last(None) is None


async def test_a_bus_that_answers_no_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A socket where something listens and nobody speaks D-Bus."""
    path = tmp_path / "socket"
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={path}")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen()
        async with opened(patience=Patience(look=0.1, answer=0.2)) as (_, told):
            failure = await told.broken(None)
    assert (failure.kind, failure.message) == (ErrorKind.ADAPTER_FAULT, "Hello: no reply within 0.2 s")


async def _turn_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b"REJECTED EXTERNAL\r\n")
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def test_a_bus_that_turns_the_user_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    server = await asyncio.start_unix_server(_turn_away, path)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={path}")
    async with server, opened() as (_, told):
        failure = await told.broken(None)
    assert failure.kind is ErrorKind.ADAPTER_DENIED
    assert "REJECTED" in failure.message


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("unix:path=/nonexistent/socket", "FileNotFoundError"),
        ("carrier:pigeon=1", "dbus_fast.errors.InvalidAddressError"),
    ],
)
async def test_an_address_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch, address: str, code: str) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    async with opened() as (_, told):
        failure = await told.broken(None)
    assert (failure.kind, failure.code) == (ErrorKind.ADAPTER_MISSING, code)
    assert failure.detail == f"the system bus at {address}"


async def test_a_stale_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with FakeBluez() as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        await fake.crash()
        await fake.bus.stop()
        async with opened() as (_, told):
            failure = await told.broken(None)
    assert (failure.kind, failure.code) == (ErrorKind.ADAPTER_MISSING, "ConnectionRefusedError")
