"""Log groups keep what they keep, by a clock that a test moves as by this machine's."""

import pytest

from emulator import Emulator

TEXT = """
rules:
- {name: daily, scheduleExpression: cron(0 3 * * ? *), taskDefinition: weekly-log}
- {name: kept, scheduleExpression: cron(0 4 1 * ? *), taskDefinition: endless-log}
taskDefinitions:
  weekly-log:
    containerDefinitions:
    - name: app
      image: alpine:latest
      logConfiguration:
        logDriver: awslogs
        options: {awslogs-group: /week, awslogs-region: us-east-1, awslogs-stream-prefix: job}
  endless-log:
    containerDefinitions:
    - name: app
      image: alpine:latest
      logConfiguration:
        logDriver: awslogs
        options: {awslogs-group: /ever, awslogs-region: us-east-1, awslogs-stream-prefix: job}
logGroups:
  /week: {retentionInDays: 7}
  /ever: {}
"""
SCRIPT = {"containers": [{"rule": "daily", "output": "集計\n", "duration": "1h"}]}
FEBRUARY = pytest.mark.ecs_local(engine="fake", start="2028-02-01T00:00Z", script=SCRIPT)


@pytest.fixture
def ecs_local_files() -> str:
    return TEXT


def _days(ecs_local: Emulator, group: str) -> list[int]:
    """Return the days of February whose streams of a group are there."""
    there = {path.stem for path in (ecs_local.state_dir / "logs" / group).rglob("*.log")}
    return [task.created_at.day for task in ecs_local.happened().tasks if task.id in there]


@FEBRUARY
def test_streams_go_once_their_task_is_over_for_longer_than_retention(ecs_local: Emulator) -> None:
    ecs_local.run_until("2028-02-08T03:59:59Z")
    assert _days(ecs_local, "week") == [1, 2, 3, 4, 5, 6, 7, 8]
    ecs_local.advance(seconds=1)
    assert _days(ecs_local, "week") == [2, 3, 4, 5, 6, 7, 8]


@FEBRUARY
def test_groups_without_a_retention_keep_everything(ecs_local: Emulator) -> None:
    ecs_local.advance(days=28)
    assert _days(ecs_local, "week") == [22, 23, 24, 25, 26, 27, 28]
    assert _days(ecs_local, "ever") == [1]


@FEBRUARY
def test_an_explanation_says_that_the_log_is_gone(ecs_local: Emulator) -> None:
    first = ecs_local.advance(hours=5).of("daily").task
    assert "app | 集計" in first.explain()
    ecs_local.advance(days=7)
    assert first.explain().endswith("  app: its log is past its group's retention")
