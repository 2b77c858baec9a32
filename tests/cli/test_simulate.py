"""`simulate`: what fires in a period, and what becomes of it on a virtual clock."""

import json
import threading
from pathlib import Path

import pytest

from emulator.state.history import History
from emulator.state.stop_requests import request_stop
from emulator.state.task_filter import TaskFilter
from tests.cli.conftest import NOW, PROJECT, Cli

FEBRUARY = ("simulate", "--from", "2028-02-01", "--to", "2028-03-01")
TWICE = """\
containers:
- starts: [{exitCode: 1}, {exitCode: 1}, {duration: 3h, output: "done\\n"}]
"""
RETRIED = PROJECT + "local: {rules: {daily: {retry: {attempts: 3}}}}\n"
CHAINED = PROJECT.replace(
    "rules:\n",
    "rules:\n  - name: after\n    taskDefinition: daily\n    eventPattern: "
    "{source: [aws.ecs], detail: {lastStatus: [STOPPED], startedBy: [events-rule/daily]}}\n",
    1,
)
FAKE = ("--execute", "--engine", "fake")
KEPT = "local: {{history: {{keepDays: {days}}}}}\n"
STATE = ".ecs-local/simulations/x"


def test_a_period_is_listed_and_summed_up(cli: Cli) -> None:
    told = cli(*FEBRUARY, "--limit", "1", project=PROJECT)
    assert told.screen == (
        "DUE (UTC)             DUE (LOCAL)                RULE\n"
        "2028-02-01T01:00:00Z  2028-02-01 10:00:00 JST    daily\n"
        "… and 28 more (--limit)\n"
        "\n"
        "29 firings of 1 rule\n"
        "\n"
        "RULE   FIRINGS\n"
        "daily  29\n"
        "exit code 0\n"
    )


def test_json_is_what_next_answers(cli: Cli) -> None:
    told = cli(*FEBRUARY, "--format", "json", "--limit", "2", project=PROJECT)
    listed = cli("next", "-n", "2", "--after", "2028-02-01", "--format", "json")
    assert told.out == listed.out
    nothing = cli("simulate", "--from", "2028-02-01", "--to", "2028-02-01T00:01", "--format=json")
    assert json.loads(nothing.out) == []


def test_clock_changes_in_berlin_move_a_schedule_in_its_zone(cli: Cli) -> None:
    zoned = PROJECT + (
        "  - name: berlin\n    scheduleExpression: cron(30 2 * * ? *)\n"
        "    scheduleExpressionTimezone: Europe/Berlin\n    taskDefinition: daily\n"
    )
    words = ("simulate", "--from", "2026-10-24", "--to", "2026-10-27", "berlin", "--format=json")
    due = [entry["scheduled"] for entry in json.loads(cli(*words, project=zoned).out)]
    assert due == ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]


def test_executed_a_job_fails_twice_and_then_succeeds(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "jobs.yaml").write_text(TWICE, "utf-8")
    words = ("simulate", "--from", "2028-02-29", "--to", "2028-03-01", "--name", "leap")
    told = cli(*words, *FAKE, "--engine-script", "jobs.yaml", project=RETRIED)
    assert told.code == 0
    assert "daily/main | done" in told.out
    assert "after 10800.0 s" in told.out
    assert told.out.endswith("1 firing, 1 task: 1 succeeded (2 retried)\n")
    assert "nothing is really run" in told.err
    assert "simulations/leap, with its times" in told.err
    assert cli("tasks", "--state-dir", ".ecs-local/simulations/leap").out.count("daily") == 3


def test_a_script_of_containers_there_are_none_of_is_warned_of(cli: Cli, tmp_path: Path) -> None:
    jobs = tmp_path / "jobs.yaml"
    jobs.write_text("containers: [{rule: weekly, exitCode: 1}]", "utf-8")
    told = cli(*FEBRUARY, *FAKE, "--engine-script", str(jobs), project=RETRIED)
    assert "warning: jobs.yaml:1: no rule fits 'weekly'; rules here: daily" in told.err


