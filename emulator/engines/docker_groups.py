"""Control groups of tasks: what several containers may use together, as on Fargate.

Docker puts containers below a parent control group but cannot limit the parent; that takes the
rights of root on the engine's own machine.
"""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from emulator.engines.base import EngineRefusedError
from emulator.engines.docker_group_steps import ROOT, Kind, Make, Remove, Run, Step, Write

PATIENCE_SECONDS: Final = 30
"""systemd answers at once, or something is wrong with it."""


class Rights(NamedTuple):
    """What this process can do about control groups on this machine.

    `writes`: make them as directories. `root`: ask systemd for them, which `busctl` does.
    `controllers` are the resources that version 2 shares out at the top.
    """

    writes: bool
    root: bool
    busctl: bool
    controllers: frozenset[str] = frozenset()


def own_rights(kind: Kind, root: Path = ROOT) -> Rights:
    """Look at what this process can do."""
    tops = [root] if kind.version == "2" else [root / "memory", root / "cpu"]
    try:
        controllers = frozenset((root / "cgroup.controllers").read_text().split())
    except OSError:
        controllers = frozenset()
    return Rights(
        writes=all(os.access(top, os.W_OK) for top in tops),
        root=os.geteuid() == 0,
        busctl=shutil.which("busctl") is not None,
        controllers=controllers,
    )


def obstacle(info: Mapping[str, Any], socket_path: str | None, rights: Rights) -> str | None:
    """Return why the engine's containers cannot be limited together (pure); None: they can."""
    kind = Kind.of(info)
    if not kind.known:
        return f"the engine uses control groups version {kind.version} by {kind.driver}"
    if socket_path is None:
        return "the engine is on another machine"
    if any("rootless" in option for option in info.get("SecurityOptions") or ()):
        return "the engine runs without the rights of root"
    if kind.driver == "systemd":
        return _obstacle_of_systemd(rights)
    if not rights.writes:
        return "it takes the rights of root"
    missing = {"cpu", "memory"} - rights.controllers
    if kind.version == "2" and missing:
        return f"control groups of this machine do not limit {' and '.join(sorted(missing))}"
    return None


def _obstacle_of_systemd(rights: Rights) -> str | None:
    if not rights.root:
        return "it takes the rights of root"
    return None if rights.busctl else "systemd's command busctl is not here"


def carry_out(steps: Iterable[Step]) -> None:
    """Do what makes or removes a group. Raises `EngineRefusedError`."""
    for step in steps:
        try:
            _do(step)
        except OSError as error:
            message = f"a control group of a task: {error}"
            raise EngineRefusedError(message) from error


def _do(step: Step) -> None:
    match step:
        case Make(path, first):
            new = not path.exists()
            path.mkdir(parents=True, exist_ok=True)
            if new and first is not None:
                (path / first[0]).write_text(first[1])
        case Write(path, text, if_there):
            if path.exists() or not if_there:
                path.write_text(text)
        case Remove(path):
            if path.is_dir():
                path.rmdir()
        case Run(command, unless):
            _run(command, unless)


def _run(command: tuple[str, ...], unless: str | None) -> None:
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed program and a checked name
            command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        message = f"{command[0]} has not answered within {PATIENCE_SECONDS} s"
        raise EngineRefusedError(message) from error
    said = answer.stderr.strip()
    if answer.returncode and not (unless is not None and unless in said):
        message = f"{command[0]} cannot manage the slice of a task: {said}"
        raise EngineRefusedError(message)
