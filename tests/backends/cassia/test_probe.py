"""The doctor's rungs: each shows what it saw, and names why it did not run."""

from __future__ import annotations

import re
import ssl
from pathlib import Path

import pytest
import trustme

from bletui.backend import Env
from bletui.backends.cassia import open_target
from bletui.kinds import ErrorKind
from bletui.model import Rung
from bletui.target import parse
from tests.backends.cassia.heard import target_of
from tests.backends.cassia.recorded_controller import FIRST, SECOND, THIRD, RecordedController
from tests.backends.cassia.recorded_router import (
    HTML,
    NO_LINKS,
    RecordedRouter,
    Reply,
    Script,
    Stream,
    data_event,
    json_reply,
    samples,
)
from tests.backends.cassia.serving import router_api
from tests.backends.cassia.three_routers import secret, three

SCAN = "/gap/nodes?event=1"
HEARING = Stream([data_event(samples()[0])])
CLOSED = Reply(403, b'{"error":"forbidden"}', "application/json")


async def climbed(target: str, env: Env | None = None) -> dict[str, Rung]:
    backend = open_target(parse(target), env or Env("lab", speed=5.0))
    return {rung.name: rung async for rung in backend.probe()}


async def states(answers: dict[str, Script], key: str = "", env: Env | None = None) -> dict[str, Rung]:
    async with RecordedRouter({SCAN: HEARING, **answers}) as router:
        return await climbed(target_of(router.url, key=key), env)


def first_failure(rungs: dict[str, Rung]) -> tuple[str, ErrorKind]:
    """The rung that failed; those after it are skipped and say because of what."""
    names = list(rungs)
    [failed] = [rung for rung in rungs.values() if rung.state == "fail"]
    assert failed.failure is not None
    for name in names[names.index(failed.name) + 1 :]:
        assert rungs[name].state == "skipped"
        assert rungs[name].evidence == f"skipped: {failed.name} failed"
    return failed.name, failed.failure.kind


async def test_a_router_in_order() -> None:
    rungs = await states({})
    assert [(name, rung.state) for name, rung in rungs.items()] == [
        ("name", "ok"), ("TCP", "ok"), ("TLS", "skipped"), ("HTTP", "ok"), ("credentials", "skipped"),
        ("local API", "ok"), ("router online", "ok"), ("chip ready", "ok"), ("first SSE byte", "ok"),
    ]  # fmt: skip
    for rung in rungs.values():
        assert rung.evidence.startswith("skipped: ") or re.search(r", \d+ ms$", rung.evidence)
    assert "CC:1B:E0:E0:F1:E8 E1000 2.1.1" in rungs["router online"].evidence
    assert "chip 0: status 1" in rungs["chip ready"].evidence


async def test_bletuis_own_router_api() -> None:
    async with router_api() as url:
        rungs = await climbed(target_of(url))
        assert {rung.state for rung in rungs.values()} <= {"ok", "skipped"}
        assert rungs["first SSE byte"].state == "ok"


async def controller_rungs(controller: RecordedController, query: str = "", **answers: Script) -> dict[str, Rung]:
    async with RecordedRouter({**controller.answers(), **answers}) as router:
        return await climbed(target_of(f"{router.url}/api", query, "AC"), Env("lab", secret=secret, speed=5.0))


async def test_an_access_controller_in_order() -> None:
    rungs = await controller_rungs(three(THIRD))
    assert [(name, rung.state) for name, rung in rungs.items()] == [
        ("name", "ok"), ("TCP", "ok"), ("TLS", "skipped"), ("HTTP", "ok"), ("credentials", "warn"),
        ("controller API", "ok"), ("routers online", "ok"), ("chips ready", "ok"), ("first SSE byte", "ok"),
    ]  # fmt: skip
    assert rungs["HTTP"].evidence.startswith("HTTP 403")
    assert rungs["routers online"].evidence.startswith(f"2 online: hall ({FIRST}), yard ({SECOND})")
    assert rungs["chips ready"].evidence.startswith(f"hall ({FIRST}): chip 0, chip 1; yard")


async def test_a_router_that_is_named_must_be_online() -> None:
    rungs = await controller_rungs(three(THIRD), f"router={THIRD}")
    assert first_failure(rungs) == ("routers online", ErrorKind.ROUTER_UNAVAILABLE)
    assert f"router={THIRD}" in rungs["routers online"].evidence
    assert (await controller_rungs(three(THIRD), f"router={SECOND}"))["routers online"].state == "ok"


