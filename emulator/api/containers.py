"""The containers of a task, and what they said."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from emulator.api.presence import Present
from emulator.definitions.nodes import one_of
from emulator.errors import UsageError
from emulator.model.task import TaskContainer

if TYPE_CHECKING:
    from emulator.logs.reader import LogEvent

LONGEST_LINE: Final = 1000
"""Characters of a line that explains something."""


def harmless(text: str) -> str:
    """Return a text of strangers as one line that commands no terminal, and is not too long."""
    from emulator.pictures.visible_text import visible

    return visible(text, longest=LONGEST_LINE).replace("\n", "\\n")


class Logs(list[str]):
    """Log messages in order of time; `events` are the same with instants and streams."""

    def __init__(self, events: "Sequence[LogEvent]") -> None:
        super().__init__(event.message for event in events)
        self.events = tuple(events)

    @property
    def text(self) -> str:
        """All messages, a line each."""
        return "\n".join(self)

    def matching(self, pattern: str) -> "Logs":
        """Return those in which a regular expression of Python finds something.

        Raises `UsageError` for what is none.
        """
        try:
            found = re.compile(pattern).search
        except (TypeError, re.error) as error:
            message = f"{pattern!r} is not a regular expression: {error}"
            raise UsageError(message, hint="`re.escape` makes one of any text") from error
        return Logs([event for event in self.events if found(event.message)])


@dataclass(frozen=True, slots=True, repr=False)
class Container(Present):
    """A container of a task. `exit_code` is None until it ends, and when it never ran.

    `command` (None: the image's own) and `environment` are those of its definition with the
    overrides that it was started with; environment files, secrets and what is said under `local`
    come besides.
    """

    name: str
    image: str
    command: tuple[str, ...] | None
    environment: Mapping[str, str] = field(hash=False)
    last_status: str
    exit_code: int | None
    reason: str | None
    started_at: datetime | None
    stopped_at: datetime | None
    _read: Callable[[], Logs] = field(compare=False)

    def __repr__(self) -> str:
        return f"<container {harmless(ending_of(self))}>"

    @property
    def logs(self) -> Logs:
        """What it said so far."""
        return self._read()


class Containers(dict[str, Container]):
    """Containers by name, which says of another name what there is."""

    def __missing__(self, name: object) -> Container:
        message = f"no container {name!r}"
        raise UsageError(message, hint=one_of("containers", str(name), tuple(self)))


def ending_of(container: TaskContainer | Container) -> str:
    """Return how a container ended, or that it runs or never ran."""
    if container.exit_code is None:
        how = "never ran" if container.last_status == "STOPPED" else f"is {container.last_status}"
    else:
        how = f"exited with {container.exit_code}"
    return f"{container.name} {how}" + (f": {container.reason}" if container.reason else "")
