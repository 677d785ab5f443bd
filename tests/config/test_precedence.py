"""Flag, environment, profile, file, default: each counts where those before it are silent, and says so."""

from __future__ import annotations

import pytest

from bletui.config.file import parse
from bletui.config.precedence import profile, resolve
from bletui.config.settings import SETTINGS, Value
from bletui.failure import BleError

CONFIG = parse('theme = "ansi"\nlimit = 3\n[profiles.bench]\ntheme = "mono"\n')


@pytest.mark.parametrize(
    ("flag", "environ", "in_force", "value", "origin"),
    [
        ("colour-blind", {"BLETUI_THEME": "bletui"}, "bench", "colour-blind", "flag"),
        (None, {"BLETUI_THEME": "bletui"}, "bench", "bletui", "environment"),
        (None, {}, "bench", "mono", "profile"),
        (None, {}, "", "ansi", "file"),
        (None, {"BLETUI_THEME": ""}, "", "ansi", "file"),
    ],
)
def test_the_first_that_speaks_counts(
    flag: Value, environ: dict[str, str], in_force: str, value: Value, origin: str
) -> None:
    found = resolve("theme", flag, environ, CONFIG, in_force)
    assert (found.value, found.origin) == (value, origin)


def test_a_profile_leaves_alone_what_it_does_not_name() -> None:
    assert resolve("limit", None, {}, CONFIG, "bench").path == ("limit",)
    assert resolve("deadline", None, {}, CONFIG, "bench").origin == "default"


def test_false_is_a_value_and_not_silence() -> None:
    config = parse("mouse = false\n[profiles.a]\nmouse = true")
    assert resolve("mouse", None, {}, config, "").value is False
    assert resolve("mouse", False, {}, config, "a").origin == "flag"


@pytest.mark.parametrize(
    ("variable", "words", "value"),
    [
        ("BLETUI_TARGETS", "site sim:lab", ("site", "sim:lab")),
        ("BLETUI_ASCII", "1", True),
        ("BLETUI_MOUSE", "no", False),
        ("BLETUI_LIMIT", "2.5", 2.5),
        ("BLETUI_FILTER", "@near", "@near"),
    ],
)
def test_the_environment_speaks_in_words(variable: str, words: str, value: Value) -> None:
    name = next(setting.name for setting in SETTINGS if setting.variable == variable)
    assert resolve(name, None, {variable: words}, CONFIG, "").value == value


@pytest.mark.parametrize("variable", ["BLETUI_THEME", "BLETUI_ACTIVE", "BLETUI_LIMIT", "BLETUI_PACE"])
def test_a_wrong_variable_is_named(variable: str) -> None:
    name = next(setting.name for setting in SETTINGS if setting.variable == variable)
    with pytest.raises(BleError, match=f"{variable}: expected"):
        resolve(name, None, {variable: "x"}, CONFIG, "")


def test_the_profile_itself_is_asked_for_in_the_same_order() -> None:
    config = parse('profile = "a"\n[profiles.a]\n[profiles.b]\n[profiles.c]')
    assert profile(config, "c", {"BLETUI_PROFILE": "b"}) == "c"
    assert profile(config, None, {"BLETUI_PROFILE": "b"}) == "b"
    assert profile(config, None, {}) == "a"
    with pytest.raises(BleError, match="no profile 'bb' here; did you mean 'b'"):
        profile(config, "bb", {})
