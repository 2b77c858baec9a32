"""Task definitions that run, but not as their author thinks."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Final

from emulator.errors import Severity
from emulator.lint.checks import Check, Facts, Finding
from emulator.lint.schedules import smallest_gap
from emulator.model.task_definition import ContainerDefinition

_SHELLS: Final = ("sh", "bash", "ash", "dash")


def _stop_timeout(facts: Facts) -> Iterator[Finding]:
    enabled = {rule.name: rule for rule in facts.enabled()}
    for rule, _, definition in facts.targets():
        scheduled = enabled.get(rule.name)
        patient = [c for c in definition.container_definitions if c.stop_timeout is not None]
        # What takes long is only asked for where somebody has a timeout at all.
        gap = smallest_gap(scheduled, facts) if scheduled is not None and patient else None
        for container in patient:
            seconds = container.stop_timeout
            if gap is not None and seconds is not None and timedelta(seconds=seconds) >= gap:
                yield Finding(
                    f"stopTimeout of {container.name} is {seconds} s, and rule {rule.name} fires "
                    f"every {round(gap.total_seconds())} s: a task that is stopped lives into "
                    "the next",
                    facts.of_container(definition, container, "stopTimeout"),
                    "shorten the stop timeout",
                )


def _shell(facts: Facts) -> Iterator[Finding]:
    for definition, container in facts.containers():
        if _is_deaf_shell(container):
            key = "entryPoint" if container.entry_point else "command"
            yield Finding(
                f"container {container.name} runs a shell as its first process, which does not "
                "hand SIGTERM on: StopTask waits out the stop timeout and kills",
                facts.of_container(definition, container, key),
                "begin the last command with exec, or set trap, or initProcessEnabled",
            )


def _is_deaf_shell(container: ContainerDefinition) -> bool:
    words = (*(container.entry_point or ()), *(container.command or ()))
    if len(words) < 3 or words[0].rpartition("/")[2] not in _SHELLS or words[1] != "-c":
        return False
    script = words[2]
    compound = any(mark in script for mark in (";", "&&", "||", "\n", "|", "&"))
    return compound and "exec " not in script and "trap " not in script


def _unused(facts: Facts) -> Iterator[Finding]:
    used = {definition.family for _, _, definition in facts.targets()}
    for family, definition in facts.definitions.task_definitions.items():
        if used and family not in used:
            yield Finding(
                f"no rule runs the task definition {family}",
                facts.of_task(definition),
            )


def _same_variable(facts: Facts) -> Iterator[Finding]:
    """Find environment that differs from its neighbour's by case alone."""
    for definition, container in facts.containers():
        names = sorted(container.environment, key=str.upper)
        for one, other in pairwise(names):
            if one.upper() == other.upper():
                yield Finding(
                    f"container {container.name} has the variables {one} and {other}: which of "
                    "them a program reads depends on the program",
                    facts.of_container(definition, container, "environment", other),
                    "keep one",
                )


CHECKS: Final = (
    Check(
        "task-stop-timeout",
        Severity.WARNING,
        "The stop timeout of a container is as long as the interval between two firings.",
        _stop_timeout,
    ),
    Check(
        "task-shell-deaf",
        Severity.NOTE,
        "A shell is the first process of a container and does not hand SIGTERM on.",
        _shell,
    ),
    Check("task-unused", Severity.NOTE, "No rule runs a task definition.", _unused),
    Check(
        "task-variable-case",
        Severity.NOTE,
        "Two environment variables of a container differ by case alone.",
        _same_variable,
    ),
)
