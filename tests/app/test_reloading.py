"""Definitions that change while rules fire: when they are read again, and what comes of it."""

import os
import shutil
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from emulator.app.emulator import Emulator
from emulator.app.reloading import MOST_UNSETTLED, Reloader
from emulator.app.settings import Settings
from emulator.events import DefinitionsRefused, DefinitionsReloaded, EventBus
from emulator.model.definitions import Definitions
from emulator.model.rules import Rule, RuleState
from emulator.state.history import History
from emulator.state.switches import switch_rule
from tests.builders import NOON

SECOND = timedelta(seconds=1)
PROJECT = """\
taskDefinitions:
  job:
    containerDefinitions: [{name: app, image: "alpine:latest"}]
rules:
- {name: a, scheduleExpression: rate(1 hour), taskDefinition: job}
"""


class _Watched:
    """A reloader on a project directory, with what it tells and hands over."""

    def __init__(self, folder: Path, *, names: tuple[str, ...] = (), watch: bool = True) -> None:
        folder.mkdir(exist_ok=True)
        self.file = folder / "ecs-local.yaml"
        self.file.write_text(PROJECT, "utf-8")
        self.told: list[str] = []
        self.adopted: list[tuple[list[str], set[str]]] = []
        self.definitions: Definitions | None = None
        self.meanwhile: Callable[[], object] = bool
        bus = EventBus()
        bus.subscribe(DefinitionsReloaded, self._on_reloaded)
        bus.subscribe(DefinitionsRefused, lambda event: self.told.append(str(event.problems[0])))
        settings = Settings(directory=folder, state_dir=folder / "state")
        self.emulator = Emulator(settings, clock=lambda: NOON)
        live: Any = self
        self._reloader = Reloader(self.emulator, names, live, self.fire, bus, watch=watch)
        self._now = NOON

    def looks(self, times: int = 3) -> None:
        for _ in range(times):
            self._now += SECOND
            self._reloader.look(self._now)

    def ask(self) -> None:
        self._reloader.ask()

    def write(self, text: str) -> None:
        self.file.write_text(text, "utf-8")
        # Two writes of one tick of the file system's clock would look the same.
        os.utime(self.file, ns=(len(self.told) + 1, hash(text) & 0xFFFF_FFFF))

    def adopt(self, definitions: Definitions) -> None:
        """Stand for `Live.adopt`."""
        self.definitions = definitions
        self.meanwhile()

    def fire(self, rules: Sequence[Rule], keep: frozenset[str]) -> None:
        self.adopted.append(([rule.name for rule in rules if rule.enabled], set(keep)))

    def _on_reloaded(self, event: DefinitionsReloaded) -> None:
        self.told.append(f"+{event.added} -{event.removed} ~{event.changed}")


MORE = PROJECT + "- {name: b, scheduleExpression: rate(2 hours), taskDefinition: job}\n"


def test_a_changed_file_is_taken_over_once_it_has_settled(tmp_path: Path) -> None:
    watched = _Watched(tmp_path)
    watched.looks()
    watched.write(MORE)
    watched.looks(1)
    assert watched.told == []
    watched.looks(1)
    assert watched.told == ["+('b',) -() ~()"]
    assert watched.adopted == [(["a", "b"], {"a"})]
    watched.looks()
    assert len(watched.told) == 1


def test_a_file_that_is_written_while_it_is_taken_over_is_read_once_more(tmp_path: Path) -> None:
    watched = _Watched(tmp_path)
    watched.write(MORE)
    last = MORE + "- {name: c, scheduleExpression: rate(3 hours), taskDefinition: job}\n"
    watched.meanwhile = lambda: watched.write(last)
    watched.looks()
    watched.meanwhile = bool
    watched.looks()
    assert [rules for rules, _ in watched.adopted] == [["a", "b"], ["a", "b", "c"]]


def test_a_broken_file_changes_nothing_and_is_told_once_until_it_is_well_again(
    tmp_path: Path,
) -> None:
    watched = _Watched(tmp_path)
    watched.write(PROJECT + "- {name: b, scheduleExpression: rate(0 hours), taskDefinition: job}\n")
    watched.looks(5)
    assert len(watched.told) == 1
    assert watched.told[0].startswith("ecs-local.yaml:6: ")
    assert watched.adopted == []
    watched.write(PROJECT)
    watched.looks()
    assert watched.told[1:] == ["+() -() ~()"]


