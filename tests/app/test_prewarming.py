"""When the namespaces of coming tasks are made, and when they are given up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from emulator.app.live import Live
from emulator.app.prewarming import LEAD, PATIENCE, Prewarming, is_wanted
from emulator.app.settings import Settings
from emulator.ecs.identity import RULE_LABEL, TASK_ID_LABEL
from emulator.ecs.prewarmed import MOST
from emulator.engines.fake import FakeEngine
from emulator.events import EventBus
from emulator.model.definitions import Definitions, Local
from emulator.model.networking import PortMapping
from emulator.model.rules import Rule, Target
from emulator.model.task_definition import LaunchType, NetworkMode
from emulator.model.task_policies import LocalRule, Overlap
from emulator.timers import SimulatedTimers
from tests.builders import NOON, container, definitions, rule, task_definition

KNOWN = definitions(
    task_definition(container(), network_mode=NetworkMode.AWSVPC),
    task_definition(container(), family="plain", network_mode=NetworkMode.BRIDGE),
)
HOUR = timedelta(hours=1)


class _Watched:
    """Prewarming on an engine that says what stands, by rule."""

    def __init__(self, live: Live, engine: FakeEngine, prewarming: Prewarming) -> None:
        self.live = live
        self.prewarming = prewarming
        self._engine = engine
        self.prepared: set[str] = set()
        """The ids of all tasks for which something ever stood."""

    def look(self, at: datetime) -> list[str]:
        """Look at an instant; return the rules for which something stands then."""
        self.prewarming.look(at)
        return self.standing()

    def prewarms_by(self, known: Definitions, now: datetime, *rules: Rule) -> Prewarming:
        """Return prewarming by definitions that were taken over."""
        return Prewarming(self.live, [(each, each.schedule) for each in rules], known, now)

    def standing(self) -> list[str]:
        self.live.timers.activity.wait_until(lambda: False)
        for removal in self.live.prewarmed._removals:
            removal.join()
        found = self._engine.find_containers({})
        self.prepared |= {container.labels[TASK_ID_LABEL] for container in found}
        return sorted(container.labels[RULE_LABEL] for container in found)


@contextmanager
def _watched(
    path: Path,
    *rules: Rule,
    until: datetime | None = None,
    known: Definitions = KNOWN,
    engine: FakeEngine | None = None,
) -> Iterator[_Watched]:
    engine, timers = engine or FakeEngine(), SimulatedTimers(NOON)
    settings = Settings(directory=path, state_dir=path / "state")
    with Live(settings, known, EventBus(), timers.now, lambda: engine, timers=timers) as live:
        schedules = [(each, each.schedule) for each in rules]
        yield _Watched(live, engine, Prewarming(live, schedules, known, NOON, until=until))
    assert engine.find_containers({}) == []


def _hourly(name: str = "hourly", **fields: object) -> Rule:
    return rule(name, schedule_expression="cron(0 * * * ? *)", **fields)


def test_a_namespace_stands_shortly_before_its_firing_and_not_long_after(tmp_path: Path) -> None:
    due = NOON + HOUR
    with _watched(tmp_path, _hourly()) as watched:
        assert watched.look(due - LEAD - timedelta(seconds=1)) == []
        assert watched.look(due - LEAD) == ["hourly"]
        assert watched.look(due) == ["hourly"]
        assert watched.look(due + PATIENCE) == []
        assert watched.look(due + HOUR - LEAD) == ["hourly"]


def test_a_firing_gets_what_stands(tmp_path: Path) -> None:
    due = NOON + HOUR
    with _watched(tmp_path, _hourly()) as watched:
        assert watched.look(due - LEAD) == ["hourly"]
        (task,) = watched.live.delivery.fire(_hourly(), due)
        assert watched.live.cluster.wait_idle(30)
        assert watched.standing() == []
        assert task.id in watched.prepared


def test_only_awsvpc_tasks_are_prepared(tmp_path: Path) -> None:
    plain = Target(id="2", task_definition="plain")
    both = _hourly(targets=(Target(id="1", task_definition="job"), plain))
    none = _hourly("none", targets=(plain,))
    with _watched(tmp_path, both, none) as watched:
        assert watched.look(NOON + HOUR - LEAD) == ["hourly"]


@pytest.mark.parametrize(
    ("asked", "local", "wanted"),
    [
        (None, Local(), True),
        (None, Local(prewarm=False), False),
        (False, Local(), False),
        (True, Local(prewarm=False), True),
    ],
)
def test_it_is_wanted_unless_somebody_turns_it_off(
    asked: bool | None, local: Local, wanted: bool
) -> None:
    assert is_wanted(asked, local) is wanted


def test_tasks_that_publish_ports_are_not_prepared(tmp_path: Path) -> None:
    web = container(port_mappings=(PortMapping(container_port=80),))
    known = definitions(task_definition(web, network_mode=NetworkMode.AWSVPC))
    with _watched(tmp_path, _hourly(), known=known) as watched:
        assert watched.look(NOON + HOUR - LEAD) == []


@pytest.mark.parametrize(
    ("overlap", "prepared"),
    [
        (Overlap.ALLOW, ["hourly"]),
        (Overlap.REPLACE, ["hourly"]),
        (Overlap.SKIP, []),
        (Overlap.QUEUE, []),
    ],
)
def test_a_firing_that_would_not_start_beside_what_runs_is_not_prepared(
    tmp_path: Path, overlap: Overlap, prepared: list[str]
) -> None:
    local = Local(rules={"hourly": LocalRule(overlap=overlap)})
    with _watched(tmp_path, _hourly(), known=replace(KNOWN, local=local)) as watched:
        gone = watched.live.cluster.expect("hourly")
        assert watched.look(NOON + HOUR - LEAD) == prepared
        gone()
        assert watched.look(NOON + 2 * HOUR - LEAD) == ["hourly"]


def test_of_many_firings_at_once_only_some_are_prepared(tmp_path: Path) -> None:
    rules = [_hourly(f"rule-{number}") for number in range(MOST + 3)]
    with _watched(tmp_path, *rules) as watched:
        assert len(watched.look(NOON + HOUR - LEAD)) == MOST


def test_what_came_due_while_the_machine_slept_is_not_prepared(tmp_path: Path) -> None:
    with _watched(tmp_path, _hourly()) as watched:
        assert watched.look(NOON + 7 * HOUR + HOUR / 2) == []
        assert watched.look(NOON + 8 * HOUR - LEAD) == ["hourly"]


def test_nothing_is_prepared_that_will_not_fire(tmp_path: Path) -> None:
    with _watched(tmp_path, _hourly(), until=NOON + HOUR) as watched:
        assert watched.look(NOON + HOUR - LEAD) == []


def test_the_end_and_other_definitions_take_down_what_stands(tmp_path: Path) -> None:
    due = NOON + HOUR
    with _watched(tmp_path, _hourly()) as watched:
        assert watched.look(due - LEAD) == ["hourly"]
        watched.live.adopt(KNOWN)
        assert watched.standing() == []
        watched.prewarming = watched.prewarms_by(KNOWN, due, _hourly())
        assert watched.look(due + HOUR - LEAD) == ["hourly"]
        watched.prewarming.end()
        assert watched.standing() == []
        assert watched.look(due + 2 * HOUR - LEAD) == []


def test_what_is_on_its_way_when_others_are_taken_over_stands_by_none_but_those(
    tmp_path: Path,
) -> None:
    """Two targets are prepared one after the other, and a reload comes between them."""

    class _Reloading(FakeEngine):
        def start(self, container_id: str) -> None:
            if not reloaded:
                reloaded.append(True)
                watched.live.adopt(changed)
                watched.prewarming.end()
            super().start(container_id)

    reloaded: list[bool] = []
    targets = tuple(Target(id=number, task_definition="job") for number in ("1", "2"))
    changed = definitions(task_definition(container(cpu=128), network_mode=NetworkMode.AWSVPC))
    with _watched(tmp_path, _hourly(targets=targets), engine=_Reloading()) as watched:
        assert watched.look(NOON + HOUR - LEAD) == []
        watched.prewarming = watched.prewarms_by(changed, NOON, _hourly(targets=targets))
        assert watched.look(NOON + HOUR - LEAD) == ["hourly", "hourly"]


def test_a_firing_that_will_be_refused_is_not_prepared(tmp_path: Path) -> None:
    refused = Target(id="1", task_definition="job", launch_type=LaunchType.FARGATE)
    only_ec2 = task_definition(
        network_mode=NetworkMode.AWSVPC, requires_compatibilities=(LaunchType.EC2,)
    )
    rules = (_hourly("refused", targets=(refused,)), _hourly())
    with _watched(tmp_path, *rules, known=definitions(only_ec2)) as watched:
        assert watched.look(NOON + HOUR - LEAD) == ["hourly"]
