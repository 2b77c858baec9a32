"""The life of one task on an engine of scripted processes."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest

from emulator.clock import system_clock
from emulator.ecs.endpoints import Endpoints
from emulator.ecs.log_groups import MissingGroup, missing_groups
from emulator.ecs.task_credentials import TaskCredentials
from emulator.ecs.task_messages import StopAsked
from emulator.ecs.task_run import TaskRun
from emulator.engines.base import ContainerExit, EngineRefusedError, OutputChunk
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.engines.spec import CONTAINER_NAME_LABEL, ContainerSpec
from emulator.events import EventBus, LogEventsReceived, TaskStateChanged, Warned
from emulator.model.definitions import EndpointUse, Local
from emulator.model.image_builds import LocalImage
from emulator.model.networking import Link
from emulator.model.pull_policy import PullPolicy
from emulator.model.task import ContainerStatus, StopCode, Task, TaskContainer, TaskStatus
from emulator.model.task_definition import LaunchType, NetworkMode
from emulator.model.volumes import Volume
from emulator.timers import WallTimers
from tests.builders import NOON, awslogs, container, depends_on, task, workshop

UNTIL_STOPPED = FakeProcess(duration=None)
PATIENCE = 60.0
"""Seconds after which a test that hangs fails; none comes near."""
STUBBORN = FakeProcess(duration=None, ignores_sigterm=True)


def _out(text: str) -> OutputChunk:
    return OutputChunk("stdout", text.encode())


class _Watched:
    """One task's run with all it publishes; `when` acts on a state as it is reached."""

    def __init__(self, made: Task, engine: FakeEngine, **shop: object) -> None:
        self.bus = EventBus()
        self.states: list[Task] = []
        self.lines: list[str] = []
        self.warnings: list[str] = []
        self.order: list[str] = []
        self._actions: list[tuple[Callable[[Task], bool], Callable[[TaskRun], None]]] = []
        self.bus.subscribe(TaskStateChanged, self._on_task)
        self.bus.subscribe(LogEventsReceived, self._on_output)
        self.bus.subscribe(Warned, lambda event: self.warnings.append(event.message))
        self.run = TaskRun(made, workshop(engine, self.bus, **shop))  # type: ignore[arg-type]

    def when(self, reached: Callable[[Task], bool], act: Callable[[TaskRun], None]) -> None:
        self._actions.append((reached, act))

    def ended(self) -> Task:
        return self.run.execute()

    def _on_task(self, event: TaskStateChanged) -> None:
        self.states.append(event.task)
        self.order.append(event.task.last_status)
        for reached, act in list(self._actions):
            if reached(event.task):
                self._actions.remove((reached, act))
                act(self.run)

    def _on_output(self, event: LogEventsReceived) -> None:
        texts = [message.decode() for message in event.messages]
        self.lines += [f"{event.container.name}: {text}" for text in texts]
        self.order += texts


def _running(made: Task) -> bool:
    return made.last_status is TaskStatus.RUNNING


def _container(made: Task, name: str = "app") -> TaskContainer:
    return next(c for c in made.containers if c.name == name)


def _asked(*, kill: bool = False, reason: str = "Task stopped by user") -> StopAsked:
    return StopAsked(code=StopCode.USER_INITIATED, reason=reason, kill=kill)


def test_a_task_passes_five_versions_with_their_instants_in_order() -> None:
    watched = _Watched(task(), FakeEngine())
    ended = watched.ended()
    assert [(state.version, state.last_status.value) for state in watched.states] == [
        (2, "PENDING"),
        (3, "RUNNING"),
        (4, "DEPROVISIONING"),
        (5, "STOPPED"),
    ]
    instants = [
        ended.created_at,
        ended.connectivity_at,
        ended.pull_started_at,
        ended.pull_stopped_at,
        ended.started_at,
        ended.execution_stopped_at,
        ended.stopping_at,
        ended.stopped_at,
    ]
    assert None not in instants
    assert instants == sorted(instants)  # type: ignore[type-var]


@pytest.mark.parametrize("code", [0, 1, 137])
def test_the_essential_containers_exit_ends_the_task(code: int) -> None:
    ended = _Watched(task(), FakeEngine({"app": FakeProcess(exit_code=code)})).ended()
    assert (ended.stop_code, ended.stopped_reason) == (
        StopCode.ESSENTIAL_CONTAINER_EXITED,
        "Essential container in task exited",
    )
    assert (ended.exit_code, ended.succeeded) == (code, code == 0)
    assert _container(ended).reason is None


