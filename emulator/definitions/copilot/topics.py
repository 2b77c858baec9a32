"""`publish` of a Copilot job: the SNS topics that it may publish to.

Copilot: "Publish/Subscribe Architectures". Their ARNs are given to the job as one variable; that
there is something at those ARNs is for `local.endpointUrl`, or real credentials, to see to.
"""

import json
import re
from typing import Final

from emulator.definitions.copilot.manifest import Job
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.reading import Reading
from emulator.model.arns import arn_of

VARIABLE: Final = "COPILOT_SNS_TOPIC_ARNS"
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)


def read_topics(fields: Fields, job: Job, reading: Reading) -> dict[str, Node]:
    """Take `publish`; return the variable with the ARNs of its topics, by name, as JSON."""
    publish = fields.section("publish")
    if publish is None:
        return {}
    place = publish.source
    found: dict[str, str] = {}
    for item in publish.items("topics"):
        topic = Fields(item, "the topic", reading.problems)
        name = _name(topic, found, reading.problems)
        suffix = ".fifo" if _is_fifo(topic) else ""
        topic.take("allowed_workers")
        topic.refuse_rest()
        if name is not None:
            own = f"{job.family}-{name}{suffix}"
            found[name] = arn_of("sns", reading.region, reading.account, own)
    publish.refuse_rest()
    return {VARIABLE: Node(json.dumps(found, separators=(",", ":")), place)} if found else {}


def _name(topic: Fields, found: dict[str, str], problems: Problems) -> str | None:
    name = topic.text("name", required=True)
    if name is not None and not _NAME.fullmatch(name):
        hint = "1 to 256 letters, digits, - and _"
        problems.error(
            f"publish: {name!r} is not the name of a topic", topic.place("name"), hint=hint
        )
        return None
    if name in found:
        problems.error(f"publish: the topic {name} is there twice", topic.place("name"))
    return name


def _is_fifo(topic: Fields) -> bool:
    """Take `fifo`: true, or a mapping of what concerns SNS alone."""
    node = topic.take("fifo")
    return node is not None and (node.value is True or isinstance(node.value, dict))
