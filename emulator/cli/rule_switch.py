"""What `enable` and `disable` share."""

import argparse
from collections.abc import Sequence

from emulator.app.emulator import Emulator
from emulator.cli import options, screen
from emulator.model.rules import RuleState


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what both commands take."""
    options.add_definitions(parser)
    options.add_state(parser)
    parser.add_argument("rules", metavar="RULE", nargs="+", help="rules of the definitions")


def switch(emulator: Emulator, names: Sequence[str], state: RuleState) -> int:
    """Switch rules and say what came of it."""
    from emulator.app.switching import declared_states
    from emulator.app.switching import switch as switched

    declared = declared_states(emulator)
    for rule in switched(emulator, names, state):
        if rule.state is state:
            screen.say(f"{rule.name} was {state} already")
        elif declared[rule.name] is state:
            screen.say(f"{rule.name} is {state}, as the files say")
        else:
            screen.say(f"{rule.name} is {state} here; the files say {declared[rule.name]}")
    scheduler = emulator.state.scheduler()
    if scheduler is not None:
        screen.note(f"the scheduler at work obeys at once: {scheduler}")
    return 0