def test_out_of_memory_is_the_containers_reason() -> None:
    process = FakeProcess(exit_code=137, oom_killed=True)
    ended = _Watched(task(), FakeEngine({"app": process})).ended()
    assert _container(ended).reason == "OutOfMemoryError: Container killed due to memory usage"


@pytest.mark.parametrize("memory", [None, 512])
def test_of_memory_that_is_limited_together_only_the_one_that_was_killed_by_itself_is_told(
    memory: int | None,
) -> None:
    """The kernel tells all containers of a group of it, also those that ECS stops then."""

    class _Told(FakeEngine):
        def wait(self, container_id: str) -> ContainerExit:
            # Asked where the machine is too busy for the end to be seen soon.
            return super().wait(container_id)._replace(oom_killed=True)

        def wait_briefly(self, container_id: str, patience: timedelta) -> ContainerExit | None:
            ended = super().wait_briefly(container_id, patience)
            return ended and ended._replace(oom_killed=True)

    made = task(container(), container("side"), memory=memory)
    engine = _Told({"app": FakeProcess(exit_code=137), "side": UNTIL_STOPPED})
    ended = _Watched(made, engine).ended()
    reasons = {c.name: c.reason for c in ended.containers}
    killed = "OutOfMemoryError: Container killed due to memory usage"
    assert reasons == {"app": killed, "side": killed if memory is None else None}


def test_no_line_comes_before_the_task_runs_or_after_it_has_stopped() -> None:
    process = FakeProcess(output=(_out("one\ntwo\nunfinished"),))
    watched = _Watched(task(), FakeEngine({"app": process}))
    watched.ended()
    assert watched.order == [
        "PENDING",
        "RUNNING",
        "one",
        "two",
        "unfinished",
        "DEPROVISIONING",
        "STOPPED",
    ]


def test_the_order_in_the_engine_is_create_start_remove_and_nothing_is_left() -> None:
    engine = FakeEngine()
    _Watched(task(volumes=(Volume(name="v"),)), engine).ended()
    assert engine.calls == ["create app", "start app", "remove app"]
    assert engine.find_containers({}) == []
    assert engine.find_volumes({}) == []


def test_an_awsvpc_task_leaves_no_pause_container() -> None:
    engine = FakeEngine()
    _Watched(task(network_mode=NetworkMode.AWSVPC), engine).ended()
    assert "remove ~internal~ecs~pause" in engine.calls
    assert engine.find_containers({}) == []


# -- several containers -----------------------------------------------------------------------


def test_when_an_essential_container_ends_the_others_are_stopped() -> None:
    engine = FakeEngine({"app": FakeProcess(exit_code=3), "sidecar": UNTIL_STOPPED})
    ended = _Watched(task(container(), container("sidecar", essential=False)), engine).ended()
    assert "stop sidecar" in engine.calls
    assert _container(ended, "sidecar").exit_code == 143
    assert (ended.exit_code, ended.stop_code) == (3, StopCode.ESSENTIAL_CONTAINER_EXITED)


@pytest.mark.parametrize(
    ("app", "depends", "code"),
    [
        (FakeProcess(exit_code=3), {}, StopCode.ESSENTIAL_CONTAINER_EXITED),
        (FakeProcess(never_starts="no such program"), {}, StopCode.TASK_FAILED_TO_START),
        (FakeProcess(), {"prepare": "SUCCESS"}, StopCode.TASK_FAILED_TO_START),
    ],
    ids=["exits", "cannot start", "depends on what failed"],
)
def test_who_hears_of_an_essential_containers_end_hears_that_the_task_stops(
    app: FakeProcess, depends: dict[str, str], code: StopCode
) -> None:
    """While the others still have their stop timeouts, it would seem to go on."""
    engine = FakeEngine({"app": app, "prepare": FakeProcess(exit_code=4), "sidecar": UNTIL_STOPPED})
    others = [container(name, essential=False) for name in ("prepare", "sidecar")]
    watched = _Watched(task(container(depends_on=depends_on(**depends)), *others), engine)
    watched.ended()
    heard = next(s for s in watched.states if _container(s).last_status is ContainerStatus.STOPPED)
    assert (heard.desired_status, heard.stop_code) == (TaskStatus.STOPPED, code)
    assert heard.last_status is not TaskStatus.STOPPED


