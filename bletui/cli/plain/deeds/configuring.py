"""The configuration in plain mode: the keys that it names, and reading it again."""

from __future__ import annotations

import argparse
import asyncio

from bletui.cli.plain.changes import failure_words
from bletui.cli.plain.desk import Desk
from bletui.cli.records import failure_object
from bletui.config.file import located
from bletui.decode import names
from bletui.decode.beacon import NO_KEYS
from bletui.target import invalid
from bletui.text import visible


async def reload(desk: Desk, args: argparse.Namespace) -> None:
    """Own names, filters, credentials, keys and limits as the file says now; a wrong one changes nothing."""
    if desk.read_again is None:
        raise invalid("there is no configuration to read again")
    here = desk.read_again()
    desk.go_by(here)
    names.adopt(here.config.uuids)
    desk.session.use(here.env())
    desk.session.store.rename(here.config.addresses)
    desk.session.store.unseal(NO_KEYS)
    tell_warnings(desk)
    await unseal(desk)
    where = str(here.config.path) if here.config.path else None
    desk.printer.put("the configuration was read again", {"schema": "bletui.config-taken/1", "file": where})


def tell_warnings(desk: Desk) -> None:
    """What the file says that may not work as meant."""
    config = desk.configuration.config
    for problem in config.warnings:
        words = f"warning: {located(config.path, problem)}"
        desk.printer.put(visible(words), {"schema": "bletui.config-warning/1", "key": problem.key, "words": words})


async def unseal(desk: Desk) -> None:
    """A key that can't be had is told, and everything else goes on."""
    if desk.configuration.config.keys:
        keys, failures = await asyncio.to_thread(desk.configuration.keyring)
        desk.session.store.unseal(keys)
        for failure in failures:
            desk.printer.put(failure_words(failure), failure_object(failure))
