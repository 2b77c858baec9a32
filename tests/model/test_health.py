"""The health of a task, from that of its essential containers."""

import pytest

from emulator.model.health import HealthCheck, HealthStatus, combined

WELL, ILL, UNKNOWN = HealthStatus.HEALTHY, HealthStatus.UNHEALTHY, HealthStatus.UNKNOWN


@pytest.mark.parametrize(
    ("statuses", "health"),
    [
        ([], UNKNOWN),
        ([WELL], WELL),
        ([WELL, WELL], WELL),
        ([WELL, UNKNOWN], UNKNOWN),
        ([WELL, UNKNOWN, ILL], ILL),
        ([WELL, ILL], ILL),
    ],
)
def test_a_task_is_as_well_as_the_worst_of_its_essential_containers(
    statuses: list[HealthStatus], health: HealthStatus
) -> None:
    assert combined(iter(statuses)) is health


def test_the_command_none_turns_a_health_check_off() -> None:
    assert not HealthCheck(command=("NONE",)).monitored
    assert HealthCheck(command=("CMD-SHELL", "NONE")).monitored
