from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Discover,
    Event,
    Folding,
    Lane,
    LaneChanged,
    LaneDown,
    LinkChanged,
    NotifyMode,
    Owner,
    Pair,
    Peer,
    Read,
    ServicesChanged,
    Subscribe,
    SubscriptionChanged,
)
from bletui.radio import Attachment
from tests.radio.playing import A, radio
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

LINK = Peer("a", A)
LOST = Failure(kind=ErrorKind.LINK_LOST)


async def notify(seat: Attachment, handle: int = 7, mode: NotifyMode = "notify") -> None:
    await seat.perform(Subscribe(A, handle=handle, mode=mode))


def written(backend: ScriptedBackend) -> list[str]:
    return [call[0].removeprefix("subscribe ") for call in backend.calls if call[0].startswith("subscribe")]


def changes(events: Sequence[Event]) -> list[tuple[str, tuple[str, ...], bool]]:
    """(mode, owners, lost) of every change told."""
    return [(e.mode, e.owners, e.lost is not None) for e in events if isinstance(e, SubscriptionChanged)]


def subscribed(seat: Attachment) -> dict[int, tuple[str, ...]]:
    return {handle: entry.owners for (_, handle), entry in seat.snapshot.subscriptions.items()}


async def told(made: object, seat: Attachment) -> list[Event]:
    return [event async for batch in seat.events() for event in batch.events]


async def test_the_last_owner_out_turns_it_off() -> None:
    async with radio() as (backend, made, me):
        you = await made.attach(Owner("you"))
        await me.connect(A)
        await notify(me)
        await notify(you)
        await notify(me)
        assert written(backend) == ["7 notify"]
        await notify(me, mode="off")
        assert written(backend) == ["7 notify"]
        await notify(you, mode="off")
        assert written(backend) == ["7 notify", "7 off"]
        await made.aclose()
        assert changes(await told(made, me)) == [
            ("notify", ("me",), False),
            ("notify", ("me", "you"), False),
            ("notify", ("you",), False),
            ("off", (), False),
        ]


async def test_an_owner_who_leaves_takes_its_subscriptions_along() -> None:
    async with radio() as (backend, made, me):
        you = await made.attach(Owner("you"))
        await me.connect(A)
        await notify(me)
        await notify(you, handle=9)
        await notify(me, handle=9)
        await me.detach(keep=False)
        await until(lambda: "7 off" in written(backend))
        assert "9 off" not in written(backend)


async def test_what_someone_else_turned_on_is_turned_off_only_when_asked() -> None:
    async with radio() as (backend, _, me):
        await me.connect(A)
        await notify(me, mode="off")
        assert written(backend) == ["7 off"]


async def test_another_mode_is_written() -> None:
    async with radio() as (backend, _, me):
        await me.connect(A)
        await notify(me)
        await notify(me, mode="indicate")
        assert written(backend) == ["7 notify", "7 indicate"]


async def test_a_refused_subscription_is_nobodys() -> None:
    async with radio() as (backend, made, me):
        await me.connect(A)
        backend.script[A] = [Failure(kind=ErrorKind.GATT_NOT_PERMITTED)]
        with pytest.raises(BleError):
            await notify(me)
        await made.aclose()
        assert changes(await told(made, me)) == []


async def test_after_a_drop_the_radio_arms_again_once_the_link_is_back() -> None:
    async with radio() as (backend, made, me):
        await me.connect(A)
        await notify(me)
        backend.say(LinkChanged(4.0, LINK, "down", LOST))
        await me.connect(A)
        await until(lambda: written(backend) == ["7 notify", "7 notify"])
        looker = await made.attach(Owner("looker", "viewer"))
        now = Folding(looker.snapshot)
        later = looker.events()
        while not now.snapshot().subscriptions:
            now.add(await anext(later))
        await notify(me)
        assert written(backend) == ["7 notify", "7 notify"]
        await made.aclose()
        assert changes(await told(made, me))[:3] == [
            ("notify", ("me",), False),
            ("notify", (), True),
            ("notify", ("me",), False),
        ]


