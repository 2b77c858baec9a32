"""Records what Terraform itself says: `python -m tests.definitions.terraform.record_console`.

`console.json` has expressions and templates with their values in the root `console/`; add one
with null and record. Needs the `terraform` command; no provider, no network. Tests only read.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

RECORD = Path(__file__).with_name("console.json")
ROOT = Path(__file__).with_name("console")
REFUSED = "refused"


def main() -> None:
    """Ask Terraform about every expression and template, and write its answers."""
    document = json.loads(RECORD.read_text("utf-8"))
    template = ROOT / "template.tftpl"
    for text in document["expressions"]:
        document["expressions"][text] = _ask(text)
    for text in document["templates"]:
        template.write_bytes(text.encode())
        document["templates"][text] = _ask('templatefile("template.tftpl", local.names)')
    template.unlink()
    RECORD.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _ask(expression: str) -> Any:
    """Return the value as JSON has it, or that Terraform refuses the expression."""
    answer = subprocess.run(
        ["terraform", "console"],
        input=f"jsonencode({expression})\n",
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in answer.stdout.splitlines() if line.startswith('"')]
    if answer.returncode or len(lines) != 1:
        return {REFUSED: True}
    return json.loads(json.loads(lines[0].replace("$${", "${").replace("%%{", "%{")))


if __name__ == "__main__":
    main()
