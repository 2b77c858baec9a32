"""The log router of a task: what `firelensConfiguration` says of its container.

AWS: FirelensConfiguration in the ECS API reference.
"""

from collections.abc import Mapping
from dataclasses import field

from emulator.values import frozen


@frozen
class FirelensConfiguration:
    """`type` is `fluentd` or `fluentbit`; `options` as written, e.g. `config-file-type`."""

    type: str
    options: Mapping[str, str] = field(default_factory=dict)
