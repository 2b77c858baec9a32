"""Records what Terraform plans: `python -m tests.definitions.terraform.record_configurations`.

Each directory of `configurations/` is a root module without providers, whose output `all` says
what is to be compared. Its `planned.json` has a list of cases: what is given by the command line
(`variables`) and the environment, and what Terraform makes of it (`all`), or that it refuses.
Needs the `terraform` command; no provider, no network. Tests only read.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

CONFIGURATIONS: Final = Path(__file__).with_name("configurations")
PLANNED: Final = "planned.json"
REFUSED: Final = {"refused": True}


def main() -> None:
    """Ask Terraform about every case of every configuration, and write its answers."""
    for record in sorted(CONFIGURATIONS.glob(f"*/{PLANNED}")):
        cases = json.loads(record.read_text("utf-8"))
        with tempfile.TemporaryDirectory() as made:
            # A copy: the command leaves files where it runs.
            root = Path(shutil.copytree(record.parent, Path(made) / "root"))
            (root / PLANNED).unlink()
            _terraform(root, {}, "init", "-input=false")
            for case in cases:
                case["all"] = _planned(root, case)
        text = json.dumps(cases, ensure_ascii=False, indent=1, sort_keys=True)
        record.write_text(text + "\n", "utf-8")


def _planned(root: Path, case: Mapping[str, Any]) -> Any:
    given = [f"-var={name}={text}" for name, text in case.get("variables", {}).items()]
    environment = case.get("environment", {})
    if not _terraform(root, environment, "plan", "-input=false", "-out=plan", *given):
        return REFUSED
    shown = json.loads(_terraform(root, environment, "show", "-json", "plan"))
    return shown["planned_values"]["outputs"]["all"]["value"]


def _terraform(root: Path, environment: Mapping[str, str], *arguments: str) -> str:
    """Return what a command says; nothing where it fails."""
    answer = subprocess.run(
        ["terraform", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, **environment},
    )
    return "" if answer.returncode else answer.stdout


if __name__ == "__main__":
    main()
