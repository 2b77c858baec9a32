"""`doctor`: what it finds, line by line."""

from pathlib import Path

from tests.cli.conftest import PROJECT, Cli


def test_the_name_of_a_file_cannot_command_the_terminal(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J.yaml").write_text(PROJECT, "utf-8")
    told = cli("doctor")
    assert "1 rule from a\\x1b[2J.yaml\n" in told.out


def test_of_definitions_with_errors_the_first_error_is_told(cli: Cli) -> None:
    noted = PROJECT.replace("logDriver: awslogs", "logDriver: fluentd")
    wrong = noted.replace("cron(0 1", "crom(0 1") + "  - name: other\n    taskDefinition: daily\n"
    told = cli("doctor", project=wrong)
    assert "!   definitions      2 errors, first: ecs-local.yaml:" in told.out
    assert "Parameter ScheduleExpression is not valid.\n                     -> " in told.out
