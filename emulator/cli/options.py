"""Options that several commands share, and the settings that they come to."""

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.app.emulator import Emulator
from emulator.app.settings import ENGINES, STATE_DIRECTORY, Settings, one_name
from emulator.cli import option_values
from emulator.clock import system_clock
from emulator.errors import UsageError
from emulator.eventbridge.missed import MissedPolicy
from emulator.model.pull_policy import PullPolicy

if TYPE_CHECKING:
    from emulator.eventbridge.chaos import Disturbance

GITHUB: Final = "github"
"""The report that is no file: what GitHub Actions reads from the output of a job."""


WORKS_ON: Final = "what it works on"
"""The part of a command's help, behind its own options, with definitions and state directory."""

HOW_TASKS_RUN: Final = "how tasks run"
"""The part of the help of commands that run tasks which is about these."""


def add_definitions(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which definitions to read."""
    group = section(parser, WORKS_ON)
    group.add_argument(
        "-f",
        "--file",
        dest="files",
        type=option_values.path,
        metavar="PATH",
        action="append",
        default=[],
        help="definition file or directory; may be repeated (default: the working directory)",
    )
    group.add_argument(
        "--lenient",
        action="store_true",
        help="run what AWS would reject, with a warning, where that is possible",
    )
    group.add_argument(
        "--param",
        dest="parameters",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a CloudFormation parameter or Jsonnet's external variable; may be repeated",
    )
    group.add_argument(
        "--var",
        dest="variables",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a variable of a Terraform root module; may be repeated",
    )
    group.add_argument(
        "--var-file",
        dest="variable_files",
        type=option_values.path,
        metavar="FILE",
        action="append",
        default=[],
        help="a .tfvars file for a Terraform root module; may be repeated, --var wins",
    )
    group.add_argument(
        "--env-name",
        metavar="NAME",
        help="the environment of Copilot manifests (default: $COPILOT_ENV)",
    )


def add_state(parser: argparse.ArgumentParser) -> None:
    """Add the option that says where logs and history are kept."""
    section(parser, WORKS_ON).add_argument(
        "--state-dir",
        type=option_values.path,
        metavar="DIR",
        default=None,
        help=f"where logs and history are kept (default: {STATE_DIRECTORY}, "
        "or $ECS_LOCAL_STATE_DIR)",
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add the choice between a table and JSON."""
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to answer (default: text)"
    )


def add_running(parser: argparse.ArgumentParser) -> None:
    """Add the options of commands that run tasks."""
    group = section(parser, HOW_TASKS_RUN)
    group.add_argument(
        "--pull",
        choices=[policy.value for policy in PullPolicy],
        help="when to pull images (default: as the definitions say, else missing)",
    )
    group.add_argument(
        "--strict",
        action="store_true",
        help="fail a task whose log group no file declares, as Fargate does",
    )
    add_engine(parser)
    from emulator.cli.program_log import add_log

    add_log(parser)


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add the choice of the engine."""
    group = section(parser, HOW_TASKS_RUN)
    group.add_argument(
        "--engine",
        dest="engine_name",
        choices=ENGINES,
        help="what runs containers: fake runs nothing, for machines without Docker "
        "(default: $ECS_LOCAL_ENGINE, else docker)",
    )
    group.add_argument(
        "--engine-script",
        metavar="FILE",
        help="what the fake engine's containers do, as YAML or JSON (default: exit 0 at once)",
    )


def add_report(parser: "argparse._ActionsContainer") -> None:
    """Add the option that asks for reports."""
    parser.add_argument(
        "--report",
        dest="reports",
        action="append",
        default=[],
        metavar="FILE|github",
        help="write a report at the end: JUnit into a .xml file, JSON into a .json file, or "
        "annotations and a step summary for GitHub Actions; may be repeated",
    )


def add_chaos(parser: argparse.ArgumentParser) -> None:
    """Add the option that disturbs deliveries on purpose."""
    from emulator.eventbridge.chaos import Disturbance

    section(parser, HOW_TASKS_RUN).add_argument(
        "--chaos",
        choices=[disturbance.value for disturbance in Disturbance],
        action="append",
        default=[],
        help="deliver some events twice, or have RunTask throttle some; may be repeated",
    )


def add_chain(parser: argparse.ArgumentParser) -> None:
    """Add the option that keeps events from starting tasks."""
    section(parser, HOW_TASKS_RUN).add_argument(
        "--no-chain",
        dest="chain",
        action="store_false",
        help="start no task because of an event; notifications are sent all the same",
    )


def section(parser: argparse.ArgumentParser, title: str) -> "argparse._ArgumentGroup":
    """Return the part of a command's help that has a title, which begins with its first option."""
    known = (group for group in parser._action_groups if group.title == title)
    return next(known, None) or parser.add_argument_group(title)


def emulator_of(arguments: argparse.Namespace) -> Emulator:
    """Return the emulator that parsed options mean, on the engine and clock `main` was given."""
    clock = arguments.clock or system_clock
    return Emulator(settings_of(arguments), clock=clock, engine=arguments.engine)


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Return the settings that parsed options mean; absent ones have their defaults."""
    pull = getattr(arguments, "pull", None)
    script = getattr(arguments, "engine_script", None)
    environ = dict(os.environ)
    return Settings(
        directory=_working_directory(),
        state_dir=_state_directory(getattr(arguments, "state_dir", None), environ),
        files=tuple(Path(name) for name in getattr(arguments, "files", ())),
        lenient=getattr(arguments, "lenient", False),
        strict=getattr(arguments, "strict", False),
        pull=None if pull is None else PullPolicy(pull),
        prewarm=getattr(arguments, "prewarm", None),
        missed=MissedPolicy(getattr(arguments, "missed", "skip")),
        chain=getattr(arguments, "chain", True),
        send=getattr(arguments, "send", True),
        chaos=_chaos(getattr(arguments, "chaos", ())),
        engine=getattr(arguments, "engine_name", None)
        or environ.get("ECS_LOCAL_ENGINE")
        or "docker",
        fake_time=getattr(arguments, "fake_time", False),
        engine_script=None if script is None else Path(script),
        environ=environ,
        parameters=option_values.pairs(getattr(arguments, "parameters", []), "--param"),
        variables=option_values.pairs(getattr(arguments, "variables", []), "--var"),
        variable_files=tuple(Path(name) for name in getattr(arguments, "variable_files", ())),
        environment=getattr(arguments, "env_name", None),
    )


def _working_directory() -> Path:
    """Return the working directory. Raises `UsageError` where it is gone, or not to be read."""
    try:
        return Path.cwd()
    except OSError as error:
        message = f"the working directory: {error.strerror}"
        raise UsageError(
            message, hint="it may have been removed: go to one that is there"
        ) from error


def _state_directory(named: str | None, environ: Mapping[str, str]) -> Path:
    """Return the state directory. Raises `UsageError` for one that cannot be looked at."""
    path = Path(named or environ.get("ECS_LOCAL_STATE_DIR") or STATE_DIRECTORY).absolute()
    try:
        is_file = path.exists() and not path.is_dir()
    except OSError as error:
        message = f"the state directory {path.name[:40]!r} cannot be used: {error.strerror}"
        raise UsageError(message, hint="choose another --state-dir") from error
    if is_file:
        message = f"the state directory {path.name[:40]!r} is a file"
        raise UsageError(message, hint="move it away, or choose another --state-dir")
    return one_name(path)


def _chaos(words: Sequence[str]) -> "frozenset[Disturbance]":
    if not words:
        return frozenset()
    from emulator.eventbridge.chaos import Disturbance

    return frozenset(map(Disturbance, words))
