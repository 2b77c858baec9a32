"""A webhook on loopback that answers as a test wants, and keeps what it was sent."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, NamedTuple


class Posted(NamedTuple):
    """What was sent, and the status that it was answered with."""

    headers: Mapping[str, str]
    document: Any
    status: int


@contextmanager
def webhook(*answers: int) -> Iterator[tuple[str, list[Posted]]]:
    """Serve the address that is yielded; the first requests are answered so, later ones 200."""
    got: list[Posted] = []
    waiting = iter(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = next(waiting, 200)
            got.append(Posted(dict(self.headers.items()), document, status))
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/secret-path", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
