"""Reports of runs whose log bytes, names and reasons are hostile."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.cli.junit import junit, xml_text
from emulator.cli.report import Collector
from emulator.errors import UsageError
from emulator.events import EventBus, FiringMissed, InvocationFailed
from emulator.logs.directory import LogDirectory
from emulator.model.definitions import Definitions
from emulator.model.task import StopCode, Task, TaskStatus
from tests import builders
from tests.cli.conftest import NOW

REFUSED = InvocationFailed(
    rule="daily",
    target_id="t\x00\x1b",
    scheduled_at=NOW,
    reason="ClientException: <&\"'> \x00\x08 ]]> 日本",
    at=NOW,
)
MISSED = FiringMissed(
    rule="daily", scheduled=(NOW, NOW + timedelta(hours=1)), reason="slept", at=NOW
)


def report(tmp_path: Path, name: str) -> str:
    bus = EventBus()
    collector = Collector.on(bus, [str(tmp_path / name)])
    bus.publish(REFUSED)
    bus.publish(REFUSED._replace(reason="other"))
    bus.publish(MISSED)
    collector.write(Definitions(), LogDirectory(tmp_path / "logs"))
    return (tmp_path / name).read_text("utf-8")


def test_a_junit_report_is_valid_xml_whatever_it_is_told(tmp_path: Path) -> None:
    (suite,) = ET.fromstring(report(tmp_path, "r.xml"))
    assert (suite.get("tests"), suite.get("errors"), suite.get("failures")) == ("4", "2", "0")
    error = suite[0].find("error")
    assert error is not None
    assert error.get("message") == "ClientException: <&\"'> �� ]]> 日本"


def _attempts(*codes: int) -> list[Task]:
    first = builders.task()
    made = [
        replace(first, id=f"{n:032x}", retry_of=first.id if n > 1 else None, attempt=n)
        for n in range(1, len(codes) + 1)
    ]
    return [
        replace(
            task,
            last_status=TaskStatus.STOPPED,
            stop_code=StopCode.ESSENTIAL_CONTAINER_EXITED,
            containers=tuple(replace(c, exit_code=code, started_at=NOW) for c in task.containers),
        )
        for task, code in zip(made, codes, strict=True)
    ]


def _case(tmp_path: Path, *codes: int) -> tuple[ET.Element, list[str]]:
    (suite,) = ET.fromstring(junit([_attempts(*codes)], [], [], LogDirectory(tmp_path / "logs")))
    (case,) = suite
    return suite, [part.tag for part in case]


def test_a_task_that_succeeds_at_last_is_flaky_and_no_failure(tmp_path: Path) -> None:
    suite, parts = _case(tmp_path, 1, 1, 0)
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")
    assert parts == ["flakyFailure", "flakyFailure", "system-out"]


def test_a_task_that_never_succeeds_fails_once_with_all_its_attempts(tmp_path: Path) -> None:
    suite, parts = _case(tmp_path, 1, 2)
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    assert parts == ["failure", "rerunFailure", "system-out"]
    trace = suite.find(".//rerunFailure/stackTrace")
    assert trace is not None
    assert trace.text == f"task {2:032x}: app exited 2"


def test_a_json_report_has_the_shape_of_describe_tasks(tmp_path: Path) -> None:
    document = json.loads(report(tmp_path, "r.json"))
    assert document["tasks"] == []
    assert document["failures"][0]["reason"] == REFUSED.reason
    assert [entry["scheduled"] for entry in document["missed"]] == [
        "2026-11-24T06:37:05Z",
        "2026-11-24T07:37:05Z",
    ]


@given(st.text(st.characters()))
def test_any_text_can_be_put_intoxml_text(text: str) -> None:
    element = ET.Element("a", name=xml_text(text))
    element.text = xml_text(text)
    assert ET.fromstring(ET.tostring(element, encoding="unicode")) is not None


@pytest.mark.parametrize("name", ["report.html", "report", "nowhere/report.xml"])
def test_a_report_that_cannot_be_written_is_refused_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        Collector.on(EventBus(), [name])


def test_until_it_is_written_there_is_no_report_unless_there_was_one(tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text("{}", "utf-8")
    Collector.on(EventBus(), [str(tmp_path / "new.xml"), str(old)])
    assert [path.name for path in tmp_path.iterdir()] == ["old.json"]
    assert old.read_text("utf-8") == "{}"
