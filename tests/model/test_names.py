import pytest

from emulator.model.names import short_name, split_task_definition

ARN = "arn:aws:ecs:ap-northeast-1:000000000000:task-definition/"


@pytest.mark.parametrize(
    ("name", "family", "revision"),
    [
        ("job", "job", None),
        ("job:7", "job", 7),
        (f"{ARN}job", "job", None),
        (f"{ARN}job:12", "job", 12),
        ("job:latest", "job:latest", None),
        ("job:0", "job:0", None),
        ("job:٣", "job:٣", None),
        ("job:" + "9" * 5000, "job:" + "9" * 5000, None),
        ("job:", "job:", None),
        ("", "", None),
    ],
)
def test_a_task_definition_is_a_family_and_perhaps_a_revision(
    name: str, family: str, revision: int | None
) -> None:
    assert split_task_definition(name) == (family, revision)


def test_the_short_name_of_an_arn_stands_behind_its_last_slash() -> None:
    assert short_name("arn:aws:ecs:x:0:cluster/batch") == "batch"
    assert short_name("batch") == "batch"
