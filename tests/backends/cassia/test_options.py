"""What a target may say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bletui.backends.cassia.options import Options, Trust, options
from bletui.failure import BleError
from bletui.kinds import ErrorKind
from bletui.target import parse

PIN = "ab" * 32


def of(target: str) -> Options:
    return options(parse(target))


def test_addresses_and_ports() -> None:
    assert of("cassia://192.168.1.20").site.base == "http://192.168.1.20:80"
    assert of("cassia+https://router.example/prefix/").site.base == "https://router.example:443/prefix"
    assert of("cassia://[fe80::1]:8080").site.base == "http://[fe80::1]:8080"
    assert of("cassia+https://LAB@router.example").key == "LAB"


def test_what_every_connect_asks_for() -> None:
    assert of("cassia://r").connect == {}
    assert of("cassia://r?fail_retry_times=0&connect_phy=2M,CODED").connect == {
        "fail_retry_times": 0,
        "phy": "2M,CODED",
    }


def test_trust() -> None:
    assert of("cassia://r").trust is None
    assert of("cassia+https://r").trust == Trust()
    assert of("cassia+https://r?ca=/etc/lab.pem").trust == Trust(ca="/etc/lab.pem")
    assert of(f"cassia+https://r?pin=sha256:{PIN}").trust == Trust(pin=bytes.fromhex(PIN))
    colons = ":".join(["AB"] * 32)
    assert of(f"cassia+https://r?pin=sha256:{colons}").trust == Trust(pin=bytes.fromhex(PIN))
    assert of("cassia+https://r?insecure=1").trust == Trust(insecure=True)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("cassia:", "needs the router's address"),
        ("cassia://r?chp=1", "did you mean 'chip'"),
        ("cassia://r?pin=sha256:00", "http has none"),
        ("cassia+https://r?pin=md5:00", "sha256:"),
        ("cassia+https://r?insecure=yes", "0 or 1"),
        ("cassia+https://KEY@r?insecure=1", "would hand the credential 'KEY' to whoever answers"),
        (f"cassia+https://r?ca=x&pin=sha256:{PIN}", "contradict"),
        ("cassia://r?filter_rssi=loud", "dBm"),
        ("cassia://r?fail_retry_times=many", "fail_retry_times=many: a number from 0 to 10"),
        ("cassia://r?fail_retry_times=11", "0 to 10"),
        ("cassia://r?connect_phy=1M,9M", "connect_phy=9M: any of"),
        ("cassia://r?router=CC:1B", "router=CC:1B: addresses as"),
        ("cassia://r?router=", "router=: addresses as"),
        ("cassia://r?router=*,CC:1B:E0:00:00:01", "or \\* for all"),
    ],
)
def test_refusals_say_what_is_wrong(target: str, words: str) -> None:
    with pytest.raises(BleError, match=words) as refused:
        of(target)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID


def test_access_controllers() -> None:
    every = of("cassia+https://KEY@ac.example/api")
    assert (every.controller, every.only, every.site.base) == (True, frozenset(), "https://ac.example:443/api")
    assert of("cassia+https://KEY@ac.example/?router=*") == every  # the path is known
    some = of("cassia+https://KEY@ac.example?router=cc:1b:e0:00:00:01,CC:1B:E0:00:00:02")
    assert some.only == {"CC:1B:E0:00:00:01", "CC:1B:E0:00:00:02"}
    assert of("cassia://ac.example/lab/api").site.path == "/lab/api"
    assert of("cassia://proxy/lab?router=*").site.path == "/lab"
    assert not of("cassia://router/prefix").controller


def test_a_wrong_target_is_refused_without_loading_httpx() -> None:
    program = """
import sys
from bletui.backend import Env
from bletui.backends.cassia import open_target
from bletui.failure import BleError
from bletui.target import parse
try:
    open_target(parse("cassia://r?chp=1"), Env("lab"))
except BleError:
    print([name for name in ("httpx", "httpcore", "anyio", "asyncio", "ssl") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
