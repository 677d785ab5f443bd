"""Our client at our server in every firmware line: a story over real sockets, and what each line can't do."""

from __future__ import annotations

import asyncio

import pytest

from bletui.backend import Backend, Env
from bletui.backends.simulator.lab import PASSKEY, address
from bletui.bridge.router_api.profiles import PROFILES
from bletui.failure import BleError
from bletui.kinds import ErrorKind
from bletui.model import Notification, Prompt, ScanRequest
from bletui.testing.contract.failing import outcome_of
from tests.backends.cassia.heard import Heard, opened, target_of
from tests.backends.cassia.serving import MACS, controller_api, router_api

LANE, DEVICE, NAME, COUNTER = "lab/127.0.0.1/1", address("counter"), 0x03, 0x1A
SITE = "sim:lab?lanes=3&speed=50"


@pytest.mark.parametrize("firmware", PROFILES)
async def test_a_story(firmware: str) -> None:
    async with (
        router_api(SITE, 1.0, firmware) as url,
        opened(target_of(url), Env("lab")) as (backend, heard),
    ):
        await story(backend, heard, LANE)


@pytest.mark.parametrize("firmware", ["1.4", "2.2"])
async def test_the_same_story_behind_a_controller(firmware: str) -> None:
    lane = f"lab/{MACS[1]}/0"
    async with (
        controller_api("sim:lab?chips=1&speed=50", "sim:lab?chips=1&speed=50", profile=firmware) as url,
        opened(target_of(url, key="LAB"), Env("lab", secret=lambda name: "key:word")) as (backend, heard),
    ):
        await heard.until(lambda: any(told.lane.id == lane and told.lane.slots_max for told in heard.lanes))
        backend.scan(ScanRequest())
        await heard.until(lambda: {ad.lane for ad in heard.adverts} == {f"lab/{mac}/0" for mac in MACS[:2]})
        await story(backend, heard, lane)
        assert heard.shed == 0


async def story(backend: Backend, heard: Heard, lane: str) -> None:
    """Tree, value, notifications and the end of a link."""
    await heard.until(lambda: "firmware" in heard.lanes[-1].lane.info)
    peer = await backend.connect(DEVICE, lane=lane, address_type="random", pair=False, within=5)
    assert peer.lane == lane
    tree = await backend.discover(peer, refresh=False, within=5)
    assert COUNTER in {one.handle for service in tree.services for one in service.characteristics}
    await backend.write(peer, NAME, b"new name", response=True, within=5)
    assert await backend.read(peer, NAME, within=5) == b"new name"
    await backend.subscribe(peer, COUNTER, mode="notify", within=5)
    await heard.until(lambda: bool(heard.of(Notification)))
    await backend.subscribe(peer, COUNTER, mode="off", within=5)
    rssi = await outcome_of(backend.rssi(peer, within=5))
    assert isinstance(rssi, int) is ("rssi" not in heard.lanes[-1].lane.cannot)
    await backend.disconnect(peer, within=5)
    assert [link.state for link in heard.links if link.peer == peer and link.state == "down"] == ["down"]
    with pytest.raises(BleError) as gone:
        await backend.read(peer, NAME, within=5)
    assert gone.value.failure.kind is ErrorKind.LINK_NOT_CONNECTED


@pytest.mark.parametrize(
    ("role", "what", "answer", "kind"),
    [
        (f"passkey {PASSKEY}", "enter-passkey", PASSKEY, None),
        (f"passkey {PASSKEY}", "enter-passkey", "000000", ErrorKind.SECURITY_PAIRING_FAILED),
        ("compares", "compare", "yes", None),
        ("compares", "compare", "no", ErrorKind.SECURITY_PAIRING_FAILED),
        ("types a passkey", "show-passkey", "", None),
    ],
)
async def test_pairing(role: str, what: str, answer: str, kind: ErrorKind | None) -> None:
    async with router_api(SITE, 1.0) as url, opened(target_of(url), Env("lab")) as (backend, heard):
        peer = await backend.connect(address(role), lane=LANE, address_type="random", pair=False, within=5)
        async with asyncio.TaskGroup() as group:
            pairing = group.create_task(outcome_of(backend.pair(peer, within=5)))
            await heard.until(lambda: bool(heard.of(Prompt)))
            prompt = heard.of(Prompt)[0]
            assert prompt.what == what
            if answer:
                await backend.answer(prompt.id, answer)
            outcome = await pairing
        assert (outcome is None) if kind is None else (getattr(outcome, "kind", None) is kind)
        bonded = [link.bonded for link in heard.links if link.peer == peer]
        assert (True in bonded) is (kind is None)
