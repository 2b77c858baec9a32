"""What is counted of a run, in a form that a monitoring system reads."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_string_to_metric_families as parse_text

from emulator.app.metrics import Meter
from emulator.events import (
    EventBus,
    FiringFired,
    FiringMissed,
    FiringOverlapped,
    InvocationFailed,
    TaskStateChanged,
)
from emulator.model.task import ContainerStatus, StopCode, Task, TaskStatus
from tests.builders import NOON, task

HOSTILE = '夜間 "x"\\\n} 1\necs_local_firings_total{rule="forged"} 99'
SECOND = timedelta(seconds=1)


class _Metered:
    def __init__(self) -> None:
        self.bus = EventBus()
        self.meter = Meter(self.bus)

    def samples(self) -> dict[tuple[str, ...], float]:
        text = self.meter.text()[0].decode("utf-8")
        families = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
        found = {}
        for sample in (sample for family in families for sample in family.samples):
            others = dict(sample.labels)
            rule = [others.pop("rule")] if "rule" in others else []
            found[sample.name, *rule, *others.values()] = sample.value
        return found

    def fired(self, rule: str, late: timedelta) -> None:
        self.bus.publish(FiringFired(rule=rule, scheduled_at=NOON, fired_at=NOON + late))

    def task(self, number: int, **changes: Any) -> Task:
        made = replace(task(task_id=f"{number:032x}"), rule="nightly", **changes)
        self.bus.publish(TaskStateChanged(task=made, at=NOON))
        return made

    def ends(self, number: int, seconds: int, code: int, **changes: Any) -> None:
        begun = self.task(number, last_status=TaskStatus.RUNNING, started_at=NOON)
        (container,) = begun.containers
        over = replace(container, exit_code=code, last_status=ContainerStatus.STOPPED)
        ended = {
            "last_status": TaskStatus.STOPPED,
            "started_at": NOON,
            "stopped_at": NOON + seconds * SECOND,
            "stop_code": StopCode.ESSENTIAL_CONTAINER_EXITED,
            "containers": (over,),
        }
        self.task(number, **{**ended, **changes})


def test_firings_are_counted_with_how_late_they_were() -> None:
    metered = _Metered()
    metered.fired("nightly", 0.02 * SECOND)
    metered.fired("nightly", 3 * SECOND)
    metered.bus.publish(FiringMissed(rule="b", scheduled=(NOON, NOON), reason="slept", at=NOON))
    metered.bus.publish(
        FiringOverlapped(rule="b", scheduled_at=NOON, running=1, decision="skip", at=NOON)
    )
    metered.bus.publish(
        InvocationFailed(rule="b", target_id="1", scheduled_at=NOON, reason="x", at=NOON)
    )
    found = metered.samples()
    assert found["ecs_local_firings_total", "nightly"] == 2
    buckets = [found["ecs_local_firing_lateness_seconds_bucket", le] for le in ("0.01", "0.025")]
    assert buckets == [0, 1]
    assert found["ecs_local_firing_lateness_seconds_sum",] == 3.02
    assert found["ecs_local_firings_missed_total", "b"] == 2
    assert found["ecs_local_firings_skipped_total", "b"] == 1
    assert found["ecs_local_invocation_failures_total", "b", "1"] == 1


def test_tasks_are_counted_by_how_they_ended_and_how_long_they_ran() -> None:
    metered = _Metered()
    metered.ends(1, 4, 0)
    metered.ends(2, 100, 7)
    metered.ends(3, 1, 143, stop_code=StopCode.USER_INITIATED)
    metered.task(4, last_status=TaskStatus.STOPPED, stop_code=StopCode.TASK_FAILED_TO_START)
    metered.task(5, last_status=TaskStatus.RUNNING, started_at=NOON)
    metered.task(5, last_status=TaskStatus.RUNNING, started_at=NOON, version=9)
    found = metered.samples()
    outcomes = ("succeeded", "failed", "stopped")
    assert [found["ecs_local_tasks_total", "nightly", o] for o in outcomes] == [1, 2, 1]
    assert found["ecs_local_tasks_running", "nightly"] == 1
    assert found["ecs_local_task_duration_seconds_bucket", "nightly", "5.0"] == 2
    assert found["ecs_local_task_duration_seconds_sum", "nightly"] == 105
    assert found["ecs_local_last_success_timestamp_seconds", "nightly"] == NOON.timestamp() + 4


def test_a_rule_is_there_with_zeros_before_it_fires() -> None:
    metered = _Metered()
    metered.meter.expect("nightly")
    found = metered.samples()
    assert found["ecs_local_firings_total", "nightly"] == 0
    assert found["ecs_local_tasks_total", "nightly", "failed"] == 0


def test_hostile_names_stay_labels_in_both_formats() -> None:
    metered = _Metered()
    metered.fired(HOSTILE, SECOND)
    assert metered.samples()["ecs_local_firings_total", HOSTILE] == 1
    assert ("ecs_local_firings_total", "forged") not in metered.samples()
    text, media_type = metered.meter.text("text/plain")
    assert media_type.startswith("text/plain")
    samples = [s for family in parse_text(text.decode("utf-8")) for s in family.samples]
    assert [s.labels["rule"] for s in samples if s.name == "ecs_local_firings_total"] == [HOSTILE]
