"""`python -m benchmarks [NAME…]`: runs the measurements and prints one table."""

import argparse
import importlib
import sys
from collections.abc import Iterable
from typing import Final

from benchmarks import machine, report
from benchmarks.figure import Figure

SUBJECTS: Final = {
    "cloudformation": ("cloudformation", "a template of 500 resources"),
    "start-up": ("start_up", "what a user waits for before a command does anything"),
    "definitions": ("definitions", "a Terraform root of 100 files"),
    "schedules": ("schedules", "a year ahead, against croniter and cronsim"),
    "simulation": ("simulation", "a year of 1,000 rules, and 1,000 firings that run nothing"),
    "one-task": ("one_task", "a task from RunTask to removed, against docker run --rm"),
    "three-containers": ("three_containers", "a task of three, against raw SDK calls for the same"),
    "start-latency": ("start_latency", "a due second to a running process, against docker run"),
    "many-tasks": ("many_tasks", "tasks that are all due in one second, against xargs -P4"),
    "log-capture": ("log_capture", "60 MB of lines against docker logs -f, and ends at once"),
    "history": ("history", "a million tasks on record: lists, statistics, inserts"),
    "many-writers": ("many_writers", "50 tasks that log 1 MB/s each: nothing lost, bounded memory"),
    "soak": ("soak", "500 tasks in a row: what they leave behind"),
    "kill-test": ("kill_test", "a scheduler killed 100 times: nothing lost, nothing twice"),
    "restart": ("restart", "a start after a kill: 100,000 tasks on record, 50 running"),
    "steady": ("steady", "a task a second: six virtual hours, and minutes that are real"),
    "event-bus": ("event_bus", "events against 100 rules, and a firing in a storm of them"),
    "pytest": (
        "pytest_plugin",
        "what the plugin adds to a session, and a test that invokes a rule",
    ),
    "due-second": ("due_second", "1,000 rules due in one second, 10,000 that wait"),
}
"""Subject to its module in this package, and one line for the help."""


def main() -> int:
    """Measure the subjects that were asked for; 1 when a target is not reached."""
    arguments = _parser().parse_args()
    unknown = [name for name in arguments.names if name not in SUBJECTS]
    if unknown:
        print(f"benchmarks: no subject {unknown[0]!r}; there are {', '.join(SUBJECTS)}")
        return 2
    print(machine.describe())
    figures: list[tuple[str, Figure]] = []
    for subject in arguments.names or SUBJECTS:
        print(f"measuring {subject} ...", file=sys.stderr, flush=True)
        figures.extend((subject, figure) for figure in _measure(subject, arguments.quick))
    print()
    print((report.markdown if arguments.markdown else report.table)(figures))
    return 0 if all(figure.met for _, figure in figures) else 1


def _measure(subject: str, quick: bool) -> Iterable[Figure]:
    module = importlib.import_module(f"benchmarks.{SUBJECTS[subject][0]}")
    figures: Iterable[Figure] = module.measure(quick)
    return figures


def _parser() -> argparse.ArgumentParser:
    subjects = "\n".join(f"  {name:12}{text}" for name, (_, text) in SUBJECTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the figures that ecs-local promises.",
        epilog=f"subjects:\n{subjects}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="subjects; default: all")
    parser.add_argument("--quick", action="store_true", help="small and inexact, to try it out")
    parser.add_argument(
        "--markdown", action="store_true", help="the table as docs/figures.md has it"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
