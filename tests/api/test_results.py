"""What operations answer, as the author of a test reads and compares it."""

import asyncio
import copy
import pickle
import re
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from emulator import Emulator
from emulator.api import NotOverError, Result
from emulator.errors import UsageError
from emulator.timers import Timers

DEFINITIONS: Final = """
rules:
- {name: nightly, scheduleExpression: cron(0 3 * * ? *), taskDefinition: job}
- {name: strict, scheduleExpression: cron(0 4 * * ? *), taskDefinition: job}
- {name: alone, scheduleExpression: cron(0 5 * * ? *), taskDefinition: job}
- {name: told, scheduleExpression: rate(1 day), targets: [{arn: "arn:aws:sqs:::q"}]}
taskDefinitions:
  job:
    containerDefinitions:
    - {name: app, image: "alpine:latest"}
local:
  rules:
    nightly: {retry: {attempts: 3}}
    strict: {retry: {attempts: 3, notify: each}}
    alone: {overlap: skip}
"""
MULTILINE: Final = """
taskDefinitions:
  job:
    containerDefinitions:
    - name: app
      image: "alpine:latest"
      logConfiguration:
        logDriver: awslogs
        options:
          awslogs-group: /jobs
          awslogs-region: us-east-1
          awslogs-stream-prefix: job
          awslogs-multiline-pattern: "^Traceback"
"""
FAILS_TWICE: Final[dict[str, Any]] = {
    "containers": [
        {"rule": "alone", "duration": "3h"},
        {"starts": [{"exitCode": 1}, {"exitCode": 1}, {"output": "loaded\n"}]},
    ]
}
LAST: Final = datetime.max.replace(tzinfo=UTC)

pytestmark = pytest.mark.ecs_local(engine="fake", start="2028-02-01", script=FAILS_TWICE)


@pytest.fixture
def ecs_local_files() -> str:
    return DEFINITIONS


