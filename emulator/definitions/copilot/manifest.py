"""The values of a manifest in an environment, and the tree of a task definition made of them."""

import shlex
from dataclasses import dataclass
from typing import Final

from emulator.definitions.copilot.schedule import NotAScheduleError, go_duration
from emulator.definitions.nodes import Fields, Node, Problems, failure
from emulator.definitions.reading import Reading
from emulator.errors import SourceRef
from emulator.model.arns import arn_of

CONDITIONS: Final = {
    "start": "START",
    "healthy": "HEALTHY",
    "complete": "COMPLETE",
    "success": "SUCCESS",
}
DEEPEST: Final = 60
FIELDS_OF: Final = ("healthcheck", "image")
"""What has fields, beside the manifest itself, and not names that its author chose."""

HEALTH_COMMAND: Final = "curl -f http://localhost/ || exit 1"
HEALTH_CHECK: Final = {"interval": 10, "timeout": 5, "retries": 2, "startPeriod": 0}
"""What a health check is that says something, but not this; times in seconds."""


@dataclass(frozen=True, slots=True)
class Job:
    """Where a job is deployed: names that Copilot makes of its application and environment."""

    app: str
    environment: str
    name: str

    @property
    def family(self) -> str:
        """The family of its task definition, and the end of its log group."""
        return f"{self.app}-{self.environment}-{self.name}"

    @property
    def log_group(self) -> str:
        """The log group of its containers."""
        return f"/copilot/{self.family}"

    @property
    def variables(self) -> dict[str, str]:
        """What Copilot gives every container."""
        return {
            "COPILOT_APPLICATION_NAME": self.app,
            "COPILOT_ENVIRONMENT_NAME": self.environment,
            "COPILOT_SERVICE_DISCOVERY_ENDPOINT": f"{self.environment}.{self.app}.local",
            "COPILOT_SERVICE_NAME": self.name,
        }


def in_environment(root: Node, environment: str, problems: Problems) -> Node:
    """Return a manifest with what `environments.NAME` says laid over it."""
    if not isinstance(root.value, dict):
        raise failure(f"a manifest is a mapping, not {root.kind}", root.source)
    entries = dict(root.value)
    environments = entries.pop("environments", Node(None, root.source))
    fields = Fields(Node({"environments": environments}, root.source), "the manifest", problems)
    for name, node in fields.entries("environments"):
        if name == environment and node.value is not None:
            return _merged(Node(entries, root.source), node)
    return Node(entries, root.source)


def _merged(below: Node, above: Node, place: tuple[str, ...] = ()) -> Node:
    """Return mappings merged; of anything else the upper one. `place` is where they stand.

    A field that is left empty above says what it does below, as in Copilot.
    """
    if not isinstance(below.value, dict) or not isinstance(above.value, dict):
        return above
    if len(place) > DEEPEST:
        raise failure(f"nested more than {DEEPEST} deep", above.source)
    merged = dict(below.value)
    for name, node in above.value.items():
        if node.value is None and (not place or place[-1] in FIELDS_OF):
            merged.setdefault(name, node)
            continue
        for other in () if node.empty else _instead_of(name, place):
            merged.pop(other, None)
        inner = (*place, name)
        merged[name] = _merged(merged[name], node, inner) if name in merged else node
    return Node(merged, above.source)


