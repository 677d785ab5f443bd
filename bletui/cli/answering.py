"""Pairing's questions, answered from `--passkey` or from stdin; without either they are refused, and said so."""

from __future__ import annotations

from bletui.cli.keyboard import Keyboard
from bletui.cli.linkrecords import prompt_object
from bletui.cli.narration import say
from bletui.cli.records import failure_object
from bletui.errors.card import one_line
from bletui.failure import BleError
from bletui.model import Prompt
from bletui.radio import Attachment
from bletui.text import visible

_YES = ("y", "yes", "1")


class Answers:
    """Who answers. `keyboard` None: nobody can be asked."""

    def __init__(self, *, passkey: str | None, keyboard: Keyboard | None, json: bool) -> None:
        self._passkey = passkey
        self._keyboard = keyboard
        self._json = json
        self.unanswered = ""  # why the last question got no answer

    async def answer(self, seat: Attachment, prompt: Prompt) -> None:
        """Asks, and hands the answer over. A prompt that is closed meanwhile is no failure of this command."""
        say(question(prompt), prompt_object(prompt), json=self._json)
        if prompt.what == "show-passkey":  # the person at the device answers
            return
        value = await self._value(prompt)
        try:
            await seat.answer(prompt.id, value)
        except BleError as closed:  # what became of the pairing is told by its own operation
            say(one_line(closed.failure), failure_object(closed.failure), json=self._json)

    async def _value(self, prompt: Prompt) -> str | None:
        if prompt.what == "enter-passkey" and self._passkey is not None:
            return self._passkey
        line = None if self._keyboard is None or prompt.what.startswith("oob") else await self._keyboard.line()
        if line is None:
            self.unanswered = "nobody answers here (--passkey, or a line on stdin)"
            say(f"{self.unanswered}: refused", prompt_object(prompt, refused=True), json=self._json)
            return None
        line = line.strip()
        if prompt.what == "enter-passkey":
            return line or None
        return "yes" if line.casefold() in _YES else None


def question(prompt: Prompt) -> str:
    """What a person is asked, and how long there is to answer."""
    who = f"{visible(prompt.peer.address)} ({max(0.0, prompt.expires - prompt.at):.0f} s)"
    shown = visible(prompt.display or "")
    match prompt.what:
        case "enter-passkey":
            return f"{who}: which passkey does the device show? (six digits)"
        case "show-passkey":
            return f"{who}: type {shown} at the device"
        case "compare":
            return f"{who}: does the device show {shown}? [y/N]"
        case "confirm":
            return f"{who}: pair with it? [y/N]"
        case _:
            return f"{who}: it wants out-of-band data, which can't be given here"
