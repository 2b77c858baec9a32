"""Log capture: 60 MB of 100-byte lines against `docker logs -f > file`, and many ends at once."""

import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self

from benchmarks.figure import Figure
from benchmarks.project import IMAGE, LIMITS, Runner, one_container, running
from emulator.model.task_definition import NetworkMode

LINES: Final = 600_000
LINE_BYTES: Final = 100
SPEED_TARGET: Final = 4.0
CONTAINERS: Final = 30
LINES_AT_THE_END: Final = 500
_STAMP_BYTES: Final = len("2026-11-24T15:00:00.000Z ")


@dataclass(frozen=True, slots=True)
class Capture:
    """What came of one capture: bytes of output, and seconds from the first to the last."""

    received: int
    seconds: float

    @property
    def speed(self) -> float:
        """MB a second."""
        return self.received / self.seconds / 1e6


def measure(quick: bool) -> Iterator[Figure]:
    """Yield the speed of a large capture, and what of it and of many small ones is lost."""
    lines = LINES // 10 if quick else LINES
    with TemporaryDirectory(prefix="ecs-local-benchmark-") as directory:
        reference = _docker_logs(lines, Path(directory) / "docker.log")
        command = ("/bin/sh", "-c", _writer(lines))
        family = one_container("writer", command, NetworkMode.HOST)
        with running([family], Path(directory)) as runner:
            ours, wrong = _task(runner, lines)
            count = 5 if quick else CONTAINERS
            lost = _ending_at_once(runner, count)
    megabytes = f"{lines * LINE_BYTES / 1e6:.0f} MB of {LINE_BYTES}-byte lines"
    yield Figure(
        what=megabytes,
        ours=_speed(ours, lines),
        against=f"docker logs -f > file {_speed(reference, lines)}",
        value=ours.speed / reference.speed,
        unit="x",
        target=SPEED_TARGET,
        better="higher",
    )
    yield _nothing(f"{megabytes}: lines that are not as written", f"{lines} lines", wrong)
    total = count * LINES_AT_THE_END
    what = f"{count} containers that write and exit at once: lines lost"
    yield _nothing(what, f"{total - lost} of {total} lines", lost)


def _nothing(what: str, ours: str, value: int) -> Figure:
    return Figure(what=what, ours=ours, against="-", value=value, unit="", target=0)


def _speed(capture: Capture, lines: int) -> str:
    missing = lines * LINE_BYTES - capture.received
    return f"{capture.speed:.1f} MB/s" + (f" ({missing} bytes missing)" if missing else "")


def _writer(lines: int) -> str:
    """Return a shell script that has numbered lines ready, and then writes them at once."""
    numbered = f'BEGIN {{ for (i = 0; i < {lines}; i++) printf "%0{LINE_BYTES - 1}d\\n", i }}'
    return f"awk '{numbered}' > /tmp/lines && cat /tmp/lines"


def _docker_logs(lines: int, file: Path) -> Capture:
    run = ["docker", "run", "-d", "--network", "host", *LIMITS, IMAGE, "/bin/sh", "-c"]
    started = subprocess.run([*run, _writer(lines)], check=True, capture_output=True, text=True)
    container = started.stdout.strip()
    try:
        with file.open("wb") as target, _Watch(file) as watch:
            subprocess.run(["docker", "logs", "-f", container], stdout=target, check=True)
        return Capture(file.stat().st_size, watch.seconds)
    finally:
        subprocess.run(["docker", "rm", "-f", container], check=True, capture_output=True)


def _task(runner: Runner, lines: int) -> tuple[Capture, int]:
    """Return the capture of a task, and how many lines of its file are not as written."""
    (task,) = runner.submit("writer")
    file = runner.log_file(task)
    with _Watch(file) as watch:
        runner.finish()
    received = file.stat().st_size - _STAMP_BYTES * lines
    wrong = lines
    with file.open("rb") as written:
        for number, line in enumerate(written):
            wrong -= line[_STAMP_BYTES:] == b"%099d\n" % number
    return Capture(received, watch.seconds), wrong


def _ending_at_once(runner: Runner, count: int) -> int:
    """Return how many lines were lost of containers that write and exit in the same second."""
    together = int(time.time()) + max(3, count)  # the container has this clock, too
    script = f"while [ $(date +%s) -lt {together} ]; do sleep 0.05; done; seq 1 {LINES_AT_THE_END}"
    tasks = runner.submit("writer", count=count, command=("/bin/sh", "-c", script))
    runner.finish()
    expected = [str(number).encode() for number in range(1, LINES_AT_THE_END + 1)]
    lost = 0
    for task in tasks:
        lines = runner.log_file(task).read_bytes().splitlines()
        found = {line[_STAMP_BYTES:] for line in lines}
        lost += sum(line not in found for line in expected)
    return lost


class _Watch:
    """Looks at a file's size while it is entered: from its first byte to its last growth."""

    INTERVAL_SECONDS: Final = 0.005

    def __init__(self, file: Path) -> None:
        self._file = file
        self._first: float | None = None
        self._last = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def seconds(self) -> float:
        """From the first byte to the last."""
        if self._first is None:
            message = f"nothing was written to {self._file}"
            raise RuntimeError(message)
        return self._last - self._first

    def _watch(self) -> None:
        size = 0
        while not self._over.wait(self.INTERVAL_SECONDS):
            now = self._file.stat().st_size if self._file.exists() else 0
            if now > size:
                size = now
                self._last = time.perf_counter()
                self._first = self._first or self._last
