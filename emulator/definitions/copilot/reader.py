"""A manifest of a scheduled job becomes a rule, a task definition and a log group."""

import re
from pathlib import Path
from typing import Final

from emulator.definitions.copilot.job_rule import read_rule
from emulator.definitions.copilot.manifest import Job, Tree, in_environment
from emulator.definitions.copilot.substitution import Substitution
from emulator.definitions.copilot.task import JobTask
from emulator.definitions.fragment import Fragment
from emulator.definitions.log_groups import read_log_group
from emulator.definitions.nodes import Fields, Problems
from emulator.definitions.reading import Reading
from emulator.definitions.task_definitions import read_task_definition
from emulator.definitions.yaml_text import parse_yaml
from emulator.errors import DefinitionError

DEFAULT_ENVIRONMENT: Final = "test"
RETENTION: Final = 30
_TYPE: Final = re.compile(r"^type:\s*[\"']?Scheduled Job", re.MULTILINE)
_NO_EFFECT: Final = {
    "exec": "`docker exec` goes into a container here",
    "observability": "no collector of traces runs here",
}
"""Fields that are accepted: what there is of them on this machine."""


def is_manifest(path: Path, text: str) -> bool:
    """Return whether a file is the manifest of a scheduled job."""
    return path.suffix in (".yml", ".yaml") and _TYPE.search(text) is not None


def read_manifest(path: Path, text: str, reading: Reading) -> Fragment:
    """Return the rule and the task definition of a job. Raises `DefinitionError`."""
    problems = reading.problems
    root = parse_yaml(text, reading.project.name(path))
    named = reading.environment or reading.environ.get("COPILOT_ENV")
    environment = named or DEFAULT_ENVIRONMENT
    application = _application(path, reading)
    own = {"COPILOT_APPLICATION_NAME": application, "COPILOT_ENVIRONMENT_NAME": environment}
    root = Substitution(own, reading.environ, problems).value(
        in_environment(root, environment, problems)
    )
    fields = Fields(root, "the manifest", problems)
    name = fields.text("name", required=True) or path.parent.name
    fields.take("type")
    job = Job(application, environment, name)
    fragment = Fragment(files=[path])
    task = JobTask(path, reading, fields, job, fragment)
    _read_task_and_rule(task, fields, job, problems)
    _read_log_group(fields, job, fragment, problems)
    for name, effect in _NO_EFFECT.items():
        node = fields.take(name)
        if node is not None and not node.empty:
            problems.note(f"{name}: {effect}", node.source)
    fields.leave_rest("Copilot")
    return fragment


def _application(path: Path, reading: Reading) -> str:
    """Return the application that `copilot/.workspace` names, else the name of the project."""
    workspace = path.parent.parent / ".workspace"
    if workspace.is_file():
        try:
            reading.project.check_inside(workspace)
            root = parse_yaml(reading.project.read(workspace), reading.project.name(workspace))
        except DefinitionError as error:
            reading.problems.found.extend(error.problems)
        else:
            entries = root.value if isinstance(root.value, dict) else {}
            if "application" in entries and isinstance(entries["application"].value, str):
                return entries["application"].value
    return path.absolute().parent.parent.parent.name or "app"


def _read_task_and_rule(task: JobTask, fields: Fields, job: Job, problems: Problems) -> None:
    """Add the task definition, and its rule where there is something to run."""
    fragment = task.fragment
    rule = read_rule(fields, job, problems)
    node = task.definition()
    definition = read_task_definition(node, problems)
    if definition is None:
        fragment.broken.add(job.family)
        return
    fragment.add_task_definition(definition, node)
    if rule is not None:
        fragment.add_rule(rule, Tree(fields.source).mapping())


def _read_log_group(fields: Fields, job: Job, fragment: Fragment, problems: Problems) -> None:
    tree = Tree(fields.source)
    node = tree.mapping(retentionInDays=tree.text(_retention(fields)))
    group = read_log_group(job.log_group, node, problems)
    if group is not None:
        fragment.add_log_group(group, node)


def _retention(fields: Fields) -> int:
    section = fields.section("logging")
    if section is None:
        return RETENTION
    days = section.integer("retention")
    return RETENTION if days is None else days
