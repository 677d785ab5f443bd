"""One place where a bridge listens, and who is let in there."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass, field

from bletui.bridge.access import Group
from bletui.bridge.credentials import Tokens


@dataclass(eq=False, slots=True)
class Listening:
    """A socket that listens. `tokens` None: a Unix socket, where the kernel says who comes.

    `group` may change. `ours`: this process made the socket's file, whose mode and group are its business then.
    """

    socket: socket.socket
    name: str
    tokens: Tokens | None = None
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    group: Group | None = None
    ours: bool = False