async def test_an_access_controller_without_the_one_stream_or_without_routers() -> None:
    assert (await controller_rungs(three(combined=False)))["first SSE byte"].state == "warn"
    assert first_failure(await controller_rungs(three(FIRST, SECOND, THIRD))) == (
        "routers online",
        ErrorKind.ROUTER_UNAVAILABLE,
    )


async def test_nothing_listens() -> None:
    async with RecordedRouter() as router:
        url = router.url
    assert first_failure(await climbed(target_of(url))) == ("TCP", ErrorKind.NET_REFUSED)


async def test_a_name_that_is_none() -> None:
    rungs = await climbed("cassia://router.invalid")
    assert first_failure(rungs) == ("name", ErrorKind.NET_DNS)


async def test_a_login_page_in_place_of_the_info_is_a_warning() -> None:
    rungs = await states({"/cassia/info": Reply(200, HTML, "text/html")})
    assert rungs["router online"].state == "warn"
    assert "asks for a login" in rungs["router online"].evidence
    assert rungs["chip ready"].evidence == "skipped: the router did not tell of its chips"
    assert rungs["first SSE byte"].state == "ok"


@pytest.mark.parametrize(
    ("answers", "failed"),
    [
        ({"/gap/nodes": Reply(404, b"URL not found")}, ("local API", ErrorKind.ROUTER_CONFIG)),
        ({"/gap/nodes": Reply(200, HTML, "text/html")}, ("local API", ErrorKind.DATA_MALFORMED)),
        ({"/gap/nodes": CLOSED}, ("credentials", ErrorKind.AUTH_REFUSED)),
        ({SCAN: Reply(500, b"chip is not ready")}, ("first SSE byte", ErrorKind.ADAPTER_FAULT)),
        ({SCAN: Reply(502, b"")}, ("first SSE byte", ErrorKind.ROUTER_UNAVAILABLE)),
    ],
)
async def test_the_first_broken_rung(answers: dict[str, Script], failed: tuple[str, ErrorKind]) -> None:
    assert first_failure(await states(answers)) == failed


async def test_a_silent_scan_is_a_warning() -> None:
    rungs = await states({SCAN: Stream()}, env=Env("lab", speed=20.0))
    assert rungs["first SSE byte"].state == "warn"
    assert "nothing is heard" in rungs["first SSE byte"].evidence


async def test_credentials() -> None:
    env = Env("lab", secret=lambda name: "user:word", speed=5.0)
    rungs = await states({}, key="LAB", env=env)
    assert rungs["credentials"].state == "warn"
    assert "in the clear" in rungs["credentials"].evidence
    refused = await states({"/oauth2/token": Reply(401, b'{"error":"invalid_client"}')}, key="LAB", env=env)
    assert first_failure(refused) == ("credentials", ErrorKind.AUTH_REFUSED)


async def test_one_unreadable_link_is_a_warning() -> None:
    rungs = await states({"/gap/nodes": json_reply({"nodes": [{"id": "x"}]})})
    assert (rungs["local API"].state, rungs["local API"].evidence[:27]) == ("warn", "0 links listed, 1 unreadabl")
    assert (await states({"/gap/nodes": NO_LINKS}))["local API"].state == "ok"


async def test_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with RecordedRouter({SCAN: HEARING}, tls=context) as router:
        trusted = await climbed(target_of(router.url, f"ca={tmp_path / 'ca.pem'}"))
        assert trusted["TLS"].state == "ok"
        assert re.match(r"TLSv1\.[23], certificate until .* GMT, sha256:[0-9a-f]{64}, \d+ ms", trusted["TLS"].evidence)
        assert trusted["first SSE byte"].state == "ok"
        unknown = await climbed(target_of(router.url))
        assert first_failure(unknown) == ("TLS", ErrorKind.TLS_UNTRUSTED)
        pin = re.search(r"pin=(sha256:[0-9a-f]{64})", unknown["TLS"].evidence)
        assert pin is not None  # which then is what it takes
        assert (await climbed(target_of(router.url, f"pin={pin[1]}")))["first SSE byte"].state == "ok"
        assert (await climbed(target_of(router.url, "insecure=1")))["TLS"].state == "warn"


async def test_a_useless_authority_file_is_the_first_failure() -> None:
    rungs = await climbed("cassia+https://127.0.0.1?ca=/nowhere/ca.pem")
    assert [rung.state for rung in rungs.values()] == ["fail"]
