"""Operations, time, and what they answer, on the plugin's own fixture; nothing is really run."""

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emulator import Emulator
from emulator.api import NotOverError
from emulator.errors import DefinitionError, StateDirectoryError, UsageError
from emulator.state.directory import StateDirectory
from emulator.state.history import History

NIGHTLY = """
rules:
- name: nightly
  scheduleExpression: cron(0 3 * * ? *)
  targets:
  - taskDefinition: job
taskDefinitions:
  job:
    containerDefinitions:
    - name: app
      image: alpine:latest
      command: [date]
"""
HOURLY = NIGHTLY.replace("cron(0 3 * * ? *)", "cron(0 * * * ? *)")
UPLOADS = NIGHTLY.replace(
    "taskDefinitions:",
    "- name: on-upload\n  eventPattern: {source: [shop]}\n"
    "  targets: [{taskDefinition: job}]\ntaskDefinitions:",
)
START = "2028-02-01T00:00:00Z"
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.ecs_local(engine="fake", start=START)


def does(**process: Any) -> pytest.MarkDecorator:
    """What the container does in a test."""
    return pytest.mark.ecs_local(script={"containers": [process]})


def reads(text: str) -> pytest.MarkDecorator:
    """Which definitions a test is about."""
    return pytest.mark.parametrize("ecs_local_files", [text], ids=[""])


@pytest.fixture
def ecs_local_files() -> str:
    return NIGHTLY


def test_a_state_directory_that_was_given_tells_afterwards_what_ran(tmp_path: Path) -> None:
    with Emulator(text=NIGHTLY, engine="fake", state_dir=tmp_path / "state") as emulator:
        task = emulator.invoke("nightly").task
    state = StateDirectory(tmp_path / "state")
    with closing(History(state.database)) as history:
        assert [record.task_id for record in history.tasks()] == [task.id]
    assert task.id in state.events.read_text("utf-8")


