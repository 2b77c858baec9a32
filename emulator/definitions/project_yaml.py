"""ecs-local.yaml: definitions at its top level (a superset of ecschedule's), and `local:`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from emulator.definitions.containers import read_containers
from emulator.definitions.files import Project
from emulator.definitions.fragment import Fragment
from emulator.definitions.go_template import render
from emulator.definitions.local import check_region, read_local
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.raw_json import read_definition_node
from emulator.definitions.rules import read_rule
from emulator.definitions.task_checks import log_group_complaints
from emulator.definitions.task_definitions import read_task_definition
from emulator.definitions.yaml_text import parse_yaml
from emulator.errors import DefinitionError
from emulator.model.rules import LogGroup
from emulator.model.task_definition import ContainerDefinition, TaskDefinition

RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""What PutRetentionPolicy takes (CloudWatch Logs API)."""


def is_project(path: Path, text: str) -> bool:
    """Return whether a file is ours or ecschedule's."""
    return path.suffix in (".yaml", ".yml") and any(
        line.startswith(("rules:", "taskDefinitions:", "local:", "logGroups:", '"rules"'))
        for line in text.splitlines()
    )


def read_project(
    path: Path, text: str, project: Project, environ: Mapping[str, str], problems: Problems
) -> Fragment:
    """Return what a project file says. Raises `DefinitionError` when it cannot be parsed."""
    name = project.name(path)
    root = parse_yaml(render(text, name, environ, problems), name)
    fields = Fields(root, "the project file", problems)
    fragment = Fragment(files=[path])
    fragment.region = fields.text("region")
    check_region(fragment.region, fields, problems)
    fragment.cluster = fields.text("cluster")
    _report(fields, problems)
    _read_rules(fields, fragment, problems)
    _read_task_definitions(fields, fragment, path, project, problems)
    _read_log_groups(fields, fragment, problems)
    local = fields.section("local")
    if local is not None:
        fragment.local = read_local(local, problems)
        fragment.local_rules = _places_of_local_rules(root)
    fields.refuse_rest()
    return fragment


def _report(fields: Fields, problems: Problems) -> None:
    for name in ("role", "trackingId"):
        node = fields.take(name)
        if node is not None and not node.empty:
            problems.note(f"{name} has no effect on this machine", node.source)
    plugins = fields.take("plugins")
    if plugins is not None and not plugins.empty:
        problems.error("plugins is not supported yet", plugins.source)


def _read_rules(fields: Fields, fragment: Fragment, problems: Problems) -> None:
    for node in fields.items("rules"):
        rule = read_rule(node, problems)
        if rule is not None:
            fragment.rules.append(rule)


def _read_task_definitions(
    fields: Fields, fragment: Fragment, path: Path, project: Project, problems: Problems
) -> None:
    for family, node in fields.entries("taskDefinitions"):
        try:
            definition = _task_definition(family, node, fragment, path, project, problems)
        except DefinitionError as error:
            problems.found.extend(error.problems)
            fragment.broken.add(family)
            continue
        if definition is None:
            fragment.broken.add(family)
        else:
            fragment.task_definitions.append(definition)


def _task_definition(
    family: str,
    node: Node,
    fragment: Fragment,
    path: Path,
    project: Project,
    problems: Problems,
) -> TaskDefinition | None:
    if isinstance(node.value, str):
        file = project.referred(node.value, node.source, path)
        fragment.files.append(file)
        return read_definition_node(project.read_json(file), problems, family=family)
    if not isinstance(node.value, dict):
        message = f"taskDefinitions.{family} must be a file or a mapping, not {node.kind}"
        problems.error(message, node.source)
        return None
    containers = _containers_of_file(node, fragment, path, project, problems)
    return read_task_definition(node, problems, family=family, containers=containers)


def _containers_of_file(
    node: Node, fragment: Fragment, path: Path, project: Project, problems: Problems
) -> tuple[ContainerDefinition, ...] | None:
    """Return the containers where `containerDefinitions` names a file."""
    value = node.value.get("containerDefinitions") if isinstance(node.value, dict) else None
    if value is None or not isinstance(value.value, str):
        return None
    file = project.referred(value.value, value.source, path)
    fragment.files.append(file)
    content = project.read_json(file)
    if not isinstance(content.value, list):
        message = f"a list of container definitions is expected, not {content.kind}"
        problems.error(message, content.source)
        return ()
    return read_containers(content.value, problems)


def _read_log_groups(fields: Fields, fragment: Fragment, problems: Problems) -> None:
    node = fields.take("logGroups")
    if node is None or node.value is None:
        return
    entries: list[tuple[str | None, Node]] = []
    if isinstance(node.value, list):
        entries = [(None, item) for item in node.value]
    else:
        entries = [(name, item) for name, item in fields.entries("logGroups")]
    for name, item in entries:
        group = _log_group(name, item, problems)
        if group is not None and any(known.name == group.name for known in fragment.log_groups):
            problems.error(f"the log group {group.name} is there twice", item.source)
        elif group is not None:
            fragment.log_groups.append(group)


def _log_group(name: str | None, node: Node, problems: Problems) -> LogGroup | None:
    if name is not None and node.value is None:
        return LogGroup(name=name, source=node.source)
    fields = Fields(node, "the log group", problems)
    written = fields.text("logGroupName", "name")
    days = fields.integer("retentionInDays")
    for later in ("tags", "kmsKeyId", "logGroupClass"):
        if (extra := fields.take(later)) is not None and not extra.empty:
            problems.note(f"logGroups: {later} has no effect on this machine", extra.source)
    fields.refuse_rest()
    name = name or written
    if not name:
        problems.error("the log group has no logGroupName", node.source)
        return None
    for complaint in log_group_complaints(name):
        problems.error(f"log group {name!r}: {complaint}", node.source)
    if days is not None and days not in RETENTION_DAYS:
        allowed = ", ".join(map(str, RETENTION_DAYS))
        message = f"retentionInDays {days} is not one of {allowed}"
        problems.rejected(message, fields.place("retentionInDays"))
    return LogGroup(name=name, retention_in_days=days, source=node.source)


def _places_of_local_rules(root: Node) -> dict[str, Node]:
    local = root.value.get("local") if isinstance(root.value, dict) else None
    rules = local.value.get("rules") if local and isinstance(local.value, dict) else None
    return dict(rules.value) if rules and isinstance(rules.value, dict) else {}
