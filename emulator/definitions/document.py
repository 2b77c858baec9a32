"""The model in the shape of ecs-local.yaml, which reads back to the equal model (pure).

Fields are AWS's names, snake_cased, so that most of the way back is camelCase; `shapes` has the
few whose shape is another. Defaults are left out; what may be a secret under `local` is never told.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from emulator.clock import iso_instant
from emulator.definitions.shapes import KINDS, SHAPES, Document
from emulator.model.definitions import Definitions, Local
from emulator.model.durations import duration_text
from emulator.model.names import camel_case
from emulator.model.rules import Rule

if TYPE_CHECKING:
    from emulator.model.event_rules import EventRule

_ALWAYS: Final = ("name", "image", "family", "schedule_expression", "log_driver", "type")
"""Fields that are told even where they are empty."""

_DEFAULTS: Final = Definitions()


def definitions_document(definitions: Definitions) -> Document:
    """Return the definitions as ecs-local.yaml has them."""
    local = document_of(definitions.local)
    if definitions.account != _DEFAULTS.account:
        local = {"account": definitions.account, **local}
    document: Document = {
        "region": definitions.region,
        "cluster": definitions.cluster if definitions.cluster != _DEFAULTS.cluster else None,
        "rules": _rules(definitions),
        "taskDefinitions": {
            family: document_of(definition)
            for family, definition in definitions.task_definitions.items()
        },
        "logGroups": {group.name: document_of(group) for group in definitions.log_groups},
        "roles": {name: document_of(role) for name, role in definitions.roles.items()},
        "queues": list(definitions.queues),
        "local": local,
    }
    return {key: value for key, value in document.items() if value not in (None, {}, [])}


def _rules(definitions: Definitions) -> list[Document]:
    """Return the rules; one with a schedule and a pattern is one rule with the targets of both."""
    waiting = list(definitions.event_rules)
    found = []
    for rule in definitions.rules:
        document = rule_document(rule)
        if any(other.name == rule.name for other in waiting):
            # Both kinds keep their order.
            while (other := waiting.pop(0)).name != rule.name:
                found.append(rule_document(other))
            document |= rule_document(other)
        found.append(document)
    return found + [rule_document(rule) for rule in waiting]


def rule_document(rule: "Rule | EventRule") -> Document:
    """Return a rule; one target that is named as the rule stands in it, as ecschedule has it."""
    document: Document = document_of(rule)
    if isinstance(rule, Rule) and rule.dialect == "scheduler":
        document |= {"name": rule.bare_name, "timezone": rule.timezone}
    told = rule.notification_targets if isinstance(rule, Rule) else ()
    known = (*rule.targets, *told)
    targets: list[Document] = [document_of(target) for target in known]
    if len(targets) == 1 and known[0].id == document["name"]:
        del targets[0]["targetId"]
        return document | targets[0]
    return document | {"targets": targets}


def document_of(value: Any) -> Any:
    """Return a value of the model as plain lists, dictionaries and scalars."""
    if is_dataclass(value) and not isinstance(value, type):
        return _object(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return iso_instant(value)
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, Mapping):
        return {str(key): document_of(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [document_of(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(document_of(item) for item in value)
    return value


def _object(value: Any) -> Document:
    name = type(value).__name__
    document: Document = {"type": KINDS[name]} if name in KINDS else {}
    for field in fields(value):
        content = getattr(value, field.name)
        told = field.name in _ALWAYS and content is not None
        if not field.compare or (not told and _is_default(field, content)):
            continue
        shape = SHAPES.get((name, field.name))
        part = shape(content) if shape else {camel_case(field.name): content}
        _merge(document, document_of(part))
    return document


def _is_default(field: "Field[Any]", content: Any) -> bool:
    if field.default_factory is not MISSING:
        return bool(content == field.default_factory())
    return field.default is not MISSING and bool(content == field.default)


def _merge(document: Document, part: Mapping[str, Any]) -> None:
    for key, value in part.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            _merge(document[key], value)
        else:
            document[key] = value


def runs_here(local: Local, image: str) -> str:
    """Return what runs here for an image, as a person would say it."""
    own = local.stand_in(image)
    if own is not None and own.build is not None:
        return f"{image} (built from {own.build.context})"
    return image if own is None or own.image is None else own.image


def images(definitions: Definitions) -> list[str]:
    """Return the images that run here, each of them once, in the order of the definitions."""
    local = definitions.local
    named = (
        container.image
        for definition in definitions.task_definitions.values()
        for container in definition.container_definitions
    )
    return list(dict.fromkeys(runs_here(local, image) for image in named))
