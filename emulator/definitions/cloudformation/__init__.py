"""CloudFormation templates, YAML and JSON: resolved without AWS, as far as that can be."""

from emulator.definitions.cloudformation.reader import (
    STACK_NAME,
    is_template,
    read_stack,
    read_template,
)

__all__ = ["STACK_NAME", "is_template", "read_stack", "read_template"]
