"""When rules were created here: what a rate counts from, in every later run too."""

from collections.abc import Mapping
from datetime import datetime

from emulator.state.history_file import HistoryFile
from emulator.state.records import instant_text


def rule_anchors(
    history: HistoryFile, expressions: Mapping[str, str], now: datetime
) -> dict[str, datetime]:
    """Return the creation of each rule, noting `now` for those not seen before.

    A rule is created when this state directory first sees it; with another expression it is
    created anew, as PutRule would. Creation is to the second, and so are a rate's firings.
    """
    now = now.replace(microsecond=0)
    # One that lies ahead was noted by a clock that has been set back since.
    known = known_anchors(history, expressions)
    anchors = {rule: anchor for rule, anchor in known.items() if anchor <= now}
    new = dict.fromkeys((rule for rule in expressions if rule not in anchors), now)
    keep_anchors(history, expressions, new)
    return {**anchors, **new}


def keep_anchors(
    history: HistoryFile, expressions: Mapping[str, str], anchors: Mapping[str, datetime]
) -> None:
    """Note the creation of rules that have these expressions."""
    if not anchors:
        return
    with history.writing() as database:
        database.executemany(
            "INSERT OR REPLACE INTO rule_anchors VALUES (?, ?, ?)",
            [(rule, expressions[rule], instant_text(at)) for rule, at in anchors.items()],
        )


def known_anchors(history: HistoryFile, expressions: Mapping[str, str]) -> dict[str, datetime]:
    """Return the creation of those rules that were seen before with this expression."""
    rows = history.query("SELECT rule, expression, anchor FROM rule_anchors")
    return {
        row["rule"]: datetime.fromisoformat(row["anchor"])
        for row in rows
        if expressions.get(row["rule"]) == row["expression"]
    }
