"""`ecs-local describe`: tasks in the shape of ECS DescribeTasks."""

import argparse
import json
from datetime import datetime
from typing import Any

from emulator.cli import options, screen
from emulator.cli.task_wording import described, duration
from emulator.clock import iso_instant
from emulator.errors import UsageError
from emulator.model.describe import is_fake
from emulator.model.task import NOTHING_IS_RUN
from emulator.state.records import TaskRecord


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = "example:\n  ecs-local describe 1a2b3c4d"
    parser.add_argument(
        "--format", choices=("json", "text"), default="json", help="how to answer (default: json)"
    )
    parser.add_argument("tasks", metavar="TASK", nargs="+", help="task id, its beginning, or ARN")
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Describe tasks. A task there is none of is a failure in the answer, as ECS answers."""
    emulator = options.emulator_of(arguments)
    found: list[TaskRecord] = []
    failures: list[dict[str, str]] = []
    hints = []
    for text in arguments.tasks:
        try:
            found.append(emulator.history.find(text))
        except UsageError as error:
            failures.append({"arn": text, "reason": "MISSING", "detail": error.message})
            hints.append(str(error))
    if arguments.format == "json":
        document = {"tasks": [described(record) for record in found], "failures": failures}
        screen.say(json.dumps(document, ensure_ascii=False, indent=2))
    elif found:
        screen.say("\n\n".join(_paragraph(record, emulator.now()) for record in found))
    for hint in hints:
        screen.warn(hint)
    return 2 if failures else 0


def _paragraph(record: TaskRecord, now: datetime) -> str:
    document = record.document
    lines = [
        f"task {record.task_id}",
        _field("definition", document["taskDefinitionArn"]),
        _field("started by", document.get("startedBy", "-")),
        *([_field("engine", NOTHING_IS_RUN)] if is_fake(document) else ()),
        _field("status", f"{record.last_status} (wanted: {document['desiredStatus']})"),
    ]
    if record.origin is not None:
        chain = f": {' > '.join(record.cause)}" if len(record.cause) > 1 else ""
        lines.append(_field("cause", f"{record.origin}{chain}"))
    if record.scheduled_at is not None:
        lines.append(_field("due", iso_instant(record.scheduled_at)))
    if record.retry_of is not None:
        lines.append(_field("attempt", f"{record.attempt}, the first was {record.retry_of}"))
    for name in ("createdAt", "startedAt", "executionStoppedAt", "stoppedAt"):
        if name in document:
            lines.append(_field(name, document[name]))
    lines.append(_field("duration", duration(record.started_at, record.stopped_at or now)))
    if record.stop_code is not None:
        lines.append(_field("stopped", f"{record.stop_code}: {record.stopped_reason}"))
    lines += [_container(container) for container in document["containers"]]
    lines += [_field(f"log {name}", f"{group} {stream}") for name, group, stream in record.streams]
    return "\n".join(map(screen.printable, lines))


def _container(container: dict[str, Any]) -> str:
    code = f", exit code {container['exitCode']}" if "exitCode" in container else ""
    reason = f", {container['reason']}" if "reason" in container else ""
    return _field(f"container {container['name']}", f"{container['lastStatus']}{code}{reason}")


def _field(name: str, value: str) -> str:
    return f"  {name:<18}  {value}"
