"""`aws_iam_policy_document`: blocks that become the JSON of a policy."""

from typing import TYPE_CHECKING, Final

from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.expansion import nested
from emulator.definitions.terraform.functions.encoding import json_text
from emulator.definitions.terraform.functions.signature import Site
from emulator.definitions.terraform.plain_values import as_list, as_text
from emulator.definitions.terraform.syntax import Body, Call
from emulator.definitions.terraform.values import Cause, EvaluationError, Unknown, Value
from emulator.errors import SourceRef

if TYPE_CHECKING:
    from emulator.definitions.terraform.resources import Instance

_LISTS: Final = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}


def policy_document(instance: "Instance") -> Value:
    """Return the JSON of a policy document, with what it is made of."""
    source = instance.source
    statements = _merged(instance)
    statements += [Value(_statement(body, s), source) for body, s in instance.blocks("statement")]
    statements += _texts_of(instance, "override_policy_documents")
    content = {
        "Version": instance.configured("version") or Value("2012-10-17", source),
        "Statement": Value(statements, source),
    }
    document = Value(content, source)
    site = Site(Call("jsonencode", (), False, source), instance.scope)
    causes: list[Cause] = []
    text = json_text(document, site, causes)
    known = Unknown(text, tuple(dict.fromkeys(causes))) if causes else text
    return Value(known, source, document=document)


def _merged(instance: "Instance") -> list[Value]:
    """Return the statements of the documents that this one begins with."""
    found = _texts_of(instance, "source_policy_documents")
    for name in ("source_json", "override_json"):
        value = instance.configured(name)
        found += [] if value is None else _statements(value, instance)
    return found


def _texts_of(instance: "Instance", name: str) -> list[Value]:
    listed = instance.configured(name)
    if listed is None or not listed.known:
        return []
    return [s for value in as_list(listed) for s in _statements(value, instance)]


def _statements(value: Value, instance: "Instance") -> list[Value]:
    """Return the statements that the text of a document holds."""
    site = Site(Call("jsondecode", (), False, value.source), instance.scope)
    document = value.document
    if document is None:
        document = instance.root.call(site.call, [value], instance.scope)
    content = document.content
    inner = content.get("Statement") if isinstance(content, dict) else None
    if inner is None:
        return []
    return inner.content if isinstance(inner.content, list) else [inner]


def _statement(body: Body, scope: Scope) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, key in (("sid", "Sid"), ("effect", "Effect")):
        if (expression := body.expression(name)) is not None:
            found[key] = evaluate(expression, scope)
    found.setdefault("Effect", Value("Allow", _place(body)))
    for name, key in _LISTS.items():
        if (expression := body.expression(name)) is not None:
            found[key] = evaluate(expression, scope)
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        principals = _principals(body, name, scope)
        if principals:
            found[key] = Value(principals, _place(body))
    conditions = _conditions(body, scope)
    if conditions:
        found["Condition"] = Value(conditions, _place(body))
    return found


def _principals(body: Body, name: str, scope: Scope) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for block, own in nested(body, name, scope):
        kind = _text(block.body, "type", own)
        identifiers = block.body.expression("identifiers")
        if identifiers is not None:
            found[kind] = evaluate(identifiers, own)
    return found


def _conditions(body: Body, scope: Scope) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for block, own in nested(body, "condition", scope):
        test, variable = _text(block.body, "test", own), _text(block.body, "variable", own)
        values = block.body.expression("values")
        if values is None:
            continue
        keys = found.setdefault(test, Value({}, block.source))
        assert isinstance(keys.content, dict)
        keys.content[variable] = evaluate(values, own)
    return found


def _text(body: Body, name: str, scope: Scope) -> str:
    expression = body.expression(name)
    if expression is None:
        message = f"{name} is missing"
        raise EvaluationError(message, _place(body))
    return as_text(evaluate(expression, scope))


def _place(body: Body) -> SourceRef:
    first = next(iter(body.attributes.values()), None)
    return first.source if first else SourceRef("")
