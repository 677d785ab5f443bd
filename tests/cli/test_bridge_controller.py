"""`bletui bridge run --access-controller` as a process."""

from __future__ import annotations

import asyncio
import re
import signal

import pytest

from tests.bridge.router_api.client import ask
from tests.bridge.router_api.controlled import BASIC, GRANT
from tests.cli.test_bridge import WITHIN, bridge, refused

MAC = "cc:1b:e0:e0:f1:e8"


async def test_each_target_is_a_router_of_its_own() -> None:
    asked = (
        "run",
        "sim:lab",
        "sim:lab?seed=2",
        "--router-api",
        "127.0.0.1:0",
        "--access-controller",
        "--router-mac",
        MAC,
    )
    async with bridge(*asked) as process, asyncio.timeout(WITHIN):
        assert process.stderr is not None
        found = re.search(r":(\d+)\n", (await process.stderr.readline()).decode())
        assert found
        port = int(found[1])
        token = (await ask(port, "/api/oauth2/token", method="POST", headers=BASIC, body=GRANT)).json["access_token"]
        hubs = (await ask(port, f"/api/cassia/hubs?access_token={token}")).json
        assert [(hub["mac"], hub["name"]) for hub in hubs] == [
            (MAC.upper(), "sim:lab"), ("02:B1:E7:00:00:02", "sim:lab#2"),
        ]  # fmt: skip
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")


async def test_beyond_loopback_a_controller_needs_tls_and_a_secret_as_a_router_does() -> None:
    code, said = await refused("run", "sim:", "--router-api", "0.0.0.0:0", "--access-controller")
    assert (code, "--tls-cert and --tls-key and --token-file" in said) == (2, True), said


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--router-mac", MAC), "--access-controller"),
        (("--access-controller", "--router-mac", "hci0"), "router-mac=HCI0"),
        (("--access-controller", "--router-mac", MAC, "--router-mac", "02:00:00:00:00:01"), "there are 1 routers"),
    ],
)
async def test_wrong_macs_are_refused_before_anything_is_opened(options: tuple[str, ...], word: str) -> None:
    code, said = await refused("run", "sim:", "--router-api", "127.0.0.1:0", *options)
    assert (code, word in said) == (2, True), said
