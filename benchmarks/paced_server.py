"""`python -m benchmarks.paced_server RATE COUNT [PEM]`: a router whose scan stream is COUNT events, RATE a second.

Each event is an HTTP chunk of its own, written alone at its time, as a router does that flushes every report. Prints
its base address. The connection list is empty and other paths are not found. Blocking sockets: asyncio can't wait for
250 us.
"""

from __future__ import annotations

import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.routerload import events


class Router(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 0
    rate = 1000
    chunks: tuple[bytes, ...] = ()

    def do_GET(self) -> None:
        if "event=1" not in self.path:
            known = self.path.startswith(("/gap/nodes", "/cassia/info"))
            body = b'{"nodes":{}}' if known else b"URL not found"
            self.send_response(200 if known else 500)
            self.send_header("Content-Type", "application/json" if known else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        began = time.perf_counter()
        for number, chunk in enumerate(self.chunks):
            early = began + number / self.rate - time.perf_counter()
            if early > 0:
                time.sleep(early)
            self.wfile.write(chunk)
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: the figures are the client's."""


def main(rate: int, count: int, pem: str | None) -> None:
    Router.rate = rate
    Router.chunks = tuple(b"%x\r\n%b\r\n" % (len(event), event) for event in events(count, changed=0.1))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Router)
    if pem is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"{'https' if pem else 'http'}://127.0.0.1:{server.server_port}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
