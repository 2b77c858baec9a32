"""One folder a construct: the files as a user has them, and the model they mean as text.

`given.toml` may hold `parameters`, `environ`, `environment`, `variables` and
`variable_files`. After a change that is meant,
`python -m tests.scenarios.test_scenarios` writes every `expected.txt` anew: read the difference.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from emulator.definitions import read
from emulator.definitions.files import Project
from emulator.definitions.nodes import Problems
from emulator.definitions.reading import Reading
from tests.definitions.model_text import model_text

HERE = Path(__file__).resolve().parent
SCENARIOS = sorted(path.parent for path in HERE.glob("*/*/expected.txt"))


def reading_of(folder: Path) -> Reading:
    """Return how a scenario is read: with what its `given.toml` says."""
    options = folder / "given.toml"
    given: dict[str, Any] = tomllib.loads(options.read_text("utf-8")) if options.exists() else {}
    return Reading(
        Project(folder),
        given.pop("environ", {}),
        Problems(),
        parameters=given.pop("parameters", {}),
        variable_files=[folder / name for name in given.pop("variable_files", [])],
        **given,
    )


def _text(folder: Path) -> str:
    # Paths of builds are absolute, and this checkout may be anywhere.
    return model_text(read((), reading_of(folder)).definitions).replace(str(folder), ".")


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda path: str(path.relative_to(HERE)))
def test_files_mean_the_expected_model(folder: Path) -> None:
    assert _text(folder) == (folder / "expected.txt").read_text("utf-8")


if __name__ == "__main__":
    for scenario in sorted(path for path in HERE.glob("*/*") if path.is_dir()):
        if scenario.parent.name not in ("__pycache__", "bad_input"):
            (scenario / "expected.txt").write_text(_text(scenario), "utf-8")
