"""Refusals: AWS's own text, then the place in the expression and the correction."""

from emulator.errors import ScheduleExpressionError

RULE_MESSAGE = "Parameter ScheduleExpression is not valid."


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
    """Return an error as several lines: AWS's text, the expression, a caret and the reason."""
    lines = [error.aws_message, f"  {error.expression}"]
    if error.position is not None:
        lines.append("  " + " " * error.position + "^")
    lines.append(f"  {error.problem}")
    if error.hint:
        lines.append(f"  hint: {error.hint}")
    return "\n".join(lines)