def test_what_is_due_on_a_virtual_day_is_told_with_it(cli: Cli) -> None:
    told = cli(*FEBRUARY, *FAKE, project=PROJECT).out.splitlines()
    assert told[0] == "daily task ID started (due 2028-02-01T01:00:00Z)"
    assert told[-3] == "daily task ID started (due 2028-02-29T01:00:00Z)"


def test_the_same_seed_gives_the_same_ids_of_tasks_and_events(cli: Cli, tmp_path: Path) -> None:
    def ids(seed: str) -> tuple[list[str], list[str]]:
        assert cli(*FEBRUARY, *FAKE, "--seed", seed, "--name", "x", project=CHAINED).code == 0
        state = tmp_path / ".ecs-local/simulations/x"
        events = map(json.loads, (state / "events.jsonl").read_text("utf-8").splitlines())
        return sorted(p.stem for p in (state / "logs").rglob("*.log")), [e["id"] for e in events]

    tasks, events = ids("7")
    assert len(tasks) == 2 * 29
    assert len(set(events)) == len(events) == 29 + 5 * 2 * 29
    assert ids("7") == (tasks, events)
    assert not {*tasks, *events} & {*ids("8")[0], *ids("8")[1]}


def test_the_same_seed_gives_the_same_events_of_tasks_of_several_containers(
    cli: Cli, tmp_path: Path
) -> None:
    sides = "".join(f", {{name: side{n}, image: 'alpine:latest'}}" for n in range(3))
    several = (
        "rules: [{name: r, scheduleExpression: cron(0 1 * * ? *), taskDefinition: job}]\n"
        "taskDefinitions: {job: {containerDefinitions: "
        f"[{{name: main, image: 'alpine:latest'}}{sides}]}}}}\n"
    )

    def events() -> list[str]:
        assert cli(*FEBRUARY, *FAKE, "--seed", "1", "--name", "x", project=several).code == 0
        return (tmp_path / STATE / "events.jsonl").read_text("utf-8").splitlines()

    first = events()
    assert len(first) > 29 * 5
    assert events() == first


def test_the_same_seed_throttles_for_as_long(cli: Cli, tmp_path: Path) -> None:
    def events() -> str:
        words = ("--seed", "7", "--name", "x", "--chaos", "throttle")
        assert cli(*FEBRUARY, *FAKE, *words, project=PROJECT).code == 0
        return (tmp_path / ".ecs-local/simulations/x/events.jsonl").read_text("utf-8")

    assert events() == events()


def test_it_stops_at_the_first_failure_and_goes_on_from_there(cli: Cli, tmp_path: Path) -> None:
    jobs = tmp_path / "jobs.yaml"
    jobs.write_text("containers: [{starts: [{}, {}, {exitCode: 3}]}]\n", "utf-8")
    words = (*FEBRUARY, *FAKE, "--name", "x", "--engine-script", str(jobs), "--exit-on-failure")
    stopped = cli(*words, project=PROJECT)
    assert stopped.code == 1
    assert stopped.out.endswith("3 firings, 3 tasks: 2 succeeded, 1 failed\n")
    assert stopped.err.endswith("--resume goes on from here, firing again what failed\n")
    mended = tmp_path / "mended.yaml"
    mended.write_text("containers: [{exitCode: 0}]\n", "utf-8")
    resumed = cli(*FEBRUARY, *FAKE, "--name", "x", "--engine-script", str(mended), "--resume")
    assert resumed.code == 0
    assert resumed.out.endswith("27 firings, 27 tasks: 27 succeeded\n")


def test_retention_goes_by_the_virtual_clock_and_on_in_a_resumed_simulation(
    cli: Cli, tmp_path: Path
) -> None:
    project = PROJECT + "logGroups: {/batch: {retentionInDays: 5}}\n"
    jobs = tmp_path / "jobs.yaml"
    jobs.write_text("containers: [{starts: [{}, {}, {}, {exitCode: 1}, {}]}]\n", "utf-8")
    logs = tmp_path / ".ecs-local/simulations/x/logs"
    words = (*FEBRUARY, *FAKE, "--name", "x", "--engine-script", str(jobs))
    cli(*words, "--exit-on-failure", project=project)
    before = set(logs.rglob("*.log"))
    assert len(before) == 4
    resumed = cli(*words, "--resume")
    assert resumed.out.endswith("26 firings, 26 tasks: 25 succeeded, 1 failed\n")
    assert "25 log streams deleted: older than retentionInDays\n" in resumed.err
    left = set(logs.rglob("*.log"))
    assert len(left) == 5
    assert not left & before


