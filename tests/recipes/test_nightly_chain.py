"""Recipe: a report that runs only after the collection succeeded, however long that takes."""

from pathlib import Path

import pytest

from emulator import Emulator

ROOT = Path(__file__).parents[2]
LONG = {"containers": [{"family": "collect", "duration": "4h"}]}
BROKEN = {"containers": [{"family": "collect", "exitCode": 2, "duration": "10m"}]}

pytestmark = pytest.mark.ecs_local(engine="fake", start="2027-01-01T12:00:00Z")


@pytest.fixture
def ecs_local_files() -> Path:
    return ROOT / "sample_jobs" / "nightly-chain"


@pytest.mark.ecs_local(script=LONG)
def test_the_report_comes_after_the_collection(ecs_local: Emulator) -> None:
    night = ecs_local.run_until("2027-01-02T03:00:00Z")

    assert [task.family for task in night.tasks] == ["collect", "report"]
    collect, report = night.tasks
    assert collect.stopped_at is not None
    assert report.created_at >= collect.stopped_at
    assert f"{report.created_at:%H:%M}" == "22:00"
    assert report.succeeded, report


@pytest.mark.ecs_local(script=BROKEN)
def test_there_is_no_report_when_the_collection_failed(ecs_local: Emulator) -> None:
    night = ecs_local.run_until("2027-01-02T03:00:00Z")

    assert [(task.family, task.exit_code) for task in night.tasks] == [("collect", 2)]


def test_the_report_alone_begins_with_the_event_that_ecs_sends(ecs_local: Emulator) -> None:
    result = ecs_local.fire_event(
        {
            "source": "aws.ecs",
            "detail-type": "ECS Task State Change",
            "detail": {
                "taskArn": "arn:aws:ecs:ap-northeast-1:000000000000:task/default/1",
                "group": "family:collect",
                "lastStatus": "STOPPED",
                "stopCode": "EssentialContainerExited",
                "containers": [{"exitCode": 0}],
            },
        }
    )

    assert [task.rule for task in result.tasks] == ["report"]
