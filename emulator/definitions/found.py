"""What came of looking at a file: it is taken as some format, or left, and why."""

import re
from pathlib import Path
from typing import Final, NamedTuple

from emulator.definitions.files import MOST_TEXT, MOST_VALUES, speaks_of_ecs

NO_WORD: Final = "says nothing of ECS"
NO_FORMAT: Final = "is in no format known here"
OTHER_FAMILY: Final = "defines no family that is missing"
SERVERLESS: Final = (
    "is of the Serverless Framework: name with -f what `serverless package` makes of it, "
    ".serverless/cloudformation-template-update-stack.json"
)
PULUMI: Final = (
    "is of Pulumi, whose programs are not run here: save with the AWS CLI what it deploys, or "
    "write that into an ecs-local.yaml"
)
COMPOSE: Final = (
    "is of Compose's retired integration with ECS: name with -f the template that it converted to"
)
COPILOT_SERVICE: Final = (
    "is of a service of Copilot: only manifests of its scheduled jobs have a schedule"
)
TERRAGRUNT: Final = "terragrunt.hcl"
OF_TERRAGRUNT: Final = (
    f"{TERRAGRUNT} is of Terragrunt, which is not run here: save with `terragrunt show -json` what "
    "a plan or the state says, or name the module with -f, and its inputs with --var NAME=VALUE"
)
OTHER_TOOLS: Final = (SERVERLESS, PULUMI, COMPOSE, COPILOT_SERVICE)
_SERVICE: Final = re.compile(r"^type:\s*[\"']?[\w -]+ Service\b", re.MULTILINE)
TEMPLATE: Final = "is a template that nothing here fills in"
TOO_MUCH: Final = (
    f"more than {MOST_TEXT >> 20} MB or {MOST_VALUES:,} values of definitions were found before it"
)
PART: Final = "is a part of another one"
REPEATS: Final = "says again what the directory does: name it with -f to read it instead"
UNNAMED: Final = "is not named in the manifest of its directory"


class Found(NamedTuple):
    """A file or directory that was looked at: taken as a format, or left for a reason."""

    path: Path
    format: str | None = None
    reason: str | None = None


def reason_to_leave(path: Path, text: str) -> str:
    """Return why a file is left that is in no format known here."""
    if path.stem == "serverless" and ("AWS::ECS" in text or "fargate" in text):
        return SERVERLESS
    if path.stem == "Pulumi":
        return PULUMI
    if path.name == "manifest.yml" and _SERVICE.search(text):
        return COPILOT_SERVICE
    if "x-aws-" in text and "services:" in text:
        return COMPOSE
    return NO_FORMAT if speaks_of_ecs(text) else NO_WORD


def check_syntax(path: Path, text: str, name: str) -> None:
    """Raise `DefinitionError` where a file that is no definition is not even what its name says."""
    if path.suffix == ".json":
        from emulator.definitions.json_text import parse_json

        parse_json(text, name)
    elif path.suffix in (".yaml", ".yml"):
        from emulator.definitions.cloudformation.template import TAGS
        from emulator.definitions.yaml_text import parse_yaml

        parse_yaml(text, name, tags=TAGS)
