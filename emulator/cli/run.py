"""`ecs-local run`: the scheduler in the foreground."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from emulator.app.emulator import Emulator
from emulator.app.serving import ServeOptions
from emulator.app.tally import Tally
from emulator.cli import complaints, option_values, options, rules, screen
from emulator.cli.detaching import follow_screen_file, is_detached
from emulator.cli.live_view import LiveView
from emulator.cli.metering import add_metrics, metering
from emulator.cli.report import Collector
from emulator.cli.running import say_if_fake
from emulator.cli.signals import draining
from emulator.clock import iso_instant
from emulator.errors import UsageError
from emulator.eventbridge.missed import MissedPolicy
from emulator.events import EventBus, SchedulerBegan
from emulator.model.rules import Rule
from emulator.quantity import counted


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        "  ecs-local run --max-firings 1 --exit-on-failure\n"
        "  ecs-local run -f infra example-batch --for 10m --report junit.xml\n\n"
        "Ctrl-C stops gently: no new tasks, SIGTERM and the stop timeout for those that run.\n"
        "Once more kills them. --for, --until and --max-firings let running tasks finish."
    )
    parser.add_argument("rules", metavar="RULE", nargs="*", help="rules to fire (default: all)")
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument(
        "--for",
        dest="duration",
        type=option_values.duration,
        metavar="DURATION",
        help="fire nothing after so long (10m, 1h30m)",
    )
    ends.add_argument(
        "--until", type=option_values.instant, metavar="INSTANT", help="fire nothing from then on"
    )
    parser.add_argument(
        "--max-firings", type=option_values.positive, metavar="N", help="end after so many firings"
    )
    parser.add_argument(
        "--exit-on-failure", action="store_true", help="stop everything when a task fails"
    )
    parser.add_argument(
        "--missed",
        choices=[policy.value for policy in MissedPolicy],
        default=MissedPolicy.SKIP.value,
        help="what to do with firings that passed while the machine slept (default: skip)",
    )
    parser.add_argument(
        "--no-reload",
        action="store_true",
        help="keep to the definitions as they are; otherwise changes are taken over at once",
    )
    parser.add_argument(
        "--prewarm",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="whether the network of a coming awsvpc task stands before its second, so that it "
        "starts at once (default: local.prewarm, else yes)",
    )
    parser.add_argument(
        "-d", "--detach", action="store_true", help="go on in the background; see status and down"
    )
    options.add_report(parser)
    options.add_definitions(parser)
    options.add_state(parser)
    options.add_running(parser)
    options.add_chain(parser)
    options.add_chaos(parser)
    add_metrics(parser)
    parser.set_defaults(execute=execute)


def _idle(chosen: Sequence[Rule]) -> UsageError:
    if chosen:
        message = "no rule is enabled, so nothing would ever fire"
        return UsageError(message, hint="`ecs-local invoke RULE` fires a disabled rule, too")
    message = "no rule has a schedule, so nothing would ever fire"
    return UsageError(
        message, hint="`ecs-local rules` tells which rules there are, or what is left out"
    )


def _refuse_what_is_over(until: datetime | None, now: datetime) -> None:
    if until is not None and until <= now:
        message = f"--until {iso_instant(until)} is over, so nothing would fire"
        raise UsageError(message, hint="name an instant to come, or say --for DURATION")


def execute(arguments: argparse.Namespace) -> int:
    """Fire rules until the end, or until nobody reads any more what they say."""
    from emulator.cli import BROKEN_PIPE, settle_process

    detached = is_detached()
    emulator = options.emulator_of(arguments)
    _refuse_what_is_over(arguments.until, emulator.now())
    if arguments.detach and not detached:
        from emulator.cli.detaching import detach

        return detach(emulator)
    with emulator.looking_at_files():
        chosen = emulator.rules(arguments.rules)
    if not any(rule.enabled for rule in chosen):
        raise _idle(chosen)
    emulator.state.refuse_second()
    bus = EventBus()
    reports = Collector.on(bus, arguments.reports)
    complaints.report_warnings(emulator.definitions.problems)
    screen.note(_files(emulator))
    say_if_fake(emulator)
    settle_process()
    view = LiveView(bus, emulator.definitions, emulator.logs, unread=emulator.end)
    bus.subscribe(SchedulerBegan, lambda began: view.answer(_rules(emulator, chosen, began)))
    with draining(emulator.interrupt, _hang_up(emulator)), metering(arguments, emulator, bus):
        serving = _serve_options(arguments, emulator, detached=detached)
        tally = emulator.serve(chosen, serving, bus, names=arguments.rules)
    reports.write(emulator.definitions, emulator.logs)
    view.answer(summary(tally))
    code = exit_code(tally, incomplete=view.incomplete)
    screen.log("info", "RunEnded", summary(tally), {"exitCode": code})
    return BROKEN_PIPE if view.reader_gone else code


def _rules(emulator: Emulator, chosen: Sequence[Rule], began: SchedulerBegan) -> str:
    """Return the rules with their next firing, counted as the scheduler itself counts it."""
    due = {rule.name: began.next_due.get(rule.name) for rule in chosen}
    matching = [rule for rule in emulator.definitions.event_rules if rule.enabled]
    return rules.table(chosen, due, matching)


def _serve_options(
    arguments: argparse.Namespace, emulator: Emulator, *, detached: bool
) -> ServeOptions:
    until = arguments.until
    if arguments.duration is not None:
        until = emulator.now() + arguments.duration
    return ServeOptions(
        until=until,
        max_firings=arguments.max_firings,
        exit_on_failure=arguments.exit_on_failure,
        watch=not arguments.no_reload,
        detached=detached,
        begun_anew=partial(follow_screen_file, emulator) if detached else lambda: None,
    )


def _hang_up(emulator: Emulator) -> Callable[[], None]:
    """Return what SIGHUP does: it reloads; where it says that a terminal has gone, it drains."""
    of_terminal = sys.stdin is not None and sys.stdin.isatty()
    return emulator.interrupt if of_terminal else emulator.reload


def _files(emulator: Emulator) -> str:
    """Return which files were read and how many were left, in one line."""
    names = emulator.definitions.files
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    left = sum(found.reason is not None for found in emulator.loaded.found)
    more = f"; left {left}, see `ecs-local config --files`" if left else ""
    return screen.printable(f"definitions from {shown}{more}")


def summary(tally: Tally) -> str:
    """Return what a run came to, in one line."""
    counts = {
        "succeeded": tally.succeeded,
        "failed": tally.failed,
        "stopped": tally.stopped,
        "refused": tally.refused,
    }
    total = tally.succeeded + tally.failed + tally.stopped
    parts = [f"{count:,} {word}" for word, count in counts.items() if count or word == "succeeded"]
    text = f"{counted(tally.firings, 'firing')}, {counted(total, 'task')}: {', '.join(parts)}"
    extra = [
        f"{count:,} {word}"
        for word, count in (
            ("missed", tally.missed),
            ("skipped", tally.skipped),
            ("retried", tally.retried),
        )
        if count
    ]
    return f"{text} ({', '.join(extra)})" if extra else text


def exit_code(tally: Tally, *, incomplete: bool) -> int:
    """Return the exit code of a run, by what it came to; `incomplete`: not all of it was shown."""
    from emulator.cli import INTERRUPTED

    if tally.interrupted:
        return INTERRUPTED
    unwell = tally.failed or tally.refused or tally.stopped or tally.incomplete or incomplete
    return 1 if unwell else 0
