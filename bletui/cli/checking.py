"""The port's promises, checked over one target as pytest would, without pytest."""

from __future__ import annotations

import argparse
import asyncio
import traceback
from dataclasses import replace
from typing import Literal, NamedTuple

from bletui import registry
from bletui.cli import signals
from bletui.cli.attribute import find
from bletui.cli.configured import Configuration
from bletui.cli.narration import object_line, say
from bletui.cli.outlet import Outlet
from bletui.cli.wanted import address
from bletui.decode.attributes import attributes
from bletui.errors.card import one_line
from bletui.failure import BleError
from bletui.model import GattTree
from bletui.target import invalid
from bletui.testing.contract import CHECKS, Check, Subject, bench
from bletui.text import bounded, visible

WORDS_MAX = 300
LIMIT = 120.0  # seconds that one check may take, whatever it waits for


class Verdict(NamedTuple):
    state: Literal["ok", "fail", "skipped"]
    evidence: str = ""


def check_target(args: argparse.Namespace, configuration: Configuration) -> int:
    """The exit code. `request.invalid`: no such scheme, or a Python that takes no notice of assertions."""
    if not __debug__:
        raise invalid("python -O leaves assertions out, and the checks are assertions")
    target = configuration.target(args.target)
    registry.refuse_unknown([target])
    env = configuration.env(target.scheme)
    registry.backend(target, env)  # what can't be made at all is said once, and not once for every check
    device = address(args.device, configuration.config.addresses) if args.device is not None else None
    subject = Subject(open=lambda: registry.bare(target, env), device=device, patience=args.patience)
    return signals.run(lambda: _check(subject, args))


async def _check(subject: Subject, args: argparse.Namespace) -> int:
    outlet = Outlet()
    counts = {"ok": 0, "fail": 0, "skipped": 0}
    if subject.device is not None:
        subject = await _with_handles(subject, args)
    for check in CHECKS:
        verdict = await judged(check, subject)
        counts[verdict.state] += 1
        told = object_line(_record(args.target, check, verdict)) if args.json else line(check, verdict)
        await outlet.write(told + "\n")
    words = f"{counts['ok']} promises kept, {counts['fail']} broken, {counts['skipped']} not checked"
    say(words, {"schema": "bletui.checked/1", **counts}, json=args.json)
    return 1 if counts["fail"] else 0


async def judged(check: Check, subject: Subject) -> Verdict:
    """Runs one check. Whatever it ends with but success is a broken promise, with the words that say how."""
    if missing := check.missing(subject):
        return Verdict("skipped", missing)
    try:
        async with asyncio.timeout(LIMIT):
            await check.run(subject)
    except AssertionError as broken:
        return Verdict("fail", str(broken) or _where(broken))
    except BleError as failed:
        return Verdict("fail", one_line(failed.failure))
    except Exception as bug:  # a check that crashes has caught something too
        return Verdict("fail", f"{type(bug).__name__}: {bug} ({_where(bug)})")
    return Verdict("ok")


def line(check: Check, verdict: Verdict) -> str:
    words = verdict.evidence if verdict.state != "ok" else check.promise
    return visible(f"  {verdict.state:<8} {check.name:<34} {bounded(words, WORDS_MAX)}")


def _where(bug: BaseException) -> str:
    last = traceback.extract_tb(bug.__traceback__)[-1]
    return f"{last.filename}:{last.lineno}: {last.line}"


def _record(target: str, check: Check, verdict: Verdict) -> dict[str, object]:
    return {
        "schema": "bletui.check/1",
        "target": target,
        "name": check.name,
        "promise": check.promise,
        "state": verdict.state,
        "evidence": bounded(visible(verdict.evidence), WORDS_MAX) or None,
    }


async def _with_handles(subject: Subject, args: argparse.Namespace) -> Subject:
    """The subject with the handles that the words on the command line mean in its device's table.

    A backend that can't get at the table has none: the checks say why.
    """
    words = (args.readable, args.writable, args.notifying)
    try:
        async with bench(subject) as made:
            tree = await made.backend.discover(await made.connected(), refresh=False, within=subject.patience)
    except Exception as failed:  # whatever is broken, the checks find it and say so one by one
        if any(words):
            raise invalid(f"the table of {subject.device} could not be had ({failed}); name no attributes") from failed
        return subject
    readable, writable, notifying = (word and find(tree, word).handle for word in words)
    return replace(subject, readable=readable or _first_readable(tree), writable=writable, notifying=notifying)


def _first_readable(tree: GattTree) -> int | None:
    return next((each.handle for each in attributes(tree) if "r" in each.letters), None)
