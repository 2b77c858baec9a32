"""What a file says for all of its rules, where one of them does not say otherwise."""

from typing import Final, NamedTuple

from emulator.definitions.nodes import Fields
from emulator.model.arns import arn_of


class RuleContext(NamedTuple):
    """What a file says for all of its rules: where they run, and as whom.

    `cluster` is a name or ARN, `role` too; names become ARNs of `region` and `account`.
    """

    region: str = "us-east-1"
    account: str = "000000000000"
    cluster: str | None = None
    role: str | None = None

    def role_arn(self, role: str | None) -> str | None:
        """Return the ARN of a role given by name or ARN."""
        if role is None or role.startswith(("arn:", "${")):
            # What only AWS knows may be either: `config` writes its placeholder.
            return role
        return arn_of("iam", self.region, self.account, f"role/{role}")

    def queue_arn(self, queue: str) -> str:
        """Return the ARN of a queue given by name or ARN."""
        if queue.startswith("arn:"):
            return queue
        return arn_of("sqs", self.region, self.account, queue)

    def refined_by(self, fields: Fields) -> "RuleContext":
        """Return what holds for one rule or target, which may say otherwise."""
        return self._replace(
            region=fields.text("region") or self.region,
            cluster=fields.text("cluster") or self.cluster,
            role=fields.text("role") or self.role,
        )


NO_CONTEXT: Final = RuleContext()
