"""What GitHub Actions is told of a run: annotations at the rules, and a summary of the step."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.cli.workflow_commands import WORKSPACE, annotation, in_repository
from emulator.cli.workflow_report import summary
from emulator.errors import SourceRef
from emulator.events import InvocationFailed
from tests.cli.conftest import NOW, PROJECT, Cli, says

FAILS = says(b"Traceback (most recent call last):", "ValueError: 値".encode(), exit_code=3)


def test_a_failed_task_is_an_error_at_its_rule_with_its_last_lines(cli: Cli) -> None:
    told = cli("invoke", "daily", "--report", "github", project=PROJECT, main_process=FAILS)
    assert told.code == 3
    assert told.out.splitlines()[-1] == (
        "::error file=ecs-local.yaml,title=daily failed,line=12::"
        "Essential container in task exited; main exited 3%0A"
        "Traceback (most recent call last):%0AValueError: 値"
    )


def test_what_to_do_about_a_task_that_cannot_start_stands_in_the_reports(
    cli: Cli, tmp_path: Path
) -> None:
    secrets = "secrets: [{name: DB, valueFrom: prd/db}, {name: KEY, valueFrom: key}]"
    project = PROJECT.replace("logConfiguration:", f"{secrets}\n        logConfiguration:")
    project += "local: {secrets: {prd/db: {env: NO_SUCH_VARIABLE}}}\n"
    xml = tmp_path / "r.xml"

    words = ("--report", "github", "--report", str(xml))
    told = cli("invoke", "daily", *words, project=project)

    assert told.code == 125
    hint = "cannot start: local.secrets: the environment variable NO_SUCH_VARIABLE is not set"
    assert hint in told.out.splitlines()[-1].split("%0A")[1]
    assert 'write under local.secrets: "key": VALUE' in told.out.splitlines()[-1].split("%0A")[2]
    (error,) = ElementTree.parse(xml).findall(".//error")
    assert (error.text or "").count("cannot start") == 2


def test_a_task_that_succeeded_is_not_annotated(cli: Cli) -> None:
    told = cli("invoke", "daily", "--report", "github", project=PROJECT)
    assert "::" not in told.out


def test_what_was_stopped_because_another_task_failed_is_no_error(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "jobs.yaml"
    script.write_text(
        "containers: [{rule: daily, duration: 5m, exitCode: 3}, {duration: 10m}]", "utf-8"
    )
    step = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    other = PROJECT + (
        "  - {name: other, scheduleExpression: cron(0 1 * * ? *), taskDefinition: daily}\n"
    )
    period = ("--from", "2028-02-29", "--to", "2028-03-01", "--exit-on-failure")
    fake = ("--execute", "--engine=fake", f"--engine-script={script}")
    told = cli("simulate", *period, *fake, "--report", "github", project=other)
    assert told.code == 1
    assert "::error file=ecs-local.yaml,title=daily failed,line=12::" in told.out
    assert "::warning file=ecs-local.yaml,title=other stopped,line=" in told.out
    assert "| ❌ failed |" in step.read_text("utf-8")
    assert "| ⏹️ stopped |" in step.read_text("utf-8")


def test_the_summary_of_the_step_is_a_table_behind_what_is_there(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = tmp_path / "summary.md"
    step.write_text("# Before\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    cli("invoke", "daily", "--report", "github", project=PROJECT, main_process=FAILS)
    assert step.read_text("utf-8") == (
        "# Before\n"
        "| Rule | Due (UTC) | Outcome | Duration | Reason |\n"
        "| --- | --- | --- | ---: | --- |\n"
        "| daily | 2026-11-24T06:37:05Z | ❌ failed | 0.0 s "
        "| Essential container in task exited; main exited 3 |\n"
    )


def test_what_did_not_go_well_stands_first_in_the_summary(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "jobs.yaml"
    script.write_text(
        "containers: [{rule: daily, starts: [{}, {exitCode: 1}, {}, {exitCode: 2}, {}]}]", "utf-8"
    )
    step = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    period = ("--from", "2028-02-25", "--to", "2028-03-01")
    fake = ("--execute", "--engine=fake", f"--engine-script={script}")

    cli("simulate", *period, *fake, "--report", "github", project=PROJECT)

    lines = step.read_text("utf-8").splitlines()
    assert lines[:2] == ["5 tasks: 2 failed, 3 succeeded", ""]
    days = [re.findall(r"2028-02-(\d\d)T.*? \| (?:.|⏹️) (\w+)", line) for line in lines[4:9]]
    assert [day for (day,) in days] == [
        ("26", "failed"),
        ("28", "failed"),
        ("25", "succeeded"),
        ("27", "succeeded"),
        ("29", "succeeded"),
    ]


def test_a_summary_that_cannot_be_written_is_named_by_its_variable(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    told = cli("invoke", "daily", "--report", "github", project=PROJECT)
    assert told.code == 2
    assert f"GITHUB_STEP_SUMMARY={tmp_path}: cannot be written: Is a directory" in told.err


def test_what_commands_a_terminal_is_in_no_report(cli: Cli, tmp_path: Path) -> None:
    coloured = says(b"\x1b[1;31m\xe8\xb5\xa4\x1b[0m \x07", exit_code=1)
    xml = tmp_path / "r.xml"
    words = ("--report", "github", "--report", str(xml))
    told = cli("invoke", "daily", *words, project=PROJECT, main_process=coloured)
    assert told.out.splitlines()[-1].endswith("main exited 1%0A赤 \\x07")
    assert "<system-out>赤 �</system-out>" in xml.read_text("utf-8")


def test_a_junit_report_has_the_end_of_a_very_long_log(cli: Cli, tmp_path: Path) -> None:
    endless = says(*[b"x" * 250_000] * 5, b"the end")
    xml = tmp_path / "r.xml"
    cli("invoke", "daily", "--report", str(xml), project=PROJECT, main_process=endless)
    text = xml.read_text("utf-8")
    assert "the end</system-out>" in text
    assert "<system-out>…xxx" in text
    assert 1_000_000 < len(text) < 1_010_000


def test_reports_of_several_kinds_come_from_one_run(cli: Cli, tmp_path: Path) -> None:
    reports = ("--report", "r.xml", "--report", "r.json", "--report", "github")
    told = cli("run-task", "daily", *reports, project=PROJECT, main_process=FAILS)
    assert told.out.count("::error ") == 1
    assert "<testsuite " in (tmp_path / "r.xml").read_text("utf-8")
    assert '"exitCode": 3' in (tmp_path / "r.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("here", "path", "read"),
    [
        ("infra", "ecs-local.yaml", "infra/ecs-local.yaml"),
        ("infra", "../jobs/a.yaml", "jobs/a.yaml"),
        (".", "infra/a.yaml", "infra/a.yaml"),
        ("infra", "../../elsewhere.yaml", "../../elsewhere.yaml"),
        ("infra", "/etc/a.yaml", "/etc/a.yaml"),
    ],
)
def test_a_place_counts_from_the_root_of_the_repository(
    tmp_path: Path, here: str, path: str, read: str
) -> None:
    environ = {WORKSPACE: str(tmp_path)}
    assert in_repository(SourceRef(path, 3), environ, tmp_path / here) == SourceRef(read, 3)
    assert in_repository(SourceRef(path, 3), {}, tmp_path / here) == SourceRef(path, 3)


def test_annotations_of_a_step_with_a_directory_of_its_own_name_files_from_the_root(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WORKSPACE, str(tmp_path.parent))
    told = cli("invoke", "daily", "--report", "github", project=PROJECT, main_process=FAILS)
    assert f"::error file={tmp_path.name}/ecs-local.yaml," in told.out
    for form in ("github", "sarif"):
        linted = cli("lint", "--format", form, project=PROJECT)
        assert f"{tmp_path.name}/ecs-local.yaml" in linted.out


@given(st.text(), st.text(), st.text())
def test_no_text_ends_an_annotation_or_begins_another(title: str, message: str, file: str) -> None:
    line = annotation("error", title, message, SourceRef(file, 3))
    assert not re.search("[\r\n]", line)
    command, properties, rest = line.split("::", 2)[0], *line.split("::", 2)[1:]
    assert command == ""
    assert properties.count(",") == 2
    for escape, character in (("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        rest = rest.replace(escape, character)
    assert rest == message


@given(st.text())
def test_no_text_is_markup_in_the_summary(reason: str) -> None:
    refused = InvocationFailed(rule="daily", target_id="t", scheduled_at=NOW, reason=reason, at=NOW)
    row = summary([], [refused]).splitlines()[2]
    assert row.count("|") == 6
    assert not re.search(r"[<>`\[\]*\\]", row)


def test_a_summary_is_not_larger_than_github_takes() -> None:
    refused = InvocationFailed(
        rule="daily" * 12, target_id="t" * 64, scheduled_at=NOW, reason="|" * 5000, at=NOW
    )
    text = summary([], [refused] * 2000)
    assert len(text.encode()) < 1 << 20
    assert "1,500 more are left out here." in text


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("current/jobs.yaml", "infra/jobs.yaml"),
        ("link.yaml", "infra/jobs.yaml"),
        ("../alias/infra/jobs.yaml", "infra/jobs.yaml"),
        # Its target is not in the checkout, and the link is.
        ("outside.yaml", "outside.yaml"),
    ],
)
def test_a_place_below_a_link_is_the_one_that_is_checked_out(
    tmp_path: Path, path: str, read: str
) -> None:
    root = tmp_path / "repository"
    (root / "infra").mkdir(parents=True)
    (root / "current").symlink_to("infra")
    (root / "link.yaml").symlink_to("infra/jobs.yaml")
    (root / "outside.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    (tmp_path / "alias").symlink_to(root)
    for workspace in (root, tmp_path / "alias"):
        environ = {WORKSPACE: str(workspace)}
        assert in_repository(SourceRef(path, 3), environ, root) == SourceRef(read, 3)
