"""The doctor's ladder in broken situations, each made for real."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bletui.backends.local.ladder import climb, version
from bletui.backends.local.machine import Machine
from bletui.backends.local.options import options
from bletui.backends.local.patience import Patience
from bletui.failure import ErrorKind
from bletui.model import Rung
from bletui.target import parse
from bletui.testing.fakebluez import AdapterSpec, Advert, FakeBluez, Fault
from tests.backends.local.sysfs import rfkill
from tests.backends.local.told import BARE, ENV
from tests.testing.fakebluez.client import connected

USUAL = Patience()
STEPS = ["bus socket", "org.bluez", "controller", "rfkill", "powered", "permitted", "BlueZ", "other scanners", "hears"]


async def ladder(
    target: str = "local:", machine: Machine = BARE, patience: Patience = USUAL, listen: float = 5.0
) -> dict[str, Rung]:
    found = [rung async for rung in climb(options(parse(target)), ENV, machine, patience, listen)]
    assert [rung.name for rung in found] == [*STEPS, "surroundings"]
    return {rung.name: rung for rung in found}


def broken(rungs: dict[str, Rung]) -> tuple[str, ErrorKind]:
    """The first rung that failed, and its kind; all after it are skipped and say why."""
    names = list(rungs)
    first = next(name for name in names if rungs[name].state == "fail")
    failure = rungs[first].failure
    assert failure is not None
    assert ("rung", first) in failure.evidence
    for name in names[names.index(first) + 1 : -1]:
        assert (rungs[name].state, rungs[name].evidence) == ("skipped", f"skipped: {first} comes first")
    return first, failure.kind


@contextmanager
def air(fake: FakeBluez) -> Iterator[None]:
    """A device that advertises whenever the loop turns."""
    loop = asyncio.get_running_loop()
    handle: asyncio.TimerHandle

    def packet() -> None:
        nonlocal handle
        for adapter in fake.adapters.values():
            adapter.hear(Advert(address="C0:00:00:00:00:01", rssi=-61))
        handle = loop.call_later(0.02, packet)

    packet()
    try:
        yield
    finally:
        handle.cancel()


async def test_all_is_well(fake: FakeBluez, tmp_path: Path) -> None:
    rfkill(tmp_path, "rfkill0", type="bluetooth", name="hci0", soft="0", hard="0")
    with air(fake):
        rungs = await ladder(machine=replace(BARE, root=tmp_path))
    assert [rung.state for rung in rungs.values()] == ["ok"] * 10
    assert fake.address in rungs["bus socket"].evidence
    assert "owned by :1." in rungs["org.bluez"].evidence
    assert "hci0 00:1A:7D:DA:71:13 (central+peripheral)" in rungs["controller"].evidence
    assert "rfkill0 hci0 unblocked" in rungs["rfkill"].evidence
    assert "GetManagedObjects to ann" in rungs["permitted"].evidence
    assert "passive scan on hci0" in rungs["BlueZ"].evidence
    assert "the first at -61 dBm" in rungs["hears"].evidence
    assert all(rung.evidence.endswith(" ms") for rung in list(rungs.values())[:-1])
    assert not fake.adapters["hci0"].scanners


async def test_no_bus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".dockerenv").touch()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    rungs = await ladder(machine=replace(BARE, root=tmp_path, environ={"SSH_CONNECTION": "a b c d"}))
    assert broken(rungs) == ("bus socket", ErrorKind.ADAPTER_MISSING)
    assert rungs["bus socket"].evidence.startswith(
        "the system bus at unix:path=/nonexistent/bus: [Errno 2] No such file or directory, "
    )
    failure = rungs["bus socket"].failure
    assert failure is not None
    assert dict(failure.evidence) == {"ssh": "yes", "container": "docker", "rung": "bus socket"}
    assert rungs["surroundings"].evidence.startswith("in a docker container")
    assert "over SSH" in rungs["surroundings"].evidence


async def test_no_bluetoothd(fake: FakeBluez) -> None:
    await fake.crash()
    assert broken(await ladder()) == ("org.bluez", ErrorKind.ADAPTER_MISSING)


async def test_a_bluetoothd_that_the_bus_would_start_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeBluez(startable=True) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        await fake.crash()
        rungs = await ladder()
        assert rungs["org.bluez"].state == "warn"
        assert rungs["controller"].evidence == "skipped: org.bluez comes first"
        assert not fake.bus.started.exists()


async def test_no_controller_and_what_the_kernel_sees(fake: FakeBluez, tmp_path: Path) -> None:
    fake.unplug("hci0")
    (tmp_path / "sys/class/bluetooth/hci0").mkdir(parents=True)
    rungs = await ladder(machine=replace(BARE, root=tmp_path))
    assert broken(rungs) == ("controller", ErrorKind.ADAPTER_MISSING)
    assert rungs["controller"].evidence.startswith("BlueZ knows no adapter; the kernel has hci0")


async def test_another_adapter_than_the_one_named(fake: FakeBluez) -> None:
    rungs = await ladder("local:hci9")
    assert broken(rungs) == ("controller", ErrorKind.ADAPTER_MISSING)
    assert "there is no adapter hci9; there are: hci0" in rungs["controller"].evidence


async def test_a_controller_without_low_energy(fake: FakeBluez) -> None:
    fake.unplug("hci0")
    fake.plug(AdapterSpec(roles=()))
    assert broken(await ladder()) == ("controller", ErrorKind.ADAPTER_MISSING)


async def test_blocked(fake: FakeBluez, tmp_path: Path) -> None:
    rfkill(tmp_path, "rfkill0", type="bluetooth", name="hci0", soft="0", hard="1")
    rungs = await ladder(machine=replace(BARE, root=tmp_path))
    assert broken(rungs) == ("rfkill", ErrorKind.ADAPTER_OFF)
    failure = rungs["rfkill"].failure
    assert failure is not None
    assert {"adapter": "hci0", "rfkill": "hard"}.items() <= dict(failure.evidence).items()


async def test_powered_off(fake: FakeBluez) -> None:
    fake.adapters["hci0"].set_powered(False)
    assert broken(await ladder()) == ("powered", ErrorKind.ADAPTER_OFF)


async def test_one_of_two_adapters_off(fake: FakeBluez) -> None:
    fake.plug(AdapterSpec(name="hci1", address="00:1A:7D:DA:71:14", powered=False))
    with air(fake):
        rungs = await ladder()
    assert (rungs["powered"].state, rungs["hears"].state) == ("warn", "ok")
    assert rungs["powered"].evidence.startswith("hci0 on, hci1 off")


async def test_denied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sys/class/bluetooth/hci0").mkdir(parents=True)
    policy = '<policy context="mandatory"><deny send_destination="org.bluez"/></policy>'
    (tmp_path / "etc/dbus-1/system.d").mkdir(parents=True)
    (tmp_path / "etc/dbus-1/system.d/bluetooth.conf").write_text(f"<busconfig>{policy}</busconfig>")
    async with FakeBluez(policy=policy) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        rungs = await ladder(machine=replace(BARE, root=tmp_path))
    assert broken(rungs) == ("permitted", ErrorKind.ADAPTER_DENIED)
    assert rungs["controller"].evidence.startswith("BlueZ refuses to be asked; the kernel has hci0")
    assert "bluetooth.conf denies it for mandatory" in rungs["permitted"].evidence


async def test_another_program_scans(fake: FakeBluez) -> None:
    async with connected(fake.address) as other:
        await other.call("StartDiscovery")
        with air(fake):
            rungs = await ladder()
    assert rungs["other scanners"].state == "warn"
    assert "another program scans on hci0" in rungs["other scanners"].evidence


async def test_silence(fake: FakeBluez) -> None:
    rungs = await ladder(listen=0.1)
    assert broken(rungs) == ("hears", ErrorKind.LINK_NOT_SEEN)
    assert "hci0 heard nothing for 0.1 s" in rungs["hears"].evidence


async def test_a_scan_that_is_refused_or_hangs(fake: FakeBluez) -> None:
    fake.inject(Fault(member="StartDiscovery", error=("org.bluez.Error.InProgress", "Operation already in progress")))
    assert broken(await ladder()) == ("hears", ErrorKind.BUSY_CHIP)
    fake.mend()
    fake.inject(Fault(member="StartDiscovery", hang=True))
    rungs = await ladder(patience=Patience(answer=0.1), listen=0.1)
    assert broken(rungs) == ("hears", ErrorKind.ADAPTER_FAULT)


@pytest.mark.parametrize(
    ("told", "number"), [("bluetoothctl: 5.66\n", (5, 66)), ("5.82", (5, 82)), ("", None), ("command not found", None)]
)
def test_versions(told: str, number: tuple[int, int] | None) -> None:
    assert version(told) == number