def test_the_history_is_pruned_by_the_virtual_clock_every_six_hours(cli: Cli) -> None:
    told = cli(*FEBRUARY, *FAKE, "--name", "x", project=PROJECT + KEPT.format(days=5))
    assert told.out.endswith("29 firings, 29 tasks: 29 succeeded\n")
    assert told.err.endswith("24 old tasks left the history: local.history\n")
    left = json.loads(cli("tasks", "--state-dir", STATE, "--format", "json").out)["tasks"]
    days = [task["createdAt"][8:10] for task in left]
    assert days == ["29", "28", "27", "26", "25"]


def test_what_left_the_history_is_not_fired_again_by_a_resumed_simulation(
    cli: Cli, tmp_path: Path
) -> None:
    jobs = tmp_path / "jobs.yaml"
    jobs.write_text("containers: [{starts: [{duration: 72h, exitCode: 1}, {}]}]\n", "utf-8")
    project = PROJECT + KEPT.format(days=1)
    words = (*FEBRUARY, *FAKE, "--name", "x", "--engine-script", str(jobs), "--seed", "1")
    stopped = cli(*words, "--exit-on-failure", project=project)
    assert stopped.out.endswith("3 firings, 3 tasks: 2 succeeded, 1 failed\n")
    assert stopped.err.splitlines()[-2] == "1 old task left the history: local.history"
    ids = {path.stem for path in (tmp_path / STATE).rglob("*.log")}
    resumed = cli(*words, "--resume")
    assert resumed.out.endswith("27 firings, 27 tasks: 26 succeeded, 1 failed\n")
    again = {path.stem for path in (tmp_path / STATE).rglob("*.log")} - ids
    assert len(again) == 27, "none has the id of one that left the history"


def test_a_mark_of_a_simulation_that_makes_no_sense_is_refused(cli: Cli, tmp_path: Path) -> None:
    cli(*FEBRUARY, *FAKE, "--name", "x", project=PROJECT)
    mark = tmp_path / STATE / "simulation.json"
    mark.write_text(mark.read_text("utf-8").replace('"prunedAt": "', '"prunedAt": "?'), "utf-8")
    told = cli(*FEBRUARY, *FAKE, "--name", "x", "--resume")
    assert told.code == 2
    assert "simulation.json: cannot be read: Invalid isoformat string: '?" in told.err


def test_an_option_that_is_wrong_takes_nothing_from_an_earlier_simulation(
    cli: Cli, tmp_path: Path
) -> None:
    cli(*FEBRUARY, *FAKE, "--name", "x", project=PROJECT)
    for words in (("--engine-script", "no.yaml"), ("--fake-time",)):
        told = cli(*FEBRUARY, *FAKE, "--name", "x", *words)
        assert told.code == 2
        assert told.err.startswith("ecs-local: error: "), "and nothing of a simulation before"
    assert len(list((tmp_path / STATE).rglob("*.log"))) == 29


def test_there_must_be_something_to_resume_and_of_the_same_period(cli: Cli) -> None:
    told = cli(*FEBRUARY, *FAKE, "--resume", project=PROJECT)
    assert told.err.startswith("ecs-local: error: no simulation to resume: ")
    cli(*FEBRUARY, *FAKE, "--name", "x")
    other = cli("simulate", "--from=2028-03-01", "--to=2028-03-02", *FAKE, "--name=x", "--resume")
    assert other.code == 2
    assert "is of 2028-02-01T00:00:00Z to 2028-03-01T00:00:00Z" in other.err


