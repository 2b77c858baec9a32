"""How tables and details of tasks say what they say."""

from datetime import timedelta

import pytest

from emulator.cli.task_wording import duration
from tests.builders import NOON


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3.0, "0.0s"),
        (1.25, "1.2s"),
        (59.96, "1m00s"),
        (119.7, "2m00s"),
        (3599.6, "1h00m00s"),
    ],
)
def test_no_length_of_time_has_sixty_of_a_part_or_less_than_nothing(
    seconds: float, text: str
) -> None:
    assert duration(NOON, NOON + timedelta(seconds=seconds)) == text


def test_what_never_started_has_no_length_of_time() -> None:
    assert duration(None, NOON) == "-"
