"""What a reading of Terraform tells: guesses, what is left out, and expressions that fail."""

from emulator.definitions.nodes import Problems
from emulator.definitions.terraform.values import Budget, EvaluationError, Unknown
from emulator.errors import SourceRef


class Telling:
    """Tells everything once, and holds the budget of the reading."""

    def __init__(self, problems: Problems, account: str) -> None:
        self.problems = problems
        self.account = account
        self.budget = Budget()
        self.told: set[str] = set()

    @property
    def region(self) -> str:
        """The region of what is deployed."""
        raise NotImplementedError

    def revision(self, _address: str) -> int:
        """Return the revision that a task definition would be of its family."""
        return 1

    @property
    def partition(self) -> str:
        """The partition that the region belongs to."""
        for beginning, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
            if self.region.startswith(beginning):
                return partition
        return "aws"

    def guessed(self, message: str, source: SourceRef) -> None:
        """Note a decision that depends on what only AWS knows."""
        self.warn(message, source)

    def left_out(self, what: str, gap: Unknown, source: SourceRef) -> None:
        """Note what cannot be had for want of a value."""
        if gap.missing:
            names = ", ".join(gap.missing)
            plural = "variables" if len(gap.missing) > 1 else "variable"
            message = f"{what} is left out: it needs the {plural} {names}, not given"
            self.warn(message, source, hint_at_variable(gap.missing[0]), "left-out")
        else:
            message = f"{what} is left out: {gap.text} is known on AWS only"
            self.warn(message, source, "write it in an ecs-local.yaml beside it", "left-out")

    def failed(self, what: str, error: EvaluationError, source: SourceRef) -> None:
        """Note an expression that Terraform would refuse."""
        place = error.source or source
        message = f"{what}: {error.message}"
        if self._first_time(f"{place} {error.message}"):
            self.problems.error(message, place, hint=error.hint)

    def warn(
        self,
        message: str,
        source: SourceRef | None,
        hint: str | None = None,
        rule: str = "doubtful",
    ) -> None:
        """Warn, once."""
        if self._first_time(f"{source} {message}"):
            self.problems.warning(message, source, hint=hint, rule=rule)

    def _first_time(self, key: str) -> bool:
        known = key in self.told
        self.told.add(key)
        return not known


def hint_at_variable(name: str) -> str:
    """Return how to give a variable its value."""
    return f"give it with --var {name}=…, --var-file FILE, or in terraform.tfvars"
