"""Bad input: each folder beside this holds definition files and what a user is told of them.

`stderr.txt` begins with the command line and ends with the exit code; between them stands
stderr, exactly. No engine answers in these scenarios.
"""

import shlex
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from emulator.cli import main
from emulator.errors import EngineUnavailableError

CASES = Path(__file__).parent / "bad_input"


def no_engine() -> NoReturn:
    message = "no container engine answers at unix:///nowhere/docker.sock"
    raise EngineUnavailableError(message, hint="start Docker")


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_bad_input_is_told_with_place_problem_and_what_to_do(
    case: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(CASES / case, tmp_path, dirs_exist_ok=True)
    (tmp_path / "stderr.txt").unlink()
    expected = (CASES / case / "stderr.txt").read_text("utf-8")
    command = expected.splitlines()[0]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")

    code = main(shlex.split(command.removeprefix("$ ecs-local ")), engine=no_engine)

    told = capsys.readouterr()
    assert f"{command}\n{told.err}exit code {code}\n" == expected
    assert told.out == ""
    assert code in (2, 3)
    assert not (tmp_path / ".ecs-local").exists()
