"""What a key can't do here: marked before it is pressed, and said with the reason when it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bletui.console.commands import BY_ID, COMMANDS, FOCUS, Command, of
from bletui.console.status import lane_name
from bletui.console.troubles import Trouble
from bletui.console.widgets.failures import other_scheme
from bletui.errors.classify import Context
from bletui.errors.rules import remedies
from bletui.failure import ErrorKind
from bletui.model import Role
from bletui.radio.roles import greatest, refusal
from bletui.session import Joined, Session
from bletui.text import visible

SCHEME = "card.scheme"
# Asked of whichever radio fits, or of all of them, wherever the cursor stands.
ANY_RADIO = frozenset(("links.connect", "links.bonds", "links.mine", "card.restart", "app.answer"))


_DOING = {verb: [one.id for one in COMMANDS if one.does == verb] for verb in {one.does for one in COMMANDS} - {""}}


class Bar(NamedTuple):
    """`short` stands beside the key, `full` is said when it is pressed."""

    short: str
    full: str


class Here(NamedTuple):
    """`radio` and `lane`: of what is under the cursor, "" for whichever fits; `failed`: what has failed there; `needs`:
    roles that commands need there, where it is another than elsewhere."""

    session: Session
    radio: str = ""
    failed: Trouble | None = None
    needs: Mapping[str, Role] = {}
    lane: str = ""


def barred(focus: str, here: Here) -> Mapping[str, Bar]:
    """Why not, by the ids of commands of that focus which can't act. Asked with every frame."""
    places = FOCUS[focus]
    found = {one.id: bar(one, here) for one in _doubtful(places, here.session) if one.place in places}
    return {id_: why for id_, why in found.items() if why is not None}


def _doubtful(places: Sequence[str], session: Session) -> Iterator[Command]:
    """What might be barred in these places. All is asked for only where some seat is no operator's: in nearly every
    console none is."""
    if not _operates(session):
        yield from (command for place in places for command in of(place))
        return
    yield BY_ID[SCHEME]
    lanes = (changed.lane for joined in session.radios.values() for changed in joined.state.lanes.values())
    for verb in {verb for lane in lanes for verb in lane.cannot}:
        yield from (BY_ID[id_] for id_ in _DOING.get(verb, ()))


def bar(command: Command, here: Here) -> Bar | None:
    """None: it acts, as far as can be told before it is asked for."""
    if command.id == SCHEME:
        return None if _on_a_router(here) else _NO_ROUTER
    return _by_role(command, here) or _by_lane(command, here)


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
    seats = [
        (joined.attachment.owner.role, joined) for joined in _asked(command, here) if joined.attachment is not None
    ]
    role = greatest([role for role, _ in seats])
    refused = refusal(role, needed, command.label.lower()) if seats else None
    if refused is None:
        return None
    joined = next(joined for its, joined in seats if its == role)
    evidence = {"role": role, "role_from": _role_from(joined, role, here.session.owner.role)}
    remedy = remedies(refused, Context(evidence=evidence))[0].text
    kind = refused.kind
    return Bar(f"needs the role {needed}", f"{kind.code} {kind.value}: {refused.detail}. {remedy}")


def _asked(command: Command, here: Here) -> Sequence[Joined]:
    """The radio under the cursor, or all of them."""
    every = here.session.radios
    return [every[here.radio]] if here.radio in every and command.id not in ANY_RADIO else list(every.values())


def _by_lane(command: Command, here: Here) -> Bar | None:
    """The lane under the cursor can't do it, or no lane can: in the lane's words."""
    if not command.does:
        return None
    lanes = {id_: changed for joined in _asked(command, here) for id_, changed in joined.state.lanes.items()}
    alone = here.lane in lanes and command.id not in ANY_RADIO
    asked = [lanes[here.lane]] if alone else lanes.values()
    reasons = [changed.lane.cannot.get(command.does) for changed in asked]
    if not reasons or not all(reasons):
        return None
    kind, what = ErrorKind.OP_UNSUPPORTED, command.label.lower()
    name = lane_name(here.lane, lanes) if alone else ""
    where = f" on {name}" if alone else ": no lane can"
    return Bar(
        f"{name} can't" if alone else "no lane can", visible(f"{kind.code} {kind.value}: {what}{where}: {reasons[0]}")
    )


def _role_from(joined: Joined, role: Role, wished: Role) -> str:
    """What gave it: one of `role_from` in `bletui.errors.facts`."""
    if "role" in joined.target.params:
        return "target"
    if role == wished:
        return "flag"
    return "token" if joined.target.host else "uid"