def test_the_end_of_another_container_does_not_end_the_task() -> None:
    engine = FakeEngine({"app": UNTIL_STOPPED, "sidecar": FakeProcess(exit_code=1)})
    watched = _Watched(task(container(), container("sidecar", essential=False)), engine)
    watched.when(
        lambda made: _container(made, "sidecar").exit_code == 1,
        lambda run: run.ask_stop(_asked()),
    )
    assert watched.ended().stop_code is StopCode.USER_INITIATED


def test_each_change_of_a_container_is_a_version_where_there_are_several() -> None:
    engine = FakeEngine({"app": UNTIL_STOPPED, "sidecar": UNTIL_STOPPED})
    watched = _Watched(task(container(), container("sidecar", essential=False)), engine)
    watched.when(_running, lambda run: run.ask_stop(_asked()))
    watched.ended()
    versions = [state.version for state in watched.states]
    assert versions == list(range(2, 2 + len(versions)))
    assert versions[-1] == 10


def test_a_container_starts_after_what_it_depends_on() -> None:
    engine = FakeEngine({"prepare": FakeProcess(exit_code=0)})
    made = task(
        container(depends_on=depends_on(prepare="SUCCESS")), container("prepare", essential=False)
    )
    assert _Watched(made, engine).ended().succeeded
    assert engine.calls.index("create app") > engine.calls.index("start prepare")


def test_a_task_runs_once_each_container_runs_or_has_run() -> None:
    made = task(
        container(depends_on=depends_on(prepare="COMPLETE")), container("prepare", essential=False)
    )
    watched = _Watched(made, FakeEngine())
    watched.ended()
    first = next(state for state in watched.states if _running(state))
    assert _container(first, "prepare").exit_code == 0
    assert first.started_at is not None


def test_a_task_runs_although_a_container_that_is_not_essential_could_not_start() -> None:
    engine = FakeEngine(
        {"app": UNTIL_STOPPED, "sidecar": FakeProcess(never_starts="no such program")}
    )
    watched = _Watched(task(container(), container("sidecar", essential=False)), engine)
    watched.when(_running, lambda run: run.ask_stop(_asked()))
    ended = watched.ended()
    assert ended.started_at is not None
    assert (_container(ended, "sidecar").reason or "").endswith("no such program")
    assert _container(ended, "sidecar").exit_code is None


def test_a_task_never_runs_when_an_essential_container_could_not_start() -> None:
    engine = FakeEngine(
        {"app": FakeProcess(never_starts="no such program"), "sidecar": UNTIL_STOPPED}
    )
    ended = _Watched(task(container(), container("sidecar", essential=False)), engine).ended()
    assert (ended.stop_code, ended.started_at) == (StopCode.TASK_FAILED_TO_START, None)
    assert engine.find_containers({}) == []


def test_an_essential_container_whose_dependency_failed_ends_the_task() -> None:
    engine = FakeEngine({"prepare": FakeProcess(exit_code=4)})
    made = task(
        container(depends_on=depends_on(prepare="SUCCESS")), container("prepare", essential=False)
    )
    ended = _Watched(made, engine).ended()
    assert (ended.stop_code, ended.stopped_reason) == (
        StopCode.TASK_FAILED_TO_START,
        "Task failed to start",
    )
    app = _container(ended)
    assert app.exit_code == 143
    assert app.reason == (
        "CannotStartContainerError: dependency graph: container prepare exited with 4, "
        "but SUCCESS was required"
    )
    assert (ended.started_at, ended.exit_code) == (None, 125)


def test_another_container_whose_dependency_failed_is_given_up_and_the_task_goes_on() -> None:
    needs = container("needs", essential=False, depends_on=depends_on(prepare="SUCCESS"))
    made = task(container(), container("prepare", essential=False), needs)
    watched = _Watched(
        made, FakeEngine({"app": UNTIL_STOPPED, "prepare": FakeProcess(exit_code=4)})
    )
    watched.when(
        lambda state: _running(state) and _container(state, "needs").exit_code is not None,
        lambda run: run.ask_stop(_asked()),
    )
    ended = watched.ended()
    assert ended.stop_code is StopCode.USER_INITIATED
    given_up = _container(ended, "needs")
    assert (given_up.exit_code, given_up.started_at) == (143, None)
    assert "prepare exited with 4" in (given_up.reason or "")


