"""ecs-local.yaml: definitions at its top level (a superset of ecschedule's), and `local:`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from emulator.definitions.files import OURS, YAML_SUFFIXES
from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Fields, Node, Problems, child, failure
from emulator.definitions.raw_json import read_definition_node, typed
from emulator.definitions.reading import Reading
from emulator.definitions.regions import read_region
from emulator.definitions.rule_context import RuleContext
from emulator.definitions.rules import read_rule
from emulator.definitions.templated import external_variables, read_config, read_tree
from emulator.errors import DefinitionError
from emulator.model.names import short_name

if TYPE_CHECKING:
    from emulator.definitions.go_functions import Function

_CLUSTER: Final = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_KEYS: Final = ("rules:", "taskDefinitions:", "local:", "logGroups:")


def is_project(path: Path, text: str) -> bool:
    """Return whether a file is ours or ecschedule's."""
    if path.name in OURS:
        return True
    if path.suffix in (".json", ".jsonnet"):
        # What Jsonnet imports may say all of it but the names of the sections.
        own = path.name.startswith("ecschedule") or "scheduleExpression" in text
        return "rules" in text and own and "Resources" not in text
    return path.suffix in YAML_SUFFIXES and any(
        line.startswith(_KEYS) for line in text.replace('"', "").splitlines()
    )


def read_project(path: Path, text: str, reading: Reading) -> Fragment:
    """Return what a project file says. Raises `DefinitionError` when it cannot be parsed."""
    problems = reading.problems
    root, functions = read_config(path, text, reading)
    fields = Fields(root, "the project file", problems)
    fragment = Fragment(files=[path], parameters=external_variables(path, reading))
    fragment.region = read_region(fields, problems)
    fragment.cluster = fields.text("cluster")
    _check_cluster(fragment.cluster, fields, problems)
    local = fields.section("local")
    if local is not None:
        from emulator.definitions.local import places_of_rules, read_local

        fragment.local = read_local(local, path.absolute().parent, reading.project, problems)
        fragment.local_rules = places_of_rules(child(root, "local"))
    fragment.origins["", ""] = root
    fields.without_effect("trackingId")
    fields.take("plugins")  # They are read with the text: their functions make it.
    _read_rules(fields, fragment, reading.after(fragment))
    files = _Files(path, fragment, reading.after(fragment), functions)
    _read_task_definitions(fields, fragment, files, problems)
    _read_log_groups(fields, fragment, problems)
    _read_declared(fields, fragment, problems)
    if path.name in OURS:
        fields.refuse_rest()
    else:
        fields.leave_rest("ecschedule")
    return fragment


def _check_cluster(cluster: str | None, fields: Fields, problems: Problems) -> None:
    if cluster is None or cluster.startswith("${"):
        return  # A placeholder, which has been told of.
    if not _CLUSTER.fullmatch(short_name(cluster)):
        message = f"cluster {cluster!r} is not the name of a cluster"
        hint = "letters, digits, - and _ are allowed, 255 of them"
        problems.error(message, fields.place("cluster"), hint=hint)


def _read_rules(fields: Fields, fragment: Fragment, reading: Reading) -> None:
    context = RuleContext(
        region=reading.region,
        account=reading.account,
        cluster=fragment.cluster,
        role=fields.text("role"),
    )
    for node in fields.items("rules"):
        rules = read_rule(node, reading.problems, context)
        fragment.add_rules(rules, node, child(node, "name"))


class _Files(NamedTuple):
    """The files that a project file refers to, read with its template functions."""

    path: Path
    fragment: Fragment
    reading: Reading
    functions: "Mapping[str, Function]"

    def read(self, node: Node) -> Node:
        """Return the content of the file that a value names. Raises `DefinitionError`.

        JSON is the API's own, with its types; of YAML a number may mean text.
        """
        file = self.reading.project.referred(str(node.value), node.source, self.path)
        self.fragment.files.append(file)
        tree = read_tree(file, self.reading, self.functions)
        return tree if file.suffix in YAML_SUFFIXES else typed(tree, self.reading.problems)


def _read_task_definitions(
    fields: Fields, fragment: Fragment, files: _Files, problems: Problems
) -> None:
    for family, node in fields.entries("taskDefinitions"):
        try:
            tree = _task_definition_tree(family, node, files)
            definition = read_definition_node(tree, problems, family=family)
        except DefinitionError as error:
            problems.found.extend(error.problems)
            fragment.broken.add(family)
            continue
        if definition is None:
            fragment.broken.add(family)
        else:
            fragment.add_task_definition(definition, tree)


def _task_definition_tree(family: str, node: Node, files: _Files) -> Node:
    """Return the tree of a task definition, with the files it names put into their place.

    Raises `DefinitionError` for a file that cannot be had.
    """
    if isinstance(node.value, str):
        return files.read(node)
    if not isinstance(node.value, dict):
        message = f"taskDefinitions.{family} must be a file or a mapping, not {node.kind}"
        raise failure(message, node.source)
    containers = node.value.get("containerDefinitions")
    if containers is None or not isinstance(containers.value, str):
        return node
    content = files.read(containers)
    if not isinstance(content.value, list):
        message = f"a list of container definitions is expected, not {content.kind}"
        raise failure(message, content.source)
    return Node({**node.value, "containerDefinitions": content}, node.source)


def _read_log_groups(fields: Fields, fragment: Fragment, problems: Problems) -> None:
    node = fields.take("logGroups")
    if node is None or node.value is None:
        return
    from emulator.definitions.log_groups import read_log_group

    entries: list[tuple[str | None, Node]] = []
    if isinstance(node.value, list):
        entries = [(None, item) for item in node.value]
    else:
        entries = [(name, item) for name, item in fields.entries("logGroups")]
    for name, item in entries:
        group = read_log_group(name, item, problems)
        if group is not None:
            fragment.add_log_group(group, item)


def _read_declared(fields: Fields, fragment: Fragment, problems: Problems) -> None:
    """Take the queues and roles that there are, which only lint asks for."""
    fragment.queues += fields.texts("queues") or ()
    if fields.has("roles"):
        from emulator.definitions.declared_roles import read_declared_roles

        fragment.roles += read_declared_roles(fields, problems)
