"""Which tasks the options of `ecs-local tasks` ask for, and which options each of its views has."""

import argparse
from typing import Final

from emulator.errors import UsageError
from emulator.state.task_filter import TaskFilter

_OPTIONS: Final = (
    *("rule", "family", "status", "failed", "since", "until", "n", "quiet"),
    *("keep_days", "keep_tasks"),
)
_FILTERS: Final = frozenset({"rule", "family", "status", "failed", "since", "until"})
_VIEWS: Final = {
    "stats": frozenset({"rule", "since"}),
    "expected": frozenset({"rule", "since", "until", "n"}),
    "export": _FILTERS,
    "prune": frozenset({"keep_days", "keep_tasks"}),
}
"""What is asked of the history besides a list, with the options each goes by."""


def filter_of(arguments: argparse.Namespace) -> TaskFilter:
    """Return which tasks the options ask for."""
    return TaskFilter(
        rule=arguments.rule,
        family=arguments.family,
        status=arguments.status,
        since=arguments.since,
        until=arguments.until,
        failed=arguments.failed,
    )


def refuse_what_does_not_go_together(arguments: argparse.Namespace) -> None:
    """Refuse options that the view asked for would ignore: --prune goes by no rule.

    Raises `UsageError`.
    """
    view = next((name for name in _VIEWS if getattr(arguments, name)), None)
    taken = _FILTERS | {"n", "quiet"} if view is None else _VIEWS[view]
    given = [name for name in _OPTIONS if getattr(arguments, name) and name not in taken]
    if given:
        what = "a list of tasks" if view is None else _flag(view)
        flags = ", ".join(map(_flag, given))
        message = f"{flags} {'does' if len(given) == 1 else 'do'} not go with {what}"
        fitting = ", ".join(_flag(name) for name in _OPTIONS if name in taken)
        raise UsageError(message, hint=f"these do: {fitting}")
    if arguments.quiet and arguments.format == "json":
        message = "--quiet and --format json contradict each other"
        raise UsageError(message)


def _flag(name: str) -> str:
    return f"-{name}" if len(name) == 1 else f"--{name.replace('_', '-')}"
