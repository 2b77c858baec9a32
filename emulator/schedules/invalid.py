"""Refusals: AWS's own text, then the place in the expression and the correction."""

import re
from typing import Final

from emulator.errors import ScheduleExpressionError

RULE_MESSAGE: Final = "Parameter ScheduleExpression is not valid."
WIDEST: Final = 72
"""Characters of an expression that are shown at once, so that the caret stays below its place."""

_UNPRINTABLE: Final = r"[^\x20-\x7e]"


def refusal(
    expression: str,
    dialect: str,
    problem: str,
    *,
    position: int | None = None,
    hint: str | None = None,
) -> ScheduleExpressionError:
    """Return the error for an expression that AWS refuses, in the words of its service."""
    message = (
        f"Invalid Schedule Expression {expression}." if dialect == "scheduler" else RULE_MESSAGE
    )
    return ScheduleExpressionError(
        message, expression=expression, problem=problem, position=position, hint=hint
    )


def with_caret(error: ScheduleExpressionError) -> str:
    """Return an error as several lines: AWS's text, the expression, a caret and the reason.

    An expression is a stranger's text: what a terminal would act on is shown as an escape, and
    of a long one only what is around the place.
    """
    lines = [_escaped(error.aws_message)]
    if error.position is None:
        lines.append(f"  {_escaped(error.expression[:WIDEST])}")
    else:
        start = max(0, min(error.position - WIDEST // 2, len(error.expression) - WIDEST))
        before = _escaped(error.expression[start : error.position])
        after = _escaped(error.expression[error.position : start + WIDEST])
        lead, tail = "… " if start else "", " …" if start + WIDEST < len(error.expression) else ""
        lines.append(f"  {lead}{before}{after}{tail}")
        lines.append("  " + " " * len(lead + before) + "^")
    lines.append(f"  {error.problem}")
    if error.hint:
        lines.append(f"  hint: {_escaped(error.hint)}")
    return "\n".join(lines)


def _escaped(text: str) -> str:
    # Readable letters stay as they are; what moves a cursor or has no glyph does not.
    return re.sub(
        _UNPRINTABLE,
        lambda match: match[0] if match[0].isprintable() else ascii(match[0])[1:-1],
        text,
    )
