"""The keys of sealed broadcasts, fetched from where the configuration says that they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bletui.config.credentials import refused
from bletui.decode.keyring import Keyring, key_of
from bletui.failure import BleError, Failure


def fetched(keys: Mapping[str, str], secret: Callable[[str], str]) -> tuple[Keyring, tuple[Failure, ...]]:
    """The keys by address, and why others can't be had. `keys`: a credential's name by address; each is asked for once.

    Blocks while commands run. No failure holds anything of a key.
    """
    had: dict[str, bytes] = {}
    failures = []
    for name in dict.fromkeys(keys.values()):
        try:
            had[name] = _key(name, secret(name))
        except BleError as cannot:
            failures.append(cannot.failure)
    return Keyring({address: had[name] for address, name in keys.items() if name in had}), tuple(failures)


def _key(name: str, text: str) -> bytes:
    try:
        return key_of(text)
    except ValueError as expected:
        raise refused(name, f"as the key of a sealed broadcast: {expected}") from None
