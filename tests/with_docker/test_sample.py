"""The book's batch, from the files at the top of the checkout, end to end."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.with_docker.project import CHECKOUT, Answer, Project

GROUP = "/ecs-scheduled-tasks/example"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("sample")
    for name in ("ecs-local.yaml", "batch_container_definitions.json"):
        shutil.copy(CHECKOUT / name, folder)
    made = Project(folder)
    yield made
    assert made.left_in_the_engine() == []


@pytest.fixture(scope="module")
def invoked(sample: Project) -> Answer:
    return sample.run("invoke", "example-batch")


@pytest.fixture(scope="module")
def log_file(sample: Project, invoked: Answer) -> Path:
    (path,) = (sample.state_dir / "logs").rglob("*.log")
    return path


def test_it_exits_as_the_batch_does(invoked: Answer) -> None:
    assert (invoked.code, invoked.err) == (0, "")


def test_the_screen_shows_start_output_and_end(invoked: Answer, log_file: Path) -> None:
    started, line, ended = invoked.out.splitlines()
    assert re.fullmatch(r"example-batch task [0-9a-f]{8} started \(due \d\d:\d\d:\d\dZ\)", started)
    assert re.fullmatch(r"example-batch/alpine \| .*\b20\d\d\b.*", line)
    assert re.fullmatch(
        r"example-batch task [0-9a-f]{8} succeeded, exit code 0 after \d+\.\d s, log (.*)", ended
    )
    assert ended.endswith(str(log_file.relative_to(log_file.parents[6])))


def test_the_date_is_in_the_log_file_in_the_layout_of_awslogs(
    sample: Project, invoked: Answer, log_file: Path
) -> None:
    relative = log_file.relative_to(sample.state_dir)
    assert re.fullmatch(
        r"logs/ecs-scheduled-tasks/example/batch/alpine/[0-9a-f]{32}\.log", str(relative)
    )
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d UTC \d{4}\n",
        log_file.read_text("utf-8"),
    )


def test_the_log_group_keeps_what_the_definition_says(sample: Project, log_file: Path) -> None:
    folder = sample.state_dir / "logs/ecs-scheduled-tasks/example"
    told = json.loads((folder / ".log-group.json").read_text("utf-8"))
    assert (told["logGroupName"], told["retentionInDays"]) == (GROUP, 180)


def test_its_task_is_in_the_history_as_ecs_describes_it(sample: Project, log_file: Path) -> None:
    (task,) = sample.json("tasks")["tasks"]
    assert task["taskArn"].endswith(f":task/example/{log_file.stem}")
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert (task["launchType"], task["cpu"], task["memory"]) == ("FARGATE", "256", "512")
    assert task["startedBy"] == "events-rule/example-batch"
    assert task["containers"][0]["exitCode"] == 0
    assert task["version"] == 5


def test_logs_shows_the_event(sample: Project, log_file: Path) -> None:
    answer = sample.run("logs", GROUP, "--format", "json")
    event = json.loads(answer.out)
    assert (event["logGroupName"], event["logStreamName"]) == (
        GROUP,
        f"batch/alpine/{log_file.stem}",
    )
    assert event["message"] in log_file.read_text("utf-8")


def test_the_state_directory_ignores_itself(sample: Project, invoked: Answer) -> None:
    assert (sample.state_dir / ".gitignore").read_text("utf-8") == "*\n"
