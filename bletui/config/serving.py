"""The table `[bridge]`: what a bridge serves and to whom. All of it can change while the bridge runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from bletui.config.settings import Value, one_of, text, texts

LOG_LEVELS = ("warning", "info", "debug")


class Serving(NamedTuple):
    """`keep`: minutes of events; `clients`: at most; `requests`: messages of one client in a second."""

    targets: tuple[str, ...] = ()
    group: str = ""
    keep: float = 10.0
    clients: float = 128.0
    requests: float = 2_000.0
    log: str = "info"
    publish: tuple[str, ...] = ()


def between(least: float, most: float, what: str) -> Callable[[object], float]:
    def check(value: object) -> float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and math.isfinite(value) and least <= value <= most:  # type: ignore[arg-type,operator] # a number
            return float(value)  # type: ignore[arg-type] # a number
        raise ValueError(f"{what} from {least:g} to {most:g}")

    return check


def brokers(value: object) -> tuple[str, ...]:
    """Their parameters are looked at by whoever publishes; a secret is refused here, without being repeated."""
    urls = texts(value)
    for url in urls:
        scheme, _, rest = url.partition("://")
        if scheme not in ("mqtt", "mqtts"):
            raise ValueError('a list of brokers, as ["mqtts://KEY@broker.example/site"]')
        if ":" in rest.partition("/")[0].rpartition("@")[0]:
            raise ValueError("the name of a credential before the @, and never a secret (user:secret@host)")
    return urls


KEYS: dict[str, Callable[[object], Value]] = {
    "targets": texts,
    "group": text,
    "keep": between(0.1, 1440, "a number of minutes"),
    "clients": between(1, 1024, "a number of clients"),
    "requests": between(10, 100_000, "messages a second"),
    "publish": brokers,
    "log": one_of(*LOG_LEVELS),
}
