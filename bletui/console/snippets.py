"""What was done at an attribute, as something to paste elsewhere. No secret is ever in it: credentials stay names."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bletui.model import Read, Request, Subscribe, Write
from bletui.target import Target

Form = Literal["bletui", "curl", "bleak"]


@dataclass(frozen=True, slots=True)
class Action:
    """`request` at the characteristic or descriptor `uuid`; `cccd`: the handle of its configuration descriptor.

    `lens`: how its values are read here, `alert`: the rule they are watched by; "": none.
    """

    target: Target
    request: Request
    uuid: str
    cccd: int | None = None
    lens: str = ""
    alert: str = ""


def command(action: Action) -> str:
    """The headless command; by handle, because a UUID may stand more than once in a table."""
    words = ["bletui", *_verb(action.request), str(action.target), action.request.address, _handle(action.request)]
    if isinstance(action.request, Write):
        words += [f"hex:{action.request.value.hex()}", *([] if action.request.response else ["--no-response"])]
    elif action.lens:
        words += ["--as", action.lens]
    if isinstance(action.request, Subscribe) and action.alert:
        words += ["--alert", action.alert]
    return shlex.join(words)


def _verb(request: Request) -> list[str]:
    match request:
        case Write():
            return ["write"]
        case Subscribe(mode=mode):
            return ["notify", *(["--indicate"] if mode == "indicate" else [])]
        case _:
            return ["read"]


def _handle(request: Request) -> str:
    assert isinstance(request, Read | Write | Subscribe)
    return f"0x{request.handle:04x}"


def curl(action: Action) -> str | None:
    """One call of a Cassia router's API (`GET /gatt/nodes/<mac>/handle/<handle>/value[/<hex>]`); None for other radios.

    Of an access controller's many routers the address names none: `mac=` and the token are left to fill in.
    """
    target, request = action.target, action.request
    schemes: Mapping[str, str] = {"cassia": "http", "cassia+https": "https"}
    if target.scheme not in schemes or not isinstance(request, Read | Write | Subscribe):
        return None
    written = _written(action)
    if written is None:
        return None
    handle, value = written
    controller = "router" in target.params
    query = [f"mac={target.params['router']}"] if controller else []
    query += ["noresponse=1"] if isinstance(request, Write) and not request.response else []
    port = "" if target.port is None else f":{target.port}"
    path = f"{target.path}{'/api' if controller else ''}/gatt/nodes/{request.address}/handle/{handle}/value"
    url = f"{schemes[target.scheme]}://{target.host}{port}{path}{value}" + (f"?{'&'.join(query)}" if query else "")
    token = ' -H "Authorization: Bearer $TOKEN"' if target.key else ""
    return f"curl {shlex.quote(url)}{token}"


def _written(action: Action) -> tuple[int, str] | None:
    """Handle and what follows `value` in the path; None where the handle to write to is not known."""
    match action.request:
        case Read(handle=handle):
            return handle, ""
        case Write(handle=handle, value=value):
            return handle, f"/{value.hex()}"
        case Subscribe(mode=mode) if action.cccd is not None:
            return action.cccd, {"off": "/0000", "notify": "/0100", "indicate": "/0200"}[mode]
        case _:
            return None


def bleak(action: Action) -> str:
    """A whole Python program. It names the UUID: bleak's own handles may be others where the system makes them up."""
    uuid = f'"{action.uuid}"'
    match action.request:
        case Write(value=value, response=response):
            steps = [f'await client.write_gatt_char({uuid}, bytes.fromhex("{value.hex()}"), response={response})']
        case Subscribe():
            steps = [
                f"await client.start_notify({uuid}, lambda _, value: print(value.hex()))",
                "await asyncio.sleep(60)",
            ]
        case _:
            steps = [f"print((await client.read_gatt_char({uuid})).hex())"]
    lines = [
        "import asyncio",
        "from bleak import BleakClient",
        "",
        "async def main():",
        f'    async with BleakClient("{action.request.address}") as client:',
        *(f"        {step}" for step in steps),
        "",
        "asyncio.run(main())",
    ]
    return "\n".join(lines) + "\n"


def journey(*, tmux: bool) -> str:
    """How the text gets to the clipboard, and what may keep it from there (OSC 52: no terminal acknowledges it)."""
    if tmux:
        return "sent by OSC 52; tmux hands it on only with: set -g set-clipboard on"
    return "sent by OSC 52; a terminal without it, or with it turned off, ignores that"
