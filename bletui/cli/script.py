"""The lines of `bletui steps`: checked first, then done one after the other over one link."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bletui.cli import gatt, notify, read, write
from bletui.cli.arguments import alone, nearest
from bletui.cli.device import Device, Work
from bletui.cli.linkrecords import step_object
from bletui.cli.transfers import pair, unpair
from bletui.cli.wanted import seconds
from bletui.errors.card import one_line
from bletui.failure import BleError, Failure
from bletui.target import invalid
from bletui.text import bounded, visible

SIZE_MAX = 1024 * 1024  # bytes
STEPS_MAX = 10_000

Make = Callable[[argparse.Namespace], Work]


@dataclass(frozen=True, slots=True)
class Step:
    """`text` is the line as it is shown; `number` counts lines from 1."""

    number: int
    text: str
    work: Work


def read_script(name: str) -> str:
    """The text of the file, or of stdin for `-`; `request.invalid` where it can't be read."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(SIZE_MAX + 1) if sys.stdin is not None else b""
        else:
            with Path(name).open("rb") as file:
                data = file.read(SIZE_MAX + 1)
        if len(data) > SIZE_MAX:
            raise invalid(f"{name} is larger than {SIZE_MAX} bytes")
        return data.decode()
    except OSError as unreadable:
        raise invalid(f"{name}: {unreadable.strerror}") from unreadable
    except UnicodeDecodeError as binary:
        raise invalid(f"{name} is no UTF-8 text (byte {binary.start})") from binary


def parse(text: str) -> list[Step]:
    """The steps; `request.invalid` names the first line that is none, or says that there are none."""
    parsers = {verb: _parser(verb) for verb in VERBS}
    lines = enumerate(text.split("\n"), 1)
    steps = [step for number, line in lines if (step := _step(number, line, parsers)) is not None]
    if not steps:
        raise invalid("there are no steps: a line is a verb and its arguments, as read 2a19")
    if len(steps) > STEPS_MAX:
        raise invalid(f"{len(steps)} steps are more than {STEPS_MAX}")
    return steps


async def follow(device: Device, steps: Sequence[Step], *, keep_going: bool) -> None:
    """Raises the first failure, at once or (`keep_going`) in the end; a lost link ends it always."""
    first: Failure | None = None
    for step in steps:
        failure = await _done(device, step)
        first = first or failure
        if first and (not keep_going or device.lost()):
            break
    if first is not None:
        raise BleError(first)


async def _done(device: Device, step: Step) -> Failure | None:
    failure = None
    device.here.renew_deadline()
    try:
        await step.work(device)
    except BleError as failed:
        failure = failed.failure
    told = "" if failure is None else f"line {step.number}, {step.text}: {one_line(failure)}"
    device.here.say(told, step_object(step.number, step.text, failure))
    return failure


def _parser(verb: str) -> argparse.ArgumentParser:
    parser = alone(f"bletui {verb}")
    add_arguments, _ = VERBS[verb]
    add_arguments(parser)
    return parser


def _step(number: int, line: str, parsers: Mapping[str, argparse.ArgumentParser]) -> Step | None:
    try:
        words = shlex.split(line, comments=True)
    except ValueError as wrong:
        raise invalid(f"line {number}: {str(wrong).lower()}: {line}") from None
    if not words:
        return None
    verb, *arguments = words
    if verb not in parsers:
        near = nearest(verb, parsers)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(parsers)}"
        raise invalid(f"line {number}: {verb!r} is no step; {hint}")
    try:
        args = parsers[verb].parse_args(arguments)
    except BleError as refused:
        raise invalid(f"line {number}: {refused.failure.detail}") from refused
    _, make = VERBS[verb]
    return Step(number, bounded(visible(line.strip()), 200), make(args))


def _nothing(parser: argparse.ArgumentParser) -> None:
    """The verb takes no arguments."""


def _a_while(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("seconds", type=seconds, metavar="S")


def _waits(args: argparse.Namespace) -> Work:
    async def wait(device: Device) -> None:
        """Ends early with a lost link: the next step would only fail."""
        lost = await device.here.until(device.lost, args.seconds)
        if lost is not None:
            raise BleError(lost)

    return wait


VERBS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], Make]] = {
    "read": (read.add_arguments, read.step),
    "write": (write.add_arguments, write.step),
    "notify": (notify.add_arguments, notify.step),
    "gatt": (gatt.add_arguments, gatt.step),
    "pair": (_nothing, lambda _: pair),
    "unpair": (_nothing, lambda _: unpair),
    "wait": (_a_while, _waits),
}