def _instead_of(name: str, place: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a value excludes, so that an environment which says it means no longer that."""
    among = ("build", "location") if place[-1:] == ("image",) else ()
    if place[-2:-1] == ("secrets",):
        among = ("from_cfn", "secretsmanager")
    return tuple(other for other in among if name in among and other != name)


def filled(fields: Fields, name: str) -> Node | None:
    """Take what is not left empty."""
    node = fields.take(name)
    return None if node is None or node.empty else node


class Tree:
    """Builds nodes that stand at one place."""

    def __init__(self, source: SourceRef) -> None:
        self._source = source

    def text(self, value: str | int | bool) -> Node:
        """Return a scalar."""
        return Node(value, self._source)

    def items(self, nodes: list[Node]) -> Node:
        """Return a list."""
        return Node(nodes, self._source)

    def mapping(self, **entries: Node | None) -> Node:
        """Return a mapping of what is there."""
        found = {name: node for name, node in entries.items() if node is not None}
        return Node(found, self._source)

    def pairs(self, entries: dict[str, Node], value: str = "value") -> Node:
        """Return a mapping as the API's list of names and values."""
        return self.items(
            [
                Node({"name": Node(name, node.source), value: node}, node.source)
                for name, node in entries.items()
            ]
        )


def words(fields: Fields, name: str, problems: Problems) -> Node | None:
    """Take a command: a list, or text that is split as a shell would."""
    node = fields.take(name)
    if node is None or node.value is None or isinstance(node.value, list):
        return node
    try:
        parts = shlex.split(node.text)
    except ValueError as error:
        problems.error(f"{name}: {str(error).lower()}", node.source)
        return None
    return Node([Node(part, node.source) for part in parts], node.source)


def dependencies(fields: Fields, tree: Tree, problems: Problems) -> Node | None:
    """Take `depends_on`: a mapping of containers to conditions."""
    found = []
    for name, condition in fields.mapping("depends_on").items():
        known = CONDITIONS.get(condition.lower())
        if known is None:
            message = f"depends_on.{name}: {condition!r} is not one of {', '.join(CONDITIONS)}"
            problems.error(message, fields.place("depends_on"))
        else:
            found.append(tree.mapping(containerName=tree.text(name), condition=tree.text(known)))
    return tree.items(found) if found else None


def health_check(fields: Fields, tree: Tree, problems: Problems) -> Node | None:
    """Take a health check, whose times are Go durations; Copilot fills in what it leaves out."""
    section = fields.section("healthcheck")
    if section is None:
        return None
    command = section.take("command")
    if command is not None and isinstance(command.value, str):
        command = tree.items([tree.text("CMD-SHELL"), command])
    written = {
        "command": command,
        "interval": seconds(section, "interval", problems),
        "timeout": seconds(section, "timeout", problems),
        "retries": section.take("retries"),
        "startPeriod": seconds(section, "start_period", problems),
    }
    section.refuse_rest()
    said = {name: node for name, node in written.items() if node and node.value is not None}
    if not said:
        return None
    defaults = {name: tree.text(number) for name, number in HEALTH_CHECK.items()}
    usual = tree.items([tree.text("CMD-SHELL"), tree.text(HEALTH_COMMAND)])
    return tree.mapping(**{"command": usual, **defaults, **said})


def seconds(fields: Fields, name: str, problems: Problems) -> Node | None:
    """Take a duration as whole seconds."""
    text, place = fields.text(name), fields.place(name)
    if text is None:
        return None
    try:
        duration = go_duration(text).total_seconds()
    except NotAScheduleError as error:
        problems.error(f"{name}: {error}", place)
        return None
    if duration != int(duration):
        problems.error(f"{name}: {text} is not a number of whole seconds", place)
        return None
    return Node(int(duration), place)


def variables(fields: Fields, reading: Reading) -> dict[str, Node]:
    """Take `variables`: text, or what another stack exports, which is not known here."""
    found = {}
    for name, node in fields.entries("variables"):
        exported = node.value.get("from_cfn") if isinstance(node.value, dict) else None
        if exported is None:
            found[name] = Node(node.text, node.source) if node.value is not None else node
            continue
        text = f"${{ImportValue {exported.value}}}"
        message = f"variables.{name}: the export {exported.value} is not known here, {text}"
        hint = f"give {name} under local.env"
        reading.problems.warning(f"{message} stands for it", node.source, hint=hint)
        found[name] = Node(text, node.source, guess=f"ImportValue {exported.value}")
    return found


def secrets(fields: Fields, reading: Reading, field: str = "secrets") -> Node | None:
    """Take `secrets`: an SSM parameter, or one of Secrets Manager, as the API names them."""
    prefix = arn_of("secretsmanager", reading.region, reading.account, "secret:")
    found = {}
    for name, node in fields.entries(field):
        value = node.value
        if not isinstance(value, dict):
            found[name] = Node(node.text, node.source)
        elif "secretsmanager" in value:
            path = value["secretsmanager"].text
            text = path if path.startswith("arn:") else prefix + path.lstrip("'\"")
            found[name] = Node(text, node.source)
        elif "from_cfn" in value:
            export = value["from_cfn"].text
            found[name] = Node(f"${{ImportValue {export}}}", node.source, guess=export)
        else:
            message = f"{field}.{name} is a name, or secretsmanager, or from_cfn"
            reading.problems.error(message, node.source)
    return Tree(fields.source).pairs(found, "valueFrom") if found else None
