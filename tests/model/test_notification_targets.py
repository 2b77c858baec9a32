"""What the ARN of a target that runs no task names."""

import pytest

from emulator.model.notification_targets import TargetKind, kind_of_arn, target_name

HERE = "ap-northeast-1:000000000000"


@pytest.mark.parametrize(
    ("arn", "kind", "name"),
    [
        (f"arn:aws:sns:{HERE}:alerts", TargetKind.SNS, "alerts"),
        (f"arn:aws:sqs:{HERE}:queue.fifo", TargetKind.SQS, "queue.fifo"),
        (f"arn:aws:lambda:{HERE}:function:notify", TargetKind.LAMBDA, "notify"),
        (f"arn:aws:lambda:{HERE}:function:notify:live", TargetKind.LAMBDA, "notify"),
        (f"arn:aws:logs:{HERE}:log-group:/events/夜間", TargetKind.LOGS, "/events/夜間"),
        (f"arn:aws:logs:{HERE}:log-group:/events/a:*", TargetKind.LOGS, "/events/a"),
        (f"arn:aws:events:{HERE}:event-bus/other", TargetKind.EVENT_BUS, "other"),
        (f"arn:aws:events:{HERE}:api-destination/hook/1f", TargetKind.API_DESTINATION, "hook"),
        (f"arn:aws-cn:sns:{HERE}:alerts", TargetKind.SNS, "alerts"),
    ],
)
def test_an_arn_names_a_target_of_its_kind(arn: str, kind: TargetKind, name: str) -> None:
    assert kind_of_arn(arn) is kind
    assert target_name(arn, kind) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alerts",
        "arn:aws:sns:ap-northeast-1:alerts",
        f"urn:aws:sns:{HERE}:alerts",
        f"arn:aws:ecs:{HERE}:cluster/default",
        f"arn:aws:events:{HERE}:rule/nightly",
        f"arn:aws:events:{HERE}:old-event-bus",
    ],
)
def test_what_names_no_target_of_ours_is_none(text: str) -> None:
    assert kind_of_arn(text) is None
