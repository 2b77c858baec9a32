"""CloudFormation templates, YAML and JSON: resolved without AWS, as far as that can be."""

from emulator.definitions.cloudformation.nested import nested_beside
from emulator.definitions.cloudformation.reader import read_stack, read_template
from emulator.definitions.cloudformation.recognition import is_template
from emulator.definitions.cloudformation.together import STACK_NAME

__all__ = ["STACK_NAME", "is_template", "nested_beside", "read_stack", "read_template"]
