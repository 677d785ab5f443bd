"""What a command does not need it does not load: proven in a process of its own, where the static graph can't."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCREEN, HTTP, BUS, WEB = {"textual", "rich"}, {"httpx", "httpcore", "anyio", "ssl"}, {"bleak", "dbus_fast"}, {"uvicorn"}


def modules_after(code: str) -> set[str]:
    """Every module that is loaded once `code` has run."""
    script = f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def command(*argv: str) -> str:
    return f"from bletui.__main__ import main; code = main({list(argv)!r}); assert code in (0, 3), code"


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [
        (command("--version"), SCREEN | HTTP | BUS | WEB | {"asyncio", "argparse", "dataclasses", "json"}),
        (command("--help"), SCREEN | HTTP | BUS | WEB | {"asyncio", "argparse", "dataclasses", "json"}),
        (command("explain", "E0601"), SCREEN | HTTP | BUS | WEB | {"asyncio", "dataclasses"}),
        (command("scan", "sim:", "--json", "--count", "1"), SCREEN | HTTP - {"ssl"} | BUS | WEB),
        (command("scan", "sim:", "--table", "--count", "1"), SCREEN | HTTP - {"ssl"} | BUS | WEB),
        (command("read", "sim:lab?speed=20", "C0:DE:1A:B0:00:01", "2a19"), SCREEN | HTTP - {"ssl"} | BUS | WEB),
        (command("backends"), SCREEN | HTTP - {"ssl"} | BUS | WEB),
        (command("doctor", "sim:"), SCREEN | HTTP - {"ssl"} | BUS | WEB),
        (command("bridge", "--help"), SCREEN | HTTP | BUS | WEB | {"asyncio"}),
        ("from bletui import registry; assert registry.names()", SCREEN | HTTP - {"ssl"} | BUS | WEB),
        ("import bletui.console", SCREEN),
        ("import bletui.backends.cassia", HTTP - {"ssl"}),
        ("import bletui.backends.local", BUS),
    ],
)
def test_not_loaded(code: str, forbidden: set[str]) -> None:
    loaded = {name.partition(".")[0] for name in modules_after(code)}
    assert loaded & forbidden == set()


def test_listing_names_loads_no_backend() -> None:
    loaded = modules_after("from bletui import registry; registry.names()")
    assert {name for name in loaded if name.startswith("bletui.backends")} == set()


def test_scanning_one_backend_loads_no_other() -> None:
    loaded = modules_after(command("scan", "sim:", "--json", "--count", "1"))
    others = {name.split(".")[2] for name in loaded if name.startswith("bletui.backends.")}
    assert others == {"simulator"}
