"""How an event gets to a target, and what text it becomes (AWS: RetryPolicy, InputTransformer)."""

from collections.abc import Mapping
from dataclasses import field

from emulator.values import frozen


@frozen
class RetryPolicy:
    """How often and how long an event that could not be delivered is tried again.

    AWS's own defaults are 185 attempts and 86400 seconds. A task that starts and then fails was
    delivered: this has nothing to do with it.
    """

    maximum_retry_attempts: int = 185
    maximum_event_age_in_seconds: int = 86400


@frozen
class InputTransformer:
    """How `Input` is made of an event: JSON paths by name, and a template with `<name>` in it."""

    input_template: str
    input_paths_map: Mapping[str, str] = field(default_factory=dict)
