"""What the tables of the file mean: names checked, values checked, each into its place in `Config`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path as FilePath

from bletui import fingerprint
from bletui.config.credentials import WITHIN, Command, Reference, SecretFile, SystemdCredential, Variable
from bletui.config.file import Config
from bletui.config.places import at_home
from bletui.config.reading import NEVER, SECRETS, Finding, Reading, Table, sort_of, unknown
from bletui.config.serving import KEYS
from bletui.config.settings import BY_NAME, SETTINGS, Value, seconds, text
from bletui.failure import BleError
from bletui.target import Target
from bletui.target import parse as parse_target
from bletui.text import is_clean

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")  # of targets, filters, profiles, credentials
_ADDRESS = re.compile(r"[0-9A-Fa-f]{2}(?:[:-]?[0-9A-Fa-f]{2}){5}")
_UUID = re.compile(r"[0-9a-f]{4}|[0-9a-f]{8}|[0-9a-f]{32}")
SHOWN_MAX = 40  # characters of an own name


def read(values: Mapping[str, object], path: FilePath | None, text: str) -> tuple[Config, list[Finding]]:
    """The value as far as it can be made, and what is wrong."""
    reading = Reading()
    top = Table(reading, (), values)
    settings = _settings(top)
    profile = top.take("profile", _name, "")
    targets = _named(top.table("targets"), lambda name, table: _target(table, path))
    credentials = _credentials(top.table("credentials"))
    filters = top.table("filters").entries(_filter)
    profiles = _named(top.table("profiles"), lambda name, table: _settings(table))
    own = top.table("names")
    addresses = _once(own.table("addresses"), _address, "name")
    uuids = _once(own.table("uuids"), _uuid, "name")
    own.close(BY_NAME)
    keys = _once(top.table("keys"), _key, "key")  # the name of its credential
    keymap = top.table("keymap").entries(_keys)
    bridge = _bridge(top.table("bridge"))
    top.close()
    config = Config(
        path,
        settings,
        profile,
        profiles,
        {name: replace(target, called=name) for name, target in targets.items() if target is not None},
        credentials,
        filters,
        addresses,
        uuids,
        keys,
        keymap,
        bridge,
        text,
    )
    _cross(config, reading)
    return config, reading.findings


def _cross(config: Config, reading: Reading) -> None:
    """What hangs on another part of the file."""
    if config.profile and config.profile not in config.profiles:
        reading.wrong(("profile",), unknown(config.profile, config.profiles, "profile"))
    wanted: list[tuple[tuple[str, ...], str]] = [(("filters", name), words) for name, words in config.filters.items()]
    for path, settings in [((), config.settings), *((("profiles", n), s) for n, s in config.profiles.items())]:
        wanted += [((*path, "filter"), str(settings["filter"]))] if "filter" in settings else []
        for number, words in enumerate(_listed(settings.get("default_targets"))):
            if why := _why_no_target(words, config.targets):
                reading.wrong((*path, "default_targets", number), why)
    for number, words in enumerate(_listed(config.bridge.get("targets"))):
        if why := _why_no_target(words, config.targets):
            reading.wrong(("bridge", "targets", number), why)
    if wanted:
        from bletui.filters import FilterError, parse

        for where, words in wanted:
            try:
                parse(words, named=config.filters)
            except FilterError as wrong:
                reading.wrong(where, wrong.failure.detail)
    if any(isinstance(one, Command) for one in config.credentials.values()) and (why := _open_to_others(config.path)):
        reading.wrong(("credentials",), why)


def _why_no_target(words: str, named: Mapping[str, Target]) -> str:
    """ "" where it is one."""
    if words in named:
        return ""
    if ":" not in words:
        return unknown(words, named, "target")
    try:
        _url(words)
    except ValueError as wrong:
        return str(wrong)
    return ""


def _listed(value: Value | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _settings(table: Table) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for setting in SETTINGS:
        value = table.take(setting.name, setting.check, None)
        if value is not None and table.has(setting.name):
            found[setting.name] = value
    return found


def _bridge(table: Table) -> dict[str, Value]:
    found = {name: table.take(name, check, None) for name, check in KEYS.items()}
    table.close()
    return {name: value for name, value in found.items() if value is not None}


def _named(table: Table, make: Callable[[str, Table], object]) -> dict:  # type: ignore[type-arg] # of what `make` makes
    made = {}
    for name, entry in table.tables():
        if not NAME.fullmatch(name):
            table.wrong(name, "a name has letters, digits, - _ and . (at most 64)")
        made[name] = make(name, entry)
        entry.close()
    return made


def _name(value: object) -> str:
    if isinstance(value, str) and NAME.fullmatch(value):
        return value
    raise ValueError("a name of letters, digits, - _ and .")


def _target(table: Table, path: FilePath | None) -> Target | None:
    if not table.has("url"):
        table.wrong("url", 'a target has an url, as url = "cassia://192.168.1.20"')
    url = table.take("url", text, "")
    ca, pin = table.take("ca", text, ""), table.take("pin", _pin, "")
    if not url:
        return None
    try:
        target = _url(url)
    except ValueError as wrong:
        table.wrong("url", str(wrong))
        return None
    beside = {"ca": str(_beside(ca, path)) if ca else "", "pin": pin}
    if ca and path is not None and not _beside(ca, path).is_file():
        table.doubt("ca", f"there is no file {_beside(ca, path)} now")
    for name in [name for name, value in beside.items() if value and name in target.params]:
        table.wrong(name, f"{name} stands in the url, too")
    return replace(target, params={**target.params, **{name: value for name, value in beside.items() if value}})


def _url(words: str) -> Target:
    """What is wrong with it is said without repeating any of it: it may hold a secret in the wrong place."""
    if ":" in re.sub("^[^/:@]*:?//", "", words.rpartition("@")[0]):
        raise ValueError(NEVER)
    try:
        target = parse_target(words)
    except BleError:
        raise ValueError("this is no target; one looks like local:hci1 or cassia://192.168.1.20") from None
    if any(name.casefold().replace("-", "_") in SECRETS for name in target.params):
        raise ValueError(NEVER)
    return target


def _beside(words: str, path: FilePath | None) -> FilePath:
    """A relative path counts from the file's folder."""
    found = at_home(words, os.environ)
    return found if path is None or found.is_absolute() else path.parent / found


