"""The log router of a job: the container that Copilot adds where `logging` asks for FireLens.

AWS Copilot: "logging" in the manifest of a scheduled job.
"""

from dataclasses import dataclass
from typing import Final

from emulator.definitions.copilot.manifest import Tree, secrets
from emulator.definitions.nodes import Fields, Node
from emulator.definitions.reading import Reading

NAME: Final = "firelens_log_router"
IMAGE: Final = "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable"
"""What Copilot calls the container, and the image that it takes where none is named."""

_ASKING: Final = (
    *("image", "destination", "enableMetadata", "secretOptions", "configFilePath"),
    *("variables", "secrets", "env_file"),
)
"""What is of FireLens in `logging`; `retention`, beside it, is of the log group."""


@dataclass(frozen=True, slots=True)
class LogRouter:
    """A log router; `fields` is where its variables and secrets stand.

    `log_configuration` is that of the job's own container: those of sidecars stay awslogs.
    """

    fields: Fields
    image: Node
    configuration: Node
    log_configuration: Node


def read_log_router(manifest: Fields, reading: Reading) -> LogRouter | None:
    """Return the log router that a manifest asks for; None where its logs go to CloudWatch."""
    fields = manifest.section("logging")
    if fields is None:
        return None
    fields.take("retention")
    if not any(fields.says(name) for name in _ASKING):
        fields.refuse_rest(_ASKING)
        return None
    tree = Tree(fields.source)
    destination = {name: tree.text(text) for name, text in fields.mapping("destination").items()}
    return LogRouter(
        fields=fields,
        image=fields.take("image") or tree.text(IMAGE),
        configuration=_configuration(fields, tree),
        log_configuration=tree.mapping(
            logDriver=tree.text("awsfirelens"),
            options=tree.mapping(**destination) if destination else None,
            secretOptions=secrets(fields, reading, "secretOptions"),
        ),
    )


def _configuration(fields: Fields, tree: Tree) -> Node:
    metadata = fields.boolean("enableMetadata", default=True)
    options = {"enable-ecs-log-metadata": tree.text(str(metadata).lower())}
    file = fields.text("configFilePath")
    if file is not None:
        options |= {"config-file-type": tree.text("file"), "config-file-value": tree.text(file)}
    return tree.mapping(type=tree.text("fluentbit"), options=tree.mapping(**options))