def test_a_dependency_that_takes_longer_than_its_start_timeout_fails_the_task() -> None:
    prepare = container("prepare", essential=False, start_timeout=0)
    made = task(container(depends_on=depends_on(prepare="SUCCESS")), prepare)
    engine = FakeEngine({"prepare": UNTIL_STOPPED})
    ended = _Watched(made, engine).ended()
    assert ended.stop_code is StopCode.TASK_FAILED_TO_START
    assert "timed out before it was SUCCESS" in (_container(ended).reason or "")
    assert "stop prepare" in engine.calls


def test_a_start_timeout_that_nobody_waits_for_does_nothing() -> None:
    engine = FakeEngine({"app": UNTIL_STOPPED})
    watched = _Watched(task(container(start_timeout=0)), engine)
    watched.when(_running, lambda run: run.ask_stop(_asked()))
    assert watched.ended().stop_code is StopCode.USER_INITIATED


def test_containers_are_stopped_in_the_reverse_order_of_their_dependencies() -> None:
    made = task(
        container("first"),
        container("second", depends_on=depends_on(first="START")),
        container("third", depends_on=depends_on(second="START")),
    )
    engine = FakeEngine(dict.fromkeys(("first", "second", "third"), UNTIL_STOPPED))
    watched = _Watched(made, engine)
    watched.when(_running, lambda run: run.ask_stop(_asked()))
    watched.ended()
    assert [call for call in engine.calls if call.startswith("stop")] == [
        "stop third",
        "stop second",
        "stop first",
    ]


# -- stopping ---------------------------------------------------------------------------------


def test_stop_task_is_recorded_with_its_reason_and_one_version_more() -> None:
    watched = _Watched(task(), FakeEngine({"app": UNTIL_STOPPED}))
    watched.when(_running, lambda run: run.ask_stop(_asked(reason="takes too long")))
    ended = watched.ended()
    assert (ended.stop_code, ended.stopped_reason) == (StopCode.USER_INITIATED, "takes too long")
    assert (_container(ended).exit_code, ended.version) == (143, 6)
    stopping = next(state for state in watched.states if state.stop_code is not None)
    assert (stopping.last_status, stopping.desired_status, stopping.version) == (
        TaskStatus.RUNNING,
        TaskStatus.STOPPED,
        4,
    )


def test_a_container_that_ignores_sigterm_is_killed_after_its_stop_timeout() -> None:
    watched = _Watched(task(container(stop_timeout=0)), FakeEngine({"app": STUBBORN}))
    watched.when(_running, lambda run: run.ask_stop(_asked()))
    assert _container(watched.ended()).exit_code == 137


def test_a_kill_does_not_wait_for_the_stop_timeout() -> None:
    watched = _Watched(task(container(stop_timeout=3600)), FakeEngine({"app": STUBBORN}))
    watched.when(_running, lambda run: run.ask_stop(_asked(kill=True)))
    assert _container(watched.ended()).exit_code == 137


def test_a_second_stop_that_kills_cuts_the_stop_timeout_short() -> None:
    watched = _Watched(task(container(stop_timeout=3600)), FakeEngine({"app": STUBBORN}))
    watched.when(_running, lambda run: run.ask_stop(_asked()))
    watched.when(
        lambda made: made.stop_code is not None, lambda run: run.ask_stop(_asked(kill=True))
    )
    ended = watched.ended()
    assert (_container(ended).exit_code, ended.stopped_reason) == (137, "Task stopped by user")


def test_a_kill_reaches_a_container_that_is_only_being_started() -> None:
    class _SlowStart(FakeEngine):
        def start(self, container_id: str) -> None:
            watched.run.ask_stop(_asked(kill=True))
            super().start(container_id)

    watched = _Watched(task(container(stop_timeout=3600)), _SlowStart({"app": STUBBORN}))
    assert _container(watched.ended()).exit_code == 137


def test_a_task_that_is_stopped_before_it_starts_never_touches_the_engine() -> None:
    engine = FakeEngine()
    watched = _Watched(task(), engine)
    watched.run.ask_stop(_asked())
    ended = watched.ended()
    assert engine.calls == []
    assert (ended.stop_code, ended.started_at) == (StopCode.USER_INITIATED, None)
    assert (_container(ended).exit_code, ended.exit_code) == (None, 125)
    assert _container(ended).last_status is ContainerStatus.STOPPED


