"""What the front ends say about how to run: files, directories and policies."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emulator.eventbridge.missed import MissedPolicy
from emulator.model.pull_policy import PullPolicy

if TYPE_CHECKING:
    from emulator.eventbridge.chaos import Disturbance

ENGINES: Final = ("docker", "fake")
STATE_DIRECTORY: Final = ".ecs-local"
"""What state directories are called, or lie in, unless somebody says where else they are."""


def one_name(state_dir: Path) -> Path:
    """Return the name that a state directory is told by, from wherever it is called.

    A link stays in it as it was written.
    """
    path = state_dir.absolute()
    return Path(os.path.realpath(path)) if ".." in path.parts else path


class Settings(NamedTuple):
    """How an emulator is set up.

    `files` empty: the definitions of `directory`. `lenient` runs what AWS would reject where it
    can; `strict` fails a task whose log group no file declares. `pull` None: as the definitions
    say; `prewarm` says whether namespaces are made ahead of tasks. `parameters` are those of
    CloudFormation templates, `environment` the Copilot environment, `variables` and
    `variable_files` Terraform's; `local` is laid over `local:` of the files. `engine` is docker or
    fake, which does what `engine_script` says; with `fake_time`, containers of a simulation see its
    clock. `chaos` is what goes wrong on purpose; without `chain` no event starts a task, without
    `send` the sinks of `local.sinks` say what they would send.
    """

    directory: Path
    state_dir: Path
    files: tuple[Path, ...] = ()
    lenient: bool = False
    strict: bool = False
    pull: PullPolicy | None = None
    prewarm: bool | None = None
    missed: MissedPolicy = MissedPolicy.SKIP
    engine: str = "docker"
    engine_script: Path | None = None
    fake_time: bool = False
    chaos: "frozenset[Disturbance]" = frozenset()
    chain: bool = True
    send: bool = True
    environ: Mapping[str, str] = MappingProxyType({})
    parameters: Mapping[str, str] = MappingProxyType({})
    environment: str | None = None
    variables: Mapping[str, str] = MappingProxyType({})
    variable_files: tuple[Path, ...] = ()
    local: Mapping[str, Any] = MappingProxyType({})
