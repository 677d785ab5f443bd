"""One failure as text: the one line, and the card that says what broke, why, and what to try first, second, third.

Plain visible text for every surface; the console adds style and keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from bletui.errors.actions import ACTIONS
from bletui.errors.layout import cells, cut, wrapped
from bletui.errors.rules import WAITING, Remedy, remedies
from bletui.text import bounded, visible

if TYPE_CHECKING:
    from bletui.errors.classify import Context
    from bletui.failure import Failure

_SPEAKERS: Final = (
    ("cassia", "the router said"),
    ("bluez", "BlueZ said"),
    ("bleak", "the Bluetooth library said"),
    ("att", "the device said"),
    ("smp", "the device said"),
    ("hci", "the controller said"),
    ("httpx", "the HTTP client reported"),
    ("http", "the server said"),
    ("ssl", "TLS said"),
    ("mqtt", "the broker said"),
    ("os", "the system said"),
    ("esphome", "the proxy said"),
    ("android", "the phone said"),
    ("tuya", "the cloud said"),
)
_WORDS_MAX: Final = 400  # characters of native words on a card


def one_line(failure: Failure, width: int | None = None) -> str:
    """Code, name, title and the words that tell most; cut to `width` columns if given."""
    told = failure.detail or failure.message
    line = f"{failure.kind.code} {failure.kind.value}  {failure.kind.title}"
    if told:
        line += f": {bounded(visible(told), _WORDS_MAX)}"
    return line if width is None else cut(line, width)


def card(
    failure: Failure,
    context: Context | None = None,
    width: int = 80,
    *,
    keys: bool = True,
    called: str = "",
    besides: str = "",
) -> list[str]:
    """The whole card, each line at most `width` columns; the first one is the head, remedies are numbered.

    `keys` False leaves out the labels of bletui's own actions, where there is nothing to press; `called`: what a person
    calls the device; `besides`: an action that is not offered, because it is what has just been done.
    """
    lines = wrapped(failure.kind.title, width, f"{failure.kind.code} {failure.kind.value}  ", "  ")
    for told in (_where(failure, called), _said(failure), _detail(failure), _outcome(failure)):
        if told:
            lines += wrapped(told, width, "  ")
    offered = [remedy for remedy in remedies(failure, context) if not besides or remedy.action != besides]
    for number, remedy in enumerate(offered, 1):
        lines += _step(remedy, number, width, keys=keys)
    return [*lines, *wrapped(f"retry: {waiting(failure)}", width, "  ")]


def waiting(failure: Failure) -> str:
    """Whether and when it is tried again."""
    if failure.retry_after is not None:
        return f"after {failure.retry_after:g} s, as the far side asks"
    return WAITING[failure.retry_class]


def _where(failure: Failure, called: str) -> str:
    return visible(", ".join(_places(failure, called)))


def _places(failure: Failure, called: str) -> Iterator[str]:
    what = " ".join(word for word in (failure.operation, called, failure.address or "", failure.uuid or "") if word)
    via = " ".join(dict.fromkeys(word for word in (failure.radio, failure.router, failure.lane) if word))
    if what or via:
        yield f"{what} via {via}" if what and via else what or via
    if failure.handle is not None:
        yield f"handle 0x{failure.handle:04x}"
    if failure.attempt is not None:
        yield f"attempt {failure.attempt}"
    if failure.elapsed is not None:
        yield f"after {failure.elapsed:.1f} s"


def _said(failure: Failure) -> str:
    if not (failure.message or failure.code):
        return ""
    speaker = next((words for start, words in _SPEAKERS if failure.source.startswith(start)), f"{failure.source} said")
    message = f'"{bounded(failure.message, _WORDS_MAX)}"' if failure.message.strip() else ""
    return visible(f"{speaker}: {failure.code} {message}".rstrip())


def _detail(failure: Failure) -> str:
    return bounded(visible(failure.detail), _WORDS_MAX)


def _outcome(failure: Failure) -> str:
    if failure.already_done:
        return "It is already as you wanted it."
    return "It may have happened all the same." if failure.outcome_unknown else ""


def _step(remedy: Remedy, number: int, width: int, *, keys: bool) -> list[str]:
    lines = wrapped(remedy.text, width, f"  {number}. ")
    if remedy.action and keys:
        label = f"[{ACTIONS[remedy.action].label}]"
        room = width - cells(lines[-1]) - cells(label)
        lines = [*lines[:-1], lines[-1] + " " * room + label] if room > 0 else [*lines, label.rjust(width)]
    if remedy.command:
        lines += wrapped(remedy.command, width, "     $ ")
    return lines
