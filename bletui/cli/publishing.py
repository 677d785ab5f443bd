"""`bletui bridge run --publish URL`: one publisher for each broker, beside whatever else the bridge serves."""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from bletui.bridge.log import nowhere
from bletui.cli.narration import complain, say
from bletui.errors.card import one_line
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


class Publishing:
    """Every publisher of one bridge; `name`: the bridge's, the level below each prefix."""

    def __init__(
        self,
        brokers: Sequence[Broker],
        radios: Sequence[Radio],
        here: Configuration,
        *,
        name: str,
        scans: bool,
    ) -> None:
        self.publishers: list[Publisher] = []
        self.record: Record = nowhere  # the bridge's log, where there is one
        self._following: list[Following] = []
        keys = _keys(here) if brokers else None
        for number, broker in enumerate(brokers, 1):
            self._add(broker, f"publish-{number}", radios, here, keys, name=name, scans=scans)

    async def run(self) -> None:
        """Until cancelled; without any radio left the brokers still know that the bridge is there."""
        async with asyncio.TaskGroup() as group:
            for publisher, following in zip(self.publishers, self._following, strict=True):
                group.create_task(publisher.run())
                group.create_task(following.run())

    def join(self, radio: Radio) -> None:
        """One more radio to tell of; one that is closed leaves by itself."""
        for following in self._following:
            following.join(radio)

    def metrics(self) -> str:
        from bletui.bridge.publishing import metrics

        return metrics.text(self.publishers)

    def _note(self, broker: Broker, status: Status) -> None:
        """On stderr and in the bridge's log, each time that it becomes another."""
        why = status.failure
        if why is None:
            _say(f"bletui: publishes to {broker}")
            self.record("publishes", broker=str(broker))
            return
        again = f"; next try in {status.wait:.0f} s" if status.wait else ""
        _say(f"bletui: {broker}: {one_line(why)}{again}")
        self.record("not published", broker=str(broker), kind=why.kind.value, message=why.message)

    def _add(
        self,
        broker: Broker,
        seat: str,
        radios: Sequence[Radio],
        here: Configuration,
        keys: Keyring | None,
        *,
        name: str,
        scans: bool,
    ) -> None:
        from bletui.bridge.publishing.following import Following
        from bletui.bridge.publishing.outbox import Outbox
        from bletui.bridge.publishing.publisher import Publisher
        from bletui.bridge.publishing.topics import level
        from bletui.cli.published import Published
        from bletui.devices import DeviceStore

        env, outbox, store = here.env(), Outbox(), DeviceStore(here.config.addresses)
        if keys is not None:
            store.unseal(keys)
        root = f"{broker.prefix}/{level(name)}"
        words = Published(root, name, lambda: following.names, env.clock.wall)
        owner = Owner(seat, "reader")
        following = Following(radios, broker, outbox, words, owner=owner, wall=env.clock.wall, store=store, scans=scans)
        publisher = Publisher(
            broker,
            outbox,
            words,
            standing=following.standing,
            secret=env.secret,
            note=partial(self._note, broker),
            jitter=random.random,
        )
        self.publishers.append(publisher)
        self._following.append(following)


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