def test_a_task_that_is_stopped_while_its_image_is_pulled_does_not_wait_for_the_pull() -> None:
    released = threading.Event()

    class _Endless(FakeEngine):
        def pull_image(self, *args: object, **options: object) -> object:  # type: ignore[override]
            watched.run.ask_stop(_asked())
            released.wait()
            raise EngineRefusedError("given up")

    engine = _Endless(images=frozenset())
    watched = _Watched(task(), engine)
    try:
        ended = watched.ended()
    finally:
        released.set()
    assert (ended.stop_code, ended.started_at) == (StopCode.USER_INITIATED, None)
    assert _container(ended).last_status is ContainerStatus.STOPPED


def test_a_mistake_while_an_image_is_brought_ends_the_task_and_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: SimpleQueue[str] = SimpleQueue()
    monkeypatch.setattr(threading, "excepthook", lambda args: shown.put(str(args.exc_value)))

    class _Mistaken(FakeEngine):
        def pull_image(self, *args: object, **options: object) -> object:  # type: ignore[override]
            raise KeyError("layers")

    ended = _Watched(task(), _Mistaken(images=frozenset())).ended()
    assert ended.stop_code is StopCode.TASK_FAILED_TO_START
    assert "CannotPullContainerError" in (_container(ended).reason or "")
    assert "KeyError: 'layers'" in (_container(ended).reason or "")
    # The thread of the pull may end after the task.
    assert shown.get(timeout=60) == "'layers'"


def test_the_first_cause_of_a_stop_stands() -> None:
    watched = _Watched(task(), FakeEngine({"app": UNTIL_STOPPED}))
    watched.when(_running, lambda run: run.ask_stop(_asked(reason="first")))
    watched.when(_running, lambda run: run.ask_stop(_asked(reason="second")))
    assert watched.ended().stopped_reason == "first"


# -- tasks that cannot start --------------------------------------------------------------------


def test_a_pull_that_fails_is_the_tasks_reason_on_fargate() -> None:
    made = task(
        container(image="gone:1"),
        requires_compatibilities=(LaunchType.FARGATE,),
        cpu=256,
        memory=512,
    )
    ended = _Watched(made, FakeEngine()).ended()
    assert ended.stop_code is StopCode.TASK_FAILED_TO_START
    assert (ended.stopped_reason or "").startswith("CannotPullContainerError: pull image manifest")
    assert _container(ended).reason == ended.stopped_reason
    assert (ended.started_at, _container(ended).exit_code) == (None, None)


def test_on_ec2_a_reason_stands_with_the_container_only() -> None:
    engine = FakeEngine({"app": FakeProcess(never_starts="no such program")})
    ended = _Watched(task(), engine).ended()
    assert ended.stopped_reason == "Task failed to start"
    assert _container(ended).reason == (
        "CannotStartContainerError: Error response from daemon: no such program"
    )
    assert (ended.exit_code, _container(ended).exit_code) == (125, None)
    assert engine.find_containers({}) == []


def test_an_image_is_pulled_by_the_policy() -> None:
    def pulls(policy: PullPolicy, images: frozenset[str]) -> list[str]:
        engine = FakeEngine(images=images, registry=frozenset({"alpine:latest"}))
        _Watched(task(), engine, pull=policy).ended()
        return [call for call in engine.calls if call.startswith("pull")]

    here = frozenset({"alpine:latest"})
    assert pulls(PullPolicy.MISSING, here) == []
    assert pulls(PullPolicy.MISSING, frozenset()) == ["pull alpine:latest"]
    assert pulls(PullPolicy.ALWAYS, here) == ["pull alpine:latest"]
    assert pulls(PullPolicy.NEVER, frozenset()) == []


def _missing(made: Task) -> list[MissingGroup]:
    return list(missing_groups(made, ()))


def test_a_missing_log_group_fails_a_fargate_task_before_anything_is_made() -> None:
    engine = FakeEngine()
    made = task(
        container(log_configuration=awslogs()),
        requires_compatibilities=(LaunchType.FARGATE,),
        cpu=256,
        memory=512,
    )
    ended = _Watched(made, engine, missing_log_groups=_missing).ended()
    assert engine.calls == []
    assert (ended.stopped_reason or "").startswith(
        "ResourceInitializationError: failed to validate logger args"
    )


