"""The command line in process: what it prints, on a scripted engine and a clock that stands."""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulator.cli import main
from emulator.definitions.cache_place import VARIABLE
from emulator.engines.base import OutputChunk
from emulator.engines.fake import FakeEngine, FakeProcess

os.environ[VARIABLE] = ""  # Nothing is kept from one test to the next.
ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 11, 24, 6, 37, 5, tzinfo=UTC)

LOCALE = ("LC_ALL", "LC_TIME", "LANG")

PROJECT = """\
region: ap-northeast-1
taskDefinitions:
  daily:
    containerDefinitions:
      - name: main
        image: alpine:latest
        logConfiguration:
          logDriver: awslogs
          options: {awslogs-group: /batch, awslogs-region: ap-northeast-1,
                    awslogs-stream-prefix: daily}
rules:
  - name: daily
    description: 毎日の集計処理
    scheduleExpression: cron(0 1 * * ? *)
    taskDefinition: daily
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What a command line printed, and its exit code. Task ids are replaced by `ID`."""

    code: int
    out: str
    err: str

    @property
    def screen(self) -> str:
        """Both streams and the exit code as one text."""
        return f"{self.out}{self.err}exit code {self.code}\n"


Cli = Callable[..., Told]


def says(*lines: bytes, exit_code: int = 0) -> FakeProcess:
    """A process that writes lines to stdout and exits."""
    chunk = OutputChunk("stdout", b"".join(line + b"\n" for line in lines))
    return FakeProcess(output=(chunk,), exit_code=exit_code)


@pytest.fixture
def cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Cli]:
    """Run a command line in a directory of its own."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "ECS_LOCAL_STATE_DIR", *LOCALE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()

    def run(
        *words: str,
        project: str | None = None,
        columns: int | None = None,
        main_process: FakeProcess | None = None,
    ) -> Told:
        if project is not None:
            (tmp_path / "ecs-local.yaml").write_text(project, "utf-8")
        if columns is not None:
            monkeypatch.setenv("COLUMNS", str(columns))
        engine = FakeEngine(
            {"main": main_process} if main_process else None, clock=lambda: NOW, name="docker"
        )
        capsys.readouterr()
        code = main(words, engine=lambda: engine, clock=lambda: NOW)
        told = capsys.readouterr()
        return Told(code, _without_ids(told.out), _without_ids(told.err))

    yield run
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A directory with the sample at the top of the repository."""
    for name in ("ecs-local.yaml", "batch_container_definitions.json"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def _without_ids(text: str) -> str:
    return re.sub(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}\b", "ID", text)
