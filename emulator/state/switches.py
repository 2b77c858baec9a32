"""Rules that a person enabled or disabled on a state directory, whatever the files say."""

from datetime import datetime

from emulator.model.rules import RuleState
from emulator.state.history_file import HistoryFile
from emulator.state.records import instant_text


def rule_switches(history: HistoryFile) -> dict[str, RuleState]:
    """Return the switched rules with their state. Raises `StateDirectoryError`."""
    rows = history.query("SELECT rule, state FROM rule_switches")
    return {row["rule"]: RuleState(row["state"]) for row in rows}


def switch_rule(history: HistoryFile, rule: str, state: RuleState, at: datetime) -> None:
    """Note a rule's state, for this and every later process. Raises `StateDirectoryError`."""
    with history.writing() as database:
        database.execute(
            "INSERT OR REPLACE INTO rule_switches VALUES (?, ?, ?)",
            (rule, state.value, instant_text(at)),
        )


def forget_switch(history: HistoryFile, rule: str) -> None:
    """Let a rule be as the files say. Raises `StateDirectoryError`."""
    with history.writing() as database:
        database.execute("DELETE FROM rule_switches WHERE rule = ?", (rule,))