def test_of_a_simulation_that_is_over_nothing_is_left_to_resume(cli: Cli) -> None:
    words = (*FEBRUARY, *FAKE, "--name", "x")
    cli(*words, project=PROJECT)
    resumed = cli(*words, "--resume")
    assert (resumed.out, resumed.code) == ("0 firings, 0 tasks: 0 succeeded\n", 0)
    assert resumed.err.endswith(
        "nothing was left to fire; without --resume the simulation begins anew\n"
    )


def test_what_makes_no_sense_is_refused(cli: Cli) -> None:
    refused = {
        ("simulate", "--from", "2028-03-01", "--to", "2028-02-01"): "not later than --from",
        (*FEBRUARY, "--speed", "60x"): "--speed concerns tasks: it goes with --execute",
        (*FEBRUARY, "--engine", "fake"): "--engine concerns tasks: it goes with --execute",
        (*FEBRUARY, "--strict", "--pull", "never", "--chaos", "throttle"): (
            "--pull, --strict, --chaos concern tasks: they go with --execute"
        ),
        (*FEBRUARY, "--execute", "--speed", "0x"): "is not a speed",
        (*FEBRUARY, "--execute", "--seed", "one"): "'one' is not a whole number",
        (*FEBRUARY, *FAKE, "--name", "../x"): "a name is of letters",
        (*FEBRUARY, "--execute", "--engine-script", "x.yaml"): "for the fake engine",
        (*FEBRUARY, *FAKE, "--engine-script", "none.yaml"): "none.yaml: there is no such file",
        (*FEBRUARY, *FAKE, "--format", "json"): "concern the list of firings",
    }
    for words, message in refused.items():
        told = cli(*words, project=PROJECT)
        assert (told.code, message in told.err) == (2, True), told.screen


def test_a_rule_is_invoked_on_the_fake_engine(
    cli: Cli, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = "containers: [{rule: weekly, exitCode: 1}, {exitCode: 5}]\n"
    (tmp_path / "jobs.yaml").write_text(script, "utf-8")
    words = ("invoke", "daily", "--engine", "fake", "--engine-script", "jobs.yaml")
    (tmp_path / "ecs-local.yaml").write_text(PROJECT, "utf-8")
    from emulator.cli import main

    assert main(words) == 5
    told = capsys.readouterr().err
    assert "warning: jobs.yaml:1: no rule fits 'weekly'; rules here: daily" in told


def test_another_process_can_stop_a_task_of_a_simulation(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "jobs.yaml").write_text("containers: [{duration: 20h}]\n", "utf-8")
    database, over = tmp_path / ".ecs-local/simulations/x/history.sqlite3", threading.Event()

    def stop() -> None:
        history = History(database)
        while not (running := history.tasks(TaskFilter(status="RUNNING"))):
            if over.wait(0.02):
                return
        request_stop(history, running[0].task_id, running[0].owner, "takes too long", NOW)
        history.close()

    stopping = threading.Thread(target=stop, daemon=True)
    stopping.start()
    period = ("--from", "2028-02-01T00:59:50", "--to", "2028-02-01T01:00:10", "--speed", "60x")
    words = (*FAKE, "--name", "x", "--engine-script", "jobs.yaml")
    told = cli("simulate", *period, *words, project=PROJECT)
    over.set()
    stopping.join()
    (task,) = History(database).tasks()
    assert (task.stop_code, task.stopped_reason) == ("UserInitiated", "takes too long")
    assert told.code == 1


def test_a_simulation_sends_nothing_and_says_what_it_would_have_sent(
    cli: Cli, tmp_path: Path
) -> None:
    project = PROJECT + (
        "  - name: alert\n"
        "    eventPattern: {source: [aws.ecs], detail: {lastStatus: [STOPPED]}}\n"
        "    sns: alerts\n"
        "local:\n  sinks: [{type: command, command: [touch, sent]}]\n"
    )
    period = ("--from=2028-02-01", "--to=2028-02-02")
    told = cli("simulate", *period, *FAKE, project=project)
    assert told.code == 0
    assert (
        "not sent, as this is a simulation: command touch: [ecs-local] alert: sns alerts\n"
        in told.err
    )
    assert not (tmp_path / "sent").exists()
    assert cli("simulate", *period, *FAKE, "--send").code == 0
    assert (tmp_path / "sent").exists()
