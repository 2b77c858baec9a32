"""A scheduler that is operated: in the background, with other definitions, killed as it waits."""

import json
import signal
import urllib.error
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.with_docker.project import (
    PATIENCE,
    Project,
    at_once,
    due,
    job,
    meeting,
    shell,
    soon,
    until_there,
    wait_until,
)


def _ran(project: Project) -> list[str]:
    tasks = project.json("tasks")["tasks"]
    return sorted(task["local"]["rule"] for task in tasks if task["lastStatus"] == "STOPPED")


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_scheduler_in_the_background_takes_changes_over_is_measured_and_ends(
    project: Project,
) -> None:
    metrics = project.folder / "ecs.prom"
    jobs = {name: job(shell(f"echo {name}")) for name in ("first", "second")}
    project.define(jobs, [at_once("first")])
    begun = project.run("run", "--detach", "--metrics-file", str(metrics))
    assert begun.code == 0, begun.err
    status = project.json("status")
    assert (status["healthy"], status["detached"]) == (True, True)
    assert status["rules"] == ["first"]
    wait_until(lambda: _ran(project) == ["first"], "the first task")
    project.define(jobs, [at_once("first"), at_once("second")])
    wait_until(lambda: _ran(project) == ["first", "second"], "the second task")
    assert project.run("down").out.startswith("the scheduler has ended\n")
    assert project.run("status", "-q").code == 1
    said = (project.state_dir / "scheduler.log").read_text("utf-8")
    assert "definitions taken over: added second\n" in said
    families = text_string_to_metric_families(metrics.read_text("utf-8"))  # type: ignore[no-untyped-call]
    samples = [sample for family in families for sample in family.samples]
    fired = {s.labels["rule"]: s.value for s in samples if s.name == "ecs_local_firings_total"}
    assert fired == {"first": 1, "second": 1}


def test_sighup_has_files_read_again_which_the_log_tells_as_json(project: Project) -> None:
    jobs = {"first": job(shell("echo first"))}
    project.define(jobs, [due("first", soon(3600))])
    options = ("--no-reload", "--max-firings", "1", "--metrics-listen", "0")
    with project.running("run", *options, "--log-format", "json") as run:
        run.wait_for("/healthz")
        project.define(jobs, [at_once("first")])
        run.signal(signal.SIGHUP)
        answer = run.end()
    lines = [json.loads(line) for line in answer.err.splitlines()]
    assert answer.code == 0
    by_event = {line["event"]: line for line in lines}
    assert by_event["DefinitionsReloaded"]["changed"] == ["first"]
    assert by_event["TaskStateChanged"]["exitCode"] == 0
    assert by_event["RunEnded"]["message"] == "1 firing, 1 task: 1 succeeded"
    assert answer.out.splitlines()[2:] == ["first/app | first", "1 firing, 1 task: 1 succeeded"]


def test_health_and_metrics_are_answered_while_it_runs(project: Project) -> None:
    project.define({"first": job(shell("echo first"))}, [due("first", soon(3600))])
    with project.running("run", "--metrics-listen", "0") as run:
        run.wait_for("/healthz")
        address = run.err.partition("metrics at ")[2].split("/metrics")[0]
        wait_until(lambda: _status(f"{address}/healthz") == 200, "health", run)
        with urllib.request.urlopen(f"{address}/metrics", timeout=PATIENCE) as answer:
            assert b'ecs_local_firings_total{rule="first"} 0.0\n' in answer.read()
        run.signal(signal.SIGTERM)
        assert run.end().code == 130


def test_an_attempt_that_waits_survives_a_kill_with_what_it_is_an_attempt_of(
    project: Project,
) -> None:
    retry = {"first": {"retry": {"attempts": 2, "delay": "2s"}}}
    # A kill that comes late finds the second attempt begun, but not at its end.
    tries = shell(
        f"echo tries; mkdir /meeting/tried 2>/dev/null || {until_there('killed')}; exit 7"
    )
    jobs = {"first": meeting(tries)}
    project.define(jobs, [at_once("first")], local={"rules": retry})
    with project.running("run") as run:
        run.wait_for("gets another: attempt 2 of 2")
        run.signal(signal.SIGKILL)
        run.end()
    (project.folder / "killed").touch()
    answer = project.run("run", "--for", "1s")
    assert (answer.code, project.lines("app")) == (1, ["tries", "tries"])
    second, first = project.json("tasks")["tasks"]
    assert second["local"]["retryOf"] == first["taskArn"].rpartition("/")[2]
    assert second["local"]["scheduledAt"] == first["local"]["scheduledAt"]
    told = [(task["local"]["attempt"], task["local"]["cause"]) for task in (first, second)]
    assert told == [(1, "schedule"), (2, "retry")]
