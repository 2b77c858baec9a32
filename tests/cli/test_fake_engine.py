"""What the fake engine did is said to be that, wherever it is told of."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from emulator.cli import main
from tests.cli.conftest import NOW, PROJECT, Cli

NOTHING = "the fake engine: nothing is really run"

Screens = Callable[..., str]


@pytest.fixture
def screens(cli: Cli, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Screens:
    """Run a command line, which must end well, and return its stderr, or its stdout."""
    (tmp_path / "ecs-local.yaml").write_text(PROJECT, "utf-8")

    def run(*words: str, out: bool = False) -> str:
        capsys.readouterr()
        assert main(words, clock=lambda: NOW) == 0
        told = capsys.readouterr()
        return told.out if out else told.err

    return run


@pytest.mark.parametrize("words", [("invoke", "daily"), ("run-task", "daily")])
def test_a_command_that_runs_tasks_says_that_nothing_is_run(
    screens: Screens, words: tuple[str, ...]
) -> None:
    assert NOTHING in screens(*words, "--engine", "fake")


def test_its_tasks_are_known_for_it_afterwards(screens: Screens) -> None:
    answer = json.loads(
        screens("invoke", "daily", "--engine", "fake", "--format", "json", out=True)
    )
    (task,) = answer["tasks"]
    assert {"name": "ecs-local.engine", "value": "fake"} in task["attributes"]
    assert f"1 of 1 by {NOTHING}" in screens("tasks")
    task_id = task["taskArn"].rsplit("/")[-1]
    assert NOTHING in screens("describe", task_id, "--format", "text", out=True)
    assert f"1 task by {NOTHING}" in screens("timeline", "--all")


def test_its_page_and_its_reports_say_it(screens: Screens, tmp_path: Path) -> None:
    fake = ("--engine", "fake")
    period = ("--from", "2026-11-24T00:00:00Z", "--to", "2026-11-25T00:00:00Z", "--name", "day")
    report = tmp_path / "report.xml"
    screens("simulate", "--execute", *period, *fake, "--report", str(report))
    suite = ET.fromstring(report.read_text("utf-8"))[0]
    found = suite.find("properties/property")
    assert found is not None
    assert found.attrib == {"name": "ecs-local.engine", "value": "fake"}
    page = tmp_path / "page.html"
    simulated = (".ecs-local/simulations/day",)
    screens("timeline", "--all", "--html", str(page), "--state-dir", *simulated)
    assert f'<p id="engine">1 task by {NOTHING}</p>' in page.read_text("utf-8")


SAME_INSTANTS = """
rules:
- {name: equal, scheduleExpression: rate(1 day), taskDefinition: equal}
- {name: chain, scheduleExpression: rate(1 day), taskDefinition: chain}
- {name: counted, scheduleExpression: rate(1 day), taskDefinition: counted, taskCount: 4}
taskDefinitions:
  equal:
    networkMode: none
    containerDefinitions:
    - {name: first, image: alpine, memory: 32}
    - {name: second, image: alpine, memory: 32}
    - {name: sidecar, image: alpine, memory: 32, essential: false}
  chain:
    networkMode: none
    containerDefinitions:
    - name: follows
      image: alpine
      memory: 32
      dependsOn: [{containerName: prepares, condition: SUCCESS}]
    - {name: prepares, image: alpine, memory: 32, essential: false}
    - {name: as-long, image: alpine, memory: 32}
  counted:
    networkMode: none
    containerDefinitions: [{name: app, image: alpine, memory: 32}]
"""
SAME_INSTANTS_SCRIPT = {
    "containers": [
        {"container": "first", "duration": "20ms", "exitCode": 4},
        {"container": "second", "duration": "20ms", "exitCode": 5},
        {"container": "sidecar", "duration": "20ms", "exitCode": 6},
        {"container": "prepares", "duration": "10ms"},
        {"container": "follows", "duration": "10ms", "exitCode": 7},
        {"container": "as-long", "duration": "20ms", "exitCode": 8},
        {"container": "app", "starts": [{"exitCode": code} for code in (1, 2, 3, 4)]},
    ]
}


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ("equal", [{"first": 4, "second": 5, "sidecar": 6}]),
        ("chain", [{"follows": 7, "prepares": 0, "as-long": 8}]),
        ("counted", [{"app": 1}, {"app": 2}, {"app": 3}, {"app": 4}]),
    ],
)
def test_what_ends_at_one_instant_of_a_real_clock_ends_the_same_each_time(
    cli: Cli,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rule: str,
    codes: list[dict[str, int]],
) -> None:
    (tmp_path / "ecs-local.yaml").write_text(SAME_INSTANTS, "utf-8")
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SAME_INSTANTS_SCRIPT), "utf-8")
    fake = ("--engine", "fake", "--engine-script", str(script))
    assert main(("invoke", rule, *fake, "--format", "json")) != 0
    tasks = json.loads(capsys.readouterr().out)["tasks"]
    assert [{c["name"]: c["exitCode"] for c in task["containers"]} for task in tasks] == codes
