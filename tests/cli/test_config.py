"""`ecs-local config`: the resolved definitions, where they come from, and which files were read."""

import json
from pathlib import Path

import pytest
import yaml

from emulator.cli import main

RULES = """\
rules:
- name: nightly
  description: 夜間バッチ
  scheduleExpression: cron(0 3 * * ? *)
  taskDefinition: batch
  containerOverrides:
  - name: main
    environment: {MODE: full}
"""
TASK = '{"family": "batch",\n "containerDefinitions": [\n  {"name": "main", "image": "app:1"}\n]}'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    (tmp_path / "ecschedule.yaml").write_text(RULES, "utf-8")
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "task.json").write_text(TASK, "utf-8")
    (tmp_path / "package.json").write_text("{}", "utf-8")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["config", *words]) == 0
    return capsys.readouterr().out


RESOLVED = """\
region: us-east-1
rules:
- name: nightly
  scheduleExpression: cron(0 3 * * ? *)
  description: 夜間バッチ
  taskDefinition: batch
  containerOverrides:
  - name: main
    environment:
      MODE: full
taskDefinitions:
  batch:
    containerDefinitions:
    - name: main
      image: app:1
"""


def test_several_formats_become_one_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys) == RESOLVED


def test_what_it_prints_is_read_back(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    for form in ("yaml", "json"):
        text = run(capsys, "--format", form)
        again = project.parent / f"again-{form}" / "ecs-local.yaml"
        again.parent.mkdir()
        again.write_text(text, "utf-8")
        assert run(capsys, "-f", str(again)) == RESOLVED


def test_origins_tell_the_line_of_every_value(capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, "--origin")
    assert (
        text
        == """\
region: us-east-1
rules:
- name: nightly  # ecschedule.yaml:2
  scheduleExpression: cron(0 3 * * ? *)  # ecschedule.yaml:4
  description: 夜間バッチ  # ecschedule.yaml:3
  taskDefinition: batch  # ecschedule.yaml:5
  containerOverrides:  # ecschedule.yaml:6
  - name: main  # ecschedule.yaml:7
    environment:  # ecschedule.yaml:8
      MODE: full  # ecschedule.yaml:8
taskDefinitions:
  batch:  # deploy/task.json:1
    containerDefinitions:  # deploy/task.json:2
    - name: main  # deploy/task.json:3
      image: app:1  # deploy/task.json:3
"""
    )


def test_origins_as_json_are_pointers(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(run(capsys, "--origin", "--format", "json"))
    assert document["definitions"]["region"] == "us-east-1"
    assert document["origins"]["/rules/0/name"] == {"source": "ecschedule.yaml:2", "guess": None}
    assert document["origins"]["/region"] == {"source": None, "guess": None}


def test_files_are_listed_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--files") == (
        "FILE                     WHY\n"
        "ecschedule.yaml   taken  as ecs-local.yaml or ecschedule\n"
        "package.json      left   says nothing of ECS\n"
        "deploy/task.json  taken  as task definition\n"
    )
    listed = json.loads(run(capsys, "--files", "--format", "json"))
    assert {"path": "package.json", "format": None, "reason": "says nothing of ECS"} in listed


def test_lists_are_one_name_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--rules") == "nightly\n"
    assert run(capsys, "--images") == "app:1\n"
    assert json.loads(run(capsys, "--rules", "--format", "json")) == ["nightly"]
    assert run(capsys, "--rules", "--format", "yaml") == "- nightly\n"


def test_quiet_only_validates(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    assert run(capsys, "-q") == ""
    (project / "ecschedule.yaml").write_text(RULES.replace("cron(", "crom("), "utf-8")
    assert main(["config", "-q"]) == 2
    assert "ecschedule.yaml:4: " in capsys.readouterr().err


def test_files_are_listed_though_they_have_errors(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    (project / "ecs-local.yaml").write_text("rules: [", "utf-8")
    assert "has errors" in run(capsys, "--files")


def test_files_that_were_named_are_listed_with_the_reason(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    (project / "broken.yaml").write_text("a: [", "utf-8")
    names = ("ecschedule.yaml", "broken.yaml", "missing.yaml", "package.json")
    words = [word for name in names for word in ("-f", name)]
    assert yaml.safe_load(run(capsys, "--files", *words, "--format", "yaml")) == [
        {"path": "ecschedule.yaml", "format": "ecs-local.yaml or ecschedule", "reason": None},
        {"path": "missing.yaml", "format": None, "reason": "there is no such file"},
        {
            "path": "broken.yaml",
            "format": None,
            "reason": "not valid YAML: did not find expected node content",
        },
        {"path": "package.json", "format": None, "reason": "says nothing of ECS"},
    ]


def test_the_schema_is_json_unless_yaml_is_wanted(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    (project / "ecschedule.yaml").write_text("rules: [", "utf-8")
    schema = json.loads(run(capsys, "--schema"))
    assert schema["title"] == "ecs-local.yaml"
    assert yaml.safe_load(run(capsys, "--schema", "--format", "yaml")) == schema


def test_rules_with_an_event_pattern_are_rules_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pattern = "{source: [shop]}"
    project = tmp_path / "events"
    project.mkdir()
    (project / "ecs-local.yaml").write_text(
        "taskDefinitions: {a: {containerDefinitions: [{name: a, image: alpine}]}}\nrules:\n"
        f"- {{name: both, scheduleExpression: rate(1 hour), eventPattern: {pattern}, "
        "taskDefinition: a}\n"
        f"- {{name: after, eventPattern: {pattern}, taskDefinition: a}}\n",
        "utf-8",
    )
    monkeypatch.chdir(project)
    assert run(capsys, "--rules") == "both\nafter\n"
