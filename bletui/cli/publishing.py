"""`bletui bridge run --publish URL`: one publisher for each broker, beside whatever else the bridge serves."""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import sys
from collections.abc import Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from bletui.bridge.log import nowhere
from bletui.cli.narration import complain, say
from bletui.errors.card import one_line
from bletui.errors.rules import remedies
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Owner

if TYPE_CHECKING:
    from bletui.bridge.log import Record
    from bletui.bridge.publishing.broker import Broker
    from bletui.bridge.publishing.following import Following
    from bletui.bridge.publishing.publisher import Publisher, Status
    from bletui.cli.configured import Configuration
    from bletui.decode.keyring import Keyring
    from bletui.radio import Radio


def brokers(args: argparse.Namespace, here: Configuration) -> list[Broker]:
    """Those of the command line, else of the configuration; `request.invalid`, `op.unsupported`: before any radio."""
    urls = args.publish or here.config.bridge.get("publish", ())
    assert isinstance(urls, list | tuple)
    if not urls:
        return []
    try:
        import bletui.bridge.publishing.line  # noqa: F401 the only one that needs the extra, which is said before any radio
        from bletui.bridge.publishing import tls
        from bletui.bridge.publishing.broker import broker
    except ModuleNotFoundError as missing:
        raise _not_installed(missing) from missing
    if sys.platform == "win32":  # its loop can't watch the client's socket
        detail = "publishing to MQTT needs Linux or macOS"
        raise BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation="bridge run", detail=detail))
    found = [broker(url, here.config.filters) for url in urls]
    for one in found:
        if one.tls is not None:
            tls.context(one.tls)  # an authority's file that is not there is no failure of the broker's
    return found


def _not_installed(missing: ModuleNotFoundError) -> Exception:
    """The extra's module is named with what installs it; any other missing module is a bug."""
    if missing.name is None or missing.name.partition(".")[0] != "paho":
        return missing
    needed = (("package", "bletui[mqtt]"),)
    detail = "paho-mqtt is not installed"
    return BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation="bridge run", detail=detail, evidence=needed))


class Running(NamedTuple):
    broker: Broker
    publisher: Publisher
    following: Following
    tasks: list[asyncio.Task[None]]


class Publishing:
    """A publisher for each broker, from radios and to brokers that come and go; `name`: the bridge's, the level below
    each prefix."""

    def __init__(self, radios: Sequence[Radio], here: Configuration, *, name: str, scans: bool) -> None:
        self.record: Record = nowhere  # the bridge's log, where there is one
        self._radios = list(radios)
        self._here = here
        self._name = name
        self._scans = scans
        self._running: list[Running] = []
        self._group: asyncio.TaskGroup | None = None
        self._seats = count(1)

    async def run(self, brokers: Sequence[Broker]) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as self._group:
            self.change(brokers, self._here)
            await asyncio.Event().wait()

    def change(self, brokers: Sequence[Broker], here: Configuration) -> list[str]:
        """Publishes to these from now on, and leaves those alone that it publishes to already. What was done."""
        self._here = here
        gone = [one for one in self._running if one.broker not in brokers]
        self._running = [one for one in self._running if one not in gone]
        for task in (task for one in gone for task in one.tasks):
            task.cancel()
        known = [one.broker for one in self._running]
        new = [broker for broker in brokers if broker not in known]
        keys = _keys(here) if new else None
        self._running += [self._started(broker, keys) for broker in new]
        return [f"removed {one.broker}" for one in gone] + [f"added {broker}" for broker in new]

    def join(self, radio: Radio) -> None:
        """One more radio to tell of."""
        self._radios.append(radio)
        for one in self._running:
            one.following.join(radio)

    def part(self, name: str) -> None:
        """The radio of that name is closed."""
        self._radios = [radio for radio in self._radios if radio.name != name]

    def metrics(self) -> str:
        from bletui.bridge.publishing import metrics

        return metrics.text([one.publisher for one in self._running])

    def _started(self, broker: Broker, keys: Keyring | None) -> Running:
        assert self._group is not None, "it does not run"
        publisher, following = self._made(broker, keys)
        tasks = [self._group.create_task(publisher.run()), self._group.create_task(following.run())]
        return Running(broker, publisher, following, tasks)

    def _made(self, broker: Broker, keys: Keyring | None) -> tuple[Publisher, Following]:
        from bletui.bridge.publishing.following import Following
        from bletui.bridge.publishing.outbox import Outbox
        from bletui.bridge.publishing.publisher import Publisher
        from bletui.bridge.publishing.topics import level
        from bletui.cli.published import Published
        from bletui.devices import DeviceStore

        env, outbox, store = self._here.env(), Outbox(), DeviceStore(self._here.config.addresses)
        if keys is not None:
            store.unseal(keys)
        root = f"{broker.prefix}/{level(self._name)}"
        words = Published(root, self._name, lambda: following.names, env.clock.wall)
        owner = Owner(f"publish-{next(self._seats)}", "reader")
        following = Following(
            self._radios,
            broker,
            outbox,
            words,
            owner=owner,
            wall=env.clock.wall,
            store=store,
            scans=self._scans,
            active=self._here.value("active") is True,
        )
        publisher = Publisher(
            broker,
            outbox,
            words,
            standing=following.standing,
            secret=env.secret,
            note=partial(self._note, broker),
            jitter=random.random,
        )
        return publisher, following

    def _note(self, broker: Broker, status: Status) -> None:
        """On stderr and in the bridge's log, each time that it becomes another."""
        why = status.failure
        if why is None:
            _say(f"bletui: publishes to {broker}")
            self.record("publishes", broker=str(broker))
            return
        again = f"; next try in {math.ceil(status.wait)} s" if status.wait else ""
        _say(f"bletui: {broker}: {one_line(why)}{again}")
        if first := next(iter(remedies(why)), None):
            _say(f"  try: {first.text}")
        self.record("not published", broker=str(broker), kind=why.kind.value, why=why.detail or why.message)


def _keys(here: Configuration) -> Keyring | None:
    """A key that can't be had is complained of, and what it seals stays sealed."""
    if not here.config.keys:
        return None
    keys, failures = here.keyring()
    for failure in failures:
        complain(failure, json=False)
    return keys


def _say(words: str) -> None:
    say(words, {}, json=False)
