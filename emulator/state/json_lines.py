"""Files of JSON lines that do not grow without end, which several processes may write."""

import fcntl
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import IO, Final

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of a file; one full file is kept beside it."""


def append_lines(path: Path, lines: Iterable[str], *, largest: int = LARGEST) -> None:
    """Append lines, each of them whole; a full file first becomes `<name>.1.jsonl`.

    What `<name>.1.jsonl` held before is gone then. Raises OSError.
    """
    data = "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
    file = _opened(path)
    try:
        if os.fstat(file).st_size + len(data) > largest and os.fstat(file).st_size:
            path.replace(older(path))
            os.close(file)
            file = _opened(path)
        _write(file, data)
    finally:
        os.close(file)


def older(path: Path) -> Path:
    """Return where the full file before a file lies."""
    return path.with_name(f"{path.stem}.1{path.suffix}")


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file and of the full one before it, the oldest first.

    What is no UTF-8, as after a full disk, is replaced; half a line at the end is left out.
    """
    for part in (older(path), path):
        try:
            with part.open("r", encoding="utf-8", errors="replace", newline="\n") as file:
                yield from (line[:-1] for line in file if line.endswith("\n"))
        except FileNotFoundError:
            continue


def follow_lines(path: Path, wait: Callable[[], object]) -> Generator[str, None, None]:
    """Return the lines that come after this call, through every change of the file, without end.

    `wait` is called when there is nothing new. Close it when no more is wanted.
    """
    return _lines_from(_start(path, at_end=True), path, wait)


def _lines_from(
    file: IO[bytes] | None, path: Path, wait: Callable[[], object]
) -> Generator[str, None, None]:
    rest = b""
    try:
        while True:
            data = b"" if file is None else file.read()
            if data:
                # As bytes until it is whole: half a line may end amid a character.
                *lines, rest = (rest + data).split(b"\n")
                yield from map(_text, lines)
            elif file is None or _is_replaced(file, path):
                if file is not None:
                    # What was written between the last look and the change.
                    yield from map(_text, (rest + file.read()).split(b"\n")[:-1])
                    file.close()
                rest, file = b"", _start(path, at_end=False)
                if file is None:
                    wait()
            else:
                wait()
    finally:
        if file is not None:
            file.close()


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")


def _start(path: Path, *, at_end: bool) -> IO[bytes] | None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    if at_end:
        file.seek(0, os.SEEK_END)
    return file


def _is_replaced(file: IO[bytes], path: Path) -> bool:
    try:
        return os.fstat(file.fileno()).st_ino != path.stat().st_ino
    except FileNotFoundError:
        return True


def _opened(path: Path) -> int:
    """Return the file, locked, which is still the one of its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            if os.fstat(file).st_ino == path.stat().st_ino:
                return file
        except FileNotFoundError:
            pass
        os.close(file)


def _write(file: int, data: bytes) -> None:
    """Write all or nothing: half a line would spoil the next one."""
    begun = os.fstat(file).st_size
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(file, rest) :]
    except OSError:
        os.ftruncate(file, begun)
        raise
