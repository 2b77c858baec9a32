"""Which tasks have an endpoint."""

import pytest

from emulator.ecs.endpoint_choice import NO_NETWORK, NO_ROLE, NOT_HERE, TURNED_OFF, why_no_endpoint
from emulator.model.definitions import EndpointUse, Local
from emulator.model.task_definition import NetworkMode
from tests.builders import task_definition

ROLE = "arn:aws:iam::123456789012:role/batch"


@pytest.mark.parametrize(
    ("mode", "role", "use", "why"),
    [
        ("awsvpc", None, "true", None),
        ("host", None, "true", None),
        ("bridge", ROLE, "true", None),
        ("bridge", None, "true", NO_ROLE),
        ("bridge", None, "always", None),
        ("none", ROLE, "always", NO_NETWORK),
        ("awsvpc", ROLE, "false", TURNED_OFF),
    ],
)
def test_a_task_has_an_endpoint_by_its_network_mode_and_role(
    mode: str, role: str | None, use: str, why: str | None
) -> None:
    definition = task_definition(network_mode=NetworkMode(mode), task_role_arn=role)
    local = Local(endpoints=EndpointUse(use))
    assert why_no_endpoint(definition, local, here=True) == why


def test_an_engine_on_another_machine_gives_none() -> None:
    definition = task_definition(network_mode=NetworkMode.AWSVPC)
    assert why_no_endpoint(definition, Local(), here=False) == NOT_HERE
