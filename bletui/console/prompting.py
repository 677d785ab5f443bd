"""Pairing's questions as dialogues over whatever is on the screen, with the time that is left to answer.

What waited before, or somebody else asked for, is a notice and opens by a key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from bletui.console.commands import BY_ID
from bletui.console.notices import Notice
from bletui.console.screens.dialogue import Dialogue, NoticeDialogue, TextDialogue, YesNoDialogue
from bletui.console.spans import Line, Span, line
from bletui.console.status import lane_name
from bletui.errors.card import one_line
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Prompt, PromptWhat
from bletui.radio.roles import refusal
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.console.app import Console
    from bletui.radio import Attachment
    from bletui.session import Joined

    Key = tuple[str, int]  # the radio, and what it calls the question
    Waiting = Mapping[Key, tuple[Joined, Prompt]]

TITLE = "Pairing"


class Prompts:
    """Shows one question after the other to who may answer; what is closed elsewhere or expires goes away by itself.

    No dialogue opens over the screen for what somebody else asked for, or waited already when the radio was joined.
    """

    def __init__(self, app: Console) -> None:
        self._app = app
        self._shown: tuple[str, int, Dialogue] | None = None
        self._answered: set[Key] = set()
        self._opens: dict[Key, bool] = {}  # whether it opens by itself
        self._noticed: set[Key] = set()
        self._seats: dict[str, Attachment] = {}  # whose questions were looked at before

    def look(self) -> None:
        """Called with every beat."""
        waiting = self._waiting()
        self._answered &= waiting.keys()
        self._meet(waiting)
        self._notice(waiting)
        if self._shown is not None:
            radio, number, dialogue = self._shown
            if (radio, number) not in waiting and self._app.screen is dialogue:
                self._shown = None
                dialogue.dismiss(None)
            return
        for key, (joined, prompt) in waiting.items():
            if key not in self._answered and self._opens[key] and not isinstance(self._app.screen, Dialogue):
                self._ask(joined, prompt)
                return

    def answer(self) -> bool:
        """Opens the first question that waits; whether there is one."""
        open_ = (one for key, one in self._waiting().items() if key not in self._answered)
        found = next(open_, None)
        if found is not None and self._shown is None:
            self._ask(*found)
        return found is not None

    def _waiting(self) -> Waiting:
        session = self._app.session
        return {
            (joined.name, prompt.id): (joined, prompt)
            for joined in (session.radios.values() if session else ())
            if joined.attachment is not None and refusal(joined.attachment.owner.role, "operator", "answer") is None
            for prompt in joined.state.prompts.values()
        }

    def _meet(self, waiting: Waiting) -> None:
        self._opens = {key: opens for key, opens in self._opens.items() if key in waiting}
        for key, (joined, prompt) in waiting.items():
            there_before = self._seats.get(joined.name) is not joined.attachment
            self._opens.setdefault(key, not there_before and not _asked_by(prompt, joined))
        session = self._app.session
        radios = session.radios.values() if session is not None else ()
        self._seats = {joined.name: joined.attachment for joined in radios if joined.attachment is not None}

    def _notice(self, waiting: Waiting) -> None:
        """Says which questions wait for a key, until they are put away or closed."""
        notices, now = self._app.configured.notices, self._app.clock.wall()
        due = {key for key in waiting if not self._opens[key] and key not in self._answered}
        for key in due:
            joined, prompt = waiting[key]
            if key not in self._noticed or notices.waits(_notice_id(key)):
                words = waits(prompt, now, self._called(prompt), _asked_by(prompt, joined))
                notices.put(Notice(_notice_id(key), words, "strong"))
        over = {_notice_id(key) for key in self._noticed - due}
        if over:
            notices.withdraw(over.__contains__)
        self._noticed = due

    def _called(self, prompt: Prompt) -> str:
        session = self._app.session
        return (session.store.called(prompt.peer.address) if session else None) or ""

    def _ask(self, joined: Joined, prompt: Prompt) -> None:
        where = lane_name(prompt.peer.lane, joined.state.lanes)
        name = self._called(prompt)
        dialogue = dialogue_for(prompt, lambda: said(prompt, self._app.clock.wall(), where, name))
        self._shown = joined.name, prompt.id, dialogue
        self._app.push_screen(dialogue, lambda answer: self._take(joined, prompt, answer))

    def _take(self, joined: Joined, prompt: Prompt, answer: str | None) -> None:
        self._shown = None
        self._answered.add((joined.name, prompt.id))
        if prompt.id in joined.state.prompts and joined.attachment is not None:
            self._app.run_worker(self._send(joined, prompt.id, answer), group="answer")

    async def _send(self, joined: Joined, number: int, answer: str | None) -> None:
        assert joined.attachment is not None
        try:
            await joined.attachment.answer(number, answer)
        except BleError as refused:  # the pairing that asked tells its own end; this one says why nobody heard us
            self._app.notify(one_line(refused.failure), title=TITLE, severity="warning", markup=False)


def _notice_id(key: Key) -> str:
    return f"{TITLE} {key[0]} {key[1]}"


def _asked_by(prompt: Prompt, joined: Joined) -> str:
    """Who else it is, if it is known; "": this console, or the device by itself."""
    owner = prompt.op.owner.partition("/")[0] if prompt.op is not None else joined.owner
    return "" if owner == joined.owner else owner


_WANTS: Mapping[PromptWhat, str] = {
    "enter-passkey": "asks for its passkey",
    "show-passkey": "wants a passkey typed",
    "compare": "wants six digits compared",
    "confirm": "asks to pair",
    "oob-legacy": "asks for out-of-band data",
    "oob-sc": "asks for out-of-band data",
}


def waits(prompt: Prompt, now: float, name: str = "", by: str = "") -> str:
    """What a question that waits wants, how long, and the key that opens it; `by`: who else asked for it."""
    who = " ".join(visible(word) for word in (name, prompt.peer.address) if word)
    asked = f" ({visible(by)} pairs it)" if by else ""
    left = max(0, round(prompt.expires - now))
    return f"{who} {_WANTS[prompt.what]}{asked}: {left} s left, {BY_ID['app.answer'].shown_key} answers"


def dialogue_for(prompt: Prompt, says: Callable[[], Sequence[Line]]) -> Dialogue:
    """What fits the question: six digits, a yes or no, or only words to read."""
    match prompt.what:
        case "enter-passkey":
            return TextDialogue(TITLE, says, passkey, accept="Pair")
        case "show-passkey":
            return NoticeDialogue(TITLE, says)
        case "oob-legacy" | "oob-sc":
            return TextDialogue(TITLE, says, oob, accept="Pair")
        case _:
            return YesNoDialogue(TITLE, says, "Pair", "Refuse")


def said(prompt: Prompt, now: float, lane: str = "", name: str = "") -> list[Line]:
    """The question in words, and how long there is to answer; `lane` and `name`: what lane and device are called."""
    shown = Span(visible(prompt.display or ""), "strong")
    words: dict[str, Line] = {
        "enter-passkey": line(" Type the six digits that the device shows."),
        "show-passkey": line(" Type ", shown, " at the device."),
        "compare": line(" Does the device show ", shown, " as well?"),
        "confirm": line(" Pair with it?"),
        "oob-legacy": line(" Its out-of-band key, 16 bytes as hex."),
        "oob-sc": line(" Its out-of-band random and confirm values, 16 bytes each as hex."),
    }
    left = max(0, round(prompt.expires - now))
    return [
        line(
            Span(f" {visible(name)} " if name else ""),
            Span(f" {visible(prompt.peer.address)}", "strong"),
            f" on {lane or visible(prompt.peer.lane)}",
        ),
        line(),
        words[prompt.what],
        line(Span(f" {left} s left", "warn" if left <= 10 else "dim")),
        line(),
    ]


def passkey(text: str) -> str:
    """Six digits (Core, Vol 3 Part H, 2.3.5.3)."""
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        raise BleError(
            Failure(kind=ErrorKind.REQUEST_INVALID, operation="answer", detail="six digits, 000000 to 999999")
        )
    return f"answers {text}"


def oob(text: str) -> str:
    digits = "".join(text.split()).lower()
    if len(digits) not in (32, 64) or not set(digits) <= set("0123456789abcdef"):
        raise _invalid("32 or 64 hex digits")
    return f"answers {len(digits) // 2} bytes"


def _invalid(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.REQUEST_INVALID, operation="answer", detail=detail))
