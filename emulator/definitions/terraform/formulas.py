"""How attributes follow from what is configured: made-up names, ARNs as forms to fill in."""

import re
from typing import Final

from emulator.definitions.terraform.described import Computed, Described
from emulator.definitions.terraform.placeholder_names import plain_name
from emulator.definitions.terraform.plain_values import as_text
from emulator.definitions.terraform.values import Cause, Unknown, Value
from emulator.errors import SourceRef
from emulator.model.arns import url_suffix

LONGEST_NAME: Final = 64
"""What a rule's name may have of characters, and so any made-up name."""

_FIELD: Final = re.compile(r"\{(\w+)\}")
_PLACEHOLDER: Final = re.compile(r"\$\{[^}]*\}")


def own_name(argument: str) -> Computed:
    """Return what gives a resource its name: configured, or made up where AWS would generate it."""

    def compute(instance: Described) -> Value | None:
        value = instance.configured(argument)
        if value is None or value.content == "":
            return _generated(instance, argument)
        if isinstance(value.content, Unknown) and not value.content.missing:
            return _guessed(instance, value.content, value.source)
        return value

    return compute


def _generated(instance: Described, argument: str) -> Value:
    """Return a name for one that AWS generates, with the prefix that it would have."""
    prefix = instance.configured(f"{argument}_prefix")
    if prefix is not None and not prefix.known:
        return prefix
    made = (("" if prefix is None else as_text(prefix)) + instance.label)[:LONGEST_NAME]
    message = f"{instance.address}: AWS generates its name; here it is {made}"
    instance.root.problems.note(message, instance.source)
    return Value(made, instance.source)


def _guessed(instance: Described, gap: Unknown, source: SourceRef) -> Value:
    """Return a name for one that only AWS knows: that of the block where nothing of it is known."""
    whole = _PLACEHOLDER.fullmatch(gap.text)
    made = (instance.label if whole else plain_name(gap.text))[:LONGEST_NAME]
    message = f"{instance.address}: its name {gap.text} is known {gap.where}; here it is {made}"
    instance.root.problems.note(message, source)
    return Value(made, source)


def pattern(form: str) -> Computed:
    """Return what fills a form in: {region}, {account}, {partition}, {key} and attributes."""

    def compute(instance: Described) -> Value | None:
        causes: list[Cause] = []

        def filled(match: re.Match[str]) -> str:
            value = _part(instance, match[1])
            if isinstance(value.content, Unknown):
                causes.extend(value.content.causes)
                return value.content.text
            return as_text(value)

        text = _FIELD.sub(filled, form)
        content = Unknown(text, tuple(dict.fromkeys(causes))) if causes else text
        return Value(content, instance.source)

    return compute


def _part(instance: Described, name: str) -> Value:
    places = {
        "region": instance.root.region,
        "account": instance.root.account,
        "partition": instance.root.partition,
        "suffix": url_suffix(instance.root.region),
    }
    if name in places:
        return Value(places[name], instance.source)
    if name == "path":
        return instance.configured("path") or Value("/", instance.source)
    if name == "group_name":
        return instance.configured("group_name") or Value("default", instance.source)
    return instance.attribute(name, instance.source)


def other(name: str) -> Computed:
    """Return what takes the value of another attribute."""
    return lambda instance: instance.attribute(name, instance.source)


def fixed(content: str | int) -> Computed:
    """Return what is always the same."""
    return lambda instance: Value(content, instance.source)


def place(name: str) -> Computed:
    """Return what gives region, account or partition."""
    return lambda instance: _part(instance, name)


def _last(argument: str, mark: str) -> Computed:
    """Return what takes the text behind the last mark of an argument: a family of an ARN."""

    def compute(instance: Described) -> Value | None:
        value = instance.configured(argument)
        if value is None or not isinstance(value.content, str):
            return value
        return Value(value.content.rpartition(mark)[2], value.source)

    return compute


def family(instance: Described) -> Value | None:
    """Return the family that a data source asks for, by name or ARN."""
    value = _last("task_definition", "/")(instance)
    if value is None or not isinstance(value.content, str):
        return value
    return Value(value.content.partition(":")[0], value.source)


def parameter_arn(instance: Described) -> Value | None:
    """Return the ARN of a parameter; a name without a slash at its beginning gets one."""
    name = instance.configured("name")
    slash = "" if name is not None and name.known and as_text(name).startswith("/") else "/"
    form = "arn:{partition}:ssm:{region}:{account}:parameter" + slash + "{name}"
    return pattern(form)(instance)
