"""Where a template is deployed, which is what its pseudo parameters say."""

from emulator.model.arns import arn_of, partition_of, url_suffix
from emulator.values import frozen


@frozen
class Stack:
    """A stack: its name, and where it is."""

    name: str
    region: str
    account: str

    @property
    def place(self) -> tuple[str, str]:
        """The account and region, in which the names of exports are unique."""
        return self.account, self.region

    @property
    def pseudo_parameters(self) -> dict[str, str]:
        """The pseudo parameters by name, AWS::NoValue excepted."""
        return {
            "AWS::AccountId": self.account,
            "AWS::NotificationARNs": "",
            "AWS::Partition": partition_of(self.region),
            "AWS::Region": self.region,
            "AWS::StackId": arn_of(
                "cloudformation", self.region, self.account, f"stack/{self.name}/local"
            ),
            "AWS::StackName": self.name,
            "AWS::URLSuffix": url_suffix(self.region),
        }

    def nested(self, logical_id: str) -> "Stack":
        """Return a stack that is nested in this one; AWS would add random letters to its name."""
        return Stack(name=f"{self.name}-{logical_id}", region=self.region, account=self.account)
