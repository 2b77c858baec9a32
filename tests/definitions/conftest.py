"""Files as text in, the model or the problems as text out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from emulator.definitions import load
from emulator.errors import DefinitionError
from emulator.model.definitions import Definitions

TASK = """\
taskDefinitions:
  job:
    containerDefinitions: [{name: main, image: alpine}]
"""
"""A family to which rules can refer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What loading came to: a model, and all problems as `severity file:line: message`."""

    definitions: Definitions | None
    text: str

    @property
    def model(self) -> Definitions:
        """The model, which must be there."""
        assert self.definitions is not None, self.text
        return self.definitions


def places(parse: Callable[[str, str], object], text: str, path: str) -> set[str | None]:
    """Return the files that the problems of a text name; none where it has no problem."""
    try:
        parse(text, path)
    except DefinitionError as error:
        return {None if p.source is None else p.source.path for p in error.problems}
    return set()


Load = Callable[..., Outcome]


@pytest.fixture
def read(tmp_path: Path) -> Load:
    """Write files into a directory and load it, or the files that `paths` names."""

    def read(
        files: dict[str, str | bytes] | str,
        *paths: str,
        lenient: bool = False,
        environ: dict[str, str] | None = None,
    ) -> Outcome:
        if isinstance(files, str):
            files = {"ecs-local.yaml": files}
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = content if isinstance(content, bytes) else content.encode()
            path.write_bytes(data)
        chosen = [tmp_path / path for path in paths]
        try:
            found = load(chosen, directory=tmp_path, environ=environ or {}, lenient=lenient)
        except DefinitionError as error:
            return Outcome(None, _text(error))
        return Outcome(found, _text(DefinitionError(found.problems)))

    return read


def _text(error: DefinitionError) -> str:
    return "\n".join(f"{problem.severity} {problem}" for problem in error.problems)
