"""A scheduler in the background: the same command once more, and the file that shows its screen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.cli.detaching import DETACHED, is_detached

_SAYS: str = """
import sys
from pathlib import Path
from emulator.app.emulator import Emulator
from emulator.app.settings import Settings
from emulator.cli.detaching import follow_screen_file
state = Path(sys.argv[1])
print("lost", flush=True)
follow_screen_file(Emulator(Settings(directory=state, state_dir=state)))
print("answer", flush=True)
print("warning", file=sys.stderr)
"""


def test_a_detached_scheduler_goes_on_in_a_new_file_where_its_own_was_removed(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", _SAYS, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (tmp_path / "scheduler.log").read_text("utf-8") == "answer\nwarning\n"
    assert done.stdout == "lost\n"


@pytest.mark.parametrize("flags", [["-d", "-f"], ["-df"]])
def test_however_it_is_asked_for_it_detaches_once(tmp_path: Path, flags: list[str]) -> None:
    command = [sys.executable, "-m", "emulator", "run", *flags, "none.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "error: none.yaml: there is no such file"


def test_what_a_detached_scheduler_starts_is_not_detached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DETACHED, "1")
    assert is_detached()
    assert DETACHED not in os.environ
    assert not is_detached()
