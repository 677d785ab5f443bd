"""Which of several wishes counts: flag, environment, the profile in force, the rest of the file, the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from bletui.config.file import Config, invalid
from bletui.config.settings import BY_NAME, Setting, Value

Origin = Literal["flag", "environment", "profile", "file", "default"]


class Resolved(NamedTuple):
    """A value, and who said so; `path`: the key in the file, where the file did; `variable`: the environment's."""

    name: str
    value: Value
    origin: Origin
    path: tuple[str, ...] = ()
    variable: str = ""


def profile(config: Config, flag: str | None, environ: Mapping[str, str]) -> str:
    """The profile in force, "" for none. `request.invalid` for one that the file has not."""
    wanted = flag if flag is not None else environ.get("BLETUI_PROFILE") or config.profile
    if wanted and wanted not in config.profiles:
        from bletui.config.reading import unknown

        raise invalid(unknown(wanted, config.profiles, "profile"))
    return wanted


def resolve(name: str, flag: Value, environ: Mapping[str, str], config: Config, profile: str) -> Resolved:
    """The value of a setting; a `flag` of None was not given. `request.invalid` for a wrong environment variable."""
    setting = BY_NAME[name]
    if flag is not None:
        return Resolved(name, flag, "flag")
    if words := environ.get(setting.variable):
        return Resolved(name, _of_environment(setting, words), "environment", variable=setting.variable)
    if profile and name in config.profiles[profile]:
        return Resolved(name, config.profiles[profile][name], "profile", ("profiles", profile, name))
    if name in config.settings:
        return Resolved(name, config.settings[name], "file", (name,))
    return Resolved(name, setting.default, "default")


def _of_environment(setting: Setting, words: str) -> Value:
    try:
        return setting.check(setting.of_text(words))
    except ValueError as expected:
        raise invalid(f"{setting.variable}: expected {expected}, found {words!r}") from None
