"""What a bridge goes by, from the command line and from `[bridge]`, and how a change of the file comes into force."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from bletui.failure import BleError
from bletui.target import invalid

if TYPE_CHECKING:
    from bletui.bridge.log import LogFile
    from bletui.bridge.protocol.messages import Reloaded
    from bletui.bridge.publishing.broker import Broker
    from bletui.bridge.server import Bridge
    from bletui.cli.configured import Configuration
    from bletui.cli.publishing import Publishing
    from bletui.cli.served import Served
    from bletui.config.serving import Serving
    from bletui.target import Target


def serving(args: argparse.Namespace, here: Configuration) -> Serving:
    """The command line comes first; the local adapter is served where no target is named. `request.invalid`."""
    from bletui.config.serving import KEYS, Serving

    found = Serving(**here.config.bridge)  # type: ignore[arg-type] # checked when the file was read
    if args.keep is not None:
        try:
            found = found._replace(keep=KEYS["keep"](args.keep))  # type: ignore[arg-type]
        except ValueError as expected:
            raise invalid(f"--keep {args.keep:g}: {expected}") from None
    named = tuple(args.targets) or found.targets or ("local:",)
    return found._replace(targets=named, group=args.group or found.group)


def targets(asked: Serving, here: Configuration) -> list[Target]:
    return [here.target(target) for target in asked.targets]


class Reloading:
    """One reload at a time, asked for by a signal or by a client."""

    def __init__(
        self, args: argparse.Namespace, bridge: Bridge, log: LogFile, served: Served, publishing: Publishing
    ) -> None:
        self.asked = asyncio.Event()
        self._args = args
        self._bridge = bridge
        self._log = log
        self._served = served
        self._publishing = publishing
        self._one = asyncio.Lock()
        self._started_with: list[Target] | None = None

    def begin(self, here: Configuration) -> None:
        """What counts at the start."""
        asked = serving(self._args, here)
        self._started_with = targets(asked, here)
        self._in_force(asked)

    async def follow(self) -> None:
        """Reloads whenever `asked` is set. What was wrong stands in the log by then, and in every client's."""
        while True:
            await self.asked.wait()
            self.asked.clear()
            try:
                await self.reload()
            except BleError:
                continue

    async def reload(self) -> Reloaded:
        """`request.invalid`: the file is wrong, here and why; what was in force goes on."""
        from bletui.cli import publishing
        from bletui.cli.configured import configuration

        async with self._one:
            try:
                here = configuration(self._args)
                asked = serving(self._args, here)
                wanted = targets(asked, here)
                self._refuse_other_targets(wanted)
                brokers = publishing.brokers(self._args, here)
                self._in_force(asked)
            except BleError as wrong:
                self._bridge.record("not reloaded", kind=wrong.failure.kind.value, why=wrong.failure.detail)
                self._bridge.configured(wrong.failure)
                raise
            return await self._changed(wanted, brokers, here)

    async def _changed(self, wanted: list[Target], brokers: list[Broker], here: Configuration) -> Reloaded:
        from bletui.bridge.protocol.messages import Reloaded

        changed, failed = await self._served.change(wanted, here, self._bridge.join, self._bridge.part)
        changed += self._publishing.change(brokers, here)
        self._bridge.record("reloaded", changed=", ".join(changed), failed="; ".join(failed))
        self._bridge.configured()
        return Reloaded(tuple(changed), tuple(failed))

    def _refuse_other_targets(self, wanted: list[Target]) -> None:
        if self._args.router_api and wanted != self._started_with:
            raise invalid("--router-api serves the targets that the bridge was started with; other ones need a restart")

    def _in_force(self, asked: Serving) -> None:
        from bletui.bridge.admission import Limits
        from bletui.bridge.sockets import group_called

        group = group_called(asked.group) if asked.group else None
        self._bridge.admission.share(self._bridge.listening, group)
        self._bridge.admission.limit(Limits(int(asked.clients), asked.requests))
        self._bridge.fanout.ring.minutes = asked.keep
        self._log.level = asked.log
