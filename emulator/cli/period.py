"""The rules and the period that `simulate` is asked for."""

import argparse

from emulator.app.emulator import Emulator
from emulator.cli import screen
from emulator.schedules import Schedule


def period_schedules(emulator: Emulator, arguments: argparse.Namespace) -> dict[str, Schedule]:
    """Return the schedules of the chosen rules, rates counted from `--from` where they are new."""
    rules = emulator.rules(arguments.rules)
    disabled = [rule.name for rule in rules if not rule.enabled]
    if disabled and arguments.rules:
        screen.warn(f"disabled, and not simulated: {', '.join(disabled)}")
    return emulator.schedules((rule for rule in rules if rule.enabled), created=arguments.start)
