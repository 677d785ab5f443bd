"""What the backend does not do: ask while idle, leak, import."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from dbus_fast import MessageType, Variant

from bletui.backends.local.linux import LinuxBackend
from bletui.backends.local.patience import Patience
from bletui.model import ScanRequest, Shed
from bletui.testing.fakebluez import AdapterSpec, Advert, BusMonitor, FakeBluez, Fault
from bletui.testing.fakebluez.desk import MAIN, NOTIFY
from tests.backends.local.linked import linked, states
from tests.backends.local.told import LANE, Told, opened
from tests.testing.fakebluez.client import Client, connected
from tests.waiting import until

DBUS = "org.freedesktop.DBus"


async def matches(client: Client) -> int:
    """How many match rules the bus holds for all clients."""
    reply = await client.send(DBUS, "/org/freedesktop/DBus", f"{DBUS}.Debug.Stats", "GetAllMatchRules")
    return sum(len(rules) for rules in reply.body[0].values())


async def connections(client: Client) -> int:
    reply = await client.send(DBUS, "/org/freedesktop/DBus", DBUS, "ListNames")
    return sum(name.startswith(":") for name in reply.body[0])


async def test_no_call_is_made_while_idle(fake: FakeBluez) -> None:
    async with opened() as (_, told), BusMonitor(fake.address) as monitor:
        await told.stream("live")
        monitor.messages.clear()
        loop = asyncio.get_running_loop()
        end = loop.time() + 1.0
        while loop.time() < end:  # packets go on, as they do in any room; a poll would show among them
            seen = len(told.events)
            fake.adapters["hci0"].hear(Advert(address="C0:00:00:00:00:01"))
            await told.until(lambda seen=seen: len(told.events) > seen)  # type: ignore[misc]
        calls = [message.member for message in monitor.messages if message.message_type is MessageType.METHOD_CALL]
    assert calls == []


async def test_no_call_is_made_while_a_link_idles(desk: FakeBluez) -> None:
    async with linked() as link, BusMonitor(desk.address) as monitor:
        await link.subscribe(NOTIFY)
        monitor.messages.clear()
        end = asyncio.get_running_loop().time() + 1.0
        while asyncio.get_running_loop().time() < end:
            seen = len(link.values(NOTIFY))
            desk.peers[MAIN.address].notify(link.at(NOTIFY), b"tick")
            await link.told.until(lambda seen=seen: len(link.values(NOTIFY)) > seen)  # type: ignore[misc]
        calls = [message.member for message in monitor.messages if message.message_type is MessageType.METHOD_CALL]
    assert calls == []


async def test_links_leave_nothing_behind(desk: FakeBluez) -> None:
    async with connected(desk.address) as client, opened(scan=None) as (backend, told):
        await linking(backend, told)
        rules, clients, files = await matches(client), await connections(client), open_files()
        tasks = len(asyncio.all_tasks())
        for _ in range(30):
            await linking(backend, told)
        assert (await matches(client), await connections(client)) == (rules, clients)
        assert (len(asyncio.all_tasks()), open_files()) == (tasks, files)


async def linking(backend: LinuxBackend, told: Told) -> None:
    """Up, looked at, listened to, down, and everything of it over."""
    peer = await backend.connect(MAIN.address, lane=LANE, address_type="random", pair=False, within=5)
    tree = await backend.discover(peer, refresh=False, within=5)
    notifying = next(each for service in tree.services for each in service.characteristics if each.uuid == NOTIFY)
    await backend.subscribe(peer, notifying.handle, mode="notify", within=5)
    ends = states(told, MAIN.address).count("down")
    await backend.disconnect(peer, within=5)
    await told.until(lambda: states(told, MAIN.address).count("down") > ends)
    await until(lambda: not (backend._watched or any("_let_go" in repr(task) for task in asyncio.all_tasks())))


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_nothing_is_left_behind(fake: FakeBluez) -> None:
    async with connected(fake.address) as client:
        rules, clients, tasks = await matches(client), await connections(client), asyncio.all_tasks()
        for _ in range(20):
            async with opened() as (backend, told):
                await told.stream("live")
                backend.scan(None)
                backend.scan(ScanRequest())
                await told.stream("live")
        assert (await matches(client), await connections(client)) == (rules, clients)
        assert asyncio.all_tasks() == tasks
        assert not fake.adapters["hci0"].scanners


async def test_a_start_that_hung_is_undone_by_closing(fake: FakeBluez) -> None:
    fake.inject(Fault(member="StartDiscovery", delay=0.3, times=1))
    async with connected(fake.address) as client:
        clients = await connections(client)
        async with opened(patience=Patience(end=0.1)) as (_, told):
            await told.stream("opening")
            await client.until(lambda: "StartDiscovery" in [call.member for call in fake.calls])
        assert await connections(client) == clients
        await client.until(lambda: "NameOwnerChanged" in [signal.member for signal in client.signals])
        assert not fake.adapters["hci0"].scanners


async def test_nothing_is_left_behind_though_bluetoothd_is_gone(fake: FakeBluez) -> None:
    tasks = asyncio.all_tasks()
    async with opened() as (_, told):
        await told.stream("live")
        await fake.crash()
        await told.broken(None)
    assert asyncio.all_tasks() == tasks


async def test_other_users_of_bleak_keep_their_connection(fake: FakeBluez) -> None:
    from bleak import BleakScanner

    fake.plug(AdapterSpec(name="hci1", address="00:1A:7D:DA:71:14"))
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with BleakScanner(lambda device, _data: heard.put_nowait(device.address), bluez={"adapter": "hci1"}):
        async with opened("local:hci0") as (_, told):
            await told.stream("live")
        fake.adapters["hci1"].hear(Advert(address="C0:00:00:00:00:01"))
        async with asyncio.timeout(5):
            assert await heard.get() == "C0:00:00:00:00:01"


async def test_what_bleak_cannot_digest_is_counted(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        hci0 = fake.adapters["hci0"]
        hci0.hear(Advert(address="C0:00:00:00:00:01"))
        path = f"{hci0.path}/dev_C0_00_00_00_00_01"
        fake.tell(path, "org.bluez.Device1", {"ManufacturerData": Variant("s", "not a dictionary")})
        await told.until(lambda: bool(told.of(Shed)))
    assert [(shed.lane, shed.what, shed.count) for shed in told.of(Shed)] == [(None, "malformed advertisements", 1)]


@pytest.mark.usefixtures("bus_installed")
def test_nothing_is_printed_when_the_bus_dies() -> None:
    """Python prints warnings of a library without a handler to stderr, which is where the console draws."""
    code = (
        "import asyncio, os\n"
        "from tests.backends.local.told import opened\n"
        "from bletui.testing.fakebluez import FakeBluez\n"
        "async def main():\n"
        "    async with FakeBluez() as fake:\n"
        "        os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = fake.address\n"
        "        async with opened() as (_, told):\n"
        "            await told.stream('live')\n"
        "            await fake.bus.stop()\n"
        "            await told.broken(None)\n"
        "asyncio.run(main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


async def test_restarts_leave_no_second_listener_in_bleak(fake: FakeBluez) -> None:
    from bleak.backends.bluezdbus.manager import get_global_bluez_manager

    async with opened() as (_, told):
        for _ in range(5):
            await told.stream("live")
            await fake.crash()
            await told.broken(None)
            await fake.start()
        await told.stream("live")
        manager = await get_global_bluez_manager()
        assert [len(listeners) for listeners in manager._advertisement_callbacks.values()] == [1]
        assert len(manager._device_removed_callbacks) == 1


def test_naming_the_backend_imports_neither_bleak_nor_dbus() -> None:
    code = (
        "import sys, bletui.backends.local\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'bleak', 'dbus_fast', 'asyncio'} - {'asyncio'}))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_opening_a_target_imports_no_bleak() -> None:
    code = (
        "import sys\n"
        "from bletui.backend import Env\n"
        "from bletui.backends.local import open_target\n"
        "from bletui.target import parse\n"
        "open_target(parse('local:'), Env(radio='local'))\n"
        "print('bleak' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
