"""`ecs-local enable`: let rules fire on this state directory, also in a run that goes on."""

import argparse

from emulator.cli import options, rule_switch
from emulator.model.rules import RuleState


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "example:\n  ecs-local enable example-batch\n\n"
        "Holds on this state directory until it is changed again, and for a scheduler that is\n"
        "running there. The definition files stay as they are."
    )
    rule_switch.configure(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Enable rules."""
    return rule_switch.switch(options.emulator_of(arguments), arguments.rules, RuleState.ENABLED)