def test_of_a_task_that_was_tried_again_the_last_attempt_counts(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("nightly")
    assert (result.exit_code, result.logs("app")) == (0, ["loaded"])
    assert result.task == result.tasks[-1]
    assert result.succeeded
    assert [task.exit_code for task in result.failed] == [1, 1]
    assert [task.counts for task in result.tasks] == [False, False, True]
    assert repr(result).startswith("<1 firing, 3 tasks, 0 failed, 2 tried again: nightly exit ")


def test_each_attempt_counts_where_the_rule_says_so(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("strict")
    assert result.exit_code == 0
    assert not result.succeeded
    assert repr(result).startswith("<1 firing, 3 tasks, 2 failed: ")


@pytest.mark.ecs_local(script={"containers": [{"exitCode": 4}]})
def test_a_task_that_gives_up_has_failed(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("nightly")
    assert result.exit_code == 4
    assert not result.succeeded
    assert len(result.failed) == 3


def test_a_result_is_about_what_it_started_though_another_task_runs(ecs_local: Emulator) -> None:
    ecs_local.invoke("nightly")
    running = ecs_local.run_until("2028-02-01T05:30:00Z").of("alone").task
    result = ecs_local.run_task("job")
    assert result.tasks == (running, *result.started)
    assert result.task == result.started[0] != running
    assert ecs_local.advance(hours=3).of("alone").task.exit_code == 0


def test_a_firing_that_was_skipped_is_told_and_has_no_exit_code(ecs_local: Emulator) -> None:
    ecs_local.run_until("2028-02-01T05:30:00Z")
    result = ecs_local.invoke("alone")
    (skipped,) = result.skipped
    assert skipped == (
        "alone: due 2028-02-01T05:30:00Z, skipped: 1 task of it still ran (`overlap: skip`)"
    )
    assert result.of("alone").skipped == (skipped,)
    assert result.of("nightly").skipped == ()
    assert skipped in repr(result)
    assert skipped in result.explain()
    with pytest.raises(UsageError, match="there is no task") as error:
        result.exit_code  # noqa: B018 - it is read by this
    assert error.value.hint == skipped


def test_a_rule_whose_target_is_no_task_starts_none(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("told")
    assert (len(result.firings), result.tasks, result.succeeded) == (1, (), True)
    with pytest.raises(UsageError, match="there is no task"):
        result.exit_code  # noqa: B018 - it is read by this


def test_of_several_tasks_none_is_the_only_one(ecs_local: Emulator) -> None:
    result = ecs_local.run_task("job", count=2)
    for ask in (lambda: result.exit_code, lambda: result.containers, result.logs):
        with pytest.raises(UsageError, match="there are 2 tasks, not one: job, job"):
            ask()


CHAIN: Final = """
rules:
- {name: first, scheduleExpression: rate(1 day), taskDefinition: job}
- name: second
  eventPattern: &ended
    source: [aws.ecs]
    detail: {lastStatus: [STOPPED], containers: {exitCode: [3]}, group: ["family:job"]}
  taskDefinition: other
- {name: asked, eventPattern: {source: [orders]}, taskDefinition: job}
taskDefinitions:
  job: &job {containerDefinitions: [{name: app, image: "alpine:latest"}]}
  other: *job
"""


@pytest.mark.parametrize("ecs_local_files", [CHAIN])
@pytest.mark.ecs_local(script={"containers": [{"family": "job", "exitCode": 3}]})
@pytest.mark.parametrize(
    "ask",
    [
        lambda ecs: ecs.invoke("first"),
        lambda ecs: ecs.run_task("job"),
        lambda ecs: ecs.advance(days=1),
        lambda ecs: ecs.fire_event({"source": "orders"}),
    ],
)
def test_what_follows_upon_a_task_does_not_keep_it_from_being_the_one_that_was_asked_for(
    ecs_local: Emulator, ask: Callable[[Emulator], Result]
) -> None:
    result = ask(ecs_local)

    assert [task.family for task in result.tasks] == ["job", "other"]
    assert (result.exit_code, result.task) == (3, result.tasks[0])
    assert result.of("second").exit_code == 0


@pytest.mark.ecs_local(script={"containers": [{"rule": "alone", "duration": "90s"}]})
def test_a_task_says_how_long_it_ran(ecs_local: Emulator) -> None:
    assert ecs_local.run_until("2028-02-01T05:01:00Z").of("alone").task.duration is None
    assert ecs_local.invoke("nightly").task.duration == timedelta()
    assert ecs_local.advance(hours=1).of("alone").task.duration == timedelta(seconds=90)


@pytest.mark.ecs_local(script={"containers": [{"rule": "alone", "exitCode": 4}, {"exitCode": 1}]})
def test_of_many_failures_one_of_each_rule_is_told(ecs_local: Emulator) -> None:
    result = ecs_local.advance(days=2)

    told = result.explain()
    assert told.splitlines()[0] == (
        "8 firings, 14 tasks, 10 failed, 4 tried again; shown: the last failure of 3 rules"
    )
    assert re.findall(r"^task .{8} of (\w+) due (\S+?):? ", told, re.MULTILINE) == [
        ("nightly", "2028-02-02T03:00:00Z,"),
        ("strict", "2028-02-02T04:00:00Z,"),
        ("alone", "2028-02-02T05:00:00Z"),
    ]
    assert repr(result).count("exit code") == 3
    assert result.of("alone").explain().count("exit code 4") == 2


def test_a_result_is_neither_true_nor_false(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("strict")
    with pytest.raises(UsageError, match="neither true nor false") as error:
        assert result
    assert "`.succeeded`" in str(error.value)


@pytest.mark.ecs_local(
    script={"containers": [{"neverStarts": "\x1b]0;title\x07\x1b[31mred\nnext\u202e" + "x" * 5000}]}
)
def test_a_reason_commands_no_terminal_either(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("alone")
    (line,) = [each for each in result.explain().splitlines() if "never ran" in each]
    assert "daemon: red\\nnext\\u202exxx" in line
    assert len(line) < 1100
    assert "red\\nnext\\u202e" in repr(result.containers)
    assert "\x1b" not in repr(result.containers) + repr(result) + repr(result.task)


@pytest.mark.parametrize("ecs_local_files", [MULTILINE], ids=[""])
@pytest.mark.ecs_local(
    script={"containers": [{"output": "Traceback:\n  line 3\nKeyError\nTraceback:\n"}]}
)
def test_an_event_of_several_lines_is_explained_line_by_line(ecs_local: Emulator) -> None:
    result = ecs_local.run_task("job")
    assert result.logs() == ["Traceback:\n  line 3\nKeyError\n", "Traceback:\n"]
    assert [each for each in result.explain().splitlines() if " | " in each] == [
        *("  app | Traceback:", "  app |   line 3", "  app | KeyError", "  app | Traceback:")
    ]


def test_what_is_asked_for_twice_is_equal(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("nightly")
    again: Result = ecs_local.happened()
    assert again == result
    assert hash(again) == hash(result)
    assert {*again.tasks} == {*result.tasks}
    assert again.tasks[0] != again.tasks[1]
    assert again.tasks[0] != again.tasks[0].id
    assert again.tasks[0].containers == result.tasks[0].containers
    assert ecs_local.invoke("nightly") != result


def test_results_can_be_copied(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("nightly")
    assert copy.deepcopy(result) == copy.copy(result) == result
    assert asdict(result)["tasks"] == result.tasks
    assert copy.deepcopy(result.containers) == result.containers


def test_nothing_of_a_running_emulator_goes_to_another_process(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("nightly")
    for each in (result, result.task, result.containers, ecs_local):
        with pytest.raises(UsageError, match="cannot be pickled: it is of this process alone"):
            pickle.dumps(each)
    assert pickle.loads(pickle.dumps(result.firings)) == result.firings
    assert pickle.loads(pickle.dumps(result.logs())) == result.logs()


def test_firings_and_containers_are_read_at_once(ecs_local: Emulator) -> None:
    result = ecs_local.run_until("2028-02-01T03:00:00Z").of("nightly")
    assert repr(result.firings) == "(<nightly due 2028-02-01T03:00:00Z>,)"
    assert repr(result.containers) == "{'app': <container app exited with 1>}"


def test_warnings_are_those_of_the_moment_they_were_asked_for(ecs_local: Emulator) -> None:
    before = ecs_local.warnings
    ecs_local.fire_event({"id": "e1"})
    assert before == []
    assert ecs_local.warnings == ["no rule matches event e1"]


def test_emulators_that_live_at_once_have_the_ids_of_their_own_seeds() -> None:
    def new() -> Emulator:
        return Emulator(text=DEFINITIONS, engine="fake", start="2028-02-01", seed=1)

    with new() as alone:
        expected = [alone.run_task("job").task.id for _ in range(2)]
    with new() as one, new() as other:
        ids = [(one.run_task("job").task.id, other.run_task("job").task.id) for _ in range(2)]
    assert ids == [(each, each) for each in expected]


def test_one_operation_goes_on_at_a_time() -> None:
    inside, go_on = threading.Event(), threading.Event()

    def engine(timers: Timers) -> Any:
        from emulator.engines.fake import FakeEngine, FakeProcess

        def waits(_spec: object) -> FakeProcess:
            inside.set()
            go_on.wait(60)
            return FakeProcess()

        return FakeEngine(images=None, choose=waits, clock=timers.now, timers=timers)

    with Emulator(text=DEFINITIONS, engine=engine, flows=False) as ecs:
        thread = threading.Thread(target=ecs.run_task, args=("job",))
        thread.start()
        assert inside.wait(60)
        with pytest.raises(UsageError, match="another operation of this emulator still goes on"):
            ecs.run_task("job")
        go_on.set()
        thread.join(60)
        assert ecs.run_task("job").succeeded


def test_an_emulator_that_is_entered_again_begins_anew() -> None:
    emulator = Emulator(text=DEFINITIONS, engine="fake", start="2028-02-01", script=FAILS_TWICE)
    for _ in range(2):
        with emulator as ecs:
            assert ecs.now() == datetime(2028, 2, 1, tzinfo=UTC)
            assert ecs.happened().tasks == ()
            assert len(ecs.invoke("nightly").tasks) == 3


def test_a_container_there_is_none_of_is_named_with_those_there_are(ecs_local: Emulator) -> None:
    containers = ecs_local.invoke("nightly").containers
    assert containers.get("ap") is None
    for name, hint in (("ap", "did you mean 'app'?"), ("db", "containers here: app")):
        with pytest.raises(UsageError, match=f"no container '{name}'") as error:
            containers[name]
        assert error.value.hint == hint


def test_an_attempt_that_followed_another_is_told_by_its_number(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("nightly")
    assert [task.attempt for task in result.tasks] == [1, 2, 3]
    assert "due 2028-02-01T00:00:00Z, attempt 2: STOPPED, exit code 1" in repr(result.tasks[1])
    assert "attempt" not in repr(result.tasks[0])


def test_an_event_loop_goes_on_while_a_thread_of_it_waits_for_an_operation() -> None:
    async def both() -> tuple[Result, str]:
        with Emulator(text=DEFINITIONS, engine="fake") as ecs:
            return await asyncio.gather(
                asyncio.to_thread(ecs.run_task, "job"), asyncio.sleep(0, "went on")
            )

    result, other = asyncio.run(both())
    assert (result.exit_code, other) == (0, "went on")


@pytest.mark.ecs_local(
    start="9998-12-30T00:00:00Z", script={"containers": [{"duration": "36500d"}]}
)
def test_a_job_that_outlasts_all_time_is_over_at_its_end(ecs_local: Emulator) -> None:
    with pytest.raises(NotOverError):
        ecs_local.run_task("job", within=timedelta(days=30))
    assert ecs_local.run_task("job", within=timedelta.max).task.stopped_at == LAST


OVERRIDDEN: Final = """
rules:
- name: nightly
  scheduleExpression: cron(0 3 * * ? *)
  timezone: UTC
  targets:
  - taskDefinition: job
    containerOverrides:
    - name: app
      command: [load, "<aws.scheduler.scheduled-time>"]
      environment: [{name: STAGE, value: test}]
taskDefinitions:
  job:
    containerDefinitions:
    - name: app
      image: "alpine:latest"
      environment: [{name: STAGE, value: prd}, {name: A, value: b}]
    - {name: side, image: "alpine:latest", essential: false}
"""


@pytest.mark.parametrize("ecs_local_files", [OVERRIDDEN])
def test_a_container_says_with_what_it_was_started(ecs_local: Emulator) -> None:
    containers = ecs_local.run_until("2028-02-01T03:00:00Z").containers

    assert containers["app"].command == ("load", "2028-02-01T03:00:00Z")
    assert containers["app"].environment == {"STAGE": "test", "A": "b"}
    assert (containers["side"].command, containers["side"].environment) == (None, {})
    assert hash(containers["app"])


def test_logs_are_searched_by_a_regular_expression(ecs_local: Emulator) -> None:
    logs = ecs_local.invoke("nightly").logs()

    assert logs.matching(r"^lo.d") == ["loaded"]
    assert logs.matching("ERROR") == []
    assert logs.matching("load").events == logs.events
    for wrong in ("(", 3):
        with pytest.raises(UsageError, match="is not a regular expression"):
            logs.matching(wrong)  # type: ignore[arg-type]


SECRETIVE: Final = """
rules:
- {name: nightly, scheduleExpression: cron(0 3 * * ? *), taskDefinition: job}
taskDefinitions:
  job:
    containerDefinitions:
    - {name: app, image: "alpine:latest", secrets: [{name: DB, valueFrom: prd/db}]}
local: {secrets: {prd/db: {env: THE_DATABASE}}}
"""


@pytest.mark.parametrize("ecs_local_files", [SECRETIVE], ids=["secretive"])
@pytest.mark.ecs_local(environ={})
def test_a_task_that_cannot_start_says_what_to_do_where_its_reason_is_told(
    ecs_local: Emulator,
) -> None:
    task = ecs_local.invoke("nightly").task

    assert "THE_DATABASE" not in (task.stopped_reason or "")
    assert task.explain().splitlines()[1] == (
        f"  task {task.id[:8]} cannot start: "
        "local.secrets: the environment variable THE_DATABASE is not set"
    )
