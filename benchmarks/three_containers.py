"""A task of three containers from RunTask to removed, against raw SDK calls for the same three.

The calls are those of `docker compose`: a network of the three, then each is created, attached
to, started, waited for and removed, all three at a time.
"""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import docker

from benchmarks.figure import Figure, interleaved, ratio
from benchmarks.project import IMAGE, MEMORY_MIB, Runner, running, several_containers
from emulator.model.task_definition import NetworkMode

ROUNDS: Final = 11
COMMAND: Final = ("date",)
NAMES: Final = ("first", "second", "third")
MODES: Final = (NetworkMode.AWSVPC, NetworkMode.BRIDGE)
TARGET: Final = 1.1
_RAW: Final = "raw SDK calls"


def measure(quick: bool) -> Iterator[Figure]:
    """Yield one figure for each network mode."""
    definitions = [several_containers(m.value, COMMAND, m, names=NAMES) for m in MODES]
    client = docker.APIClient(version="auto", max_pool_size=len(NAMES) + 1)
    with (
        TemporaryDirectory(prefix="ecs-local-benchmark-") as directory,
        running(definitions, Path(directory)) as runner,
        ThreadPoolExecutor(len(NAMES)) as threads,
    ):
        contestants = {_RAW: _compose(client, threads)}
        contestants |= {mode.value: _task(runner, mode.value) for mode in MODES}
        taken = interleaved(3 if quick else ROUNDS, contestants)
    client.close()
    for mode in MODES:
        what = f"task of three containers, networkMode {mode.value}"
        yield ratio(what, taken[mode.value], taken[_RAW], name=_RAW, target=TARGET)


def _compose(client: Any, threads: ThreadPoolExecutor) -> Callable[[], object]:
    def run() -> None:
        network = client.create_network(f"benchmark-{uuid.uuid4().hex}")["Id"]
        try:
            list(threads.map(lambda _: _container(client, network), NAMES))
        finally:
            client.remove_network(network)

    return run


def _container(client: Any, network: str) -> None:
    """Run a container from create to removed, and read what it says."""
    config = client.create_host_config(
        network_mode=network, mem_limit=f"{MEMORY_MIB}m", cpu_shares=2
    )
    container = client.create_container(IMAGE, list(COMMAND), host_config=config)["Id"]
    output = client.attach(container, stdout=True, stderr=True, stream=True)
    client.start(container)
    for _ in output:
        pass
    client.wait(container)
    client.remove_container(container, v=True, force=True)


def _task(runner: Runner, family: str) -> Callable[[], object]:
    def run() -> None:
        runner.submit(family)
        runner.finish()

    return run
