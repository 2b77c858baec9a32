"""`python -m benchmarks.roots DIRECTORY`: how many Terraform roots below it resolve, and why not.

Each directory below DIRECTORY is a repository. A root is a directory of Terraform files that no
other one calls as its module. Nothing is given to it: no variables, no fetched modules.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from emulator.cli.table import render
from emulator.definitions import read
from emulator.definitions.files import Project
from emulator.definitions.nodes import Problems
from emulator.definitions.reading import Reading
from emulator.definitions.terraform import includes_modules, is_terraform_name
from emulator.errors import DefinitionError, Problem, Severity


class Outcome(StrEnum):
    """How a root went; the worst of what applies, in this order."""

    ERROR = "has an error"
    AWS_ONLY = "is left out for what only AWS knows"
    REJECTED = "says what AWS rejects"
    MODULE = "needs a module that terraform init fetches"
    FILE = "needs a file that is not there"
    FAMILY = "needs a task definition that is deployed from elsewhere"
    VARIABLE = "needs a variable that only the user has"
    NOTHING = "has no scheduled task"
    COMPLETE = "resolves completely"


FAILURES: Final = (Outcome.ERROR, Outcome.AWS_ONLY)
"""What is ours to mend: everything else resolves, or only its owner can say or mend."""

REJECTS: Final = ("aws-rejects", "schedule-invalid")
"""The ids of what is read, and what AWS would refuse: its owner's to mend."""

MISSING: Final = ("there is no such file", "there is no directory")
"""What is said of a root whose copy is not whole."""

CONSTRUCTS: Final = {
    "aws_cloudwatch_event_target": r'"aws_cloudwatch_event_target"',
    "aws_scheduler_schedule": r'"aws_scheduler_schedule"',
    "for_each": r"\bfor_each\b",
    "count": r"\bcount\s*=",
    "dynamic block": r"\bdynamic\s",
    "local module": r'\bsource\s*=\s*"\.\.?/',
    "module from elsewhere": r'\bsource\s*=\s*"(?!\.)[^"]*/',
    "jsonencode": r"\bjsonencode\(",
    "file": r"\bfile\(",
    "templatefile": r"\btemplatefile\(",
    "data template_file": r'\bdata\s+"?template_file\b',
    "heredoc": r"<<-?[A-Z]",
    "whole value in quotes (0.11)": r'=\s*"\$\{[^{}"]*\}"\s*$',
    "terraform_remote_state": r"\bterraform_remote_state\b",
    "data aws_ecs_task_definition": r'\bdata\s+"?aws_ecs_task_definition\b',
    "ignore_changes": r"\bignore_changes\b",
    "JSON syntax": r"\A\s*[\[{]",
}
"""What a root may have in its text, and how it is recognised."""


@dataclass(frozen=True, slots=True)
class Root:
    """One root: where it is, its outcome with the first problem behind it, and its constructs."""

    path: Path
    outcome: Outcome
    reason: str
    rules: int
    files: int
    constructs: tuple[str, ...]


def roots_of(directory: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the roots below a directory of repositories, each with its repository."""
    for repository in sorted(path for path in directory.iterdir() if path.is_dir()):
        modules = {
            file.parent.resolve()
            for file in repository.rglob("*.tf*")
            if is_terraform_name(file.name) and ".terraform" not in file.parts
        }
        called = {
            called.resolve()
            for module in modules
            for called in includes_modules(module, [file.name for file in module.iterdir()])
        }
        yield from ((root, repository) for root in sorted(modules - called))


def measure(root: Path, repository: Path) -> Root:
    """Read a root and say how it went."""
    reading = Reading(Project(repository.resolve()), {}, Problems())
    try:
        loaded = read((root,), reading)
    except DefinitionError as error:
        return Root(root, Outcome.ERROR, _said(error.problems[0]), 0, 0, ())
    definitions = loaded.definitions
    rules = len(definitions.rules) + len(definitions.event_rules)
    outcome, reason = _outcome(definitions.problems, rules)
    files = [path for fragment in loaded.fragments for path in fragment.files]
    return Root(root, outcome, reason, rules, len(files), _constructs(files))


def _outcome(problems: Sequence[Problem], rules: int) -> tuple[Outcome, str]:
    errors = [
        problem
        for problem in problems
        if problem.severity is Severity.ERROR and problem.rule != "target-family-missing"
    ]
    if errors:
        worst = next((error for error in errors if error.rule not in REJECTS), errors[0])
        return _of_error(worst), _said(worst)
    left = [problem for problem in problems if problem.rule == "left-out"]
    fetched = [problem for problem in problems if "not on this disk" in problem.message]
    unknown = [problem for problem in left if "known on AWS only" in problem.message]
    if unknown:
        of_module = [p for p in unknown if fetched and "${module." in p.message]
        return (Outcome.MODULE if of_module else Outcome.AWS_ONLY), _said(unknown[0])
    if left:
        return Outcome.VARIABLE, _said(left[0])
    elsewhere = [problem for problem in problems if problem.rule == "target-family-missing"]
    if elsewhere:
        return Outcome.FAMILY, _said(elsewhere[0])
    if not rules:
        return (Outcome.MODULE, _said(fetched[0])) if fetched else (Outcome.NOTHING, "")
    return Outcome.COMPLETE, ""


def _of_error(problem: Problem) -> Outcome:
    if problem.rule in REJECTS:
        return Outcome.REJECTED
    missing = any(words in problem.message for words in MISSING)
    return Outcome.FILE if missing else Outcome.ERROR


def _said(problem: Problem) -> str:
    return f"{problem.source}: {problem.message}" if problem.source else problem.message


def _constructs(files: Iterable[Path]) -> tuple[str, ...]:
    text = [path.read_text("utf-8", "replace") for path in files if is_terraform_name(path.name)]
    return tuple(
        name
        for name, form in CONSTRUCTS.items()
        if any(re.search(form, one, re.MULTILINE) for one in text)
    )


def report(roots: Sequence[Root]) -> str:
    """Return the tables: every root, how many of each outcome, and of each construct."""
    outcomes = Counter(root.outcome for root in roots)
    known = [root for root in roots if root.outcome is not Outcome.NOTHING]
    done = sum(root.outcome not in FAILURES for root in known)
    rows = [[r.path.as_posix(), str(r.rules), str(r.files), r.outcome, r.reason] for r in roots]
    constructs = [
        [name, str(len(having)), str(sum(root.outcome not in FAILURES for root in having))]
        for name in CONSTRUCTS
        if (having := [root for root in known if name in root.constructs])
    ]
    files = sum(root.files for root in roots)
    share = f"{done} of {len(known)} roots" + (f", {done / len(known):.0%}" if known else "")
    return "\n\n".join(
        [
            render(("ROOT", "RULES", "FILES", "OUTCOME", "FOR WANT OF"), rows, width=None),
            render(("OUTCOME", "ROOTS"), [[o, str(n)] for o, n in outcomes.items()], width=None),
            render(("CONSTRUCT", "ROOTS", "RESOLVED"), constructs, width=None),
            f"{files} files read; resolved apart from what the user alone can say: {share}",
        ]
    )


def main() -> int:
    """Measure the roots below a directory; 1 when fewer than 95 % of them resolve."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roots", description=__doc__)
    parser.add_argument("directory", type=Path, help="one directory a repository")
    directory = parser.parse_args().directory
    roots = [measure(root, repository) for root, repository in roots_of(directory)]
    print(report(roots))
    failed = sum(root.outcome in FAILURES for root in roots)
    return 1 if failed > 0.05 * len(roots) else 0


if __name__ == "__main__":
    sys.exit(main())
