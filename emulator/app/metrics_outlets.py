"""Where numbers go: a file that is replaced now and then, or whoever asks over HTTP."""

import errno
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from emulator.errors import UsageError
from emulator.whole_files import write_output

INTERVAL_SECONDS: Final = 10.0
PATIENCE_SECONDS: Final = 5.0
"""How long a client may take for its request."""

FILE_PATIENCE_SECONDS: Final = 2.0
"""How long the beginning and the end of a run wait for the file to be written."""

Text = Callable[[str], tuple[bytes, str]]
"""Returns the numbers for an Accept header, and their media type."""


class MetricsFile:
    """Writes the numbers every 10 seconds and at the end; a reader sees a whole file.

    A failure is reported once, and writing goes on: a full disk may have room again. A file that
    takes none for long, as a pipe that nobody reads, keeps nobody else waiting.
    """

    def __init__(self, path: Path, text: Text, report: Callable[[str], None]) -> None:
        self._path = path
        self._text = text
        self._report = report
        self._failed = False
        self._begun = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="metrics file", daemon=True)
        self._thread.start()
        # Whoever starts next finds the file, and is told what is wrong with it before all else.
        self._begun.wait(FILE_PATIENCE_SECONDS)

    def close(self) -> None:
        """Write once more, and end."""
        self._closing.set()
        self._thread.join(FILE_PATIENCE_SECONDS)

    def _work(self) -> None:
        self._write()
        self._begun.set()
        while not self._closing.wait(INTERVAL_SECONDS):
            self._write()
        self._write()

    def _write(self) -> None:
        try:
            write_output(self._path, self._text("application/openmetrics-text")[0])
        except OSError as error:
            if not self._failed:
                self._failed = True
                self._report(f"metrics are not written: {self._path}: {error.strerror}")


class MetricsListener:
    """Answers `/metrics` and `/healthz` on one address, a thread a request.

    `healthy` is asked for each `/healthz`: 200, or 503. Raises `UsageError` where the address
    cannot be had.
    """

    def __init__(self, host: str, port: int, text: Text, healthy: Callable[[], bool]) -> None:
        try:
            self._server = _Server(host, port, text, healthy)
        except OSError as error:
            message = f"--metrics-listen {host}:{port}: {error.strerror or error}"
            raise UsageError(message, hint=_way_out(error)) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="metrics", daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens, as a URL without a path."""
        host, port = self._server.server_address[:2]
        return f"http://[{host!s}]:{port}" if ":" in str(host) else f"http://{host!s}:{port}"

    def close(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _way_out(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "choose another port, or stop who has it"
    if error.errno == errno.EACCES:
        return "choose a port above 1023: lower ones are the system's"
    return "write the port alone, or an address of this machine before it"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, port: int, text: Text, healthy: Callable[[], bool]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.text = text
        self.healthy = healthy
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind without looking up a name for the address, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "ecs-local", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away."""


class _Handler(BaseHTTPRequestHandler):
    timeout = PATIENCE_SECONDS
    server: _Server
    server_version = "ecs-local"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer a request."""
        path = self.path.partition("?")[0]
        if path == "/metrics":
            body, media_type = self.server.text(self.headers.get("Accept", ""))
            self._answer(200, body, media_type)
        elif path == "/healthz":
            well = self.server.healthy()
            self._answer(200 if well else 503, b"ok\n" if well else b"unhealthy\n", "text/plain")
        else:
            self._answer(404, b"/metrics and /healthz are here\n", "text/plain")

    do_HEAD = do_GET  # noqa: N815 - the name that the server looks for

    def log_message(self, format: str, *args: Any) -> None:
        """Keep requests out of the program's log."""

    def _answer(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
