"""`ecs-local lint`: the screen, the formats and the exit codes."""

import json
from pathlib import Path

import pytest

from emulator.cli import main

PROJECT = """\
rules:
- name: 夜間バッチ
  scheduleExpression: rate(1 hour)
  taskDefinition: batch
- name: nightly
  # ecs-local: ignore=schedule-*
  scheduleExpression: cron(0 0 30 2 ? *)
  taskDefinition: bach
taskDefinitions:
  batch:
    networkMode: bridge
    containerDefinitions:
    - {name: main, image: "app:latest", memory: 64}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("COLUMNS", raising=False)
    (tmp_path / "ecs-local.yaml").write_text(PROJECT, "utf-8")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["lint", *words])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_findings_come_in_the_order_of_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "--ignore", "target-queue-missing")
    assert text == (
        "ecs-local.yaml:2: error: the rule name '夜間バッチ' is not valid [invalid-definition]\n"
        "  hint: 1 to 64 letters, digits and . - _\n"
        "ecs-local.yaml:5: error: rule nightly: no task definition 'bach' [target-family-missing]\n"
        "  hint: did you mean 'batch'?\n"
        "ecs-local.yaml:13: note: image app:latest is tagged latest: two runs of batch may run "
        "different images [image-moving]\n"
        "  hint: name a version or a digest\n"
        "2 errors, 1 note\n"
    )
    assert code == 2


def test_a_narrow_screen_gets_whole_lines_that_can_be_copied(
    capsys: pytest.CaptureFixture[str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    _, text = run(capsys, "--select", "invalid-definition")
    assert text == (
        "ecs-local.yaml:2: \x1b[31merror:\x1b[0m the rule name '夜間バッチ' is not valid "
        "\x1b[2m[invalid-definition]\x1b[0m\n"
        "  hint: 1 to 64 letters, digits and . - _\n"
        "1 error\n"
    )


def test_json_has_a_key_for_everything(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "--select", "image-*", "--format", "json")
    assert json.loads(text) == [
        {
            "rule": "image-moving",
            "severity": "note",
            "message": "image app:latest is tagged latest: two runs of batch may run "
            "different images",
            "hint": "name a version or a digest",
            "source": "ecs-local.yaml:13",
        }
    ]
    assert code == 0


def test_annotations_are_one_line_each(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "a,b.json").write_text('[{"name": "x y", "image": "a:1"}]', "utf-8")
    _, text = run(capsys, "--select", "invalid-definition", "--format", "github", "-f", "a,b.json")
    assert text.splitlines()[0] == (
        "::error file=a%2Cb.json,title=ecs-local invalid-definition,line=1::Container.name "
        "contains invalid characters: 'x y'%0Ahint: letters, digits, - and _ are allowed, "
        "255 of them"
    )


def test_sarif_has_what_the_standard_requires(capsys: pytest.CaptureFixture[str]) -> None:
    _, text = run(capsys, "--format", "sarif")
    log = json.loads(text)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    [found] = log["runs"]
    rules = found["tool"]["driver"]["rules"]
    assert found["tool"]["driver"]["name"] == "ecs-local"
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        [location] = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "ecs-local.yaml"
        assert place["region"]["startLine"] >= 1


def test_nothing_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--select", "role-*") == (0, "nothing found\n")
    assert run(capsys, "--select", "role-*", "--format", "github") == (0, "")
    assert run(capsys, "--select", "role-*", "--format", "json") == (0, "[]\n")
    _, text = run(capsys, "--select", "role-*", "--format", "sarif")
    assert json.loads(text)["runs"][0]["results"] == []


def test_strict_counts_warnings(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "ecs-local.yaml").write_text("local: {images: {'x:1': 'y:1'}}\n", "utf-8")
    assert run(capsys, "--select", "image-unused")[0] == 0
    assert run(capsys, "--select", "image-unused", "--strict")[0] == 2


def test_lenient_makes_warnings_of_what_only_aws_minds(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    fargate = PROJECT.replace("bridge", "bridge\n    requiresCompatibilities: [FARGATE]")
    (project / "ecs-local.yaml").write_text(fargate, "utf-8")
    code, text = run(capsys, "--select", "aws-rejects")
    assert code == 2
    assert "error: Fargate only supports network mode" in text
    code, text = run(capsys, "--select", "aws-rejects", "--lenient")
    assert code == 0
    assert "warning: Fargate only supports network mode" in text


def test_an_unknown_id_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "--ignore", "image-movin")
    assert code == 2
    assert "did you mean 'image-moving'?" in text


def test_a_file_that_cannot_be_parsed_is_a_finding(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    (project / "ecs-local.yaml").write_text("rules: [\n", "utf-8")
    code, text = run(capsys)
    assert code == 2
    assert text.startswith("ecs-local.yaml:2: error: not valid YAML")
    assert "[unreadable]" in text


def test_a_history_that_cannot_be_read_is_told(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    (project / ".ecs-local").mkdir()
    (project / ".ecs-local" / "history.sqlite3").write_bytes(b"this is no database" * 100)
    code, text = run(capsys, "--select", "unreadable")
    assert code == 0
    assert text.startswith("note: how long tasks take is not known")
