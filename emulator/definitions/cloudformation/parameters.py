"""The parameters of a template: what `--param` gives, else their defaults, else a placeholder.

AWS: "Parameters" in the CloudFormation user guide.
"""

from collections.abc import Mapping
from typing import Final

from emulator.definitions.cloudformation.constraints import Constraints
from emulator.definitions.cloudformation.functions import as_text
from emulator.definitions.nodes import Fields, Node, Problems, child, did_you_mean
from emulator.errors import SourceRef

SSM_VALUE: Final = "AWS::SSM::Parameter::Value<"
"""Types whose value is that of an SSM parameter; what is given is its name."""


def parameter_values(
    declared: Mapping[str, Node], given: Mapping[str, Node], problems: Problems
) -> dict[str, Node]:
    """Return the value of each parameter: text, or a list of text for the list types.

    What is given is text, too, as AWS takes it: the items of a list with commas between them.
    """
    return {
        name: _value(name, Fields(node, f"the parameter {name}", problems), given, problems)
        for name, node in declared.items()
    }


def given_to_nested(parameters: Node | None) -> dict[str, Node]:
    """Return what a nested stack is given as text; lists have commas between their items."""
    if parameters is None or not isinstance(parameters.value, dict):
        return {}
    return {name: _joined(node) for name, node in parameters.value.items()}


def check_nested(
    stack: str,
    given: Mapping[str, Node],
    declared: Mapping[str, Node],
    source: SourceRef,
    problems: Problems,
) -> None:
    """Note parameters that a nested stack has not got, and those that it is not given."""
    for name in sorted(given.keys() - declared.keys()):
        message = f"Parameters: [{name}] do not exist in the template of {stack}"
        hint = did_you_mean(name, tuple(declared))
        problems.rejected(message, given[name].source, hint=hint)
    for name, node in declared.items():
        if name not in given and not (isinstance(node.value, dict) and "Default" in node.value):
            message = f"Parameters: [{name}] must have values in the nested stack {stack}"
            problems.rejected(message, source)


def hint_at_value(name: str, declared: Node) -> str:
    """Return how to give a parameter its value, and which those are that it may have."""
    allowed = child(declared, "AllowedValues")
    items = allowed.value if allowed is not None and isinstance(allowed.value, list) else []
    words = [as_text(item) for item in items if not isinstance(item.value, dict | list)]
    return f"give --param {name}=VALUE" + (f", one of {', '.join(words)}" if words else "")


def unknown(name: str, like: Node) -> Node:
    """Return a placeholder for a value that only AWS knows, at the place of another."""
    return Node(f"${{{name}}}", like.source, guess=name)


def _joined(node: Node) -> Node:
    if not isinstance(node.value, list):
        return node
    items = [item for item in node.value if not isinstance(item.value, dict | list | None)]
    guesses = [item.guess for item in items if item.guess is not None]
    return Node(",".join(map(as_text, items)), node.source, ", ".join(guesses) or None)


def _value(name: str, fields: Fields, given: Mapping[str, Node], problems: Problems) -> Node:
    kind = fields.text("Type") or "String"
    default = fields.take("Default")
    written = default is not None and not isinstance(default.value, dict | list | None)
    if name in given and given[name].guess is not None:
        return _of_kind(Node(given[name].value, fields.source, given[name].guess), kind)
    if name in given:
        text = as_text(given[name])
    elif written and default is not None:
        text = as_text(default)
    else:
        return _unknown(name, kind, fields)
    if kind.startswith(SSM_VALUE):
        return _unknown(f"ssm:{text}", kind, fields)
    constraints = Constraints(name, kind, fields, problems)
    if _is_list(kind):
        items = [part.strip() for part in text.split(",")] if text else []
        constraints.check(items)
        return Node([Node(item, fields.source) for item in items], fields.source)
    constraints.check([text])
    return Node(text, fields.source)


def _unknown(name: str, kind: str, fields: Fields) -> Node:
    """Return a placeholder of the type that a parameter has."""
    return _of_kind(unknown(name, Node(None, fields.source)), kind.removeprefix(SSM_VALUE))


def _of_kind(guess: Node, kind: str) -> Node:
    """Return a guess as the value of a parameter of a type, as a list where that is one."""
    return Node([guess], guess.source, guess.guess) if _is_list(kind) else guess


def _is_list(kind: str) -> bool:
    return kind.startswith(("CommaDelimitedList", "List<"))
