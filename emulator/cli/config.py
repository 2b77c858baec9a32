"""`ecs-local config`: what the definition files say together, in the shape of ecs-local.yaml."""

import argparse
import json
from collections.abc import Sequence
from typing import Any

from emulator.cli import complaints, options, screen
from emulator.cli.table import render
from emulator.definitions import Loaded
from emulator.definitions.document import definitions_document, images
from emulator.definitions.files import Project
from emulator.definitions.origins import Origins, Step, steps_of
from emulator.definitions.yaml_writer import write_yaml


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        "  ecs-local config --origin\n"
        "  ecs-local config -f infra > ecs-local.yaml\n"
        "  ecs-local config -q && echo well\n\n"
        "What it prints is itself an ecs-local.yaml, in AWS's shapes, without defaults. Under\n"
        "`local`, *** stands for what may be a secret: values of secrets and credentials, paths\n"
        "and headers of webhooks, arguments of commands."
    )
    parser.add_argument(
        "--format",
        choices=("yaml", "json"),
        help="how to answer (default: yaml; lists as text, the schema as json)",
    )
    views = parser.add_mutually_exclusive_group()
    views.add_argument(
        "--origin", action="store_true", help="say where each value was written, and guesses"
    )
    views.add_argument("-q", "--quiet", action="store_true", help="print nothing, only validate")
    views.add_argument("--rules", action="store_true", help="print the names of the rules")
    views.add_argument("--images", action="store_true", help="print the images that run here")
    views.add_argument(
        "--files",
        dest="list_files",
        action="store_true",
        help="list the files that were taken or left, and why",
    )
    views.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of ecs-local.yaml"
    )
    options.add_definitions(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Print the definitions, or what was asked of them."""
    if arguments.schema:
        return _schema(arguments.format)
    emulator = options.emulator_of(arguments)
    if arguments.list_files:
        return _files(emulator.loaded, Project(emulator.settings.directory), arguments.format)
    definitions = emulator.loaded.checked()
    if arguments.quiet:
        return 0
    if arguments.rules:
        return _names(definitions.rule_names, arguments.format)
    if arguments.images:
        return _names(images(definitions), arguments.format)
    complaints.report_problems(definitions.problems)
    document = definitions_document(definitions)
    if arguments.origin:
        return _with_origins(document, Origins(emulator.loaded.fragments), arguments.format)
    screen.say(_written(document, arguments.format or "yaml"))
    return 0


def _schema(form: str | None) -> int:
    from emulator.definitions.schema import schema_text

    text = schema_text()
    screen.say(_written(json.loads(text), form) if form == "yaml" else text.rstrip())
    return 0


def _names(names: Sequence[str], form: str | None) -> int:
    text = "\n".join(names) if form is None else _written(list(names), form)
    if text:
        screen.say(text)
    return 0


def _files(loaded: Loaded, project: Project, form: str | None) -> int:
    rows = [(project.name(f.path), f.format, f.reason) for f in loaded.found]
    if form is not None:
        keys = ("path", "format", "reason")
        screen.say(_written([dict(zip(keys, row, strict=True)) for row in rows], form))
        return 0
    cells = [
        (screen.printable(path), "left" if reason else "taken", reason or f"as {name}")
        for path, name, reason in rows
    ]
    headers = ("FILE", "", "WHY")
    screen.say(render(headers, cells, width=screen.terminal_width()) if cells else "no files")
    return 0


def _with_origins(document: dict[str, Any], origins: Origins, form: str | None) -> int:
    if form != "json":
        screen.say(write_yaml(document, lambda path, _: _remark(path, document, origins)).rstrip())
        return 0
    places = {
        "/" + "/".join(_pointer(step) for step in path): {
            "source": _source(path, document, origins),
            "guess": _guess(path, document, origins),
        }
        for path in _leaves(document, ())
    }
    screen.say(_written({"definitions": document, "origins": places}, form))
    return 0


def _remark(path: tuple[Step, ...], document: dict[str, Any], origins: Origins) -> str | None:
    source, guess = _source(path, document, origins), _guess(path, document, origins)
    if guess is not None:
        return f"{source or 'nowhere'}, in place of {screen.printable(guess)}"
    return source


def _source(path: tuple[Step, ...], document: dict[str, Any], origins: Origins) -> str | None:
    steps = steps_of(path, document)
    place = None if steps is None else origins.place(*steps)
    return None if place is None else str(place)


def _guess(path: tuple[Step, ...], document: dict[str, Any], origins: Origins) -> str | None:
    steps = steps_of(path, document)
    node = None if steps is None else origins.node(*steps)
    return None if node is None else node.guess


def _leaves(value: Any, path: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    if isinstance(value, dict) and value:
        return [leaf for key, item in value.items() for leaf in _leaves(item, (*path, key))]
    if isinstance(value, list) and value:
        return [leaf for n, item in enumerate(value) for leaf in _leaves(item, (*path, n))]
    return [path]


def _pointer(step: Step) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _written(document: object, form: str) -> str:
    if form == "json":
        return json.dumps(document, ensure_ascii=False, indent=2)
    return write_yaml(document).rstrip()