async def test_a_link_that_comes_back_by_pairing_is_armed_again_too() -> None:
    async with radio() as (backend, made, me):
        await me.connect(A)
        await notify(me)
        backend.say(LinkChanged(4.0, LINK, "down", LOST))
        await me.perform(Pair(A, "a"))
        await until(lambda: written(backend) == ["7 notify", "7 notify"])
        await me.perform(Read(A, handle=3))
        assert subscribed(await made.attach(Owner("looker", "viewer"))) == {7: ("me",)}


async def test_a_link_that_outlives_its_lanes_absence_is_still_ours_and_armed_again() -> None:
    """A router is cut off from its controller; the device notices nothing of it."""
    gone = Failure(kind=ErrorKind.ROUTER_UNAVAILABLE)
    lane = Lane("a")
    async with radio(lane) as (backend, made, me):
        await me.connect(A)
        await notify(me)
        for event in (
            LaneDown(4.0, "a", gone),
            LaneChanged(4.0, replace(lane, usable=gone)),
            LinkChanged(5.0, LINK, "up"),
            LaneChanged(5.0, lane),
        ):
            backend.say(event)
        await until(lambda: written(backend) == ["7 notify", "7 notify"])
        await me.perform(Read(A, handle=3))
        now = (await made.attach(Owner("looker", "viewer"))).snapshot
        assert {handle: entry.owners for (_, handle), entry in now.subscriptions.items()} == {7: ("me",)}
        assert now.links[LINK].foreign is False


async def test_a_link_that_comes_up_when_its_lane_is_back_is_somebody_elses() -> None:
    lane = Lane("a")
    async with radio(lane) as (backend, made, me):
        await me.connect(A)
        await notify(me)
        for event in (LaneDown(4.0, "a", LOST), LaneChanged(5.0, lane), LinkChanged(5.0, LINK, "up")):
            backend.say(event)
        now = (await made.attach(Owner("looker", "viewer"))).snapshot
        assert now.links[LINK].foreign is True
        assert written(backend) == ["7 notify"]


async def test_what_is_turned_off_while_the_link_is_down_stays_off() -> None:
    async with radio() as (backend, made, me):
        you = await made.attach(Owner("you"))
        await me.connect(A)
        await notify(me, handle=7)
        await notify(me, handle=9)
        await notify(you, handle=9)
        backend.say(LinkChanged(4.0, LINK, "down", LOST))
        await notify(me, handle=7, mode="off")
        await notify(me, handle=9, mode="off")
        with pytest.raises(BleError) as gone:
            await notify(me, handle=9, mode="off")  # nothing of this owner's is left to turn off
        assert gone.value.failure.kind is ErrorKind.LINK_NOT_CONNECTED
        await me.connect(A)
        await until(lambda: len(written(backend)) == 3)
        await me.perform(Read(A, handle=3))
        assert written(backend)[2:] == ["9 notify"]
        assert subscribed(await made.attach(Owner("looker", "viewer"))) == {9: ("you",)}


async def test_what_is_turned_off_while_it_is_armed_again_ends_off() -> None:
    async with radio() as (backend, made, me):
        await me.connect(A)
        await notify(me)
        backend.say(LinkChanged(4.0, LINK, "down", LOST))
        going_on = asyncio.Event()

        async def wait() -> None:
            await going_on.wait()

        backend.script[A] = [None, wait]
        await me.connect(A)
        await until(lambda: len(written(backend)) == 2)
        async with asyncio.TaskGroup() as group:
            group.create_task(notify(me, mode="off"))
            await asyncio.sleep(0)
            going_on.set()
        await me.perform(Read(A, handle=3))
        assert written(backend)[-1] == "7 off"
        assert subscribed(await made.attach(Owner("looker", "viewer"))) == {}


