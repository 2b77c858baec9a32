"""Templates that are read together: each is opened once, and finds what the others export."""

from pathlib import Path
from typing import Final

from emulator.definitions.cloudformation.exports import Exports
from emulator.definitions.cloudformation.recognition import (
    LARGEST_EXPORTER,
    is_template,
    may_export,
)
from emulator.definitions.cloudformation.stack import Stack
from emulator.definitions.cloudformation.stacks import OpenStack, open_stack
from emulator.definitions.files import MOST_TEXT, real_path
from emulator.definitions.reading import Reading
from emulator.errors import DefinitionError

STACK_NAME: Final = "AWS::StackName"
"""`--param AWS::StackName=prod` names the stack, which is otherwise named by its file."""


class Templates:
    """The templates of one reading; `Reading.together` keeps them from one file to the next."""

    def __init__(self) -> None:
        self._reading: Reading | None = None
        self._opened: dict[Path, OpenStack] = {}
        self._seen: set[Path] = set()
        self._silent: list[OpenStack] = []
        self._looked = 0
        self._bytes = 0
        self._exports = Exports(self._open_others)

    def opened(self, path: Path, text: str, reading: Reading) -> OpenStack:
        """Return the stack of a template's text. Raises `DefinitionError`."""
        self._reading = reading
        own = real_path(path)
        self._seen.add(own)
        if own not in self._opened:
            name = reading.parameters.get(STACK_NAME) or path.name.split(".")[0]
            stack = Stack(name=name, region=reading.region, account=reading.account)
            self._opened[own] = open_stack(path, text, stack, reading, self._exports)
            self._exports.add(self._opened[own])
        return self._opened[own]

    def exporters(self) -> list[OpenStack]:
        """Return the stacks that others import from, and that say nothing of tasks themselves."""
        return [stack for stack in self._silent if stack.imported]

    def _open_others(self) -> None:
        """Open the files that are read together with this one and may export something."""
        reading = self._reading
        if reading is None or reading.together is None:
            return
        files = reading.together.files
        # Every import asks, and the list only grows: what was looked at is not looked at again.
        while self._looked < len(files):
            path = files[self._looked]
            self._looked += 1
            if real_path(path) not in self._seen:
                self._seen.add(real_path(path))
                self._open_exporter(path, reading)

    def _affordable(self, path: Path) -> bool:
        """Return whether a file may be looked at for its exports."""
        try:
            size = path.stat().st_size
        except OSError:
            return False  # Told when it is its turn.
        self._bytes += size
        return size <= LARGEST_EXPORTER and self._bytes <= MOST_TEXT

    def _open_exporter(self, path: Path, reading: Reading) -> None:
        read_itself = False
        try:
            reading.project.check_inside(path)
            if not self._affordable(path):
                return
            text = reading.project.read(path)
            if not may_export(path, text):
                return
            read_itself = is_template(path, text)
            stack = self.opened(path, text, reading)
        except DefinitionError as error:
            # What is read for itself tells its errors then.
            for problem in () if read_itself else error.problems:
                message = f"nothing can be imported from it: {problem.message}"
                reading.problems.warning(message, problem.source)
            return
        if not read_itself:
            self._silent.append(stack)
