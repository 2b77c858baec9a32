"""`ecs-local run-task`: RunTask without a rule."""

import argparse
import json
import shlex

from emulator.app.emulator import Emulator
from emulator.cli import complaints, option_values, options
from emulator.cli.running import run_and_exit
from emulator.definitions.task_override import parse_task_override
from emulator.errors import DefinitionError, UsageError
from emulator.model.container_override import ContainerOverride
from emulator.model.names import split_task_definition
from emulator.model.rules import TaskOverride
from emulator.model.task_definition import TaskDefinition


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        "  ecs-local run-task example-batch --command 'date -u' --env TZ=Asia/Tokyo\n"
        "  ecs-local run-task example-batch --overrides '{\"containerOverrides\": [...]}'\n"
        "  ecs-local run-task example-batch --overrides @overrides.json\n\n"
        "The exit code of a single task is its essential container's, and 125 when it never\n"
        "started."
    )
    parser.add_argument("family", metavar="FAMILY", help="family, family:revision or ARN")
    parser.add_argument("--command", help="command of the (only) essential container")
    parser.add_argument(
        "--env",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="environment of the (only) essential container; may be repeated",
    )
    parser.add_argument(
        "--container", metavar="NAME", help="the container that --command and --env are for"
    )
    parser.add_argument(
        "--overrides", metavar="JSON|@FILE|-", help="a TaskOverride as RunTask takes it; - is stdin"
    )
    parser.add_argument(
        "--count",
        type=option_values.positive,
        default=1,
        metavar="N",
        help="how many tasks (1 to 10)",
    )
    options.add_report(parser)
    options.add_format(parser)
    options.add_definitions(parser)
    options.add_state(parser)
    options.add_running(parser)
    options.add_chain(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Run tasks and wait for them."""
    from emulator.app.errands import run_task
    from emulator.ecs.run_task import MAXIMUM_COUNT

    emulator = options.emulator_of(arguments)
    if arguments.count > MAXIMUM_COUNT:
        message = f"--count {arguments.count}: RunTask starts at most {MAXIMUM_COUNT} tasks"
        raise UsageError(message)
    overrides = _overrides(arguments, emulator)
    complaints.report_warnings(emulator.definitions.problems)
    return run_and_exit(
        emulator,
        arguments,
        lambda bus: run_task(emulator, arguments.family, overrides, arguments.count, bus),
    )


def _overrides(arguments: argparse.Namespace, emulator: Emulator) -> TaskOverride:
    if arguments.overrides is not None:
        if arguments.command is not None or arguments.env or arguments.container is not None:
            message = "--overrides says it all: leave --command, --env and --container out"
            raise UsageError(message)
        return _parse(arguments.overrides)
    if arguments.command is None and not arguments.env:
        if arguments.container is not None:
            message = "--container says whom --command and --env are for: neither is given"
            raise UsageError(message, hint="all containers of a task definition run in any case")
        return TaskOverride()
    name = arguments.container or _only_essential(arguments.family, emulator)
    override = ContainerOverride(
        name=name,
        command=None if arguments.command is None else _words(arguments.command),
        environment=option_values.pairs(arguments.env, "--env"),
    )
    return TaskOverride(container_overrides=(override,))


def _parse(words: str) -> TaskOverride:
    text, place = option_values.json_argument(words, "--overrides")
    try:
        return parse_task_override(text, place)
    except DefinitionError as error:
        message = "\n".join(map(str, error.problems))
        raise UsageError(message) from error


def _words(command: str) -> tuple[str, ...]:
    """Return a command as the shell would split it, or as the JSON list it is."""
    try:
        if command.startswith("["):
            words = json.loads(command)
            if isinstance(words, list) and all(isinstance(word, str) for word in words):
                return tuple(words)
        return tuple(shlex.split(command))
    except ValueError as error:
        message = f"--command {command!r}: {error}"
        raise UsageError(message) from error


def _only_essential(family: str, emulator: Emulator) -> str:
    definition = emulator.definitions.task_definitions.get(split_task_definition(family)[0])
    names = _essential_names(definition)
    if len(names) > 1:
        message = f"{family} has several essential containers: {', '.join(names)}"
        raise UsageError(message, hint="say which one with --container")
    return names[0] if names else family


def _essential_names(definition: TaskDefinition | None) -> list[str]:
    if definition is None:
        return []
    return [c.name for c in definition.container_definitions if c.essential]
