"""The plugins of ecschedule and ecspresso, as functions of their templates.

`tfstate` reads a state file of the project; what other plugins would ask AWS for becomes a
placeholder that names it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emulator.definitions.go_functions import Function, TemplateError
from emulator.definitions.nodes import Fields, Node, Problems, did_you_mean
from emulator.definitions.reading import Reading
from emulator.definitions.state_lookup import StateValues
from emulator.errors import DefinitionError, SourceRef
from emulator.model.arns import arn_of

_OF_AWS: Final = ("ssm", "secretsmanager", "cloudformation")
"""Plugins that ask AWS, as which all that they know has placeholders."""


def plugin_functions(node: Node | None, path: Path, reading: Reading) -> dict[str, Function]:
    """Return the functions that a file's `plugins` add; `path` is that file."""
    functions = {**aws_functions("", reading), **STATE_FUNCTIONS}
    items = node.value if node is not None and isinstance(node.value, list) else []
    for item in items:
        fields = Fields(item, "the plugin", reading.problems)
        name = fields.text("name", required=True)
        prefix = fields.text("func_prefix") or ""
        config = fields.section("config")
        fields.refuse_rest()
        if name == "tfstate":
            states = None if config is None else _state(config, path, reading)
            functions |= _StateFunctions(states, reading.problems).named(prefix)
        elif name in _OF_AWS:
            functions |= aws_functions(prefix, reading)
        elif name is not None:
            message = f"the plugin {name} is not supported yet"
            hint = f"tfstate, {', '.join(_OF_AWS[:-1])} and {_OF_AWS[-1]} are"
            reading.problems.error(message, item.source, hint=hint)
    return {**functions, "plugin": _by_name(functions)}


def _without_plugin(_arguments: Sequence[str], _source: SourceRef) -> str:
    message = "tfstate is a function of a plugin that nothing here names"
    hint = "name it under `plugins` here, or in the ecspresso.yml that names this file"
    raise TemplateError(message, hint=hint)


STATE_FUNCTIONS: Final[Mapping[str, Function]] = {
    "tfstate": _without_plugin,
    "tfstatef": _without_plugin,
}
"""The functions of a plugin that a template calls and no configuration has named."""


def _by_name(functions: Mapping[str, Function]) -> Function:
    """Return ecschedule's `plugin`, which calls a function by its name, prefix included."""

    def plugin(arguments: Sequence[str], source: SourceRef) -> str:
        name, *further = arguments or ("",)
        if name not in functions:
            message = f"plugin: no plugin here has a function {name!r}"
            raise TemplateError(message, hint=did_you_mean(name, tuple(functions)))
        return functions[name](further, source)

    return plugin


def aws_functions(prefix: str, reading: Reading) -> dict[str, Function]:
    """Return the functions that ask AWS for parameters and outputs: they give placeholders."""

    def asking(function: str) -> Function:
        def unknown(arguments: Sequence[str], source: SourceRef) -> str:
            name = f"{function}:{' '.join(arguments) or '?'}"
            message = f"{name} is known to AWS only, ${{{name}}} stands for it"
            hint = "give the container's variable under local.env"
            reading.problems.warning(message, source, hint=hint)
            return f"${{{name}}}"

        return unknown

    def secret_arn(arguments: Sequence[str], _source: SourceRef) -> str:
        name = arguments[0] if arguments else "?"
        return arn_of("secretsmanager", reading.region, reading.account, f"secret:{name}")

    asked = {f"{prefix}{name}": asking(name) for name in ("ssm", "cfn_output", "cfn_export")}
    return {**asked, f"{prefix}secretsmanager_arn": secret_arn}


@dataclass(frozen=True, slots=True)
class _State:
    """A state file: its values, or why it cannot be had; one that is `remote` nobody asks for."""

    name: str
    values: StateValues | None
    problem: str | None = None
    remote: bool = False


def _state(config: Fields, path: Path, reading: Reading) -> _State:
    """Read the state that a plugin names; what is wrong is told when a function asks for it."""
    file, url = config.text("path"), config.text("url")
    place = config.place("path", "url")
    config.refuse_rest()
    if file is None and url is None:
        return _State("the state", None, "tfstate has no state file: name a local one with path")
    if file is None and "://" in str(url) and not str(url).startswith("file://"):
        return _State(str(url), None, remote=True)
    if file is not None and "://" in file:
        return _State(file, None, f"tfstate: path is that of a file; write url: {file}")
    name = file if file is not None else str(url).removeprefix("file://")
    try:
        found = reading.project.referred(name, place, path)
        return _State(name, StateValues(reading.project.read_json(found)))
    except DefinitionError as error:
        return _State(name, None, error.problems[0].message)
    except ValueError as error:
        return _State(name, None, f"{name}: {error}")


class _StateFunctions:
    """What the plugin `tfstate` adds, for one state; that it is remote is told once."""

    def __init__(self, state: _State | None, problems: Problems) -> None:
        self._state = state
        self._problems = problems
        self._told = False

    def named(self, prefix: str) -> dict[str, Function]:
        """Return the functions by their names."""
        return {f"{prefix}tfstate": self._value, f"{prefix}tfstatef": self._formatted}

    def _value(self, arguments: Sequence[str], source: SourceRef) -> str:
        """Return the value at an address. Raises `TemplateError`."""
        if len(arguments) != 1:
            message = "tfstate takes one address"
            raise TemplateError(message)
        (address,) = arguments
        state = self._state
        if state is not None and state.remote:
            return self._placeholder(state.name, address, source)
        if state is None or state.values is None:
            message = "tfstate has no config" if state is None else state.problem or "no state"
            raise TemplateError(message)
        found = state.values.find(address)
        if found is None:
            message = f"{address} is not in {state.name}"
            raise TemplateError(message, hint=state.values.hint(address))
        return _as_text(found)

    def _placeholder(self, url: str, address: str, source: SourceRef) -> str:
        if not self._told:
            self._told = True
            _tell_remote(url, address, source, self._problems)
        return f"${{tfstate:{address}}}"

    def _formatted(self, arguments: Sequence[str], source: SourceRef) -> str:
        """Return the value at an address made of a format with `%s` and `%d`, and its values."""
        address, *values = arguments or ("",)
        for value in values:
            at = min((i for i in map(address.find, ("%s", "%d")) if i >= 0), default=-1)
            if at < 0:
                message = f"tfstatef: {address!r} takes fewer values"
                raise TemplateError(message)
            address = address[:at] + value + address[at + 2 :]
        return self._value([address], source)


def _tell_remote(url: str, address: str, source: SourceRef, problems: Problems) -> None:
    problems.warning(
        f"the state at {url} is not read here: ${{tfstate:{address}}} and its like stand for what "
        "it says",
        source,
        hint="`terraform state pull > terraform.tfstate`, and give the plugin that as its path",
    )


def _as_text(node: Node) -> str:
    if isinstance(node.value, dict | list):
        return json.dumps(_plain(node), ensure_ascii=False, separators=(",", ":"))
    return "null" if node.value is None else node.text


def _plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {key: _plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(child) for child in node.value]
    return node.value