def _pin(value: object) -> str:
    if isinstance(value, str) and fingerprint.parsed(value):
        return value
    raise ValueError("sha256: and the certificate's fingerprint, 64 hex digits (bletui doctor prints it)")


_SOURCES = ("env", "file", "command", "systemd")


def _credentials(table: Table) -> dict[str, Reference]:
    found = {}
    for name in table.entries(_no_secret):
        entry = table.table(name)
        if not NAME.fullmatch(name):
            table.wrong(name, "a name has letters, digits, - _ and . (at most 64)")
        reference = _reference(entry)
        entry.close()
        if reference is not None:
            found[name] = reference
    return found


def _no_secret(name: str, value: object) -> None:
    if not isinstance(value, dict):
        raise ValueError(NEVER)  # noqa: TRY004  `ValueError` is what a check raises


def _reference(table: Table) -> Reference | None:
    given = [name for name in _SOURCES if table.has(name)]
    within = table.take("within", seconds, WITHIN)
    made: tuple[Reference | None, ...] = (
        table.take("env", lambda value: Variable(_variable(value)), None),
        table.take("file", lambda value: SecretFile(_filled(value)), None),
        table.take("command", lambda value: Command(_argv(value), within), None),
        table.take("systemd", lambda value: SystemdCredential(_credential(value)), None),
    )
    if len(given) > 1:
        table.wrong(given[1], f"a credential has one source, and {given[0]} is one already")
    elif not given:
        table.wrong("env", "a credential has one of env, file, command, systemd")
    if table.has("within") and "command" not in given:
        table.wrong("within", "bounds a command, and there is none")
    return next((one for one in made if one is not None), None)


