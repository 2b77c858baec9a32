"""IAM as far as it decides whether a rule may run its task: roles and what they allow.

AWS: "IAM JSON policy elements" in the IAM User Guide.
"""

from collections.abc import Mapping
from dataclasses import field

from emulator.errors import SourceRef
from emulator.values import frozen


@frozen
class Statement:
    """One statement of a policy.

    Actions and resources are patterns with `*` and `?`, as written. `conditions` maps an
    operator to condition keys and their values, e.g. StringLike to
    {"iam:PassedToService": ("ecs-tasks.amazonaws.com",)}.
    """

    allow: bool = True
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    source: SourceRef | None = field(default=None, compare=False)


@frozen
class Role:
    """A role that the definition files declare.

    `trusted` are the principals that may assume it: services (`events.amazonaws.com`), accounts
    or ARNs. `managed_policies` are ARNs of attached policies whose text the files do not hold.
    `complete` is False where a part of the role could not be read, so that what is missing in
    `statements` proves nothing.
    """

    name: str
    trusted: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    managed_policies: tuple[str, ...] = ()
    complete: bool = True
    source: SourceRef | None = field(default=None, compare=False)
