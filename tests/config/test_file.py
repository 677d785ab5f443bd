"""The file as a value: what is taken, what is refused and where, and that nothing else ever happens."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.config.credentials import Command, SecretFile, SystemdCredential, Variable
from bletui.config.file import SIZE_MAX, Config, Problem, Refused, load, parse
from bletui.config.reading import NEVER
from bletui.config.serving import Serving
from bletui.config.settings import SETTINGS
from bletui.failure import BleError, ErrorKind
from bletui.target import Target
from bletui.text import is_clean

WHOLE = """
default_targets = ["site", "sim:lab"]
theme = "ansi"
active = true
limit = 5
profile = "bench"
[targets.site]
url = "cassia+https://SITE@ac.example?chip=0"
ca = "site.pem"
[targets.lab]
url = "cassia+https://10.0.0.1"
pin = "sha256:{pin}"
[credentials.SITE]
file = "~/site.key"
[credentials]
LAB = {{ env = "LAB" }}
DEPOT = {{ command = ["pass", "show"], within = 2.5 }}
SERVICE = {{ systemd = "bletui.X" }}
[filters]
near = "rssi>=-70"
doors = '@near and name~"door*"'
[names.addresses]
"a4-c1-38-0b-7f-2a" = "Door 4"
[names.uuids]
0xFE00 = "Ours"
"f000aa00-0451-4000-b000-000000000000" = "Lock"
[keys]
"54-48-e6-8f-80-a5" = "SITE"
[keymap]
"scan.filter" = ["slash", "f"]
[bridge]
targets = ["site", "sim:lab"]
group = "bluetooth:reader"
keep = 30
clients = 4
requests = 50.5
log = "debug"
publish = ["mqtts://SITE@broker.example/site"]
[profiles.bench]
theme = "mono"
""".format(pin="ab" * 32)


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as caught:
        parse(text)
    return caught.value.problems


def test_everything_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "site.pem").touch()
    config = parse(WHOLE, tmp_path / "config.toml")
    assert config.settings == {"default_targets": ("site", "sim:lab"), "theme": "ansi", "active": True, "limit": 5.0}
    assert config.profiles == {"bench": {"theme": "mono"}}
    site = {"chip": "0", "ca": str(tmp_path / "site.pem")}
    assert config.targets["site"] == Target("cassia+https", host="ac.example", key="SITE", params=site)
    assert config.targets["lab"].params == {"pin": "sha256:" + "ab" * 32}
    assert config.credentials == {
        "SITE": SecretFile("~/site.key"),
        "LAB": Variable("LAB"),
        "DEPOT": Command(("pass", "show"), 2.5),
        "SERVICE": SystemdCredential("bletui.X"),
    }
    assert config.filters["doors"] == '@near and name~"door*"'
    assert config.addresses == {"A4:C1:38:0B:7F:2A": "Door 4"}
    assert config.uuids == {
        "0000fe00-0000-1000-8000-00805f9b34fb": "Ours",
        "f000aa00-0451-4000-b000-000000000000": "Lock",
    }
    assert config.keys == {"54:48:E6:8F:80:A5": "SITE"}
    assert config.keymap == {"scan.filter": ("slash", "f")}
    assert Serving(**config.bridge) == Serving(  # type: ignore[arg-type]
        ("site", "sim:lab"), "bluetooth:reader", 30.0, 4.0, 50.5, "debug", ("mqtts://SITE@broker.example/site",)
    )
    assert config.warnings == ()


@pytest.mark.parametrize(
    ("text", "line", "column", "key", "words"),
    [
        ("a = ", 1, 5, "", "no TOML: Invalid value"),
        ('a = "\x1b"', 1, 6, "", r"\\x1b"),
        ('x = """', 1, 8, "", "no TOML"),
        ("\nx = " + "[" * 5000, 1, 1, "", "nested too deeply"),
        ("n = " + "9" * 5000, 1, 1, "", "a number too long"),
        ("\n  thme = 1", 2, 3, "thme", "did you mean 'theme'?"),
        ('theme = "blue"', 1, 1, "theme", "expected one of bletui, ansi, colour-blind, mono"),
        ("mouse = 1", 1, 1, "mouse", "expected true or false, found a number"),
        ("limit = true", 1, 1, "limit", "found true or false"),
        ("limit = nan", 1, 1, "limit", "seconds"),
        ("deadline = 1e9", 1, 1, "deadline", "at most 86400"),
        ("limit = 07:32:00", 1, 1, "limit", "found a date or time"),
        ('default_targets = "sim:"', 1, 1, "default_targets", "a list"),
        ('default_targets = [\n "sim:",\n "lab"]', 3, 2, "default_targets[2]", "there is no target 'lab'"),
        ('default_targets = ["cassia://u:p@h"]', 1, 20, "default_targets[1]", "a secret never stands in this file"),
        ("[targets.a]\n", 1, 10, "targets.a.url", "a target has an url"),
        ("[targets]\nsite = 5", 2, 1, "targets.site", "expected a table, found a number"),
        ('[targets."a b"]\nurl = "sim:"', 1, 10, 'targets."a b"', "a name has letters"),
        ('[targets.a]\nurl = "10.0.0.1"', 2, 1, "targets.a.url", "this is no target"),
        ('[targets.a]\nurl = "cassia://h"\nurll = ""', 3, 1, "targets.a.urll", "did you mean 'url'?"),
        ('[targets.a]\nurl = "cassia+https://h"\npin = "abc"', 3, 1, "targets.a.pin", "64 hex digits"),
        ('[targets.a]\nurl = "cassia+https://h?ca=x"\nca = "y"', 3, 1, "targets.a.ca", "stands in the url, too"),
        ('[credentials.A]\nenv = "X"\nfile = "y"', 3, 1, "credentials.A.file", "env is one already"),
        ("[credentials.A]\n", 1, 14, "credentials.A.env", "one of env, file, command, systemd"),
        ('[credentials.A]\nenv = "a b"', 2, 1, "credentials.A.env", "the name of an environment variable"),
        ('[credentials.A]\ncommand = "pass x"', 2, 1, "credentials.A.command", "a list of program and arguments"),
        ("[credentials.A]\ncommand = []", 2, 1, "credentials.A.command", "a list of program and arguments"),
        ('[credentials.A]\nenv = "X"\nwithin = 3', 3, 1, "credentials.A.within", "bounds a command"),
        ('[credentials.A]\nsystemd = "../x"', 2, 1, "credentials.A.systemd", "a systemd credential"),
        ('[filters]\nx = "rssi>>1"', 2, 1, "filters.x", "character 6"),
        ('[filters]\nx = "@y"\ny = "@x"', 2, 1, "filters.x", "comes to itself"),
        ('[filters]\n"a b" = "new"', 2, 1, 'filters."a b"', "a name has letters"),
        ('filter = "@nar"\n[filters]\nnear = "new"', 1, 1, "filter", "did you mean @near?"),
        ('[names.addresses]\n"a b" = "x"', 2, 1, 'names.addresses."a b"', "is no address"),
        ('[names.addresses]\nA4C1380B7F2A = "x\\u202e"', 2, 1, "names.addresses.A4C1380B7F2A", "visible characters"),
        ('[names.uuids]\nfe00 = "a"\n0xfe00 = "b"', 3, 1, "names.uuids.0xfe00", "has a name already"),
        ('[names.uuids]\nxyz = "a"', 2, 1, "names.uuids.xyz", "is no UUID"),
        ('[names]\ntheme = "ansi"', 2, 1, "names.theme", "stands above the first [table]"),
        ('[keys]\n"a4-c1" = "B"', 2, 1, "keys.a4-c1", "is no address"),
        ("[keys]\nA4C1380B7F2A = 5", 2, 1, "keys.A4C1380B7F2A", "the name of a credential in quotes, found a number"),
        ('[keys]\nA4C1380B7F2A = "a b"', 2, 1, "keys.A4C1380B7F2A", "the name of a credential"),
        ('[keys]\nA4C1380B7F2A = "B"\na4c1380b7f2a = "C"', 3, 1, "keys.a4c1380b7f2a", "has a key already"),
        ("[keymap]\nx = []", 2, 1, "keymap.x", "expected a key or a list of keys"),
        ('[bridge]\ntargets = [\n "sim:",\n "lab"]', 4, 2, "bridge.targets[2]", "there is no target 'lab'"),
        ("[bridge]\nkeep = 0", 2, 1, "bridge.keep", "a number of minutes from 0.1 to 1440, found a number"),
        ('[bridge]\npublish = ["http://x"]', 2, 1, "bridge.publish", 'as ["mqtts://KEY@broker.example/site"]'),
        ('[bridge]\npublish = ["mqtt://me:geheim@x"]', 2, 1, "bridge.publish", "never a secret"),
        ("[bridge]\nclients = true", 2, 1, "bridge.clients", "a number of clients from 1 to 1024"),
        ("[bridge]\nrequests = inf", 2, 1, "bridge.requests", "messages a second from 10 to 100000"),
        ('[bridge]\nlog = "all"', 2, 1, "bridge.log", "one of warning, info, debug"),
        ("[bridge]\nkep = 5", 2, 1, "bridge.kep", "did you mean 'keep'?"),
        ('profile = "b"\n[profiles.bench]', 1, 1, "profile", "there are bench"),
        ('[profiles.b]\nprofile = "b"', 2, 1, "profiles.b.profile", "no key 'profile'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(text: str, line: int, column: int, key: str, words: str) -> None:
    first = problems(text)[0]
    assert (first.position, first.key) == ((line, column), key)
    assert words.replace(r"\\", "\\") in first.words


@pytest.mark.parametrize(
    "text",
    [
        '[credentials]\nSITE = "hunter2"',
        '[credentials.SITE]\npassword = "hunter2"',
        '[credentials.SITE]\nsecret = "hunter2"',
        '[credentials]\nSITE = ["hunter2"]',
        '[targets.site]\nurl = "sim:"\ntoken = "hunter2"',
        '[targets.site]\nurl = "cassia://admin:hunter2@h"',
        '[targets.site]\nurl = "cassia//admin:hunter2@h"',
        '[targets.site]\nurl = "admin:hunter2@h"',
        '[targets.site]\nurl = "cassia://h?access_token=hunter2"',
        'password = "hunter2"',
    ],
)
def test_a_secret_in_the_file_is_refused_with_its_line_and_the_remedy_and_never_repeated(text: str) -> None:
    every = problems(text)
    assert any(
        problem.words.startswith(NEVER[:30]) and problem.position.line == text.count("\n") + 1 for problem in every
    )
    assert "hunter2" not in repr(every)


@pytest.mark.parametrize("url", ["admin:hunter2", "cassia://admin:hunter2", "hunter2", "cassia:hunter2#x://"])
def test_an_url_that_is_no_target_is_not_repeated(url: str) -> None:
    try:
        config = parse(f'[targets.site]\nurl = "{url}"')
    except Refused as refused:
        assert "hunter2" not in repr(refused.problems)
    else:
        assert config.targets["site"].scheme in ("admin", "cassia")  # a scheme that a plug-in may bring


def test_a_file_of_authorities_that_is_not_there_is_warned_of(tmp_path: Path) -> None:
    (problem,) = parse('[targets.a]\nurl = "cassia+https://h"\nca = "x.pem"', tmp_path / "config.toml").warnings
    assert (problem.key, problem.warning, problem.position.line) == ("targets.a.ca", True, 3)
    assert f"no file {tmp_path / 'x.pem'}" in problem.words


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_lines() -> None:
    lines = [
        problem.position.line for problem in problems('thme = 1\nmouse = 2\n[targets.a]\nx = 1\n[filters]\nb = "("')
    ]
    assert lines == [1, 2, 3, 4, 6]


def test_load_names_file_line_column_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("mouse = 1\nthme = 2\n")
    with pytest.raises(BleError) as caught:
        load(path, needed=False)
    failure = caught.value.failure
    assert (failure.kind, failure.kind.exit_code) == (ErrorKind.REQUEST_INVALID, 2)
    assert failure.detail.startswith(f"{path}:1:1: mouse: expected true or false")
    assert "1 more: bletui config validate" in failure.detail


def test_a_file_that_is_not_there_is_an_empty_one_unless_it_was_asked_for(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "file" / "below"):
        (tmp_path / "file").touch()
        assert load(path, needed=False) == Config()
        with pytest.raises(BleError, match=r"none|below"):
            load(path, needed=True)
    with pytest.raises(BleError, match="directory"):
        load(tmp_path, needed=False)
    with pytest.raises(BleError, match="null"):
        load(Path("a\0b"), needed=False)


def test_a_file_has_a_bound_and_an_encoding(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"#" * (SIZE_MAX + 1))
    with pytest.raises(BleError, match="at most"):
        load(path, needed=True)
    path.write_bytes(b"# fine\n# \xff\n")
    with pytest.raises(BleError, match=r"config.toml:2: the text is not UTF-8"):
        load(path, needed=True)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_who_may_write_the_file_may_run_commands_so_that_others_must_not(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[credentials.A]\ncommand = ["true"]\n')
    path.chmod(0o664)
    with pytest.raises(BleError, match=r":1:2: credentials: .*0664.*chmod go-w"):
        load(path, needed=True)
    path.chmod(0o644)
    assert load(path, needed=True).credentials == {"A": Command(("true",))}


@given(st.text(max_size=200))
def test_any_text_is_a_config_or_refused_with_a_line(text: str) -> None:
    taken_or_refused(text)


tables = st.sampled_from(["targets", "credentials", "filters", "names", "keymap", "bridge", "profiles", "nope"])
names = st.sampled_from(
    [*(setting.name for setting in SETTINGS), "profile", "url", "ca", "pin", "env", "file", "command", "within",
     "systemd", "addresses", "uuids", "scan.filter", "fe00", "A4C1380B7F2A", "secret", "", "é\x00"]
)  # fmt: skip
values = st.recursive(
    st.one_of(
        st.text(max_size=8),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.dates(),
        st.sampled_from(["sim:", "@a", "cassia+https://K@h?x=1", "rssi>=-70", "ansi", "sha256:" + "0" * 64]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.one_of(names, st.text(max_size=4)), inner)),
    max_leaves=6,
)
documents = st.dictionaries(st.one_of(names, tables), st.one_of(values, st.dictionaries(names, values)), max_size=6)


def written(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in value) + '"'
        case dict():
            return "{" + ", ".join(f"{written(name)} = {written(inner)}" for name, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(written, value)) + "]"
        case _:
            return str(value)


def taken_or_refused(text: str) -> None:
    try:
        config = parse(text)
    except Refused as refused:
        assert any(not problem.warning for problem in refused.problems)
        for problem in refused.problems:
            assert 1 <= problem.position.line <= text.count("\n") + 1
            assert problem.position.column >= 1
            assert is_clean(problem.key + problem.words)
    else:
        assert all(isinstance(target, Target) for target in config.targets.values())


@given(documents)
def test_any_document_is_a_config_or_refused_with_a_line(document: dict[str, object]) -> None:
    text = "\n".join(f"{written(name)} = {written(value)}" for name, value in document.items())
    assert tomllib.loads(text).keys() == document.keys()
    taken_or_refused(text)
