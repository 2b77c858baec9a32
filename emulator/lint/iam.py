"""Whether a role may do what a rule needs of it, as far as its policies tell (pure).

AWS: "Policy evaluation logic" in the IAM User Guide. Whatever is not known here - a condition, a
value that only AWS knows - counts in favour of the role: a check must not cry wolf.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from emulator.model.roles import Role, Statement

_TASKS_SERVICE: Final = "ecs-tasks.amazonaws.com"
_LOGS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
_EVENTS_ROLE: Final = (
    Statement(actions=("ecs:RunTask",), resources=("*",)),
    Statement(
        actions=("iam:PassRole",),
        resources=("*",),
        conditions={"StringLike": {"iam:PassedToService": (_TASKS_SERVICE,)}},
    ),
)
_EXECUTION_ROLE: Final = (Statement(actions=("ecr:*", *_LOGS), resources=("*",)),)
_ADMINISTRATOR: Final = (Statement(actions=("*",), resources=("*",)),)

MANAGED_POLICIES: Final[Mapping[str, tuple[Statement, ...]]] = {
    "AmazonEC2ContainerServiceEventsRole": _EVENTS_ROLE,
    "AmazonECSTaskExecutionRolePolicy": _EXECUTION_ROLE,
    "AdministratorAccess": _ADMINISTRATOR,
}
"""AWS's own policies that matter here, by the last part of their ARN."""

_PLACEHOLDER: Final = re.compile(r"\$\{[^{}]*\}")


def judgeable(role: Role) -> bool:
    """Return whether everything the role may do is known."""
    return role.complete and all(_name(arn) in MANAGED_POLICIES for arn in role.managed_policies)


def trusts(role: Role, service: str) -> bool:
    """Return whether a service may assume the role."""
    return any(trusted in ("*", service) or "${" in trusted for trusted in role.trusted)


def allows(
    role: Role, action: str, resource: str, context: Mapping[str, str] | None = None
) -> bool:
    """Return whether the role may do an action on a resource.

    `resource` is what stands behind the account in an ARN, e.g. `task-definition/batch:3`;
    `context` the condition keys whose values are known.
    """
    known = context or {}
    applying = [s for s in _statements(role) if _applies(s, action, resource, known)]
    denied = any(not s.allow and not s.conditions for s in applying)
    return not denied and any(s.allow for s in applying)


def _statements(role: Role) -> Iterator[Statement]:
    yield from role.statements
    for arn in role.managed_policies:
        yield from MANAGED_POLICIES.get(_name(arn), ())


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


def _applies(statement: Statement, action: str, resource: str, context: Mapping[str, str]) -> bool:
    if statement.not_actions:
        acts = not any(_fits(p, action, fold=True) for p in statement.not_actions)
    else:
        acts = any(_fits(p, action, fold=True) for p in statement.actions)
    if statement.not_resources:
        meant = not any(_fits(_tail(p), resource) for p in statement.not_resources)
    else:
        meant = any(_fits(_tail(p), resource) for p in statement.resources)
    return acts and meant and _conditions_hold(statement, context)


def _conditions_hold(statement: Statement, context: Mapping[str, str]) -> bool:
    """Return whether no condition on a known key fails; negated operators are not judged."""
    for operator, keys in statement.conditions.items():
        if "Not" in operator or not operator.startswith(("String", "Arn")):
            continue
        for key, values in keys.items():
            value = context.get(key)
            if value is not None and not any(_fits(pattern, value) for pattern in values):
                return False
    return True


def _tail(arn: str) -> str:
    """Return what stands behind the account: region and account are not the real ones here."""
    parts = arn.split(":", 5)
    return parts[5] if len(parts) == 6 and parts[0] == "arn" else arn


def _fits(pattern: str, text: str, *, fold: bool = False) -> bool:
    """Return whether `*` and `?` make a text of a pattern; a placeholder may stand for anything.

    Takes time in proportion to both lengths: a pattern is hostile input, and a regular expression
    of many stars would take for ever.
    """
    pattern = _PLACEHOLDER.sub("*", pattern)
    if fold:
        pattern, text = pattern.lower(), text.lower()
    at = here = 0
    star, resumed = -1, 0
    while here < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resumed = at, here
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[here]):
            at += 1
            here += 1
        elif star >= 0:
            resumed += 1
            at, here = star + 1, resumed
        else:
            return False
    return pattern[at:].strip("*") == ""
