"""Rules that match events."""

from dataclasses import field

from emulator.errors import SourceRef
from emulator.model.notification_targets import NotificationTarget
from emulator.model.rules import Dialect, Rule, RuleState, Target
from emulator.values import frozen

EventTarget = Target | NotificationTarget


@frozen
class EventRule:
    """An EventBridge rule with an event pattern, JSON text in one canonical form.

    `event_bus` is the name of its bus. A rule that has a schedule too is a `Rule` of the same
    name besides.
    """

    name: str
    event_pattern: str
    targets: tuple[EventTarget, ...]
    description: str = ""
    state: RuleState = RuleState.ENABLED
    event_bus: str = "default"
    source: SourceRef | None = field(default=None, compare=False)

    @classmethod
    def of(
        cls, rule: Rule, event_pattern: str, targets: tuple[EventTarget, ...], event_bus: str
    ) -> "EventRule":
        """Return what a rule that was read is by its event pattern."""
        return cls(
            name=rule.name,
            description=rule.description,
            event_pattern=event_pattern,
            event_bus=event_bus,
            state=rule.state,
            targets=targets,
            source=rule.source,
        )

    @property
    def dialect(self) -> Dialect:
        """Which service it belongs to: EventBridge itself, not its Scheduler."""
        return "rule"

    @property
    def enabled(self) -> bool:
        """Whether it matches at all."""
        return self.state is RuleState.ENABLED

    @property
    def task_targets(self) -> tuple[Target, ...]:
        """The targets that run tasks."""
        return tuple(target for target in self.targets if isinstance(target, Target))

    @property
    def notification_targets(self) -> tuple[NotificationTarget, ...]:
        """The targets that are told."""
        return tuple(t for t in self.targets if isinstance(t, NotificationTarget))
