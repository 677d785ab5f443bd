"""What a key can't do here: marked before it is pressed, and said with the reason when it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bletui.console.commands import BY_ID, FOCUS, Command, of
from bletui.console.troubles import Trouble
from bletui.console.widgets.failures import other_scheme
from bletui.errors.classify import Context
from bletui.errors.rules import remedies
from bletui.model import Role
from bletui.radio.roles import greatest, refusal
from bletui.session import Joined, Session

SCHEME = "card.scheme"
# Asked of whichever radio fits, or of all of them, wherever the cursor stands.
ANY_RADIO = frozenset(("links.connect", "links.bonds", "links.mine", "card.restart"))


class Bar(NamedTuple):
    """`short` stands beside the key, `full` is said when it is pressed."""

    short: str
    full: str


class Here(NamedTuple):
    """`radio`: of what is under the cursor, "" for whichever fits; `failed`: what has failed there; `needs`: roles that
    commands need there, where it is another than elsewhere."""

    session: Session
    radio: str = ""
    failed: Trouble | None = None
    needs: Mapping[str, Role] = {}


def barred(focus: str, here: Here) -> Mapping[str, Bar]:
    """Why not, by the ids of commands of that focus which can't act. Asked with every frame."""
    some: Iterable[Command] = (BY_ID[SCHEME],)
    if not _operates(here.session):
        some = (command for place in FOCUS[focus] for command in of(place))
    found = {command.id: bar(command, here) for command in some if command.place in FOCUS[focus]}
    return {id_: why for id_, why in found.items() if why is not None}


def bar(command: Command, here: Here) -> Bar | None:
    """None: it acts, as far as can be told before it is asked for."""
    if command.id == SCHEME:
        return None if _on_a_router(here) else _NO_ROUTER
    return _by_role(command, here)


_NO_ROUTER = Bar("no Cassia router failed", "no failure of a Cassia router is under the cursor: only that has two")


def _operates(session: Session) -> bool:
    """Whether no role bars anything at any radio, as in nearly every console."""
    seats = (joined.attachment for joined in session.radios.values())
    return all(seat is None or seat.owner.role == "operator" for seat in seats)


def _on_a_router(here: Here) -> bool:
    joined = here.session.radios.get(here.failed.radio) if here.failed is not None else None
    return joined is not None and other_scheme(joined.target) is not None


def _by_role(command: Command, here: Here) -> Bar | None:
    """The radio would refuse it: in its words, with what helps."""
    needed = here.needs.get(command.id, command.needs)
    if needed == "viewer":
        return None
    every = here.session.radios
    asked = [every[here.radio]] if here.radio in every and command.id not in ANY_RADIO else list(every.values())
    seats = [(joined.attachment.owner.role, joined) for joined in asked if joined.attachment is not None]
    role = greatest([role for role, _ in seats])
    refused = refusal(role, needed, command.label.lower()) if seats else None
    if refused is None:
        return None
    joined = next(joined for its, joined in seats if its == role)
    evidence = {"role": role, "role_from": _role_from(joined, role, here.session.owner.role)}
    remedy = remedies(refused, Context(evidence=evidence))[0].text
    kind = refused.kind
    return Bar(f"needs the role {needed}", f"{kind.code} {kind.value}: {refused.detail}. {remedy}")


def _role_from(joined: Joined, role: Role, wished: Role) -> str:
    """What gave it: one of `role_from` in `bletui.errors.facts`."""
    if "role" in joined.target.params:
        return "target"
    if role == wished:
        return "flag"
    return "token" if joined.target.host else "uid"
