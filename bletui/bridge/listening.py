"""One place where a bridge listens, and who is let in there."""

from __future__ import annotations

import socket
import ssl
from contextlib import ExitStack
from dataclasses import dataclass, field

from bletui.bridge.access import Group
from bletui.bridge.credentials import Tokens


@dataclass(eq=False, slots=True)
class Listening:
    """A socket that listens. `tokens` None: a Unix socket, where the kernel says who comes.

    `group` and `socket` may change. `held`: what this process made the socket's file with, whose mode and group, and
    that it is there, are its business then.
    """

    socket: socket.socket
    name: str
    tokens: Tokens | None = None
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    group: Group | None = None
    held: ExitStack | None = field(default=None, repr=False)