def test_a_state_directory_has_the_name_that_the_command_line_knows_it_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its containers are labelled with it: `down` would not find them by another."""
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    with Emulator(text=NIGHTLY, engine="fake", state_dir="../state") as emulator:
        assert emulator.state_dir == tmp_path / "state"


def test_of_a_scratch_directory_the_logs_can_be_read_as_long_as_it_is_there(tmp_path: Path) -> None:
    script = {"containers": [{"output": "one\n"}]}
    made = Emulator(
        text=NIGHTLY, engine="fake", state_dir=tmp_path / "state", scratch=True, script=script
    )
    with made as emulator:
        task = emulator.invoke("nightly").task
    assert list(task.logs()) == ["one"]


@pytest.mark.parametrize("scratch", [True, False])
def test_of_a_scratch_directory_nothing_but_logs_is_written(tmp_path: Path, scratch: bool) -> None:
    state = tmp_path / "state"
    with Emulator(text=NIGHTLY, engine="fake", state_dir=state, scratch=scratch) as emulator:
        emulator.advance(hours=48)
    kept = {"history.sqlite3", "events.jsonl"} & {path.name for path in state.iterdir()}
    assert bool(kept) is not scratch


@does(exitCode=3, output="one\ntwo\n")
def test_an_invoked_rule_answers_with_its_task(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("nightly")
    assert (result.exit_code, result.stop_code) == (3, "EssentialContainerExited")
    assert result.stopped_reason == "Essential container in task exited"
    assert result.containers["app"].exit_code == 3
    assert [firing.rule for firing in result.firings] == ["nightly"]
    assert result.failed == result.tasks


@does(output="一\ntwo\n")
def test_logs_are_lines_and_events(ecs_local: Emulator) -> None:
    logs = ecs_local.invoke("nightly").logs("app")
    assert logs == ["一", "two"]
    assert logs.text == "一\ntwo"
    assert logs.events[0].timestamp == datetime(2028, 2, 1, tzinfo=UTC)
    assert "app | two" in ecs_local.invoke("nightly").task.explain()


@does(exitCode=3, error="KeyError: 'amount'\n")
def test_a_result_tells_of_the_tasks_that_failed_and_why(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("nightly")
    assert repr(result) == "<1 firing, 1 task, 1 failed: nightly exit code 3>"
    assert str(result) == (
        "1 firing, 1 task, 1 failed\n"
        f"task {result.task.id[:8]} of nightly due 2028-02-01T00:00:00Z: STOPPED, exit code 3, "
        "EssentialContainerExited: Essential container in task exited\n"
        "  app exited with 3\n"
        "  app | KeyError: 'amount'"
    )
    assert repr(result.task) == (
        f"<task {result.task.id[:8]} of nightly due 2028-02-01T00:00:00Z: STOPPED, exit code 3, "
        "EssentialContainerExited: Essential container in task exited>"
    )


@does(exitCode=1, output="\x1b[31m赤\x1b[0m \x1b]0;title\x07\u202e\n")
def test_an_explanation_commands_no_terminal(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("nightly")
    assert result.explain().splitlines()[-1] == "  app | 赤 \\u202e"
    assert result.logs() == ["\x1b[31m赤\x1b[0m \x1b]0;title\x07\u202e"]


@does(exitCode=1, output="x" * 5000 + "\n")
def test_an_explanation_cuts_lines_that_nobody_reads(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("nightly")
    assert result.explain().splitlines()[-1] == f"  app | {'x' * 1000}…"
    assert len(result.logs()[0]) == 5000


def test_the_same_seed_gives_the_same_ids() -> None:
    def ids(seed: int) -> list[str]:
        with Emulator(text=NIGHTLY, engine="fake", start=START, seed=seed) as ecs:
            return [task.id for task in ecs.advance(days=3).tasks]

    assert len(set(ids(1))) == 3
    assert ids(1) == ids(1) != ids(2)


def test_emulators_of_one_seed_in_several_threads_have_the_same_ids_and_lose_no_task() -> None:
    together = threading.Barrier(4)

    def ids(_: int) -> list[str]:
        together.wait()
        with Emulator(text=NIGHTLY, engine="fake", start=START, seed=1) as ecs:
            return [task.id for task in ecs.advance(days=20).tasks]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ids, range(4)))
    assert len(set(found[0])) == 20
    assert all(each == found[0] for each in found)


def test_an_emulator_without_a_seed_loses_no_task_to_seeds_of_another_thread() -> None:
    over = threading.Event()

    def begin_anew() -> None:
        while not over.is_set():
            with Emulator(text=NIGHTLY, engine="fake", start=START, seed=1) as ecs:
                ecs.advance(days=3)

    with ThreadPoolExecutor(1) as pool:
        others = pool.submit(begin_anew)
        try:
            with Emulator(text=NIGHTLY, engine="fake", start=START) as ecs:
                assert len(ecs.advance(days=60).tasks) == 60
        finally:
            over.set()
        others.result()


def test_february_of_a_leap_year_has_29_nights(ecs_local: Emulator) -> None:
    result = ecs_local.run_until("2028-03-01T00:00:00Z")
    assert ecs_local.now() == datetime(2028, 3, 1, tzinfo=UTC)
    assert [firing.scheduled_at.day for firing in result.firings] == list(range(1, 30))
    assert len(result.tasks) == 29
    assert result.succeeded


def test_what_is_due_at_the_end_fires_once_and_not_again_afterwards(ecs_local: Emulator) -> None:
    assert len(ecs_local.run_until("2028-02-01T03:00:00Z").firings) == 1
    assert len(ecs_local.advance(hours=23).firings) == 0
    assert len(ecs_local.advance(HOUR).firings) == 1


@reads(HOURLY)
@does(duration="3h")
def test_a_job_of_three_hours_overlaps_an_hourly_rule_without_anybody_waiting(
    ecs_local: Emulator,
) -> None:
    result = ecs_local.advance(hours=4)
    assert [task.stopped for task in result.tasks] == [True, False, False, False]
    first = result.tasks[0]
    assert first.started_at is not None
    assert first.stopped_at is not None
    assert first.stopped_at - first.started_at == 3 * HOUR
    later = ecs_local.advance(hours=3)
    assert len(later.tasks) == 6
    assert result.tasks[3].succeeded


@reads(HOURLY)
@does(duration="3h")
def test_no_rule_fires_while_an_invoked_one_is_waited_for(ecs_local: Emulator) -> None:
    assert len(ecs_local.invoke("nightly").tasks) == 1
    assert ecs_local.now() == datetime(2028, 2, 1, 3, tzinfo=UTC)
    assert [f.scheduled_at.hour for f in ecs_local.advance(HOUR).firings] == [4]


@does(duration="forever")
def test_a_task_that_never_ends_is_told(ecs_local: Emulator) -> None:
    with pytest.raises(NotOverError, match="nightly"):
        ecs_local.invoke("nightly")


def test_a_task_definition_runs_with_overrides(ecs_local: Emulator) -> None:
    overrides = {"containerOverrides": [{"name": "app", "command": ["echo", "夜間"]}]}
    task = ecs_local.run_task("job", overrides=overrides).task
    assert task.model.task_definition.container_definitions[0].command == ("echo", "夜間")
    assert (task.rule, task.family, task.last_status) == (None, "job", "STOPPED")


@reads(UPLOADS)
def test_an_event_starts_what_its_pattern_matches_and_nothing_else(ecs_local: Emulator) -> None:
    assert [t.rule for t in ecs_local.fire_event({"source": "shop"}).tasks] == ["on-upload"]
    assert ecs_local.fire_event({"source": "other"}).tasks == ()


@does(rule="nightly", exitCode=137, oomKilled=True)
def test_a_script_says_what_happens_on_the_fake_engine(ecs_local: Emulator) -> None:
    container = ecs_local.invoke("nightly").containers["app"]
    assert (container.exit_code, container.reason) == (
        137,
        "OutOfMemoryError: Container killed due to memory usage",
    )


def test_two_emulators_share_nothing() -> None:
    def new() -> Emulator:
        return Emulator(text=NIGHTLY, engine="fake", start=START)

    with new() as one, new() as other:
        one.invoke("nightly")
        assert one.state_dir != other.state_dir
        assert one.state_dir.exists()
        assert len(other.advance(HOUR).tasks) == 0
    assert not one.state_dir.exists()


def test_a_rule_there_is_none_of_is_named_with_those_there_are(ecs_local: Emulator) -> None:
    with pytest.raises(UsageError, match="no rule 'weekly'") as error:
        ecs_local.invoke("weekly")
    assert error.value.hint == "rules here: nightly"


def test_a_rule_that_was_meant_is_guessed_even_among_very_many() -> None:
    rules = "".join(
        f"- {{name: job-{n}, scheduleExpression: rate(1 day), taskDefinition: job}}\n"
        for n in range(150)
    )
    text = NIGHTLY.replace("rules:\n", f"rules:\n{rules}")
    with Emulator(text=text, engine="fake") as ecs, pytest.raises(UsageError) as error:
        ecs.invoke("nigthly")
    assert error.value.hint == "did you mean 'nightly'?"


@reads(UPLOADS)
def test_what_concerns_a_rule_is_not_asked_of_one_there_is_none_of(ecs_local: Emulator) -> None:
    result = ecs_local.advance(hours=4)
    assert len(result.of("nightly").tasks) == 1
    assert result.of("on-upload").tasks == ()
    with pytest.raises(UsageError, match="no rule 'nigthly'"):
        result.of("nigthly")


@reads(UPLOADS)
def test_a_rule_without_a_schedule_is_not_invoked(ecs_local: Emulator) -> None:
    with pytest.raises(UsageError, match="has no schedule") as error:
        ecs_local.invoke("on-upload")
    assert "`fire_event`" in str(error.value)


@reads(UPLOADS)
def test_an_event_that_matches_no_rule_is_warned_of(ecs_local: Emulator) -> None:
    ecs_local.fire_event({"source": "shop"})
    assert ecs_local.warnings == []
    ecs_local.fire_event({"source": "shop", "id": "e1"}, event_bus="orders")
    assert ecs_local.warnings == ["no rule of bus orders matches event e1"]


def test_outside_of_its_context_it_says_how_to_use_it() -> None:
    with pytest.raises(UsageError, match="not running"):
        Emulator(text=NIGHTLY, engine="fake").invoke("nightly")


def test_importing_the_package_imports_nothing_else() -> None:
    script = "import sys, emulator; print([m for m in sys.modules if m.startswith('emulator.')])"
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert shown.stdout == "[]\n"


def test_before_its_context_there_is_nothing_to_ask_for() -> None:
    emulator = Emulator(text=NIGHTLY, engine="fake")
    asked: list[Callable[[], object]] = [
        lambda: emulator.definitions,
        lambda: emulator.state_dir,
        lambda: emulator.warnings,
        emulator.happened,
        emulator.rules,
    ]
    for ask in asked:
        with pytest.raises(UsageError, match="not running"):
            ask()


def test_it_is_entered_once_at_a_time(ecs_local: Emulator) -> None:
    with pytest.raises(UsageError, match="running already"):
        ecs_local.__enter__()
    assert ecs_local.invoke("nightly").succeeded


def test_what_happened_outlives_the_emulator_and_its_logs_do_not() -> None:
    script = {"containers": [{"output": "done\n", "exitCode": 3}]}
    with Emulator(text=NIGHTLY, engine="fake", script=script) as ecs:
        result = ecs.invoke("nightly")
        assert result.containers["app"].logs == ["done"]
    assert result.containers["app"].exit_code == result.exit_code == 3
    with pytest.raises(UsageError, match="gone with the emulator's temporary directory"):
        result.logs()
    with pytest.raises(UsageError, match="gone with the emulator's temporary directory"):
        result.containers["app"].logs  # noqa: B018 - it is read by this
    assert "app: its log is gone with the emulator's temporary directory" in result.explain()


def test_logs_outlive_an_emulator_whose_state_directory_was_given(tmp_path: Path) -> None:
    script = {"containers": [{"output": "done\n"}]}
    with Emulator(text=NIGHTLY, state_dir=tmp_path / "s", engine="fake", script=script) as ecs:
        result = ecs.invoke("nightly")
    assert result.logs("app") == ["done"]


@reads(HOURLY)
@does(duration="3h")
def test_an_explanation_says_of_a_container_that_it_runs(ecs_local: Emulator) -> None:
    assert "  app is RUNNING" in ecs_local.advance(HOUR).explain().splitlines()


@does(neverStarts="no space left on device")
def test_an_explanation_says_of_a_container_that_it_never_ran(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("nightly")
    assert result.exit_code == 125
    assert "  app never ran: CannotStartContainerError: " in result.explain()


def test_a_seed_is_forgotten_with_the_emulator_that_had_it() -> None:
    def after_a_seed() -> str:
        with Emulator(text=NIGHTLY, engine="fake", seed=1) as ecs:
            ecs.invoke("nightly")
        with Emulator(text=NIGHTLY, engine="fake") as ecs:
            return ecs.invoke("nightly").task.id

    assert after_a_seed() != after_a_seed()


def test_a_seed_is_forgotten_when_the_emulator_cannot_begin(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    def after_a_seed() -> str:
        with pytest.raises(StateDirectoryError):
            Emulator(text=NIGHTLY, engine="fake", seed=1, state_dir=file).__enter__()
        with Emulator(text=NIGHTLY, engine="fake") as ecs:
            return ecs.invoke("nightly").task.id

    assert after_a_seed() != after_a_seed()


@does(container="ap", exitCode=1)
def test_a_script_of_containers_there_are_none_of_is_warned_of(ecs_local: Emulator) -> None:
    assert ecs_local.invoke("nightly").exit_code == 0
    assert ecs_local.warnings == [
        "script.containers[0].container: no container fits 'ap'; did you mean 'app'?"
    ]


def test_a_part_of_time_there_is_none_of_is_no_time(ecs_local: Emulator) -> None:
    parts: dict[str, Any] = {"hour": 2}
    with pytest.raises(TypeError, match="hour"):
        ecs_local.advance(**parts)
    assert ecs_local.advance(HOUR, days=1, minutes=30).succeeded
    assert ecs_local.now() == datetime(2028, 2, 2, 1, 30, tzinfo=UTC)


@does(duration="72h", exitCode=3)
def test_a_patience_without_end_waits_for_as_long_as_a_task_takes(ecs_local: Emulator) -> None:
    assert ecs_local.invoke("nightly", within=timedelta.max).exit_code == 3


def test_a_directory_without_definitions_is_named(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=f"{tmp_path}: no definitions here"):
        Emulator(directory=tmp_path, engine="fake").__enter__()
    with pytest.raises(DefinitionError, match=f"{tmp_path}/none: there is no such file"):
        Emulator(directory=tmp_path / "none", engine="fake").__enter__()


def test_what_it_is_is_seen_at_once(ecs_local: Emulator) -> None:
    assert repr(ecs_local) == "<Emulator: fake engine, 2028-02-01T00:00:00Z>"
    assert repr(Emulator(text=NIGHTLY)) == "<Emulator: not running>"


def test_a_real_clock_goes_on_between_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    present = [datetime(2028, 2, 1, 2, tzinfo=UTC)]
    for module in ("session", "emulator"):
        monkeypatch.setattr(f"emulator.api.{module}.system_clock", lambda: present[0])
    with Emulator(text=NIGHTLY, engine="fake", clock="real") as ecs:
        present[0] += 4 * HOUR
        assert ecs.now() == present[0]
        assert ecs.advance().firings == (), "what came due between two operations is passed over"
        present[0] += HOUR
        task = ecs.invoke("nightly").task
        assert timedelta() <= task.created_at - present[0] < HOUR


FORKING = """
import os
import sys
from emulator import Emulator

with Emulator(text={text!r}, engine="fake") as ecs:
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == 0
        assert ecs.state_dir.exists(), "the child took it away"
        assert ecs.invoke("nightly").exit_code == 0
    else:
        try:
            ecs.invoke("nightly")
        except Exception as error:
            assert "runs in the process that this one was forked from" in str(error), error
        else:
            raise SystemExit("the child used the emulator of its parent")
if not child:
    {end}
"""


@pytest.mark.parametrize("end", ["os._exit(0)", "sys.exit()"])
def test_a_forked_process_neither_uses_an_emulator_nor_ends_it(end: str) -> None:
    program = [sys.executable, "-c", FORKING.format(text=NIGHTLY, end=end)]
    ran = subprocess.run(program, capture_output=True, text=True, timeout=300, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
