"""Log groups: what CreateLogGroup and PutRetentionPolicy take (CloudWatch Logs API)."""

from typing import Final

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.task_checks import log_group_complaints
from emulator.model.rules import LogGroup

RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""What PutRetentionPolicy takes (CloudWatch Logs API)."""

NO_EFFECT: Final = (
    "dataProtectionPolicy",
    "fieldIndexPolicies",
    "kmsKeyId",
    "logGroupClass",
    "resourcePolicyDocument",
    "tags",
)


def read_log_group(name: str | None, node: Node, problems: Problems) -> LogGroup | None:
    """Return a log group; None when nothing names it. `name` where its place does."""
    if name is not None and node.value is None:
        node = Node({}, node.source)
    fields = Fields(node, "the log group", problems)
    written = fields.text("logGroupName", "name")
    days = fields.digits("retentionInDays")
    fields.without_effect(*NO_EFFECT, called="logGroups: {}")
    fields.refuse_rest()
    if name is not None and written not in (None, name):
        message = f"the log group {written!r} stands under {name!r}"
        problems.error(message, fields.place("logGroupName", "name"))
    name = name or written
    if not name:
        problems.error("the log group has no logGroupName", node.source)
        return None
    for complaint in log_group_complaints(name):
        problems.error(f"log group {name!r}: {complaint}", node.source)
    if days is not None and days not in RETENTION_DAYS:
        allowed = ", ".join(map(str, RETENTION_DAYS))
        message = f"retentionInDays {days} is not one of {allowed}"
        problems.rejected(message, fields.place("retentionInDays"))
    return LogGroup(name=name, retention_in_days=days, source=node.source)