def _variable(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", value):
        return value
    raise ValueError("the name of an environment variable")


def _filled(value: object) -> str:
    if isinstance(value, str) and 0 < len(value) <= 4096 and is_clean(value):
        return value
    raise ValueError("a path in quotes")


def _argv(value: object) -> tuple[str, ...]:
    """No shell runs it, so that it is a list."""
    words = value if isinstance(value, list) and 0 < len(value) <= 64 else [None]
    if all(isinstance(one, str) and "\0" not in one for one in words) and words[0]:
        return tuple(words)
    raise ValueError('a list of program and arguments, as ["pass", "show", "router"]')


def _credential(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_.@:-]{1,255}", value) and value not in (".", ".."):
        return value
    raise ValueError("the name of a systemd credential")


def _filter(name: str, value: object) -> str:
    if not NAME.fullmatch(name):
        raise ValueError("a name has letters, digits, - _ and . (at most 64)")
    if not isinstance(value, str):
        raise ValueError("expected a filter in quotes, as 'rssi>=-70'")  # noqa: TRY004
    return value


def _once(table: Table, check: Callable[[str, object], tuple[str, str]], what: str) -> dict[str, str]:
    """Entries under their normal form, which two spellings may share."""
    found: dict[str, str] = {}
    for written, (normal, name) in table.entries(check).items():
        if normal in found:
            table.wrong(written, f"{normal} has a {what} already")
        found[normal] = name
    return found


def _shown(value: object) -> str:
    if isinstance(value, str) and 0 < len(value) <= SHOWN_MAX and value.strip() == value and is_clean(value):
        return value
    raise ValueError(f"expected a name of 1 to {SHOWN_MAX} visible characters in quotes")


def _address(name: str, value: object) -> tuple[str, str]:
    return _whose(name), _shown(value)


_HEX_KEY = re.compile(r"(0x)?([0-9A-Fa-f][\s:-]?){24,}")
_NO_KEY = "a key never stands in this file; name a credential here, and say under [credentials] where it is"


def _key(name: str, value: object) -> tuple[str, str]:
    """The key itself may stand here by mistake, so that the value is never repeated."""
    if isinstance(value, str) and _HEX_KEY.fullmatch(value):
        raise ValueError(_NO_KEY)
    if not _ADDRESS.fullmatch(name):
        raise ValueError("its name is no address; one looks like A4:C1:38:0B:7F:2A")
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ValueError(f"expected the name of a credential in quotes, found {sort_of(value)}")
    return _whose(name), value


def _whose(name: str) -> str:
    if _ADDRESS.fullmatch(name):
        digits = re.sub("[:-]", "", name).upper()
        name = ":".join(digits[at : at + 2] for at in range(0, 12, 2))
    elif not name or len(name) > 64 or re.search(r"[\s/:]", name) or not is_clean(name):
        raise ValueError(f"{name!r} is no address; one looks like A4:C1:38:0B:7F:2A")
    return name


def _uuid(name: str, value: object) -> tuple[str, str]:
    digits = name.lower().removeprefix("0x").replace("-", "")
    if not _UUID.fullmatch(digits):
        raise ValueError(f"{name!r} is no UUID; it has 4, 8 or 32 hex digits")
    from bletui.decode.uuids import uuid_text

    return uuid_text(bytes.fromhex(digits)[::-1]), _shown(value)


def _keys(name: str, value: object) -> tuple[str, ...]:
    keys = [value] if isinstance(value, str) else value
    if isinstance(keys, list) and 0 < len(keys) <= 8 and all(isinstance(key, str) and key for key in keys):
        return tuple(keys)
    raise ValueError('expected a key or a list of keys, as "ctrl+f" or ["f", "slash"]')


def _open_to_others(path: FilePath | None) -> str:
    """Whoever may write this file may have bletui run commands."""
    if path is None or os.name != "posix":
        return ""
    try:
        found = path.stat()
    except OSError:
        return ""  # it was read a moment ago, and is gone: nobody can change it any more
    if found.st_uid not in (os.geteuid(), 0):
        return f"a command stands here, and the file belongs to user {found.st_uid}"
    if found.st_mode & 0o022:
        return f"a command stands here, and others may write the file (mode {found.st_mode & 0o7777:04o}): chmod go-w"
    return ""
