"""A task's snapshot makes the equal task again, whatever its definition says."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.model.health import HealthStatus
from emulator.model.linux import LinuxParameters, Tmpfs
from emulator.model.networking import NetworkBinding
from emulator.model.task import ContainerStatus, StopCode, Task, TaskStatus
from emulator.model.task_definition import ContainerDefinition, NetworkMode, TaskDefinition
from emulator.model.volumes import Volume
from emulator.state.snapshot import dump_task, load_task
from tests.builders import NOON, awslogs, container, depends_on, task


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(
    st.builds(
        TaskDefinition,
        family=st.text(),
        container_definitions=st.tuples(
            st.builds(
                ContainerDefinition,
                name=st.text(),
                image=st.text(),
                environment=st.dictionaries(st.text(), st.text()),
                docker_labels=st.dictionaries(st.text(), st.text()),
                source=st.none(),
            )
        ),
        source=st.none(),
    )
)
def test_any_task_definition_comes_back_equal(definition: TaskDefinition) -> None:
    made = replace(task(), task_definition=definition)
    assert load_task(dump_task(made)) == made


def test_a_task_in_the_midst_of_its_life_comes_back_equal() -> None:
    made = task(
        container(
            log_configuration=awslogs(),
            linux_parameters=LinuxParameters(tmpfs=(Tmpfs(container_path="/t", size=1),)),
        ),
        container("side", essential=False, depends_on=depends_on(app="START")),
        network_mode=NetworkMode.AWSVPC,
        volumes=(Volume(name="v"),),
    )
    lived = replace(
        made.containers[0],
        last_status=ContainerStatus.RUNNING,
        started_at=NOON + timedelta(milliseconds=3),
        health_status=HealthStatus.HEALTHY,
        network_bindings=(
            NetworkBinding(bind_ip="127.0.0.1", container_port=80, host_port=8080, protocol="tcp"),
        ),
    )
    made = replace(
        made,
        containers=(lived, made.containers[1]),
        last_status=TaskStatus.RUNNING,
        stop_code=StopCode.USER_INITIATED,
        started_at=NOON,
    )
    again = load_task(dump_task(made))
    assert again == made
    assert isinstance(again.containers[0].last_status, ContainerStatus)


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"$": "Task"}', '{"$": "Path"}', "{"])
def test_what_is_no_task_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no Task of this version"):
        load_task(text)


def test_a_field_that_is_not_known_yet_takes_its_default() -> None:
    text = dump_task(task()).replace('"attempt":1,', "")
    made = load_task(text)
    assert isinstance(made, Task)
    assert made.attempt == 1
