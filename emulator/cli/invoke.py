"""`ecs-local invoke`: fire rules now, wait, and exit as the task did."""

import argparse
from collections.abc import Sequence

from emulator.cli import complaints, options
from emulator.cli.running import run_and_exit
from emulator.errors import UsageError
from emulator.model.rules import Rule


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "example:\n  ecs-local invoke example-batch\n\n"
        "The exit code of a single task is its essential container's, and 125 when it never\n"
        "started; of several tasks it is 1 when any failed. A disabled rule can be invoked.\n"
        "What an event of these tasks starts by an event pattern runs and is waited for, too.\n"
        "The tasks have the overrides of the rule, as at its time; to run them with others, give\n"
        "those to run-task."
    )
    parser.add_argument("rules", metavar="RULE", nargs="*", help="rules to fire")
    parser.add_argument("--all", action="store_true", help="fire all enabled rules")
    options.add_report(parser)
    options.add_format(parser)
    options.add_definitions(parser)
    options.add_state(parser)
    options.add_running(parser)
    options.add_chain(parser)
    options.add_chaos(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Fire rules and wait for their tasks."""
    from emulator.app.errands import invoke

    emulator = options.emulator_of(arguments)
    if bool(arguments.rules) == arguments.all:
        from emulator.definitions.nodes import some_of

        message = "name the rules to fire, or --all"
        known = some_of([rule.name for rule in emulator.definitions.rules])
        raise UsageError(message, hint=f"rules here: {known}")
    rules = emulator.rules(arguments.rules)
    if arguments.all:
        rules = _enabled(rules)
    complaints.report_warnings(emulator.definitions.problems)
    return run_and_exit(emulator, arguments, lambda bus: invoke(emulator, rules, bus))


def _enabled(rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules that are enabled. Raises `UsageError` where that is none."""
    enabled = [rule for rule in rules if rule.enabled]
    if enabled:
        return enabled
    message = f"no rule {'is enabled' if rules else 'has a schedule'}, so --all fires nothing"
    hint = "`ecs-local invoke RULE` fires a disabled rule, too" if rules else None
    raise UsageError(message, hint=hint or "`ecs-local rules` tells which rules there are")
