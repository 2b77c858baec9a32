"""A real headless Chromium, spoken to in the DevTools protocol through a pair of pipes.

https://chromedevtools.github.io/devtools-protocol/ ; messages are JSON, each ends with a zero byte.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

PATIENCE: Final = 60.0
"""Seconds after which a browser that does not answer fails the test."""

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
_QUIET: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)


def find_browser() -> str:
    """Return the browser's command. Raises `FileNotFoundError`: scripts/test installs one."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        message = f"none of {', '.join(NAMES)} is installed: scripts/setup-browser does it"
        raise FileNotFoundError(message)
    return found


class Browser:
    """One browser process with one page. `messages` are what the console and policies said."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.requests: list[str] = []
        self._profile = tempfile.mkdtemp(prefix="ecs-local-browser-")
        commands, self._write = os.pipe()
        self._read, answers = os.pipe()
        try:
            self._process = _started(commands, answers, self._profile)
        finally:
            os.close(commands)
            os.close(answers)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None

    def __enter__(self) -> Self:
        try:
            target = self.call("Target.createTarget", url="about:blank")["targetId"]
            attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
            self._session = attached["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(f"{domain}.enable")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the browser and remove its profile."""
        # Asked rather than killed: its helpers would go on writing into the profile.
        with suppress(BrokenPipeError):
            self._send(b'{"id": 0, "method": "Browser.close"}\0')
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._write)
        os.close(self._read)
        shutil.rmtree(self._profile, ignore_errors=True)

    # -- what a test does ----------------------------------------------------------------------

    def open(self, page: Path, *, width: int = 1280, height: int = 800, dark: bool = False) -> None:
        """Show a file, and wait until its script has drawn."""
        self.resize(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.messages.clear()
        self.requests.clear()
        self.call("Page.navigate", url=page.absolute().as_uri())
        deadline = time.monotonic() + PATIENCE
        while self.value("document.documentElement?.dataset.ready") != "yes":
            assert time.monotonic() < deadline, f"the page is not ready: {self.messages}"
            time.sleep(0.02)
        self.settle()

    def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def settle(self) -> None:
        """Wait until what was asked for is drawn."""
        frames = "new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(1))))"
        self.value(frames)

    def value(self, expression: str) -> Any:
        """Return what a script's expression comes to. Raises `AssertionError` when it throws."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def point(self, x: float, y: float) -> None:
        """Move the mouse."""
        self._mouse("mouseMoved", x, y)
        self.settle()

    def click(self, x: float, y: float) -> None:
        """Press and release the mouse's button."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self._mouse(kind, x, y, button="left", clickCount=1)
        self.settle()

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the button at one place and release it at another."""
        self._mouse("mousePressed", *start, button="left", clickCount=1)
        self._mouse("mouseMoved", *end, button="left", buttons=1)
        self._mouse("mouseReleased", *end, button="left", clickCount=1)
        self.settle()

    def wheel(self, x: float, y: float, by: float, *, ctrl: bool = False) -> None:
        """Turn the wheel."""
        self._mouse("mouseWheel", x, y, deltaX=0, deltaY=by, modifiers=2 if ctrl else 0)
        self.settle()

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            for kind in ("keyDown", "keyUp"):
                fields = {"type": kind, "key": key, "code": key}
                if len(key) == 1 and kind == "keyDown":
                    fields["text"] = key
                self.call("Input.dispatchKeyEvent", **fields)
        self.settle()

    def screenshot(self, path: Path) -> None:
        """Save what is seen as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def pdf(self) -> bytes:
        """Return what printing gives."""
        answer = self.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(answer["data"])

    # -- the protocol --------------------------------------------------------------------------

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._send(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def _mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def _note(self, event: Mapping[str, Any]) -> None:
        parameters = event.get("params", {})
        match event.get("method"):
            case "Runtime.consoleAPICalled":
                self.messages.append(f"console.{parameters['type']}: {parameters['args']}")
            case "Runtime.exceptionThrown":
                self.messages.append(f"exception: {parameters['exceptionDetails']}")
            case "Log.entryAdded":
                self.messages.append(f"log: {parameters['entry']['text']}")
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._write, view) :]

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0, deadline - time.monotonic()))
            assert ready, "the browser does not answer"
            data = os.read(self._read, 1 << 20)
            assert data, f"the browser has ended with {self._process.poll()}"
            self._buffer += data
        text, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(text)
        return answer


def _started(commands: int, answers: int, profile: str) -> "subprocess.Popen[bytes]":
    """Start the browser, which reads commands from descriptor 3 and answers on 4."""
    # High numbers: none of them may be 3 or 4 while those are set.
    high = [fcntl.fcntl(number, fcntl.F_DUPFD, 10) for number in (commands, answers)]
    try:
        return subprocess.Popen(
            [
                *("bash", "-c", f'exec "$0" "$@" 3<&{high[0]} 4>&{high[1]}', find_browser()),
                *_QUIET,
                f"--user-data-dir={profile}",
            ],
            pass_fds=high,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TZ": "Asia/Tokyo"},
        )
    finally:
        for number in high:
            os.close(number)