async def test_what_can_not_be_armed_again_is_told_lost_with_the_reason() -> None:
    async with radio() as (backend, made, me):
        await me.connect(A)
        await notify(me)
        backend.say(LinkChanged(4.0, LINK, "down", LOST))
        refused = Failure(kind=ErrorKind.GATT_NOT_FOUND)
        backend.script[A] = [None, refused]
        await me.connect(A)
        await until(lambda: len(written(backend)) == 2)
        await made.aclose()
        ends = [e.lost for e in await told(made, me) if isinstance(e, SubscriptionChanged) and e.lost]
        assert ends == [LOST, refused]


async def test_after_services_changed_the_tree_is_read_anew_first() -> None:
    async with radio() as (backend, _, me):
        await me.connect(A)
        await me.perform(Discover(A))
        await notify(me)
        backend.say(ServicesChanged(4.0, LINK))
        backend.say(LinkChanged(4.0, LINK, "down", LOST))
        await me.connect(A)
        await until(lambda: written(backend) == ["7 notify", "7 notify"])
        verbs = [call[0].split()[0] for call in backend.calls]
        assert verbs == ["connect", "discover", "subscribe", "connect", "discover", "subscribe"]


async def test_two_owners_who_reconnect_at_once_each_keep_their_values() -> None:
    async with radio() as (backend, made, me):
        you = await made.attach(Owner("you"))
        await me.connect(A)
        for handle in (7, 9, 11):
            await notify(me, handle=handle)
            await notify(you, handle=handle)
        backend.say(LinkChanged(4.0, LINK, "down", LOST))
        await asyncio.gather(me.connect(A), you.connect(A))
        await until(lambda: len(written(backend)) == 6)
        await you.perform(Read(A, handle=3))
        assert written(backend)[3:] == ["7 notify", "9 notify", "11 notify"]
        kept = (await made.attach(Owner("looker", "viewer"))).snapshot.subscriptions
        assert {handle: entry.owners for (_, handle), entry in kept.items()} == dict.fromkeys((7, 9, 11), ("me", "you"))


async def test_an_owner_who_asks_while_its_value_is_armed_again_joins_the_others() -> None:
    async with radio() as (backend, made, me):
        you = await made.attach(Owner("you"))
        await me.connect(A)
        await notify(me)
        backend.say(LinkChanged(4.0, LINK, "down", LOST))
        await me.connect(A)
        await notify(you)
        await me.perform(Read(A, handle=3))
        kept = (await made.attach(Owner("looker", "viewer"))).snapshot.subscriptions
        assert set(kept[LINK, 7].owners) == {"me", "you"}


async def test_an_owner_who_leaves_while_values_are_armed_again_takes_its_own_along() -> None:
    async with radio() as (backend, made, me):
        you = await made.attach(Owner("you"))
        await me.connect(A)
        await notify(me, handle=7)
        await notify(you, handle=9)
        backend.say(LinkChanged(4.0, LINK, "down", LOST))
        await me.connect(A)
        await you.detach(keep=False)
        await until(lambda: len(written(backend)) >= 3)
        await me.perform(Read(A, handle=3))
        kept = (await made.attach(Owner("looker", "viewer"))).snapshot.subscriptions
        assert {handle: entry.owners for (_, handle), entry in kept.items()} == {7: ("me",)}


async def test_a_value_whose_link_ends_as_it_is_armed_is_not_kept_as_armed() -> None:
    """The answer is in, and the link ends before its owner hears of it."""
    async with radio() as (backend, made, me):
        await me.connect(A)

        async def armed_and_lost() -> None:
            asyncio.get_running_loop().call_soon(backend.say, LinkChanged(4.0, LINK, "down", LOST))

        backend.script[A] = [armed_and_lost]
        with pytest.raises(BleError) as lost:
            await notify(me)
        assert lost.value.failure.kind is ErrorKind.LINK_LOST
        assert not (await made.attach(Owner("looker", "viewer"))).snapshot.subscriptions
