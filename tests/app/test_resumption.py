"""A simulation that is gone on with: what fires again, and what does not."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from emulator.app.archive import Archive
from emulator.app.emulator import Emulator
from emulator.app.resumption import Resumption
from emulator.app.settings import Settings
from emulator.app.simulating import SimulateOptions, Simulating
from emulator.app.simulation_place import Period, SimulationPlace
from emulator.eventbridge.occasion import due
from emulator.events import EventBus, FiringFired, Promised, PromiseKind
from emulator.model.task import ContainerStatus, StopCode, TaskStatus
from emulator.state.history import History
from emulator.state.owner import Owner
from emulator.state.records import Firing, WaitingAttempt
from tests.builders import definitions, rule, task

START = datetime(2028, 2, 1, tzinfo=UTC)
END = START + timedelta(hours=3)
DEFINITIONS = """\
rules:
- {name: hourly, scheduleExpression: cron(0 * * * ? *), taskDefinition: job}
- {name: retried, scheduleExpression: cron(45 0 * * ? *), taskDefinition: job}
- {name: hangs, scheduleExpression: cron(15 0 * * ? *), taskDefinition: job}
- {name: last, scheduleExpression: cron(30 1 * * ? *), taskDefinition: job}
taskDefinitions: {job: {containerDefinitions: [{name: app, image: "alpine:latest"}]}}
local:
  rules:
    hourly: {overlap: queue}
    retried: {retry: {attempts: 2, delay: 50m}}
    hangs: {timeout: 30m}
"""
AT_FIRST = """\
containers:
- {rule: hourly, duration: 3h}
- {rule: retried, exitCode: 1}
- {rule: hangs, duration: forever}
"""


@dataclass(frozen=True)
class _Project:
    directory: Path

    def simulate(self, script: str, *, until: str = "", resume: bool = True) -> list[str]:
        """Return what fired, up to and including what it is interrupted by."""
        jobs = self.directory / "jobs.yaml"
        jobs.write_text(script, "utf-8")
        settings = Settings(
            directory=self.directory,
            state_dir=self.directory / "state",
            engine="fake",
            engine_script=jobs,
        )
        application = Emulator(settings)
        options = SimulateOptions(start=START, end=END, name="x", resume=resume)
        bus = EventBus()
        simulating = Simulating(settings, application.definitions, options, bus)
        fired: list[str] = []

        def note(event: FiringFired) -> None:
            fired.append(f"{event.rule} {event.scheduled_at:%H:%M}")
            if fired[-1] == until:
                simulating.interrupt()

        bus.subscribe(FiringFired, note)
        simulating.prepare()
        rules = application.rules()
        simulating.run(rules, application.schedules(rules, created=START))
        return fired


def test_what_an_interrupt_cut_off_fires_again_once_and_what_has_ended_does_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "ecs-local.yaml").write_text(DEFINITIONS, "utf-8")
    project = _Project(tmp_path)
    first = project.simulate(AT_FIRST, until="last 01:30", resume=False)
    assert first == ["hourly 00:00", "hangs 00:15", "retried 00:45", "last 01:30"]
    # It ran; the second attempt was to come; it waited for its turn. hangs has timed out: an end.
    cut_off = ["hourly 00:00", "retried 00:45", "hourly 01:00"]
    assert project.simulate("containers: []", until="hourly 01:00") == cut_off
    assert project.simulate("containers: []") == ["hourly 01:00", "last 01:30", "hourly 02:00"]
    assert project.simulate("containers: []") == []


def test_what_a_kill_cut_off_fires_again(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3", owner="gone/1@1")
    place = SimulationPlace(tmp_path, Period(START, END, None))
    place.begin({("again", START)}, 0)
    at = {name: START + timedelta(minutes=n) for n, name in enumerate(("a", "b", "c", "d"))}
    ended = replace(
        task(task_id="a" * 32),
        created_at=START,
        last_status=TaskStatus.STOPPED,
        stop_code=StopCode.ESSENTIAL_CONTAINER_EXITED,
    )
    history.record(
        [
            replace(ended, rule="a", scheduled_at=at["a"]),
            replace(ended, id="b" * 32, rule="b", scheduled_at=at["b"]),
            replace(
                ended,
                id="c" * 32,
                rule="c",
                scheduled_at=at["c"],
                stop_code=StopCode.TERMINATION_NOTICE,
            ),
        ],
        [Firing(name, instant, "queued", instant) for name, instant in at.items()],
        [WaitingAttempt("b" * 32, "b" * 32, END)],
        [
            Promised(
                key="k",
                kind=PromiseKind.TURN,
                value=due(rule("d"), at["d"], definitions()),
                at=START,
            )
        ],
    )
    found = SimulationPlace(tmp_path, Period(START, END, None))
    found.prepare(resume=True)
    warnings: list[str] = []
    before = Resumption.of(history, START, found, warnings.append)
    assert before.again == {(name, at[name]) for name in ("b", "c", "d")}
    assert not before.is_wanted("a", at["a"])
    assert before.is_wanted("c", at["c"])
    assert before.again == {(name, at[name]) for name in ("b", "d")}
    assert before.begin == at["b"]
    once_more = Resumption.of(history, START, found, warnings.append)
    assert once_more.again == {("c", at["c"])}, "what waited is forgotten, and comes with the mark"
    assert warnings == []
    history.close()


def test_a_simulation_that_was_killed_ends_what_ran_and_fires_it_again(tmp_path: Path) -> None:
    (tmp_path / "ecs-local.yaml").write_text(DEFINITIONS, "utf-8")
    project = _Project(tmp_path)
    project.simulate("containers: []", until="last 01:30", resume=False)
    state = tmp_path / "state/simulations/x"
    gone = str(Owner.current()._replace(started="before"))
    history = History(state / "history.sqlite3", owner=gone, archive=Archive())
    known = history.last_row()
    new = task(task_id="a" * 32)
    ran = new.changed(
        rule="hourly",
        scheduled_at=START,
        created_at=START,
        started_at=START + timedelta(minutes=10),
        last_status=TaskStatus.RUNNING,
        containers=tuple(c.changed(last_status=ContainerStatus.RUNNING) for c in new.containers),
    )
    history.record([ran], [], [], [])
    history.close()
    place = SimulationPlace(state, Period(START, END, None))
    place.prepare(resume=True)
    place.begin(place.again, known)
    assert project.simulate("containers: []") == ["hourly 00:00", "last 01:30", "hourly 02:00"]
    history = History(state / "history.sqlite3")
    killed = history.find("a" * 32)
    history.close()
    assert killed.stopped_at is not None
    assert killed.stopped_at >= START + timedelta(minutes=10)


def test_what_was_to_fire_again_and_was_not_reached_by_a_kill_still_is(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3")
    history.record([], [Firing("again", START, "fired", START)])
    place = SimulationPlace(tmp_path, Period(START, END, None))
    place.begin({("again", START)}, 0)
    found = SimulationPlace(tmp_path, Period(START, END, None))
    found.prepare(resume=True)
    assert Resumption.of(history, START, found, print).again == {("again", START)}
    history.close()
