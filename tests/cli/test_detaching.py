"""The file that shows the screen of a detached scheduler."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.cli.detaching import DETACHED

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


@pytest.mark.parametrize(("detached", "kept"), [(True, "answer\nwarning\n"), (False, None)])
def test_a_detached_scheduler_goes_on_in_a_new_file_where_its_own_was_removed(
    tmp_path: Path, detached: bool, kept: str | None
) -> None:
    command = [sys.executable, "-c", _SAYS, str(tmp_path)]
    environ = os.environ | ({DETACHED: "1"} if detached else {})
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    path = tmp_path / "scheduler.log"
    assert (path.read_text("utf-8") if path.exists() else None) == kept
    assert done.stdout == ("lost\n" if detached else "lost\nanswer\n")
