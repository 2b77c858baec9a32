"""`ecs-local lint`: would this run on AWS, and will it run here?"""

import argparse

from emulator.cli import findings, options, screen
from emulator.errors import Severity


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        "  ecs-local lint --ignore 'image-*'\n"
        "  ecs-local lint -f infra --format sarif > lint.sarif\n\n"
        "A comment `# ecs-local: ignore=ID[,ID]` holds for its own line and the one below.\n"
        "The exit code is 2 when there are errors; --strict counts warnings, too.\n"
        "docs/lint.md describes every ID."
    )
    parser.add_argument(
        "--format",
        choices=sorted(findings.FORMATS),
        default="text",
        help="how to answer (default: text); github are annotations of GitHub Actions",
    )
    parser.add_argument(
        "--select", metavar="ID[,ID]", default="", help="report these only; * fits anything"
    )
    parser.add_argument("--ignore", metavar="ID[,ID]", default="", help="do not report these")
    parser.add_argument(
        "--strict", action="store_true", help="exit with 2 when there are warnings, too"
    )
    options.add_definitions(parser)
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Report what is wrong."""
    from emulator.lint import rule_ids
    from emulator.lint.selection import parse_ids

    known = rule_ids()
    problems = options.emulator_of(arguments).lint(
        select=parse_ids(arguments.select, known), ignore=parse_ids(arguments.ignore, known)
    )
    text = findings.FORMATS[arguments.format](problems)
    if text:
        (screen.command if arguments.format == "github" else screen.say)(text)
    grave = {Severity.ERROR, Severity.WARNING} if arguments.strict else {Severity.ERROR}
    return 2 if any(problem.severity in grave for problem in problems) else 0