def test_on_ec2_it_fails_the_container_whose_log_blocks() -> None:
    made = task(container(log_configuration=awslogs(mode="blocking")))
    ended = _Watched(made, FakeEngine(), missing_log_groups=_missing).ended()
    assert (ended.stop_code, ended.stopped_reason) == ("TaskFailedToStart", "Task failed to start")
    assert _container(ended).reason == (
        "CannotStartContainerError: Error response from daemon: failed to initialize logging "
        "driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified "
        "log group does not exist."
    )


def test_on_ec2_a_container_whose_log_does_not_block_starts_and_is_warned_of() -> None:
    made = task(container(log_configuration=awslogs()))
    watched = _Watched(made, FakeEngine(), missing_log_groups=_missing)
    assert watched.ended().succeeded
    (warning,) = watched.warnings
    assert "would be lost on AWS" in warning


def test_a_group_that_the_driver_may_create_is_not_missing() -> None:
    log = awslogs(**{"awslogs-create-group": "True"})
    assert _missing(task(container(log_configuration=log))) == []


@pytest.mark.parametrize("kill", [False, True])
@pytest.mark.parametrize("mode", [NetworkMode.AWSVPC, NetworkMode.BRIDGE])
def test_a_task_that_is_stopped_while_its_container_is_made_does_not_start_it(
    mode: NetworkMode, kill: bool
) -> None:
    class _Slow(FakeEngine):
        def create(self, spec: ContainerSpec) -> str:
            made = super().create(spec)
            if spec.labels[CONTAINER_NAME_LABEL] == "app":
                stop = StopAsked(code=StopCode.USER_INITIATED, reason="enough", kill=kill)
                watched.run.ask_stop(stop)
                # The task's thread takes it in: it answers for the other container meanwhile.
                assert heard.wait(PATIENCE)
            return made

    heard = threading.Event()
    side = container("side", essential=False, depends_on=depends_on(app="START"))
    engine = _Slow({"app": STUBBORN})
    watched = _Watched(task(container(), side, network_mode=mode), engine)
    watched.when(
        lambda made: _container(made, "side").last_status == "STOPPED", lambda _: heard.set()
    )
    ended = watched.ended()
    assert "start app" not in engine.calls
    assert (ended.stop_code, ended.stopped_reason) == (StopCode.USER_INITIATED, "enough")
    app = _container(ended)
    assert (app.last_status, app.exit_code, app.reason) == ("STOPPED", None, None)
    assert engine.find_containers({}) == []


@pytest.mark.parametrize("years", [-2, 0, 2])
def test_output_that_came_as_a_whole_is_not_read_again_whatever_time_the_task_lives_by(
    years: int,
) -> None:
    class _Kept(FakeEngine):
        def read_log(self, *_: object, **__: object) -> object:  # type: ignore[override]
            raise AssertionError("it may be long")

    process = FakeProcess(output=(_out("all of it\n"),))
    own = timedelta(days=365 * years)
    watched = _Watched(task(), _Kept({"app": process}), clock=lambda: system_clock() + own)
    assert watched.ended().succeeded
    assert watched.lines == ["app: all of it"]


@pytest.mark.parametrize("kill", [False, True])
def test_a_container_that_the_engine_will_not_stop_says_so_by_one_name(kill: bool) -> None:
    class _Unwilling(FakeEngine):
        def stop(self, container_id: str, *, grace: timedelta) -> None:
            raise EngineRefusedError("did not receive an exit event")

        def kill(self, container_id: str) -> None:
            raise EngineRefusedError("did not receive an exit event")

    watched = _Watched(task(), _Unwilling({"app": UNTIL_STOPPED}))
    stop = StopAsked(code=StopCode.USER_INITIATED, reason="Task stopped by user", kill=kill)
    watched.when(_running, lambda run: run.ask_stop(stop))
    reason = _container(watched.ended()).reason
    assert reason == "CannotStopContainerError: did not receive an exit event"


