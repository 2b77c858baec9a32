"""What a caller says beside the files: over which of their words it lies, and what it is told."""

from pathlib import Path
from typing import Any, Final

import pytest

from emulator.app.settings import Settings
from emulator.app.workspace import Workspace
from emulator.clock import system_clock
from emulator.errors import DefinitionError
from emulator.model.definitions import Local
from emulator.model.environment import SecretSource
from emulator.model.task_policies import LocalRule, Overlap, TaskRetry

FILES: Final = """
rules:
- {name: nightly, scheduleExpression: cron(0 3 * * ? *), taskDefinition: job}
- {name: weekly, scheduleExpression: cron(0 4 ? * MON *), taskDefinition: job}
taskDefinitions:
  job: {containerDefinitions: [{name: app, image: "alpine:latest"}]}
"""
LOCAL: Final = """
local:
  secrets: {prd/db: theirs, prd/key: theirs}
  env: {STAGE: local, REGION: here}
  concurrency: 3
  rules:
    nightly: {overlap: skip, timeout: 5m}
    weekly: {overlap: skip}
"""


def _local(tmp_path: Path, files: str, said: dict[str, Any]) -> Local:
    (tmp_path / "ecs-local.yaml").write_text(files, "utf-8")
    settings = Settings(directory=tmp_path, state_dir=tmp_path / "state", local=said)
    return Workspace(settings, system_clock).definitions.local


def test_what_it_names_holds_and_of_the_rest_the_files_have_the_word(tmp_path: Path) -> None:
    said = {
        "secrets": {"prd/*": {"env": "KEY"}, "prd/db": "mine"},
        "env": {"STAGE": "test"},
        "endpointUrl": "http://localhost:5000",
        "rules": {"nightly": {"retry": {"attempts": 3}}},
    }

    local = _local(tmp_path, FILES + LOCAL, said)

    assert list(local.secrets.items()) == [
        ("prd/*", SecretSource(env="KEY")),
        ("prd/db", SecretSource(value="mine")),
        ("prd/key", SecretSource(value="theirs")),
    ]
    assert local.env == {"STAGE": "test", "REGION": "here"}
    assert local.rules == {
        "nightly": LocalRule(retry=TaskRetry(attempts=3)),
        "weekly": LocalRule(overlap=Overlap.SKIP),
    }
    assert (local.concurrency, local.endpoint_url) == (3, "http://localhost:5000")


def test_it_stands_alone_where_the_files_say_nothing(tmp_path: Path) -> None:
    assert _local(tmp_path, FILES, {"concurrency": 1}) == Local(concurrency=1)


def test_its_paths_count_from_the_directory_of_the_project(tmp_path: Path) -> None:
    local = _local(tmp_path, FILES, {"envFiles": {"*": "made"}, "secrets": {"a": {"file": "b"}}})

    assert local.env_files == {"*": str(tmp_path / "made")}
    assert local.secrets["a"].file == str(tmp_path / "b")


def test_a_file_of_secrets_takes_the_place_of_others(tmp_path: Path) -> None:
    local = _local(tmp_path, FILES + LOCAL, {"secrets": "secrets.json"})

    assert (local.secrets, local.secrets_file) == ({}, str(tmp_path / "secrets.json"))


def test_secrets_lie_over_a_file_of_them(tmp_path: Path) -> None:
    local = _local(tmp_path, FILES + "local: {secrets: theirs.json}\n", {"secrets": {"a": "mine"}})

    assert local.secrets == {"a": SecretSource(value="mine")}
    assert local.secrets_file == str(tmp_path / "theirs.json")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"region": "eu-west-1"}, "local.region: the ARNs of the files are made with theirs"),
        ({"rules": {"nihgtly": {}}}, "local.rules: there is no rule 'nihgtly'"),
        ({"rules": [1]}, "rules must be a mapping, not a list"),
        ({"colour": "red"}, "unknown key 'colour' in local"),
        ({"concurrency": "two"}, "concurrency must be a whole number, not text"),
    ],
)
def test_what_it_cannot_say_is_told(tmp_path: Path, said: dict[str, Any], told: str) -> None:
    with pytest.raises(DefinitionError) as error:
        _local(tmp_path, FILES + LOCAL, said)

    assert [problem.message for problem in error.value.problems] == [told]
    assert str(error.value).startswith("local:1: ")


def test_nested_too_deep_it_is_told(tmp_path: Path) -> None:
    said: dict[str, Any] = {}
    for _ in range(200):
        said = {"env": said}

    with pytest.raises(DefinitionError, match="nested more than 100 deep"):
        _local(tmp_path, FILES, said)
