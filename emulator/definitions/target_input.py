"""What a target hands to its task: `Input` is a TaskOverride as JSON text.

AWS: "Amazon ECS tasks as EventBridge targets". Without `Input` there are no overrides: the event
itself is not given to the task.
"""

from typing import Final

from emulator.definitions.escaped_placeholders import of_scheduler, tell_escaped
from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.targets import read_input_transformer
from emulator.definitions.task_override import read_task_override
from emulator.errors import DefinitionError, SourceRef
from emulator.model.delivery import InputTransformer
from emulator.model.rules import TaskOverride

OVERRIDES_LIMIT: Final = 8192
"""Characters of the `overrides` of RunTask, and of the `Input` of a rule's target."""


def read_input(
    fields: Fields, target: str, problems: Problems
) -> tuple[TaskOverride, InputTransformer | None]:
    """Take Input, InputPath or InputTransformer of a target; AWS allows one of them."""
    written = [name for name in ("Input", "InputPath", "InputTransformer") if name in fields]
    if len(written) > 1:
        message = f"target {target} has {' and '.join(written)}; AWS allows one of them"
        problems.rejected(message, fields.place(written[1]))
    transformer = read_input_transformer(fields, problems)
    path = fields.text("InputPath")
    if path is not None:
        message = f"target {target}: InputPath gives part of the event, which says no overrides"
        problems.warning(message, fields.place("InputPath"))
    text = fields.text("Input")
    if not text:
        return TaskOverride(), transformer
    tell_escaped(text, of_scheduler, fields.place("Input"), problems)
    return parse_input(text, fields.place("Input"), problems), transformer


def parse_input(text: str, place: SourceRef, problems: Problems) -> TaskOverride:
    """Return the overrides that the text of `Input` says; what is wrong is noted at `place`."""
    if len(text) > OVERRIDES_LIMIT:
        message = f"Input is longer than {OVERRIDES_LIMIT} characters"
        problems.rejected(message, place)
    try:
        node = parse_json(text, "Input")
    except DefinitionError as error:
        problem = error.problems[0]
        line = problem.source.line if problem.source else 1
        where = f" in its line {line}" if "\n" in text.strip() else ""
        problems.error(f"Input{where}: {problem.message}", place, hint="it is a TaskOverride")
        return TaskOverride()
    return read_task_override(placed(node, place), problems)


def placed(node: Node, source: SourceRef) -> Node:
    """Return a value whose parts all stand at one place: text within a definition."""
    value = node.value
    if isinstance(value, dict):
        return Node({key: placed(child, source) for key, child in value.items()}, source)
    if isinstance(value, list):
        return Node([placed(child, source) for child in value], source)
    return Node(value, source, written=node.written)