@pytest.mark.parametrize("call", ["create", "attach", "start", "wait_briefly", "stop"])
def test_a_mistake_in_a_container_s_thread_ends_the_task_and_is_shown(
    call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: SimpleQueue[str] = SimpleQueue()
    monkeypatch.setattr(threading, "excepthook", lambda args: shown.put(str(args.exc_value)))

    class _Mistaken(FakeEngine):
        def __getattribute__(self, name: str) -> object:
            if name == call:
                raise KeyError("State")
            return super().__getattribute__(name)

    ends = FakeProcess(duration=None if call == "stop" else timedelta())
    watched = _Watched(task(), _Mistaken({"app": ends}))
    stop = StopAsked(code=StopCode.USER_INITIATED, reason="Task stopped by user")
    if call == "stop":
        watched.when(_running, lambda run: run.ask_stop(stop))
    ended = watched.ended()
    assert "KeyError: 'State'" in (_container(ended).reason or "")
    assert ended.exit_code == 125
    assert shown.get(timeout=30) == "'State'"


def test_a_group_that_was_made_in_part_is_removed_as_a_whole() -> None:
    groups: list[str] = []

    class _HalfDone(FakeEngine):
        def create_group(self, name: str, **limits: int | None) -> None:
            groups.append(name)
            raise EngineRefusedError("a control group of a task: no space left on device")

        def remove_group(self, name: str) -> None:
            groups.remove(name)

    ended = _Watched(task(container("a"), container("b"), memory=512), _HalfDone()).ended()
    assert "no space left" in (ended.stopped_reason or "")
    assert groups == []


# -- an engine that goes away -------------------------------------------------------------------


@pytest.mark.parametrize("mode", [NetworkMode.BRIDGE, NetworkMode.AWSVPC])
def test_a_task_whose_engine_goes_away_ends_and_says_what_may_be_left(mode: NetworkMode) -> None:
    engine = FakeEngine({"app": UNTIL_STOPPED})
    watched = _Watched(task(network_mode=mode), engine)
    watched.when(_running, lambda _: engine.disappear())
    ended = watched.ended()
    assert ended.stopped
    assert not ended.succeeded
    assert (_container(ended).exit_code, ended.exit_code) == (None, 125)
    assert (_container(ended).reason or "").startswith("CannotInspectContainerError: ")
    assert watched.warnings
    assert "what runs there is waited for" in watched.warnings[0]
    assert "something of a task may be left in the engine" in watched.warnings[1]


def test_an_engine_that_goes_away_before_the_start_fails_the_start() -> None:
    engine = FakeEngine()
    watched = _Watched(task(network_mode=NetworkMode.AWSVPC), engine)
    watched.when(lambda made: made.version == 2, lambda _: engine.disappear())
    ended = watched.ended()
    assert ended.stop_code is StopCode.TASK_FAILED_TO_START


@pytest.mark.parametrize("call", ["create", "attach", "start"])
def test_an_engine_that_goes_away_during_the_start_does_not_hang_the_task(call: str) -> None:
    class _Fleeting(FakeEngine):
        def __getattribute__(self, name: str) -> object:
            if name == call:
                self.disappear()
            return super().__getattribute__(name)

    watched = _Watched(task(), _Fleeting())
    assert watched.ended().stop_code is StopCode.TASK_FAILED_TO_START


def test_a_stop_that_the_engine_refuses_ends_the_container_by_force() -> None:
    class _Refusing(FakeEngine):
        def stop(self, container_id: str, *, grace: timedelta) -> None:
            raise EngineRefusedError("cannot stop container: permission denied")

    engine = _Refusing({"app": UNTIL_STOPPED})
    watched = _Watched(task(), engine)
    watched.when(_running, lambda run: run.ask_stop(_asked()))
    ended = watched.ended()
    assert "permission denied" in (_container(ended).reason or "")
    assert engine.find_containers({}) == []


def test_a_start_that_is_answered_after_its_task_was_given_up_leaves_no_thread_behind() -> None:
    """What is asked to die while it starts, by an engine that says no: its task does not wait."""
    answers, started = threading.Event(), threading.Event()

    class _Slow(FakeEngine):
        def start(self, container_id: str) -> None:
            super().start(container_id)
            started.set()
            answers.wait()

        def kill(self, container_id: str) -> None:
            raise EngineRefusedError("cannot kill container: permission denied")

    timers = WallTimers(system_clock)
    watched = _Watched(task(), _Slow({"app": UNTIL_STOPPED}), timers=timers)
    over = threading.Event()
    watched.when(lambda made: made.stopped, lambda _: over.set())
    timers.activity.thread(watched.ended, "task")
    started.wait()
    watched.run.ask_stop(_asked(kill=True))
    assert over.wait(PATIENCE)
    answers.set()
    resting = threading.Thread(target=lambda: timers.activity.wait_until(lambda: False))
    resting.start()
    resting.join(PATIENCE)
    assert timers.activity.quiet
    assert "permission denied" in (_container(watched.states[-1]).reason or "")
    assert not watched.run.task.succeeded


def test_local_settings_reach_the_container() -> None:
    created: list[str] = []

    class _Looking(FakeEngine):
        def create(self, spec: object) -> str:
            created.append(spec.image)  # type: ignore[attr-defined]
            return super().create(spec)  # type: ignore[arg-type]

    engine = _Looking(images=frozenset({"mine:1"}))
    local = Local(images={"alpine:latest": LocalImage(image="mine:1")})
    assert _Watched(task(), engine, local=local).ended().succeeded
    assert created == ["mine:1"]


def test_nothing_of_a_task_is_made_before_it_is_on_record_or_removed_before_its_end_is() -> None:
    engine = FakeEngine()
    left: list[tuple[str, int]] = []

    def recorded(now: Task) -> None:
        left.append((now.last_status, len(engine.find_containers({}))))

    TaskRun(task(), workshop(engine, EventBus()), recorded=recorded).execute()
    assert left == [("PENDING", 0), ("DEPROVISIONING", 1)]
    assert engine.find_containers({}) == []


def test_a_task_with_a_role_that_has_no_endpoint_is_warned_of() -> None:
    role = {"task_role_arn": "arn:aws:iam::123456789012:role/batch"}
    elsewhere = _Watched(task(network_mode=NetworkMode.AWSVPC, **role), FakeEngine({}))
    assert elsewhere.ended().succeeded
    (warning,) = elsewhere.warnings
    assert warning.startswith("a task with a role gets no credentials from ecs-local: ")
    assert warning.endswith("the container engine does not run on this very machine")
    without = _Watched(task(network_mode=NetworkMode.NONE, **role), FakeEngine({}))
    without.ended()
    assert "network mode none reaches no endpoint" in without.warnings[0]
    asked_for = _Watched(
        task(network_mode=NetworkMode.AWSVPC, **role),
        FakeEngine({}),
        local=Local(endpoints=EndpointUse.NEVER),
    )
    asked_for.ended()
    assert asked_for.warnings == []


def test_an_endpoint_that_cannot_be_opened_is_told_and_the_task_runs(tmp_path: Path) -> None:
    directory = tmp_path / "gone" / "endpoints"
    endpoints = Endpoints(directory, TaskCredentials(None, lambda: NOON), lambda: NOON)
    made = task(network_mode=NetworkMode.AWSVPC)
    watched = _Watched(made, FakeEngine({}), endpoints=endpoints)
    assert watched.ended().succeeded
    (warning,) = watched.warnings
    assert warning.startswith("task 00000000 has no metadata endpoint: ")
    assert "[Errno" not in warning


def test_containers_of_network_mode_bridge_join_pause_containers_of_their_own(
    tmp_path: Path,
) -> None:
    made = task(
        container("db", essential=False),
        container(links=(Link(container_name="db", alias="db"),)),
        network_mode=NetworkMode.BRIDGE,
    )
    engine = FakeEngine({"db": UNTIL_STOPPED})
    watched = _Watched(
        made,
        engine,
        endpoints=Endpoints(tmp_path, TaskCredentials(None, lambda: NOON), lambda: NOON),
        local=Local(endpoints=EndpointUse.ALWAYS),
    )
    assert watched.ended().succeeded
    assert "the variables that Docker's links set are missing" in watched.warnings[0]
    own = ["~internal~ecs~pause~db", "~internal~ecs~pause~app"]
    assert [call for call in engine.calls if "create ~" in call] == [f"create {n}" for n in own]
    assert engine.find_containers({}) == []


def test_a_task_that_a_defect_ends_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeEngine()
    watched = _Watched(task(), engine)

    def defect(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(engine, "find_image", defect)
    with pytest.raises(ZeroDivisionError):
        watched.ended()
    ended = watched.states[-1]
    assert (ended.last_status, ended.stop_code) == ("STOPPED", StopCode.TERMINATION_NOTICE)
    assert ended.stopped_reason == "ecs-local failed: its program log says how"
