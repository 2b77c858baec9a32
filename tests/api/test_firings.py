"""Which rules fired and who was told, as the author of a test reads it."""

import json
from datetime import UTC, datetime
from typing import Final

import pytest

from emulator import Emulator
from emulator.errors import UsageError

DEFINITIONS: Final = """
rules:
- {name: utc, scheduleExpression: cron(0 3 * * ? *), taskDefinition: job}
- name: tokyo
  scheduleExpression: cron(30 23 L * ? *)
  timezone: Asia/Tokyo
  taskDefinition: job
- {name: hourly, scheduleExpression: rate(1 hour), taskDefinition: job}
- {name: off, disabled: true, scheduleExpression: cron(0 3 * * ? *), taskDefinition: job}
- {name: over, scheduleExpression: "cron(0 3 * * ? 2027)", taskDefinition: job}
- name: alarm
  eventPattern: {source: [aws.ecs], detail: {lastStatus: [STOPPED], containers: {exitCode: [3]}}}
  targets:
  - arn: "arn:aws:sns:us-east-1:000000000000:alerts"
    inputTransformer:
      inputPathsMap: {code: "$.detail.containers[0].exitCode"}
      inputTemplate: '"失敗: <code>"'
  - {arn: "arn:aws:sqs:us-east-1:000000000000:failures"}
taskDefinitions:
  job: {containerDefinitions: [{name: app, image: "alpine:latest"}]}
"""

pytestmark = pytest.mark.ecs_local(engine="fake", start="2028-02-01T00:20:00Z")


@pytest.fixture
def ecs_local_files() -> str:
    return DEFINITIONS


def test_a_firing_has_its_due_instant_in_the_zone_of_its_expression(ecs_local: Emulator) -> None:
    month = ecs_local.run_until("2028-03-01")

    (tokyo,) = month.of("tokyo").firings
    assert f"{tokyo.scheduled_local:%d %H:%M %Z}" == "29 23:30 JST"
    assert tokyo.scheduled_at == tokyo.scheduled_local == datetime(2028, 2, 29, 14, 30, tzinfo=UTC)
    assert repr(tokyo) == "<tokyo due 2028-02-29T14:30:00Z (02-29 23:30 Asia/Tokyo)>"
    first = month.of("utc").firings[0]
    assert f"{first.scheduled_local:%d %H:%M %Z}" == "01 03:00 UTC"
    assert repr(first) == "<utc due 2028-02-01T03:00:00Z>"


def test_a_rule_fires_next_when_it_does_and_not_before(ecs_local: Emulator) -> None:
    for name in ("tokyo", "hourly", "utc"):
        due = ecs_local.next(name)
        assert due is not None
        assert [each.scheduled_at for each in ecs_local.run_until(due).of(name).firings][-1] == due
        later = ecs_local.next(name)
        assert later is not None
        assert later > due


@pytest.mark.parametrize("rule", ["off", "over"])
def test_a_rule_that_never_fires_has_no_next_time(ecs_local: Emulator, rule: str) -> None:
    assert ecs_local.next(rule) is None


def test_no_next_time_is_told_of_what_has_no_schedule(ecs_local: Emulator) -> None:
    with pytest.raises(UsageError, match="rule alarm has no schedule"):
        ecs_local.next("alarm")
    with pytest.raises(UsageError, match="no rule 'tokio'"):
        ecs_local.next("tokio")


@pytest.mark.ecs_local(script={"containers": [{"rule": "utc", "exitCode": 3}]})
def test_who_was_told_of_a_failure_and_what(ecs_local: Emulator) -> None:
    night = ecs_local.invoke("utc")

    (mail, kept) = night.notifications
    assert (mail.rule, mail.target, mail.message) == ("alarm", "sns alerts", '"失敗: 3"')
    assert mail.at == night.task.stopped_at
    assert json.loads(kept.message)["detail"]["containers"][0]["exitCode"] == 3
    assert night.of("alarm").notifications == (mail, kept)
    assert night.of("utc").notifications == ()
    assert ecs_local.invoke("hourly").notifications == ()
