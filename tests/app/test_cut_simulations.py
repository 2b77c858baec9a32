"""A simulation that is cut off anywhere and gone on with comes to what an uncut one comes to."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.app.emulator import Emulator
from emulator.app.settings import Settings
from emulator.app.simulating import SimulateOptions, Simulating
from emulator.eventbridge.chaos import Disturbance
from emulator.events import (
    EventBus,
    FiringFired,
    FiringOverlapped,
    InvocationRetried,
    TaskRetryScheduled,
    TaskStateChanged,
)
from emulator.model.task import StopCode, Task

START = datetime(2028, 2, 1, tzinfo=UTC)
END = START + timedelta(hours=3)
MOST_EVENTS = 160
"""More than there are places to cut at."""

PATTERN = "{source: [aws.ecs], detail: {lastStatus: [%s], startedBy: ['events-rule/%s']}}"
AFTER = PATTERN % ("STOPPED", "hourly")
BESIDE = PATTERN % ("RUNNING", "hourly")
LAST = PATTERN % ("STOPPED", "after")
ALARM = PATTERN % ("STOPPED", "hangs")
DEFINITIONS = f"""\
rules:
- {{name: hourly, scheduleExpression: cron(0 * * * ? *), taskDefinition: job}}
- {{name: retried, scheduleExpression: cron(30 * * * ? *), taskDefinition: job}}
- {{name: hangs, scheduleExpression: cron(20 0-1 * * ? *), taskDefinition: job}}
- {{name: after, eventPattern: {AFTER}, taskDefinition: job}}
- {{name: beside, eventPattern: {BESIDE}, taskDefinition: job}}
- {{name: last, eventPattern: {LAST}, taskDefinition: job}}
- {{name: alarm, eventPattern: {ALARM}, taskDefinition: job}}
- name: window
  scheduleExpression: cron(10 * * * ? *)
  timezone: UTC
  flexibleTimeWindow: {{mode: FLEXIBLE, maximumWindowInMinutes: 30}}
  taskDefinition: job
taskDefinitions: {{job: {{containerDefinitions: [{{name: app, image: "alpine:latest"}}]}}}}
local:
  rules:
    hourly: {{overlap: queue}}
    retried: {{retry: {{attempts: 3, delay: 20m}}}}
    hangs: {{timeout: 30m}}
    after: {{overlap: queue}}
    last: {{retry: {{attempts: 2, delay: 7m}}}}
"""
SCRIPT = """\
containers:
- {rule: hourly, duration: 70m}
- {rule: retried, starts: [{exitCode: 1, duration: 3m}, {exitCode: 1}, {duration: 9m}]}
- {rule: hangs, duration: forever}
- {rule: after, duration: 80m}
- {rule: beside, duration: 15m, exitCode: 3}
- {rule: last, starts: [{exitCode: 1, duration: 2m}, {duration: 20m}]}
- {rule: alarm, duration: 50m}
- {rule: window, duration: 5m}
"""
Outcome = tuple[object, ...]


class _Part:
    """One part of a simulation, which is cut off at its `cut`-th event."""

    def __init__(self, directory: Path, *, resume: bool, cut: int | None, chaos: bool) -> None:
        disturbances = frozenset({Disturbance.THROTTLE} if chaos else ())
        script = directory / "jobs.yaml"
        script.write_text(SCRIPT, "utf-8")
        settings = Settings(
            directory=directory,
            state_dir=directory / "state",
            engine="fake",
            engine_script=script,
            chaos=disturbances,
        )
        application, bus = Emulator(settings), EventBus()
        options = SimulateOptions(start=START, end=END, name="x", resume=resume, seed=1)
        self._simulating = Simulating(settings, application.definitions, options, bus)
        self._left = cut
        self._retried: set[str] = set()
        self._ended: list[Task] = []
        self.fired: set[tuple[str, datetime]] = set()
        bus.subscribe(TaskStateChanged, self._on_task)
        bus.subscribe(TaskRetryScheduled, lambda event: self._retried.add(event.task.id))
        bus.subscribe(FiringFired, lambda event: self.fired.add((event.rule, event.scheduled_at)))
        for kind in (TaskStateChanged, TaskRetryScheduled, FiringFired, FiringOverlapped):
            bus.subscribe(kind, self._on_any)
        bus.subscribe(InvocationRetried, self._on_any)
        self._simulating.prepare()
        rules = application.rules()
        self.tally = self._simulating.run(rules, application.schedules(rules, created=START))

    @property
    def outcomes(self) -> "Counter[Outcome]":
        """How jobs ended, but for those that the cut has ended."""
        return Counter(
            (task.rule, task.cause, task.scheduled_at, task.stop_code, task.exit_code)
            for task in self._ended
            if task.id not in self._retried
            and (task.stop_code is not StopCode.USER_INITIATED or task.timed_out)
        )

    def _on_task(self, event: TaskStateChanged) -> None:
        if event.task.stopped:
            self._ended.append(event.task)

    def _on_any(self, _event: object) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._simulating.interrupt()


def _came_to(
    cuts: Sequence[int], *, chaos: bool
) -> "tuple[set[tuple[str, datetime]], Counter[Outcome]]":
    """Return what fired and how jobs ended in all parts of a simulation, the last one uncut."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "ecs-local.yaml").write_text(DEFINITIONS, "utf-8")
        fired: set[tuple[str, datetime]] = set()
        outcomes: Counter[Outcome] = Counter()
        for number, cut in enumerate((*cuts, None)):
            part = _Part(directory, resume=number > 0, cut=cut, chaos=chaos)
            fired |= part.fired
            outcomes += part.outcomes
        return fired, outcomes


def test_nothing_is_left_out_of_the_uncut_simulation() -> None:
    fired, outcomes = _came_to((), chaos=False)
    assert len(fired) == 3 + 3 + 2 + 3
    by_rule = Counter(str(rule) for rule, *_ in outcomes.elements())
    assert by_rule == {
        "hourly": 3, "retried": 3, "hangs": 2, "window": 3,
        "after": 3, "beside": 3, "last": 3, "alarm": 2,
    }  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, MOST_EVENTS), min_size=1, max_size=3), st.booleans())
def test_a_cut_simulation_comes_to_what_an_uncut_one_does(cuts: list[int], chaos: bool) -> None:
    fired, outcomes = _came_to(cuts, chaos=chaos)
    fired_uncut, uncut = _came_to((), chaos=False)
    assert fired == fired_uncut
    # What followed upon the begin of a job that was cut off follows again when that begins again.
    again = [outcome for outcome in outcomes if outcome[0] == "beside"]
    for outcome in again:
        assert uncut[outcome] <= outcomes[outcome] <= uncut[outcome] + len(cuts)
        outcomes[outcome] = uncut[outcome]
    assert outcomes == uncut
