"""What every container engine does: one list of behaviours for the real one and the fake."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest

from emulator.engines.base import (
    ContainerEngine,
    ContainerExit,
    EngineRefusedError,
    ImageUnavailableError,
)
from emulator.engines.docker import DockerEngine
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.engines.spec import (
    ContainerSpec,
    NoNetwork,
    OwnNetwork,
    PublishedPort,
    SharedNetwork,
    VolumeMount,
)
from emulator.errors import EngineUnavailableError
from emulator.model.health import HealthCheck, HealthStatus

LABEL: Final = "ecs-local.contract-test"
GRACE: Final = timedelta(seconds=20)
AT_ONCE: Final = timedelta(0)

OBEYS: Final = "trap 'exit 143' TERM; echo ready; while :; do sleep 0.05; done"
TWICE: Final = "[ -e /done ] && printf second && exit 2; touch /done; printf first; exit 1"
WELL: Final = f"touch /well; {OBEYS}"
ILL: Final = f"true; {OBEYS}"
IGNORES: Final = "trap '' TERM; echo ready; while :; do sleep 0.05; done"


@dataclass
class _Workbench:
    """An engine with what a test makes on it, all of which is removed afterwards."""

    engine: ContainerEngine
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def spec(self, script: str = "true", **changes: Any) -> ContainerSpec:
        """Return a container that runs a shell script; a fake plays its part by its name."""
        return ContainerSpec(
            **{
                "name": f"contract-{uuid.uuid4().hex}",
                "image": "alpine:latest",
                "command": ("sh", "-c", script),
                "labels": {LABEL: self.run_id, "com.amazonaws.ecs.container-name": script},
                "network": NoNetwork(),
                **changes,
            }
        )

    def run(self, spec: ContainerSpec) -> tuple[str, bytes, ContainerExit]:
        """Run a container to its end; return its id, its output and how it ended."""
        container_id = self.engine.create(spec)
        chunks = self.engine.attach(container_id, tty=spec.tty)
        self.engine.start(container_id)
        output = b"".join(chunk.data for chunk in chunks)
        return container_id, output, self.engine.wait(container_id)

    def started(self, script: str) -> str:
        """Start a container and return its id once it says that it is ready."""
        container_id = self.engine.create(self.spec(script))
        chunks = self.engine.attach(container_id)
        self.engine.start(container_id)
        assert b"ready" in next(iter(chunks)).data
        return container_id

    def tidy(self) -> None:
        for container in self.engine.find_containers({LABEL: self.run_id}):
            self.engine.remove(container.id)
        for volume in self.engine.find_volumes({LABEL: self.run_id}):
            self.engine.remove_volume(volume)
        self.engine.close()


def _ready(**more: Any) -> FakeProcess:
    from emulator.engines.base import OutputChunk

    return FakeProcess(output=(OutputChunk("stdout", b"ready\n"),), duration=None, **more)


def _fake() -> FakeEngine:
    from emulator.engines.base import OutputChunk

    return FakeEngine(
        {
            OBEYS: _ready(),
            IGNORES: _ready(ignores_sigterm=True),
            "exit 3": FakeProcess(exit_code=3),
            TWICE: FakeProcess(
                output=(OutputChunk("stdout", b"first"),),
                exit_code=1,
                then=FakeProcess(output=(OutputChunk("stdout", b"second"),), exit_code=2),
            ),
            WELL: _ready(health=(HealthStatus.HEALTHY,)),
            ILL: _ready(health=(HealthStatus.UNHEALTHY,)),
            "echo out; printf rest": FakeProcess(output=(OutputChunk("stdout", b"out\nrest"),)),
            "/no/such/program": FakeProcess(never_starts="no such file or directory"),
        }
    )


@pytest.fixture(params=["fake", "docker"])
def bench(request: pytest.FixtureRequest) -> Iterator[_Workbench]:
    made = _Workbench(_fake() if request.param == "fake" else DockerEngine())
    try:
        yield made
    finally:
        made.tidy()


@pytest.fixture
def docker_bench() -> Iterator[_Workbench]:
    made = _Workbench(DockerEngine())
    try:
        yield made
    finally:
        made.tidy()


# -- what every engine does -----------------------------------------------------------------------


def test_it_describes_itself(bench: _Workbench) -> None:
    info = bench.engine.info()
    assert info.name
    assert info.version
    assert info.cpus >= 1


def test_an_engine_that_was_asked_before_is_known(bench: _Workbench) -> None:
    told = bench.engine.info()
    assert bench.engine.known() == told._replace(system_time=None)


def test_output_and_exit_code_of_a_container_that_ends_at_once(bench: _Workbench) -> None:
    _, output, ended = bench.run(bench.spec("echo out; printf rest"))
    assert output == b"out\nrest"
    assert (ended.exit_code, ended.oom_killed, ended.error) == (0, False, "")
    assert ended.started_at is not None
    assert ended.finished_at is not None
    # An engine may note the start of what ends at once a moment after its end.
    assert ended.started_at - ended.finished_at < timedelta(seconds=60)


def test_an_exit_code_is_the_containers_own_however_often_one_asks(bench: _Workbench) -> None:
    container_id, _, ended = bench.run(bench.spec("exit 3"))
    assert ended.exit_code == 3
    assert bench.engine.wait(container_id).exit_code == 3


def test_a_container_that_was_never_started_has_no_exit_code(bench: _Workbench) -> None:
    ended = bench.engine.wait(bench.engine.create(bench.spec("exit 3")))
    assert (ended.exit_code, ended.started_at, ended.finished_at) == (None, None, None)


def test_a_start_that_fails_is_refused_and_leaves_no_exit_code(bench: _Workbench) -> None:
    script = "/no/such/program"
    container_id = bench.engine.create(bench.spec(script, command=(script,)))
    with pytest.raises(EngineRefusedError, match="no such file or directory"):
        bench.engine.start(container_id)
    assert bench.engine.wait(container_id).exit_code is None


def test_a_container_that_ended_starts_again_and_loses_no_output(bench: _Workbench) -> None:
    container_id, first, ended = bench.run(bench.spec(TWICE))
    assert (first, ended.exit_code) == (b"first", 1)
    chunks = bench.engine.attach(container_id)
    bench.engine.start(container_id)
    assert b"".join(chunk.data for chunk in chunks) == b"second"
    again = bench.engine.wait(container_id)
    assert again.exit_code == 2
    assert again.started_at is not None
    assert ended.started_at is not None
    assert again.started_at > ended.started_at


def test_the_log_has_what_was_said_from_the_beginning_with_its_time(bench: _Workbench) -> None:
    container_id, output, ended = bench.run(bench.spec("echo out; printf rest"))
    assert output == b"out\nrest"
    assert ended.started_at is not None
    for follow in (True, False):
        records = list(bench.engine.read_log(container_id, follow=follow))
        assert [(record.stream, record.data) for record in records] == [
            ("stdout", b"out\n"),
            ("stdout", b"rest"),
        ]
        assert abs(records[0].at - ended.started_at) < timedelta(seconds=30)


def test_a_short_wait_is_over_before_a_container_that_lasts(bench: _Workbench) -> None:
    lasts = bench.started(OBEYS)
    assert bench.engine.wait_briefly(lasts, timedelta(milliseconds=200)) is None
    bench.engine.kill(lasts)
    ended = bench.engine.wait_briefly(lasts, timedelta(seconds=30))
    assert ended is not None
    assert ended.exit_code == 137


def test_a_container_that_was_never_started_is_found_as_such(bench: _Workbench) -> None:
    bench.engine.create(bench.spec())
    (found,) = bench.engine.find_containers({LABEL: bench.run_id})
    assert (found.running, found.never_started) == (False, True)


@pytest.mark.parametrize(
    ("script", "status", "retries"),
    [(WELL, HealthStatus.HEALTHY, 60), (ILL, HealthStatus.UNHEALTHY, 1)],
)
def test_health_is_told_until_the_container_ends(
    bench: _Workbench, script: str, status: HealthStatus, retries: int
) -> None:
    # The first look may come before what it looks for is made.
    check = HealthCheck(
        command=("CMD", "test", "-e", "/well"), interval=1, timeout=60, retries=retries
    )
    container_id = bench.engine.create(bench.spec(script, health_check=check))
    bench.engine.start(container_id)
    found = bench.engine.watch_health(container_id)
    assert next(found) is status
    bench.engine.kill(container_id)
    assert list(found) == []


def test_a_running_container_has_an_address_and_its_published_ports(bench: _Workbench) -> None:
    network = OwnNetwork(ports=(PublishedPort(container_port=8080),))
    container_id = bench.engine.create(bench.spec(OBEYS, network=network))
    bench.engine.start(container_id)
    address = bench.engine.address(container_id)
    assert address.ip.startswith("172.")
    assert len(address.mac.split(":")) == 6
    (binding,) = address.bindings
    assert (binding.bind_ip, binding.container_port, binding.protocol) == ("127.0.0.1", 8080, "tcp")
    assert binding.host_port > 0


def test_a_volume_and_a_group_can_be_made_and_removed_twice(bench: _Workbench) -> None:
    for _ in range(2):
        bench.engine.create_volume(f"contract-{bench.run_id}", {LABEL: bench.run_id})
    name = f"/ecs/{bench.run_id}"
    if bench.engine.info().no_groups is None:
        bench.engine.create_group(name, memory_bytes=64 * 1024 * 1024, nano_cpus=500_000_000)
    for _ in range(2):
        bench.engine.remove_group(name)
        bench.engine.remove_volume(f"contract-{bench.run_id}")


def test_stop_lets_a_container_end_by_itself(bench: _Workbench) -> None:
    container_id = bench.started(OBEYS)
    bench.engine.stop(container_id, grace=GRACE)
    assert bench.engine.wait(container_id).exit_code == 143


def test_stop_kills_after_its_grace(bench: _Workbench) -> None:
    container_id = bench.started(IGNORES)
    bench.engine.stop(container_id, grace=AT_ONCE)
    assert bench.engine.wait(container_id).exit_code == 137


def test_kill_does_not_ask(bench: _Workbench) -> None:
    container_id = bench.started(IGNORES)
    bench.engine.kill(container_id)
    assert bench.engine.wait(container_id).exit_code == 137


def test_what_is_down_or_gone_can_be_stopped_killed_and_removed_again(bench: _Workbench) -> None:
    container_id, _, _ = bench.run(bench.spec("exit 3"))
    created = bench.engine.create(bench.spec())
    for each in (container_id, created):
        for _ in range(2):
            bench.engine.stop(each, grace=AT_ONCE)
            bench.engine.kill(each)
        for _ in range(2):
            bench.engine.remove(each)
        bench.engine.stop(each, grace=AT_ONCE)
        bench.engine.kill(each)
    assert bench.engine.find_containers({LABEL: bench.run_id}) == []


def test_a_running_container_is_removed_by_force(bench: _Workbench) -> None:
    bench.engine.remove(bench.started(IGNORES))
    assert bench.engine.find_containers({LABEL: bench.run_id}) == []


def test_what_is_gone_can_neither_be_started_nor_waited_for(bench: _Workbench) -> None:
    container_id = bench.engine.create(bench.spec())
    bench.engine.remove(container_id)
    with pytest.raises(EngineRefusedError, match="No such container"):
        bench.engine.start(container_id)
    with pytest.raises(EngineRefusedError, match="No such container"):
        bench.engine.wait(container_id)


def test_containers_are_found_by_all_their_labels(bench: _Workbench) -> None:
    spec = bench.spec(OBEYS)
    running = bench.started(OBEYS)
    created = bench.engine.create(spec)
    found = {each.id: each for each in bench.engine.find_containers({LABEL: bench.run_id})}
    assert {each.id: each.running for each in found.values()} == {running: True, created: False}
    assert found[created].name == spec.name
    assert found[created].labels[LABEL] == bench.run_id
    both: Mapping[str, str] = {LABEL: bench.run_id, "com.amazonaws.ecs.container-name": ""}
    assert len(bench.engine.find_containers(both)) == 2
    assert bench.engine.find_containers({LABEL: bench.run_id, "no-such-label": ""}) == []
    assert bench.engine.find_containers({LABEL: f"{bench.run_id}x"}) == []


def test_a_name_that_is_taken_is_refused(bench: _Workbench) -> None:
    spec = bench.spec()
    bench.engine.create(spec)
    with pytest.raises(EngineRefusedError, match="already in use"):
        bench.engine.create(spec)


def test_an_image_that_is_not_here_is_told_from_other_refusals(bench: _Workbench) -> None:
    assert bench.engine.find_image("ecs-local/no-such-image:1") is None
    with pytest.raises(ImageUnavailableError):
        bench.engine.create(bench.spec(image="ecs-local/no-such-image:1"))


@pytest.mark.parametrize("image", ["localhost:1/no/such/image:1", "Not A Name"])
def test_an_image_that_cannot_be_pulled_is_unavailable(bench: _Workbench, image: str) -> None:
    with pytest.raises(ImageUnavailableError):
        bench.engine.pull_image(image, progress=lambda _: None)


def test_what_is_no_image_name_is_not_here(bench: _Workbench) -> None:
    assert bench.engine.find_image("Not A Name") is None


def test_an_image_that_is_here_is_described(bench: _Workbench) -> None:
    found = bench.engine.find_image("alpine:latest")
    assert found is not None
    assert found.id.startswith("sha256:")


def test_the_pause_image_is_there_and_its_container_runs_until_it_is_removed(
    bench: _Workbench,
) -> None:
    image = bench.engine.pause_image()
    assert bench.engine.find_image(image) is not None
    pause = bench.spec(image=image, command=None)
    container_id = bench.engine.create(pause)
    bench.engine.start(container_id)
    (found,) = bench.engine.find_containers({LABEL: bench.run_id})
    assert found.running
    bench.engine.remove(container_id)


def test_volumes_are_made_found_and_removed_again(bench: _Workbench) -> None:
    name = f"contract-{bench.run_id}"
    bench.engine.create_volume(name, {LABEL: bench.run_id})
    assert bench.engine.find_volumes({LABEL: bench.run_id}) == [name]
    for _ in range(2):
        bench.engine.remove_volume(name)
    assert bench.engine.find_volumes({LABEL: bench.run_id}) == []


# -- what only a real container shows -------------------------------------------------------------


def test_a_container_gets_all_that_its_spec_says(docker_bench: _Workbench) -> None:
    from emulator.model.linux import Ulimit

    script = (
        'echo "$GREETING|$(id -u):$(id -g)|$(pwd)|$(ulimit -n)|$0"; '
        "touch /nothing 2>/dev/null || echo read-only; "
        "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; "
        "cat /proc/1/comm"
    )
    spec = docker_bench.spec(
        entry_point=("sh", "-c", script),
        command=("argument",),
        environment={"GREETING": "夜間 = good = night"},
        user="1234:567",
        working_directory="/tmp",
        memory_bytes=64 * 1024 * 1024,
        memory_swap_bytes=64 * 1024 * 1024,
        memory_reservation_bytes=32 * 1024 * 1024,
        nano_cpus=500_000_000,
        cpu_shares=128,
        ulimits=(Ulimit(name="nofile", soft_limit=111, hard_limit=222),),
        read_only_root=True,
        init=True,
    )
    _, output, ended = docker_bench.run(spec)
    first, second, limit, init = output.decode().splitlines()
    assert first == "夜間 = good = night|1234:567|/tmp|111|argument"
    assert second == "read-only"
    assert int(limit) == 64 * 1024 * 1024
    assert init in ("docker-init", "tini")
    assert ended.exit_code == 0


def test_stdout_and_stderr_are_told_apart(docker_bench: _Workbench) -> None:
    spec = docker_bench.spec("echo out; echo err >&2")
    container_id = docker_bench.engine.create(spec)
    chunks = docker_bench.engine.attach(container_id)
    docker_bench.engine.start(container_id)
    streams = {"stdout": b"", "stderr": b""}
    for chunk in chunks:
        streams[chunk.stream] += chunk.data
    assert streams == {"stdout": b"out\n", "stderr": b"err\n"}


def test_a_terminal_is_one_stream_whose_lines_end_in_cr_lf(docker_bench: _Workbench) -> None:
    _, output, _ = docker_bench.run(docker_bench.spec("tty; echo err >&2", tty=True))
    assert output == b"/dev/pts/0\r\nerr\r\n"


def test_much_output_of_any_bytes_arrives_whole(docker_bench: _Workbench) -> None:
    script = "dd if=/dev/zero bs=65536 count=160 2>/dev/null; printf '\\377\\000\\200end'"
    _, output, _ = docker_bench.run(docker_bench.spec(script))
    assert len(output) == 160 * 65536 + 6
    assert output.endswith(b"\0\xff\x00\x80end")


def test_the_engines_copy_of_the_output_is_exact_and_whole(docker_bench: _Workbench) -> None:
    script = "printf 'a\\377b\\n'; head -c 40000 /dev/zero; printf '\\n\\343\\201'"
    container_id, output, _ = docker_bench.run(docker_bench.spec(script))
    records = list(docker_bench.engine.read_log(container_id))
    assert b"".join(record.data for record in records) == output
    assert output == b"a\xffb\n" + bytes(40000) + b"\n\xe3\x81"
    assert all(record.exact for record in records)


def test_memory_above_the_limit_is_an_oom_kill(docker_bench: _Workbench) -> None:
    script = "a=x; while :; do a=$a$a; done"
    limit = 16 * 1024 * 1024
    spec = docker_bench.spec(script, memory_bytes=limit, memory_swap_bytes=limit)
    _, _, ended = docker_bench.run(spec)
    assert (ended.exit_code, ended.oom_killed) == (137, True)


def test_containers_share_a_network_namespace_and_a_volume(docker_bench: _Workbench) -> None:
    engine = docker_bench.engine
    volume = f"contract-{docker_bench.run_id}"
    engine.create_volume(volume, {LABEL: docker_bench.run_id})
    owner = engine.create(
        docker_bench.spec(
            "hostname > /data/name; while :; do sleep 0.05; done",
            mounts=(VolumeMount(volume=volume, container_path="/data"),),
        )
    )
    engine.start(owner)
    reader = docker_bench.spec(
        "until [ -s /seen/name ]; do sleep 0.05; done; "
        '[ "$(hostname)" = "$(cat /seen/name)" ] && echo shared; (echo x > /seen/y) 2>&1',
        network=SharedNetwork(container_id=owner),
        mounts=(VolumeMount(volume=volume, container_path="/seen", read_only=True),),
    )
    _, output, _ = docker_bench.run(reader)
    assert b"shared\n" in output
    assert b"Read-only file system" in output


def test_an_engine_that_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    with pytest.raises(EngineUnavailableError, match="no container engine answers at tcp") as lost:
        DockerEngine().info()
    assert "Connection refused" in str(lost.value)
    with suppress(EngineUnavailableError):
        DockerEngine().find_containers({})
        pytest.fail("an engine that is not there answered")


def test_a_fake_engine_that_disappears_is_unavailable_too() -> None:
    engine = _fake()
    engine.disappear()
    with pytest.raises(EngineUnavailableError):
        engine.info()
    with pytest.raises(EngineUnavailableError):
        engine.known()
