"""What is printed to a reader that goes away, a full disk, or a terminal without Japanese."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.cli import BROKEN_PIPE


@pytest.mark.parametrize(
    "words", [("rules", "--format", "json"), ("run", "--engine", "fake", "--log-level", "error")]
)
def test_a_reader_that_goes_away_is_no_traceback(words: tuple[str, ...], sample: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    program = [sys.executable, "-m", "emulator", *words]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    ended = subprocess.run(
        program,
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=sample,
        env=environment,
        check=False,
        timeout=60,
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (BROKEN_PIPE, b"")


YEAR = ["--from", "2026-01-01", "--to", "2027-01-01", "--format", "json"]


PAGE = ["timeline", "--html", "-"]


@pytest.mark.parametrize("words", [["next"], ["--help"], ["simulate", *YEAR], PAGE])
def test_an_answer_that_no_disk_has_room_for_is_told(words: list[str], sample: Path) -> None:
    program = [sys.executable, "-m", "emulator", *words]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    environment.pop("PYTHONUNBUFFERED", None)
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            program, stdout=full, stderr=subprocess.PIPE, cwd=sample, env=environment, check=False
        )
    told = b"ecs-local: error: the answer cannot be written: No space left on device\n"
    assert (ended.returncode, ended.stderr) == (1, told)


@pytest.mark.parametrize(
    "words",
    [
        "invoke example-batch",
        "run-task example-batch",
        "simulate --execute --from 2026-01-01T00:00:00Z --to 2026-01-01T00:03:00Z",
    ],
)
def test_what_happens_and_no_disk_has_room_for_is_missed_once(words: str, sample: Path) -> None:
    program = [sys.executable, "-m", "emulator", *words.split(), "--engine", "fake"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            program, stdout=full, stderr=subprocess.PIPE, cwd=sample, env=environment, check=False
        )
    told = b"not all that happens is shown: the answer cannot be written: No space left on device"
    assert ended.stderr.count(told) == 1
    assert b"Traceback" not in ended.stderr
    assert ended.returncode == 1


def test_a_run_that_is_interrupted_says_so_by_its_code_whatever_it_could_not_show(
    sample: Path,
) -> None:
    program = [sys.executable, "-m", "emulator", "run", "--engine", "fake"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    environment.pop("PYTHONUNBUFFERED", None)
    with Path("/dev/full").open("wb") as full:
        running = subprocess.Popen(
            program, stdout=full, stderr=subprocess.PIPE, cwd=sample, env=environment
        )
    assert running.stderr is not None
    with running, running.stderr as said:
        # It fires by now, and could not show its rules.
        assert any(b"not all that happens is shown" in line for line in said)
        running.terminate()
    assert running.returncode == 130


@pytest.mark.parametrize(
    "words",
    ["next", "invoke example-batch --engine fake --log-level error"],
)
def test_an_answer_that_nobody_wants_is_no_error(words: str, sample: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    program = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "emulator"]
    program += words.split()
    ended = subprocess.run(
        program, stderr=subprocess.PIPE, cwd=sample, env=environment, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize("where", ["<&- 2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("invoke example-batch --engine fake", 0),
        ("run --for 1s --engine fake", 0),
        ("invoke nobody --engine fake", 2),
        ("invoke example-batch --engine fake --log-format json", 0),
        ("invoke nobody --engine fake --log-format json", 2),
        ("nothing", 2),
    ],
)
def test_what_is_said_beside_an_answer_may_find_no_place(
    words: str, code: int, where: str, sample: Path
) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    environment.pop("PYTHONUNBUFFERED", None)
    program = ["sh", "-c", f'exec "$@" {where}', "sh", sys.executable, "-m", "emulator"]
    program += words.split()
    ended = subprocess.run(
        program, stdout=subprocess.PIPE, cwd=sample, env=environment, check=False
    )
    assert ended.returncode == code
    assert b"note" not in ended.stdout
    assert b"error" not in ended.stdout


def test_an_answer_can_be_printed_where_japanese_cannot(sample: Path) -> None:
    program = [sys.executable, "-m", "emulator", "rules"]
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONIOENCODING": "ascii",
        "COLUMNS": "200",
    }
    ended = subprocess.run(program, capture_output=True, cwd=sample, env=environment, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"\\u3068\\u3066\\u3082" in ended.stdout
