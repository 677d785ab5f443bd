"""How a scan ends that heard nothing: whether anything listened, and what a router said instead."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Run = Callable[..., subprocess.CompletedProcess[str]]


@contextmanager
def serving(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[int]:
    """The port of a router that gives every GET this answer."""

    class Router(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Router) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def redirects(to: BaseHTTPRequestHandler) -> None:
    to.send_response(302)
    to.send_header("Location", "/login")
    to.send_header("Content-Length", "0")
    to.end_headers()


def streams_nothing(to: BaseHTTPRequestHandler) -> None:
    """Keep-alives, and no advertisement; until the client has gone."""
    if to.headers["Accept"] != "text/event-stream":
        to.send_response(200)
        to.send_header("Content-Type", "application/json")
        to.end_headers()
        to.wfile.write(b'{"mac": "CC:1B:E0:E0:00:01", "version": "2.1.1", "model": "S2000", "nodes": []}')
        return
    to.send_response(200)
    to.send_header("Content-Type", "text/event-stream")
    to.end_headers()
    to.wfile.write(b":keep-alive\n\n")
    to.rfile.read(1)


def test_where_no_scan_ever_began_nothing_heard_is_a_failure(bletui: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # the kernel takes the connections; nobody answers them
        port = listener.getsockname()[1]
        done = bletui("scan", f"cassia://127.0.0.1:{port}", "--duration", "1")
    assert done.returncode == 4
    assert "0 advertisements" in done.stderr
    assert "E0704 net.timeout" in done.stderr
    assert "no scan has begun" in done.stderr
    assert "1. Open the stream again" in done.stderr


def test_nothing_heard_by_a_scan_that_ran_is_a_finding(bletui: Run) -> None:
    with serving(streams_nothing) as port:
        done = bletui("scan", f"cassia://127.0.0.1:{port}", "--duration", "1")
    assert "127.0.0.1: scanning" in done.stderr
    assert "0 advertisements of 0 devices" in done.stderr
    assert done.returncode == 0


def test_a_router_that_is_set_up_otherwise_is_no_wrong_usage(bletui: Run) -> None:
    with serving(redirects) as port:
        done = bletui("scan", f"cassia://127.0.0.1:{port}", "--duration", "1")
    assert done.returncode == 2
    card = done.stderr.partition("advertisements of")[2]
    assert "E1001 router.config" in card
    assert "1. It redirects: try the other scheme, or log in to its web page" in card
    assert "retry: after you have acted" in card


def test_wrong_usage_is_one_line(bletui: Run) -> None:
    done = bletui("scan", "sim:", "--count", "0")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