def test_a_new_file_beside_the_others_is_seen(tmp_path: Path) -> None:
    watched = _Watched(tmp_path)
    (tmp_path / "notes.txt").write_text("no definition")
    watched.looks()
    assert watched.adopted == []
    (tmp_path / "more.yaml").write_text("other: file\n")
    watched.looks()
    assert (watched.told, len(watched.adopted)) == ([], 1)


OTHER = PROJECT.replace("name: a,", "name: b,").replace("job", "other")


def _project_below(tmp_path: Path) -> tuple[_Watched, Emulator, Path]:
    """Return a project whose only rule is in a directory of its own, and whoever watches it."""
    watched = _Watched(tmp_path / "of others")
    project = tmp_path / "project"
    job = project / "jobs" / "a"
    job.mkdir(parents=True)
    (job / "ecs-local.yaml").write_text(PROJECT, "utf-8")
    settings = watched.emulator.settings._replace(directory=project)
    return watched, Emulator(settings, clock=lambda: NOON), project


def _look(watched: _Watched, emulator: Emulator) -> Callable[[int], None]:
    live: Any = watched
    reloader = Reloader(emulator, (), live, watched.fire, EventBus(), watch=True)
    seconds = iter(range(100))

    def looks(times: int) -> None:
        for _ in range(times):
            reloader.look(NOON + next(seconds) * SECOND)

    return looks


@pytest.mark.parametrize("place", ["jobs/b", "jobs/a/deeper/b", "夜間/b"])
def test_a_job_in_a_new_directory_is_taken_over(place: str, tmp_path: Path) -> None:
    watched, emulator, project = _project_below(tmp_path)
    looks = _look(watched, emulator)
    looks(1)
    (project / place).mkdir(parents=True)
    looks(2)
    assert watched.adopted == []
    (project / place / "ecs-local.yaml").write_text(OTHER, "utf-8")
    looks(3)
    assert [sorted(rules) for rules, _ in watched.adopted] == [["a", "b"]]


def test_a_directory_that_goes_takes_its_rules_with_it(tmp_path: Path) -> None:
    watched, emulator, project = _project_below(tmp_path)
    (project / "b.yaml").write_text("taskDefinitions: {}\n")
    looks = _look(watched, emulator)
    looks(1)
    shutil.rmtree(project / "jobs")
    (project / "b.yaml").write_text(OTHER, "utf-8")
    looks(3)
    assert [rules for rules, _ in watched.adopted] == [["b"]]


def test_below_a_directory_with_rules_of_its_own_nothing_is_looked_for(tmp_path: Path) -> None:
    watched = _Watched(tmp_path)
    read = watched.emulator.loaded
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "result.json").write_text("{}")
    watched.looks()
    assert watched.emulator.loaded is read


def test_a_change_is_taken_over_though_a_job_never_stops_writing_files_beside_it(
    tmp_path: Path,
) -> None:
    watched, emulator, project = _project_below(tmp_path)
    looks = _look(watched, emulator)
    looks(1)
    (project / "jobs" / "a" / "ecs-local.yaml").write_text(MORE, "utf-8")
    (project / "output").mkdir()
    for number in range(2 * MOST_UNSETTLED - 1):
        (project / "output" / f"{number}.json").write_text("{}")
        looks(1)
        taken_over = [(["a", "b"], {"a"})] if number + 1 >= MOST_UNSETTLED else []
        assert watched.adopted == taken_over


def test_a_file_deep_down_that_changed_while_the_run_was_starting_is_taken_over(
    tmp_path: Path,
) -> None:
    watched, emulator, project = _project_below(tmp_path)
    with emulator.looking_at_files():
        assert len(emulator.definitions.rules) == 1
        (project / "jobs" / "a" / "ecs-local.yaml").write_text(MORE, "utf-8")
    _look(watched, emulator)(3)
    assert watched.adopted == [(["a", "b"], {"a"})]


def test_a_rule_that_was_not_asked_for_stays_out(tmp_path: Path) -> None:
    watched = _Watched(tmp_path, names=("a",))
    watched.write(MORE)
    watched.looks()
    assert watched.adopted == [(["a"], {"a"})]


