"""`ecs-local simulate --execute`: the tasks of a period, on a virtual clock."""

import argparse

from emulator.app.settings import Settings
from emulator.app.simulating import SimulateOptions, Simulating
from emulator.cli import complaints, options, screen
from emulator.cli.live_view import LiveView
from emulator.cli.period import period_schedules
from emulator.cli.report import Collector
from emulator.cli.run import exit_code, summary
from emulator.cli.signals import draining
from emulator.errors import UsageError
from emulator.events import EventBus
from emulator.logs.directory import LogDirectory
from emulator.model.task import NOTHING_IS_RUN
from emulator.state.directory import StateDirectory


def execute_tasks(arguments: argparse.Namespace) -> int:
    """Run what fires in the period, and exit as `run` does."""
    if arguments.format == "json" or arguments.limit is not None:
        message = "--format and --limit concern the list of firings, not --execute"
        raise UsageError(message, hint="`--report FILE.json` tells of tasks")
    emulator = options.emulator_of(arguments)
    schedules = period_schedules(emulator, arguments)
    rules = [rule for rule in emulator.rules(arguments.rules) if rule.name in schedules]
    if not rules:
        message = "no rule is enabled, so nothing would ever fire"
        raise UsageError(message)
    bus = EventBus()
    reports = Collector.on(bus, arguments.reports)
    simulating = Simulating(emulator.settings, emulator.definitions, _options(arguments), bus)
    complaints.report_warnings(emulator.definitions.problems)
    simulating.prepare()
    screen.note(_about(simulating, emulator.settings))
    logs = LogDirectory(StateDirectory(simulating.directory).logs)
    view = LiveView(bus, emulator.definitions, logs, dated=True)
    with draining(simulating.interrupt):
        tally = simulating.run(rules, schedules)
    reports.write(emulator.definitions, logs)
    view.answer(summary(tally))
    if simulating.goes_on:
        screen.note(
            "--resume goes on from here"
            + ("" if tally.interrupted else ", firing again what failed")
        )
    elif arguments.resume and not tally.firings:
        screen.note("nothing was left to fire; without --resume the simulation begins anew")
    return exit_code(tally, incomplete=view.incomplete)


def _options(arguments: argparse.Namespace) -> SimulateOptions:
    return SimulateOptions(
        start=arguments.start,
        end=arguments.end,
        name=arguments.name,
        speed=arguments.speed,
        exit_on_failure=arguments.exit_on_failure,
        resume=arguments.resume,
        seed=arguments.seed,
    )


def _about(simulating: Simulating, settings: Settings) -> str:
    place = screen.printable(str(screen.relative(simulating.directory)))
    lines = [f"a virtual clock; history and logs are in {place}, with its times"]
    if settings.engine == "fake":
        lines.append(NOTHING_IS_RUN)
    elif settings.fake_time:
        lines.append(
            "programs see the virtual clock where their image has libfaketime; "
            "statically linked ones never do"
        )
    else:
        lines.append("containers see this machine's clock, not the virtual one")
    return "\n".join(lines)
