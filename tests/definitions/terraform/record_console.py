"""Records what Terraform itself says: `python -m tests.definitions.terraform.record_console`.

`console.json` has expressions and templates with their values in the root `console/`; add one
with null and record. Needs the `terraform` command; no provider, no network. Tests only read.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

RECORD: Final = Path(__file__).with_name("console.json")
ROOT: Final = Path(__file__).with_name("console")
REFUSED: Final = "refused"


def main() -> None:
    """Ask Terraform about every expression and template, and write its answers."""
    document = json.loads(RECORD.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as made:
        # A copy: the command leaves files where it runs.
        root = Path(shutil.copytree(ROOT, Path(made) / "root"))
        answers = {
            "expressions": {text: ask(text, root) for text in document["expressions"]},
            "templates": {text: _render(text, root) for text in document["templates"]},
        }
    RECORD.write_text(_written(answers), "utf-8")


def ask(expression: str, root: Path) -> str:
    """Return the value as JSON text, or that Terraform refuses the expression."""
    answer = console(f"base64encode(jsonencode({expression}))", root)
    lines = [line for line in answer.stdout.splitlines() if line.startswith('"')]
    if answer.returncode or len(lines) != 1:
        return json.dumps({REFUSED: True})
    return base64.b64decode(json.loads(lines[0])).decode()


def console(question: str, root: Path) -> "subprocess.CompletedProcess[str]":
    """Return what `terraform console` says of one line."""
    return subprocess.run(
        ["terraform", "console"],
        input=f"{question}\n",
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull},
    )


def _render(text: str, root: Path) -> str:
    (root / "template.tftpl").write_bytes(text.encode())
    return ask('templatefile("template.tftpl", local.names)', root)


def _written(answers: Mapping[str, Mapping[str, str]]) -> str:
    """Return the record as JSON, with Terraform's answers exactly as they are: all their digits."""
    parts = (
        f" {json.dumps(kind)}: {{\n{_entries(of.items())}\n }}" for kind, of in answers.items()
    )
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _entries(items: Iterable[tuple[str, Any]]) -> str:
    return ",\n".join(f"  {json.dumps(text, ensure_ascii=False)}: {value}" for text, value in items)


if __name__ == "__main__":
    main()