def test_files_are_left_alone_where_nobody_watches_but_read_when_asked(tmp_path: Path) -> None:
    watched = _Watched(tmp_path, watch=False)
    watched.write(MORE)
    watched.looks()
    assert watched.told == []
    watched.ask()
    watched.looks(1)
    assert watched.told == ["+('b',) -() ~()"]


def _switch(watched: _Watched, rule: str, state: RuleState) -> None:
    watched.emulator.state.prepare()
    other = History(watched.emulator.state.database)
    switch_rule(other, rule, state, NOON)
    other.close()


def test_a_switch_of_another_process_is_obeyed(tmp_path: Path) -> None:
    watched = _Watched(tmp_path)
    _switch(watched, "a", RuleState.DISABLED)
    watched.looks(1)
    assert watched.adopted == [([], set())]
    assert watched.told == ["+() -() ~('a',)"]
    watched.emulator.history.close()


def test_a_switch_holds_for_changed_files_and_is_obeyed_again_after_them(tmp_path: Path) -> None:
    watched = _Watched(tmp_path)
    _switch(watched, "a", RuleState.DISABLED)
    watched.looks()
    watched.write(MORE)
    watched.looks()
    assert watched.adopted[-1][0] == ["b"]
    _switch(watched, "a", RuleState.ENABLED)
    watched.looks()
    assert watched.adopted[-1][0] == ["a", "b"]
    assert len(watched.adopted) == 3
    watched.emulator.history.close()


@pytest.mark.parametrize("while_read", [True, False])
@pytest.mark.parametrize("given", [(), ("ecs-local.yaml",)])
def test_a_file_that_changed_while_the_run_was_starting_is_taken_over(
    tmp_path: Path, given: tuple[str, ...], while_read: bool
) -> None:
    watched = _Watched(tmp_path)
    settings = watched.emulator.settings._replace(files=tuple(tmp_path / name for name in given))
    emulator = Emulator(settings, clock=lambda: NOON)
    with emulator.looking_at_files():
        assert len(emulator.definitions.rules) == 1
        if while_read:
            watched.write(MORE)
    if not while_read:
        watched.write(MORE)
    live: Any = watched
    reloader = Reloader(emulator, (), live, watched.fire, EventBus(), watch=True)
    for second in range(3):
        reloader.look(NOON + second * SECOND)
    assert watched.adopted == [(["a", "b"], {"a"})]


def test_files_that_stay_as_they_were_read_are_not_read_again(tmp_path: Path) -> None:
    watched = _Watched(tmp_path)
    (tmp_path / "notes.txt").write_text("no definitions\n", "utf-8")
    emulator = Emulator(watched.emulator.settings, clock=lambda: NOON)
    with emulator.looking_at_files():
        assert len(emulator.definitions.rules) == 1
    live: Any = watched
    reloader = Reloader(emulator, (), live, watched.fire, EventBus(), watch=True)
    read = emulator.loaded
    for second in range(3):
        reloader.look(NOON + second * SECOND)
    assert emulator.loaded is read


TERRAFORM = """\
resource "aws_ecs_task_definition" "job" {
  family                = "job"
  container_definitions = jsonencode([{ name = "app", image = "alpine:latest" }])
}
"""
TERRAFORM_RULE = """\
resource "aws_cloudwatch_event_rule" "a" {
  name                = "a"
  schedule_expression = "rate(1 hour)"
}
resource "aws_cloudwatch_event_target" "a" {
  rule     = aws_cloudwatch_event_rule.a.name
  arn      = "arn:aws:ecs:us-east-1:123456789012:cluster/default"
  role_arn = "arn:aws:iam::123456789012:role/events"
  ecs_target { task_definition_arn = aws_ecs_task_definition.job.arn }
}
"""


@pytest.mark.parametrize("name", ["rules.tf", "rules.tofu"])
def test_another_file_of_a_terraform_configuration_is_taken_over(name: str, tmp_path: Path) -> None:
    watched = _Watched(tmp_path / "of others")
    project = tmp_path / "project"
    project.mkdir()
    (project / "main.tf").write_text(TERRAFORM, "utf-8")
    emulator = Emulator(watched.emulator.settings._replace(directory=project), clock=lambda: NOON)
    live: Any = watched
    reloader = Reloader(emulator, (), live, watched.fire, EventBus(), watch=True)
    (project / name).write_text(TERRAFORM_RULE, "utf-8")
    for second in range(3):
        reloader.look(NOON + second * SECOND)
    assert watched.adopted == [(["a"], set())]
