"""Whether this machine can run tasks: one check after the other, each with what to do."""

import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emulator.app.emulator import Emulator
from emulator.ecs.images import may_pull, not_pulled
from emulator.ecs.plan import image_to_run
from emulator.ecs.plan_limits import FARGATE_OPEN_FILES
from emulator.engines.base import ContainerEngine, EngineInfo
from emulator.errors import DefinitionError, EcsLocalError, Problem, Severity, StateDirectoryError
from emulator.model.definitions import Definitions
from emulator.model.image_builds import ImageBuild, LocalImage
from emulator.quantity import counted
from emulator.state.history_check import count_tasks_of_whole

LOW_DISK_BYTES: Final = 1024**3
REGISTRY_TIMEOUT_SECONDS: Final = 3.0
LARGEST_CLOCK_DIFFERENCE: Final = 1.5
"""Seconds; asking takes part of one."""

_DOCKER_HUB: Final = "docker.io"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `ok` None: not good, but nothing stands still for it."""

    name: str
    ok: bool | None
    detail: str
    advice: str = ""


def examine(emulator: Emulator) -> Iterator[Check]:
    """Yield findings, the ones that others build on first."""
    yield _python()
    yield _state_directory(emulator)
    yield _disk(emulator.settings.state_dir)
    yield _history(emulator.state.database)
    engine = emulator.engine()
    try:
        info = engine.info()
    except EcsLocalError as error:
        yield Check("engine", False, error.message, error.hint or "")
        yield from _definitions(emulator, None)
        return
    system = f"{info.operating_system} {info.architecture}"
    yield Check("engine", True, f"{info.name} {info.version}, API {info.api_version}, {system}")
    yield _cgroup(info)
    yield _open_files(info)
    yield _endpoints(info)
    yield _clock(emulator, info)
    yield from _definitions(emulator, engine)
    engine.close()


def _python() -> Check:
    version = platform.python_version()
    ok = sys.version_info >= (3, 11)
    return Check("python", ok, version, "" if ok else "use Python 3.11 or newer")


def _state_directory(emulator: Emulator) -> Check:
    try:
        emulator.state.prepare()
    except EcsLocalError as error:
        return Check("state directory", False, error.message, error.hint or "")
    other = emulator.state.scheduler()
    detail = f"{emulator.state.path} can be written"
    return Check("state directory", True, f"{detail}; scheduler: {other}" if other else detail)


def _disk(path: Path) -> Check:
    while not path.exists():
        path = path.parent
    free = shutil.disk_usage(path).free
    ok = free >= LOW_DISK_BYTES
    advice = "" if ok else "make room, or choose another --state-dir"
    return Check("disk", ok or None, f"{free / 1024**3:.1f} GiB free", advice)


def _history(path: Path) -> Check:
    """Read the history as a whole: a run that finds it damaged only later has fired already."""
    try:
        count = count_tasks_of_whole(path)
    except StateDirectoryError as error:
        return Check("history", False, error.message, error.hint or "")
    if count is None:
        return Check("history", True, "none yet")
    return Check("history", True, f"whole, with {counted(count, 'task')}")


def _cgroup(info: EngineInfo) -> Check:
    size = f"{info.cpus} CPUs, {info.memory_bytes / 1024**3:.1f} GiB"
    detail = f"version {info.cgroup_version}, driver {info.cgroup_driver}, {size}"
    return Check("cgroup", True, detail)


def _open_files(info: EngineInfo) -> Check:
    """Compare with what Fargate gives: a job that opens many files must not find out first."""
    most = info.most_open_files
    if most is None or most >= FARGATE_OPEN_FILES:
        return Check("open files", True, f"{FARGATE_OPEN_FILES} in a container, as on Fargate")
    detail = f"a container may open {most} files; on Fargate it is {FARGATE_OPEN_FILES}"
    return Check("open files", None, detail, "raise the nofile limit of the engine's process")


def _endpoints(info: EngineInfo) -> Check:
    """Say whether tasks can ask for metadata and credentials."""
    if info.here:
        return Check("endpoints", True, "tasks reach their metadata and credentials")
    detail = "tasks have none for metadata and credentials: the engine is on another machine"
    return Check("endpoints", None, detail, "give what a job needs by `local.env`")


def _clock(emulator: Emulator, info: EngineInfo) -> Check:
    """Compare this machine's clock with the engine's: that of a virtual machine may lag."""
    if info.system_time is None:
        return Check("clock", None, "the engine does not tell its time")
    seconds = (info.system_time - emulator.now()).total_seconds()
    ok = abs(seconds) < LARGEST_CLOCK_DIFFERENCE
    advice = "" if ok else "set the clock, or restart the engine's virtual machine"
    shown = round(seconds, 1) + 0  # Minus zero is none to show.
    return Check("clock", ok or None, f"the engine's differs by {shown:+.1f} s", advice)


def _definitions(emulator: Emulator, engine: ContainerEngine | None) -> Iterator[Check]:
    try:
        definitions = _resolved(emulator)
    except DefinitionError as error:
        yield _wrong(error.problems)
        return
    files = ", ".join(definitions.files)
    count = len(definitions.rules)
    yield Check("definitions", True, f"{count} {'rule' if count == 1 else 'rules'} from {files}")
    if engine is None:
        return
    yield from _images(definitions, engine)


def _resolved(emulator: Emulator) -> Definitions:
    """Return the definitions. Raises `DefinitionError`."""
    try:
        return emulator.definitions
    except StateDirectoryError:
        # The history, which says what is switched off here, cannot be read: a finding of its own.
        return emulator.loaded.checked()


def _wrong(problems: tuple[Problem, ...]) -> Check:
    """Say what is wrong with the definitions, or the first of it."""
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    first = str(errors[0]._replace(hint=None))
    if len(errors) == 1:
        return Check("definitions", None, first, errors[0].hint or "")
    line = first.partition("\n")[0]
    detail = f"{counted(len(errors), 'error')}, first: {line}"
    return Check("definitions", None, detail, "`ecs-local rules` lists them")


def _images(definitions: Definitions, engine: ContainerEngine) -> Iterator[Check]:
    """Look for the images that run here, what others are built of, and who is asked for them."""
    asked: set[str] = set()
    missing = False
    for image, own in sorted(_named_images(definitions).items()):
        if own is not None and own.build is not None:
            yield _build(image, own.build)
            continue
        check = _image(image, own, engine)
        missing = missing or not check.ok
        if may_pull(image, own):
            asked.add(registry_of(image))
        yield check
    yield from (_registry(host, missing) for host in sorted(asked))


def _named_images(definitions: Definitions) -> dict[str, LocalImage | None]:
    """Return the images of all containers as they are called here, with what is said of them."""
    local = definitions.local
    found = {}
    for definition in definitions.task_definitions.values():
        for container in definition.container_definitions:
            image, _ = image_to_run(container, definition, local)
            found[image] = local.stand_in(container.image)
    return found


def _build(image: str, build: ImageBuild) -> Check:
    dockerfile = Path(build.dockerfile or f"{build.context}/Dockerfile")
    if dockerfile.is_file():
        return Check("image", True, f"{image} is built from {build.context}")
    advice = "write it, or say another one under `local.images`"
    return Check("image", False, f"{image} cannot be built: there is no {dockerfile}", advice)


def _image(image: str, own: LocalImage | None, engine: ContainerEngine) -> Check:
    found = engine.find_image(image)
    if found is not None and found.labels.get("ecs-local.stand-in"):
        origin = found.labels["ecs-local.stand-in"]
        return Check("image", True, f"{image} is a stand-in made of {origin}")
    if found is not None:
        return Check("image", True, f"{image} is here")
    if not may_pull(image, own):
        return Check("image", None, f"{image} is not here", str(not_pulled(image).hint))
    advice = f"it is pulled when needed; `docker pull {image}` does it now"
    return Check("image", None, f"{image} is not here", advice)


def registry_of(image: str) -> str:
    """Return the registry that an image's name points to (pure)."""
    first, slash, _ = image.partition("/")
    named = slash and ("." in first or ":" in first or first == "localhost")
    return first if named else _DOCKER_HUB


def _registry(host: str, needed: bool) -> Check:
    name, _, port = host.partition(":")
    try:
        with socket.create_connection((name, int(port or 443)), REGISTRY_TIMEOUT_SECONDS):
            return Check("registry", True, f"{host} answers")
    except (OSError, ValueError) as error:
        advice = "images must be here already, or under `local.images`" if needed else ""
        why = (error.strerror if isinstance(error, OSError) else None) or error
        return Check("registry", None, f"{host} cannot be reached from here: {why}", advice)
