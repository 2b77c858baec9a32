"""A simulation of many tasks of one instant: it comes out the same however fast threads are."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emulator.app.emulator import Emulator
from emulator.app.history_pruning import EVERY
from emulator.app.settings import Settings
from emulator.app.simulating import SimulateOptions, Simulating
from emulator.errors import EngineUnavailableError
from emulator.events import EventBus, LogEventsReceived, TaskStateChanged
from emulator.model.definitions import Definitions
from emulator.state.pruning import Pruned

START = datetime(2028, 2, 29, tzinfo=UTC)
DEFINITIONS = """\
rules:
- name: three
  scheduleExpression: cron(0 * * * ? *)
  targets: [{taskDefinition: job, taskCount: 3}]
- {name: again, scheduleExpression: cron(0 * * * ? *), targets: [{taskDefinition: job}]}
- {name: waits, scheduleExpression: cron(0 * * * ? *), targets: [{taskDefinition: job}]}
- name: after
  taskDefinition: next
  eventPattern: {source: [aws.ecs], detail: {lastStatus: [STOPPED], group: ["family:job"]}}
taskDefinitions:
  job:
    containerDefinitions:
    - {name: app, image: "alpine:latest"}
    - {name: side, image: "alpine:latest", essential: false}
  next: {containerDefinitions: [{name: app, image: "alpine:latest"}]}
local: {rules: {again: {retry: {attempts: 2}}, waits: {overlap: queue}}}
"""
SCRIPT = """\
containers:
- {rule: again, starts: [{exitCode: 1, duration: 10s}, {duration: 10s, output: "yes\\n"}]}
- {rule: waits, duration: 90m, output: "one\\n"}
- {output: "one\\ntwo\\n", duration: 20s}
"""


def _simulate(directory: Path, bus: EventBus, options: SimulateOptions) -> None:
    (directory / "jobs.yaml").write_text(SCRIPT, "utf-8")
    settings = Settings(
        directory=directory,
        state_dir=directory / "state",
        engine="fake",
        engine_script=directory / "jobs.yaml",
    )
    application = Emulator(settings)
    simulating = Simulating(settings, application.definitions, options, bus)
    simulating.prepare()
    rules = application.rules()
    simulating.run(rules, application.schedules(rules, created=START))


def _happened(directory: Path, slow: int) -> list[str]:
    """Return what happens in two hours, where every third change of a task takes its time."""
    bus, happened = EventBus(), list[str]()

    def note_task(event: TaskStateChanged) -> None:
        if len(happened) % 3 == slow:
            time.sleep(0.002)
        happened.append(f"{event.task.rule} {event.task.id} {event.task.last_status}")

    def note_output(event: LogEventsReceived) -> None:
        happened.append(f"{event.task.id} {event.container.name} {event.messages}")

    bus.subscribe(TaskStateChanged, note_task)
    bus.subscribe(LogEventsReceived, note_output)
    options = SimulateOptions(start=START, end=START + timedelta(hours=2), name="x", seed=1)
    _simulate(directory, bus, options)
    return happened


def test_what_happens_in_one_instant_happens_in_the_same_order_each_time(tmp_path: Path) -> None:
    (tmp_path / "ecs-local.yaml").write_text(DEFINITIONS, "utf-8")
    first = _happened(tmp_path, slow=0)
    assert sum(line.startswith("after ") and line.endswith("STOPPED") for line in first) == 2 * 5
    assert _happened(tmp_path, slow=1) == first
    assert _happened(tmp_path, slow=2) == first


def test_what_leaves_the_history_as_a_simulation_ends_does_not_let_it_seem_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*_: object) -> Pruned:
        time.sleep(0.1)
        return Pruned(1, 0)

    monkeypatch.setattr("emulator.state.pruning.prune", slowly)
    (tmp_path / "ecs-local.yaml").write_text(
        f"{DEFINITIONS.splitlines()[0]} []\nlocal: {{history: {{keepDays: 1}}}}\n", "utf-8"
    )
    bus, end = EventBus(), START + EVERY + timedelta(minutes=1)
    _simulate(tmp_path, bus, SimulateOptions(start=START, end=end, name="x", speed=100_000))
    mark = tmp_path / "state/simulations/x/simulation.json"
    time.sleep(0.15)
    assert json.loads(mark.read_text("utf-8"))["outcome"] == "complete"


def test_what_other_simulations_and_a_scheduler_write_goes_into_no_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell(*, left_out: Path) -> None:
        message = f"left out: {left_out}"
        raise EngineUnavailableError(message)

    monkeypatch.setattr("emulator.engines.docker.DockerEngine", tell)
    settings = Settings(directory=tmp_path, state_dir=tmp_path / "state")
    options = SimulateOptions(start=START, end=START + timedelta(hours=1))
    simulating = Simulating(settings, Definitions(), options, EventBus())
    simulating.prepare()
    with pytest.raises(EngineUnavailableError, match=f"left out: {tmp_path}/state$"):
        simulating.run([], {})
