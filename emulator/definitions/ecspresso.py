"""ecspresso: its configuration names the file of a task definition, which may be a template."""

from pathlib import Path
from typing import Final

from emulator.definitions.files import YAML_SUFFIXES
from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Fields
from emulator.definitions.raw_json import read_definition_node, typed
from emulator.definitions.reading import Reading
from emulator.definitions.regions import read_region
from emulator.definitions.templated import external_variables, read_config, read_tree

NO_EFFECT: Final = (
    *("appspec", "codedeploy", "filter_command", "ignore", "plugins", "required_version"),
    *("service", "timeout"),
)
"""What concerns the deployment of a service: a scheduled task has none."""


def is_ecspresso(path: Path, text: str) -> bool:
    """Return whether a file is a configuration of ecspresso."""
    if path.suffix in YAML_SUFFIXES:
        return any(line.startswith("task_definition:") for line in text.splitlines())
    named = path.suffix in (".json", ".jsonnet") and path.name.startswith("ecspresso")
    return named and "task_definition" in text


def read_ecspresso(path: Path, text: str, reading: Reading) -> Fragment:
    """Return the task definition that a configuration names. Raises `DefinitionError`."""
    root, functions = read_config(path, text, reading)
    fields = Fields(root, "the ecspresso configuration", reading.problems)
    fragment = Fragment(files=[path], parameters=external_variables(path, reading))
    fragment.region = read_region(fields, reading.problems)
    fragment.cluster = fields.text("cluster")
    for ignored in NO_EFFECT:
        fields.take(ignored)
    service = fields.text("service_definition")
    if service is not None:
        message = "service_definition: a service is not a scheduled task: left out"
        reading.problems.note(message, fields.place("service_definition"))
    name, place = fields.text("task_definition", required=True), fields.place("task_definition")
    fields.leave_rest("ecspresso")
    if name is not None:
        file = reading.project.referred(name, place, path)
        fragment.files.append(file)
        tree = typed(read_tree(file, reading.after(fragment), functions), reading.problems)
        definition = read_definition_node(tree, reading.problems, family=None)
        if definition is not None:
            fragment.add_task_definition(definition, tree)
    return fragment
