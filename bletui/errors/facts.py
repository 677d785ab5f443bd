"""What is known around one failure, by name and as visible text: what rules look at and remedies are filled from."""

from __future__ import annotations

from collections.abc import Mapping

from bletui.errors.rows import fold, fold_code
from bletui.kinds import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Final

    from bletui.errors.classify import Context
    from bletui.failure import Failure

FACT_MAX: Final = 120  # characters of one fact in a remedy

# What a remedy may name, and what stands there while it is not known: evidence, or what the failure itself carries.
FIELDS: Final[Mapping[str, str]] = {
    "adapter": "hci0",
    "address": "ADDRESS",
    "behind": "the running call",
    "ca_file": "CA.pem",
    "cert_names": "the name in the certificate",
    "chip": "0",
    "container": "the container",
    "device": "the device",
    "filter": "the filter",
    "group": "bluetooth",
    "handle": "the handle",
    "host": "HOST",
    "limit": "its limit",
    "not_after": "its end date",
    "now": "this machine's time",
    "package": "PACKAGE",
    "plugin": "the plug-in",
    "port": "PORT",
    "proxy": "the proxy",
    "role": "your role",
    "router": "the router",
    "uuid": "the UUID",
    "waited": "a while",
}

# What `Context.evidence` may hold. Yes and no are `yes` and `no`.
EVIDENCE: Final[Mapping[str, str]] = {
    "adapter": "the adapter's name, as hci0",
    "address_type": "public or random, as it was sent",
    "agent": "none, or registered: who answers BlueZ's pairing questions",
    "behind": "what runs there now, as an address",
    "bonded": "a bond with the device exists here",
    "bonded_now": "that bond was made in this session",
    "bus": "usb where the adapter is a dongle",
    "bytes": "bytes received on the stream before it ended",
    "ca_file": "the CA file that was named",
    "cert_names": "the names in the server's certificate",
    "chip": "the router's chip that was asked for",
    "clock": "synchronized, unset, or behind (before this version of bletui was made)",
    "connected": "the link was up when the call failed",
    "container": "the container's sort, where this runs in one",
    "credentials": "none: no credential is configured; given",
    "filter": "the filter that is set",
    "group": "the group that the bus's policy admits",
    "host": "the host that was asked",
    "in_flight": "our own other calls for the device",
    "journal": "the link is in the journal of an earlier run",
    "limit": "seconds that the attempt was given",
    "local_name": "the host's name ends in .local",
    "not_after": "the end of the certificate's validity",
    "now": "this machine's wall time, as text",
    "package": "what pip is to install, as bletui[router-api]",
    "page": "an HTML page came",
    "pinned": "a pinned certificate was demanded",
    "plugin": "the plug-in at fault",
    "policy": "restricted: the bus admits a group only (`group`); open",
    "port": "the port that was asked",
    "portal": "a captive portal is known to be there",
    "private_name": "the host's name belongs to a private network",
    "proxy": "the proxy in use, without its credentials",
    "rfkill": "hard, soft, or none",
    "role": "the role of the seat",
    "role_from": "flag (--read-only), target (?role=), token, or uid",
    "rung": "the doctor's step that failed",
    "scheme": "the target's scheme",
    "since_write": "seconds since the last write to the device",
    "slots_used": "links on the lane",
    "ssh": "this is an SSH session",
    "system": "linux, macos, or windows",
    "token": "fresh: fetched right before the call",
    "typed": "the address was typed, not picked",
    "uptime": "seconds since the router started",
    "was_connected": "the device was connected in this session",
    "was_on": "the adapter was on when the scan began",
    "we_disconnected": "we asked for the link's end",
}

_OWN = (
    "source", "operation", "radio", "lane", "router", "address", "handle", "uuid", "attempt", "elapsed", "status",
    "retry_after", "detail",
)  # fmt: skip
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")


def facts(failure: Failure, context: Context | None = None) -> dict[str, str]:
    """Names to visible, bounded text; a name is absent where nothing is known. `code` and `text` are folded."""
    from bletui.text import bounded, visible  # `explain` fills nothing in and starts without its patterns

    known: dict[str, str] = {}
    for name in _OWN:
        value = getattr(failure, name)
        if value not in (None, ""):
            known[name] = f"{value:g}" if isinstance(value, float) else str(value)
    known.update(failure.evidence)
    if context is not None:
        known.update(context.evidence)
    known = {name: bounded(visible(value), FACT_MAX) for name, value in known.items()}
    known["code"] = fold_code(failure.code)
    known["text"] = fold(failure.message)
    if failure.address:
        known["device"] = known["address"]
        known.setdefault("address_sort", _sort_of(failure.address, known.get("address_type")))
    if failure.handle is not None:
        known["handle"] = f"0x{failure.handle:04x}"
    if failure.retry_after is not None:
        known["waited"] = f"{failure.retry_after:g} s"
    return known


def filled(template: str, known: Mapping[str, str], *, shell: bool = False) -> str:
    """The template with its {fields}; what is not known appears as in `FIELDS`. `shell`: values are quoted."""
    first, *others = template.split("{")
    words = [first]
    for other in others:
        name, _, rest = other.partition("}")
        value = known.get(name)
        words += [FIELDS[name] if value is None else quoted(value) if shell else value, rest]
    return "".join(words)


def quoted(word: str) -> str:
    """One word of a POSIX command line, whatever it holds: evidence comes from the air and is pasted by a person."""
    return (
        word
        if word and _SAFE.issuperset(word) and not word.startswith("-")
        else "'" + word.replace("'", "'\"'\"'") + "'"
    )


def _sort_of(address: str, address_type: str | None) -> str:
    """Which sort of random address it is; "" where that is not known."""
    from bletui.model.addresses import sort_of  # `explain` knows no address

    return (sort_of(address, "random") if address_type == "random" else None) or ""
