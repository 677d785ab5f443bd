"""Whether the bus's policy files let this user call org.bluez, and which rule says so (dbus-daemon(1))."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from xml.etree import ElementTree

from bletui.failure import Failure

BLUEZ = "org.bluez"

Scope = Literal["default", "group", "user", "mandatory"]
_ORDER: tuple[Scope, ...] = ("default", "group", "user", "mandatory")  # a later one overrides an earlier one


@dataclass(frozen=True, slots=True)
class Rule:
    """One `<allow>` or `<deny>` that decides over calls to org.bluez; `who` is the group or user of its policy."""

    file: str
    scope: Scope
    who: str
    allow: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rule` None: nothing mentions org.bluez, and a system bus refuses what nothing allows."""

    allowed: bool
    rule: Rule | None
    groups: tuple[str, ...]  # groups whose members may

    @property
    def words(self) -> str:
        if self.rule is None:
            return "no D-Bus policy file mentions org.bluez, so the bus refuses every call to it"
        who = f"{self.rule.scope} {self.rule.who}".strip()
        said = f"{self.rule.file} {'allows' if self.rule.allow else 'denies'} it for {who}"
        return f"{said}; members of {', '.join(self.groups)} may" if self.groups and not self.allowed else said


def rules(document: bytes, file: str) -> Iterator[Rule]:
    """The rules of one file about calls to org.bluez; none from a file that is no XML."""
    try:
        root = ElementTree.fromstring(document)
    except ElementTree.ParseError:  # the bus ignores it too
        return
    for policy in root.iter("policy"):
        scope = _scope(policy)
        if scope is None:
            continue
        for entry in policy:
            if entry.tag in ("allow", "deny") and _decides(entry):
                yield Rule(file, *scope, entry.tag == "allow")


def verdict(found: Iterable[Rule], user: str, groups: frozenset[str]) -> Verdict:
    """What holds for `user`: the last rule that applies to them, by the order of scopes and then of reading."""
    every = list(found)
    ours = [rule for scope in _ORDER for rule in every if rule.scope == scope and _applies(rule, user, groups)]
    last = ours[-1] if ours else None
    members = tuple(dict.fromkeys(rule.who for rule in every if rule.scope == "group" and rule.allow))
    return Verdict(last is not None and last.allow, last, members)


def explained(denied: Failure, found: Sequence[Rule], user: str, groups: frozenset[str]) -> Failure:
    """The refusal with what the policy files say of it; a group is named only where joining one would help."""
    held = verdict(found, user, groups)
    evidence = dict(denied.evidence)
    if held.allowed:
        words = f"the policy files allow it ({held.words}); the bus may not have read them yet"
        return replace(denied, detail=words, evidence=tuple((evidence | {"policy": "open"}).items()))
    if held.groups:
        evidence |= {"policy": "restricted", "group": held.groups[0]}
    return replace(denied, detail=held.words, evidence=tuple(evidence.items()))


def _scope(policy: ElementTree.Element) -> tuple[Scope, str] | None:
    match policy.attrib:
        case {"context": ("default" | "mandatory") as context}:
            return context, ""
        case {"group": group}:
            return "group", group
        case {"user": user}:
            return "user", user
    return None  # at_console: its meaning is the login manager's


def _decides(entry: ElementTree.Element) -> bool:
    narrowed = {"send_interface", "send_member", "send_path", "send_type"} & entry.attrib.keys()
    return entry.get("send_destination") == BLUEZ and not narrowed


def _applies(rule: Rule, user: str, groups: frozenset[str]) -> bool:
    match rule.scope:
        case "group":
            return rule.who in groups or rule.who == "*"
        case "user":
            return rule.who in (user, "*")
    return True
