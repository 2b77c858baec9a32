"""`ecs-local rules`: the rules with their next run."""

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from emulator.app.emulator import Emulator
from emulator.cli import complaints, event_rules, options, screen
from emulator.cli.language import language
from emulator.cli.table import fits, has_columns, render
from emulator.clock import iso_instant
from emulator.model.event_rules import EventRule
from emulator.model.rules import Rule, RuleState
from emulator.schedules.words import describe

WORDS = 2
"""The column that is left out, and told below the table, where the screen is too narrow."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = "example:\n  ecs-local rules --format json"
    parser.add_argument("rules", metavar="RULE", nargs="*", help="rules to list (default: all)")
    options.add_format(parser)
    options.add_definitions(parser)
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """List the rules."""
    from emulator.app.switching import declared_states

    emulator = options.emulator_of(arguments)
    rules, matching = emulator.rules_of_both_kinds(arguments.rules)
    due = next_runs(emulator, rules, emulator.now())
    declared = declared_states(emulator)
    if arguments.format == "json":
        documents = [
            *(_document(rule, due[rule.name]) | _otherwise(rule, declared) for rule in rules),
            *(event_rules.document(rule) | _otherwise(rule, declared) for rule in matching),
        ]
        screen.say(json.dumps(documents, ensure_ascii=False, indent=2))
        return 0
    # Where nothing is listed, what was left out is the answer: a note, where other rules are.
    report = complaints.report_warnings if rules or matching else complaints.report_problems
    report(emulator.definitions.problems)
    screen.say(table(rules, due, matching))
    states = {rule.name: rule.state for rule in matching}
    states |= {rule.name: rule.state for rule in rules}
    for name, state in states.items():
        if state is not declared[name]:
            screen.note(f"{name} is {state} here; the files say {declared[name]}")
    return 0


def next_runs(
    emulator: Emulator, rules: Sequence[Rule], now: datetime
) -> dict[str, datetime | None]:
    """Return when each rule fires next; None for one that does not."""
    schedules = emulator.schedules(rules)
    return {
        rule.name: schedules[rule.name].next_after(now) if rule.enabled else None for rule in rules
    }


def table(
    rules: Sequence[Rule],
    due: dict[str, datetime | None],
    matching: Sequence[EventRule] = (),
) -> str:
    """Return the rules as a table for the screen, those that match events the last."""
    if not rules and not matching:
        return "no rules"
    rows: list[tuple[str, ...]] = [
        (
            rule.name,
            rule.schedule_expression + ("" if rule.timezone == "UTC" else f" {rule.timezone}"),
            describe(rule.schedule, language()) if rule.schedule_expression else "",
            "never" if rule.enabled and due[rule.name] is None else screen.utc_time(due[rule.name]),
            _local(due[rule.name]),
            rule.state.value,
            screen.printable(" ".join(rule.description.split())),
        )
        for rule in rules
    ]
    rows += [event_rules.row(rule) for rule in matching]
    headers = ("NAME", "SCHEDULE", "IN WORDS", "NEXT (UTC)", "NEXT (LOCAL)", "STATE", "DESCRIPTION")
    width = screen.terminal_width()
    shorter = [row[:WORDS] + row[WORDS + 1 :] for row in rows]
    short = headers[:WORDS] + headers[WORDS + 1 :]
    better = fits(short, shorter, width) or not has_columns(headers, rows, width)
    if fits(headers, rows, width) or not (better and has_columns(short, shorter, width)):
        return render(headers, rows, width=width)
    words = "\n".join(f"{row[0]}: {row[WORDS]}" for row in rows if row[WORDS])
    return f"{render(short, shorter, width=width)}\n\n{words}"


def _local(instant: datetime | None) -> str:
    return "-" if instant is None else screen.local_time(instant)


def _otherwise(rule: Rule | EventRule, declared: Mapping[str, RuleState]) -> dict[str, object]:
    """Return what the files say of a rule's state where it is another one here."""
    state = declared[rule.name]
    return {} if state is rule.state else {"declaredState": state.value}


def _document(rule: Rule, due: datetime | None) -> dict[str, object]:
    return {
        "name": rule.name,
        "description": rule.description,
        "scheduleExpression": rule.schedule_expression,
        "timezone": rule.timezone,
        "state": rule.state.value,
        "next": None if due is None else iso_instant(due),
        "targets": [
            {"id": t.id, "taskDefinition": t.task_definition, "taskCount": t.task_count}
            for t in rule.targets
        ]
        + [{"id": t.id, "arn": t.arn} for t in rule.notification_targets],
        "source": str(rule.source),
    }
