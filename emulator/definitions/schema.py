"""The JSON Schema of ecs-local.yaml, for editors; tests hold it and the readers together."""

from pathlib import Path
from typing import Final

PATH: Final = Path(__file__).with_name("ecs-local.schema.json")


def schema_text() -> str:
    """Return the schema (JSON Schema, draft 2020-12) as text."""
    return PATH.read_text("utf-8")
