"""JUnit reports: valid by the format's schema, and read by its readers as they are meant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import xmlschema
from junitparser import JUnitXml, TestSuite

from emulator.cli.junit import junit
from emulator.events import FiringMissed, InvocationFailed
from emulator.logs.directory import LogDirectory
from emulator.model.task import FAKE_ENGINE, Origin, StopCode, Task, TaskStatus
from tests import builders

NOW = datetime(2026, 11, 24, 6, 37, 5, tzinfo=UTC)
SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "junit.xsd")
REFUSED = InvocationFailed(
    rule="夜間", target_id="t", scheduled_at=NOW, reason="ClientException: <no>", at=NOW
)
MISSED = FiringMissed(
    rule="夜間", scheduled=(NOW, NOW + timedelta(hours=1)), reason="slept", at=NOW
)


def ended(task_id: int, code: int | None, *, of: int | None = None) -> Task:
    """Return a task that ended after 90.25 s with a code; None: it never started."""
    task = builders.task(task_id=f"{task_id:032x}")
    begun = None if code is None else NOW
    return replace(
        task,
        last_status=TaskStatus.STOPPED,
        retry_of=None if of is None else f"{of:032x}",
        started_at=begun,
        execution_stopped_at=NOW + timedelta(seconds=90.25),
        stop_code=(
            StopCode.TASK_FAILED_TO_START if code is None else StopCode.ESSENTIAL_CONTAINER_EXITED
        ),
        stopped_reason="CannotPullContainerError: ]]> <&" if code is None else "it exited",
        containers=tuple(replace(c, exit_code=code, started_at=begun) for c in task.containers),
    )


def report(tmp_path: Path, *attempts: list[Task]) -> str:
    return junit(attempts, [REFUSED], [MISSED], LogDirectory(tmp_path))


ATTEMPTS = [
    [ended(1, 0)],
    [ended(2, 1)],
    [ended(3, None)],
    [ended(4, 1), ended(5, None, of=4), ended(6, 0, of=4)],
    [ended(7, None), ended(8, 2, of=7), ended(9, None, of=7)],
]


def test_a_report_of_every_kind_of_end_is_valid(tmp_path: Path) -> None:
    SCHEMA.validate(report(tmp_path, *ATTEMPTS))
    SCHEMA.validate(junit([], [], [], LogDirectory(tmp_path)))


def test_a_report_of_the_fake_engine_is_valid_and_says_so(tmp_path: Path) -> None:
    text = report(tmp_path, [replace(ended(1, 0), engine=FAKE_ENGINE)])
    SCHEMA.validate(text)
    assert '<property name="ecs-local.engine" value="fake" />' in text


def test_a_reader_of_junit_counts_what_ran(tmp_path: Path) -> None:
    (suite,) = JUnitXml.fromstring(report(tmp_path, *ATTEMPTS).encode())
    assert isinstance(suite, TestSuite)
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (8, 1, 3, 2)
    assert suite.time == pytest.approx(5 * 90.25)
    outcomes = [type(result).__name__ for case in suite for result in case.result]
    assert outcomes == ["Failure", "Error", "Error", "Error", "Skipped", "Skipped"]
    assert [case.is_passed for case in suite] == [True, False, False, True, *4 * [False]]


def test_names_are_those_of_the_run_before(tmp_path: Path) -> None:
    invoked = replace(ended(1, 0), rule="nightly", scheduled_at=NOW, origin=Origin.INVOKE)
    due = replace(invoked, id="b" * 32, origin=Origin.SCHEDULE)
    by_hand = replace(ended(3, 0), rule=None)
    again = replace(by_hand, id="d" * 32)
    text = junit(
        [[each] for each in (invoked, due, by_hand, again)], [], [], LogDirectory(tmp_path)
    )
    (suite,) = JUnitXml.fromstring(text.encode())
    assert [case.name for case in suite] == [
        "nightly job",
        "nightly job due 2026-11-24T06:37:05Z",
        "job",
        "job (2)",
    ]


def test_a_firing_that_was_missed_is_a_test_that_was_skipped(tmp_path: Path) -> None:
    (suite,) = JUnitXml.fromstring(junit([], [], [MISSED], LogDirectory(tmp_path)).encode())
    assert [(case.name, case.result[0].message) for case in suite] == [
        ("夜間 due 2026-11-24T06:37:05Z", "missed: slept"),
        ("夜間 due 2026-11-24T07:37:05Z", "missed: slept"),
    ]
