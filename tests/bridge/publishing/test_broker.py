"""What a URL means, and what is wrong with others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.publishing.broker import Broker, Trust, broker
from bletui.failure import BleError, ErrorKind
from bletui.filters import parse

PIN = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("url", "meant", "shown"),
    [
        ("mqtt://b", Broker("b", 1883), "mqtt://b:1883/bletui"),
        ("mqtt://b/", Broker("b", 1883), "mqtt://b:1883/bletui"),
        ("mqtts://K@b:9/a/b%20c", Broker("b", 9, Trust(), "K", "a/b c"), "mqtts://b:9/a/b c"),
        ("mqtts://b?ca=x.pem", Broker("b", 8883, Trust("x.pem")), "mqtts://b:8883/bletui"),
        (f"mqtts://b?pin={PIN}", Broker("b", 8883, Trust(pin=b"\xab" * 32)), "mqtts://b:8883/bletui"),
        ("mqtts://b?cert=c&certkey=k", Broker("b", 8883, Trust(cert="c", cert_key="k")), "mqtts://b:8883/bletui"),
        ("mqtt://[::1]:1/x", Broker("::1", 1, prefix="x"), "mqtt://[::1]:1/x"),
        ("mqtt://bü.example", Broker("xn--b-eha.example", 1883), "mqtt://xn--b-eha.example:1883/bletui"),
        ("mqtt://b?every=60&change=5", Broker("b", 1883, every=60, change=5), "mqtt://b:1883/bletui"),
        ("mqtt://b?every=0", Broker("b", 1883, every=0, change=0), "mqtt://b:1883/bletui"),
        ("mqtt://b?id=me&protocol=3.1.1", Broker("b", 1883, client_id="me", protocol="3.1.1"), "mqtt://b:1883/bletui"),
        ("mqtt://b?devices=0", Broker("b", 1883, devices=False), "mqtt://b:1883/bletui"),
        ("mqtt://b?filter=rssi%3E=-70", Broker("b", 1883, wanted=parse("rssi>=-70")), "mqtt://b:1883/bletui"),
        ("mqtt://b?filter=@near", Broker("b", 1883, wanted=parse("rssi>=-60")), "mqtt://b:1883/bletui"),
    ],
)
def test_what_it_means(url: str, meant: Broker, shown: str) -> None:
    found = broker(url, {"near": "rssi>=-60"})
    if meant.wanted is None or "@" not in url:
        assert found == meant
    assert (found.wanted is None) == (meant.wanted is None)
    assert str(found) == shown


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("cassia://b", "no broker"),
        ("mqtt:b", "no broker"),
        ("b", "not a target"),
        ("mqtt://user:geheim@b", "names a credential"),
        ("mqtt://b/a/%23", "begins no topic"),
        ("mqtt://b/$SYS/x", "broker's own"),
        ("mqtt://b?evry=5", "did you mean 'every'"),
        ("mqtt://b?every=-1", "from 0 to 86,400"),
        ("mqtt://b?protocol=4", "one of 5, 3.1.1"),
        ("mqtt://b?devices=yes", "one of 1, 0"),
        ("mqtt://b?ca=x", "use mqtts://"),
        (f"mqtts://b?ca=x&pin={PIN}", "contradict"),
        ("mqtts://b?pin=abc", "64 hex digits"),
        ("mqtts://b?cert=x", "belong together"),
        ("mqtt://b?cert=x&certkey=y", "use mqtts://"),
        ("mqtt://b?filter=rssi%3E%3E", "expected a value"),
        ("mqtt://b?filter=@far", "far"),
        ("mqtt://b?id=a%00b", "visible"),
        ("mqtt://b:99999", "99999"),
        ("mqtt://" + "a" * 70 + ".example", "name of a host"),
    ],
)
def test_what_is_wrong_is_said_and_no_secret_is_repeated(url: str, word: str) -> None:
    with pytest.raises(BleError) as refused:
        broker(url)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert word in refused.value.failure.detail
    assert "geheim" not in str(refused.value)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_a_broker_or_refused(host: str, rest: str) -> None:
    for text in (host, f"mqtt://{host}/{rest}", f"mqtts://b?{rest}"):
        try:
            broker(text)
        except BleError as refused:
            assert refused.failure.kind is ErrorKind.REQUEST_INVALID
