"""`bletui bridge run --access-controller` as a process."""

from __future__ import annotations

import re
import signal

import pytest

from bletui.__main__ import main
from tests.bridge.router_api.client import ask
from tests.bridge.router_api.controlled import BASIC, GRANT
from tests.program import ended, running, said

MAC = "cc:1b:e0:e0:f1:e8"


async def test_each_target_is_a_router_of_its_own() -> None:
    asked = (
        "bridge",
        "run",
        "sim:lab",
        "sim:lab?seed=2",
        "--router-api",
        "127.0.0.1:0",
        "--access-controller",
        "--router-mac",
        MAC,
    )
    async with running(*asked) as process:
        found = re.search(r":(\d+)$", await said(process, ""))
        assert found
        port = int(found[1])
        token = (await ask(port, "/api/oauth2/token", method="POST", headers=BASIC, body=GRANT)).json["access_token"]
        hubs = (await ask(port, f"/api/cassia/hubs?access_token={token}")).json
        assert [(hub["mac"], hub["name"]) for hub in hubs] == [
            (MAC.upper(), "sim:lab"), ("02:B1:E7:00:00:02", "sim:lab#2"),
        ]  # fmt: skip
        process.send_signal(signal.SIGINT)
        assert await ended(process) == (130, "", "")


@pytest.mark.parametrize(
    ("listen", "options", "word"),
    [
        ("0.0.0.0:0", ("--access-controller",), "--tls-cert and --tls-key and --token-file"),
        ("127.0.0.1:0", ("--router-mac", MAC), "--access-controller"),
        ("127.0.0.1:0", ("--access-controller", "--router-mac", "hci0"), "router-mac=HCI0"),
        ("127.0.0.1:0", ("--access-controller", "--router-mac", MAC, "--router-mac", "02:00:00:00:00:01"), "1 routers"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_opened(
    listen: str, options: tuple[str, ...], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bridge", "run", "sim:", "--router-api", listen, *options]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert word in " ".join(said.err.split())
