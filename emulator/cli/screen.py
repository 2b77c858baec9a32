"""What a person sees: colours when wanted, the width of the terminal, local times, warnings."""

import os
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Protocol

from emulator.clock import iso_instant
from emulator.errors import EcsLocalError

if TYPE_CHECKING:
    from emulator.events import EventBus

RESET: Final = "\x1b[0m"
BOLD: Final = "1"
DIM: Final = "2"
RED: Final = "31"
GREEN: Final = "32"
YELLOW: Final = "33"
PALETTE: Final = ("36", "33", "32", "35", "34", "96", "93", "92", "95", "94")
"""Colours of the prefixes of container output, given out in turn."""

LEVELS: Final = ("debug", "info", "warning", "error")
"""How much what the program says of its work matters."""

USUAL_WIDTH: Final = 80
"""Columns of a terminal that does not tell its own."""

LONGEST_LINE: Final = 1000
"""Characters of a line of a message: a name of a megabyte is cut."""

_UNSAFE: Final = (
    r"\x1b\[[0-9;:]*m|[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)

_LATER_CONTROLS: Final = "[\x80-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"


def colours_wanted(stream: IO[str] | None) -> bool:
    """Return whether to colour what goes to a stream (no-color.org; FORCE_COLOR overrides)."""
    if stream is None or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str, colour: str, stream: IO[str] | None = None) -> str:
    """Return a text in a colour, if the stream it goes to (stdout) shows colours."""
    if not colours_wanted(stream or sys.stdout):
        return text
    return f"\x1b[{colour}m{text}{RESET}"


def terminal_width() -> int | None:
    """Return the columns of the terminal, or None when stdout is not one.

    COLUMNS decides where it is set, so that a screen can be asked for in a pipe.
    """
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    # A terminal that nobody gave a size, as those of CI and of remote commands, says 0.
    return os.get_terminal_size(sys.stdout.fileno()).columns or USUAL_WIDTH


def printable(text: str) -> str:
    """Return container output that cannot command a terminal: colours stay, the rest is shown.

    Hostile output may not move the cursor, set the title, answer for the user, or turn the text
    round that stands beside it.
    """
    return re.sub(_UNSAFE, _shown, text)


def _shown(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) > 1:
        return found
    return "" if found == "\r" else found.encode("unicode_escape").decode("ascii")


def local_time(instant: datetime) -> str:
    """Return an instant in the time zone of this machine, with its name."""
    local = instant.astimezone()
    return f"{local:%Y-%m-%d %H:%M:%S %Z}"


def in_zone(instant: datetime, zone: str | None) -> datetime:
    """Return an instant in a time zone, or in that of this machine."""
    if zone is None:
        return instant.astimezone()
    from zoneinfo import ZoneInfo

    return instant.astimezone(ZoneInfo(zone))


def utc_time(instant: datetime | None) -> str:
    """Return an instant in UTC to the second; "-" for None."""
    return "-" if instant is None else iso_instant(instant, timespec="seconds")


def relative(path: Path) -> Path:
    """Return a path from the working directory on, where it lies below it.

    A directory that was removed under a run has nothing below it.
    """
    try:
        return path.relative_to(Path.cwd())
    except (ValueError, FileNotFoundError):
        return path


class ProgramLog(Protocol):
    """Takes what the program says of its work, where that is not for people to read."""

    def write(self, level: str, name: str, message: str, about: object = None) -> None:
        """Write what happened; `about` is an event, or further members by name."""
        ...


class _Said:
    """How the program says what it says: as text, or to a log, from a level on."""

    log: ProgramLog | None = None
    least: int = LEVELS.index("info")


def log_with(log: ProgramLog | None, least: str) -> None:
    """Say what the program does to a log (None: as text), from a level on."""
    _Said.log, _Said.least = log, LEVELS.index(least)


def log(level: str, name: str, text: str, about: object = None) -> None:
    """Say to the program's log what stands on the screen otherwise."""
    if _Said.log is not None:
        logged(level, name, text, about)


def wanted(level: str) -> bool:
    """Return whether what is of a level is said."""
    return LEVELS.index(level) >= _Said.least


def logged(level: str, name: str, text: str, about: object = None) -> bool:
    """Return whether a text is not for the screen: too low, or in the log by now."""
    if not wanted(level):
        return True
    if _Said.log is None:
        return False
    _Said.log.write(level, name, text, about)
    return True


def in_workflow() -> bool:
    """Return whether this is a step of GitHub Actions, which reads commands from what it prints."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def harmless(text: str) -> str:
    """Return an answer of which no part is a command to whoever reads the output of this program.

    What becomes another character is written as strings of JSON and YAML have it.
    """
    if in_workflow():
        from emulator.cli.workflow_commands import without_commands

        text = without_commands(text)
    if not text.isascii() and sys.stdout is not None and sys.stdout.isatty():
        # JSON has escapes for the controls of ASCII, and for none of those that came later.
        text = re.sub(_LATER_CONTROLS, lambda found: f"\\u{ord(found[0]):04x}", text)
    return text


def say(text: str, *, end: str = "\n", flush: bool = True) -> None:
    """Print a part of the answer; of many parts not each need be flushed.

    Raises `EcsLocalError` where it cannot be written.
    """
    command(harmless(text), end=end, flush=flush)


def command(text: str, *, end: str = "\n", flush: bool = True) -> None:
    """Print what may be a command to GitHub Actions, such as an annotation. Raises as `say`."""
    try:
        print(text, end=end, flush=flush)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritten(error) from error


def say_as_it_is(data: bytes) -> None:
    """Print an answer of which every byte counts, whatever the terminal knows. Raises as `say`."""
    try:
        sys.stdout.buffer.write(data)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritten(error) from error


def unwritten(error: OSError) -> EcsLocalError:
    """Return the error for an answer that could not be written."""
    return EcsLocalError(f"the answer cannot be written: {error.strerror}")


def tell(text: str, about: object) -> None:
    """Print what happened, an event, to stdout."""
    if not logged("info", type(about).__name__, text, about):
        say(text)


def aside(text: str) -> None:
    """Print lines to stderr; where it has no room for them there is no place to say so."""
    try:
        print(harmless(text), file=sys.stderr, flush=True)
    except BrokenPipeError:
        raise
    except OSError:
        # What is done goes on: its answer, logs and history tell what came of it.
        return


def warn(text: str, about: object = None) -> None:
    """Print a warning to stderr; `about` is the event it is told of."""
    name = "Warned" if about is None else type(about).__name__
    if logged("warning", name, text, about):
        return
    aside(f"{paint('warning:', YELLOW, sys.stderr)} {bounded(text)}")


def note(text: str, about: object = None, level: str = "info") -> None:
    """Print a line about the work to stderr; `about` is the event it is told of."""
    if logged(level, "Progressed" if about is None else type(about).__name__, text, about):
        return
    aside(paint(bounded(text), DIM, sys.stderr))


def warning_bus() -> "EventBus":
    """Return a bus of whose events only the warnings are shown."""
    from emulator.events import EventBus, Warned

    bus = EventBus()
    bus.subscribe(Warned, lambda event: warn(event.message))
    return bus


def abandon(stream: IO[str]) -> None:
    """Let what is still written to a stream go nowhere: its reader went away.

    Python would complain again when it flushes at the end.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def bounded(text: str) -> str:
    """Return what names in files may have become part of, safe to print and not without end."""
    lines = printable(text).split("\n")
    return "\n".join(
        line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…" for line in lines
    )
