"""Recipe: a job that fails twice and then succeeds, and when each attempt began."""

import pytest

from emulator import Emulator

DEFINITIONS = """
region: ap-northeast-1
taskDefinitions:
  import:
    containerDefinitions:
    - name: import
      image: registry.example.com/import:1
      memory: 128
      logConfiguration:
        logDriver: awslogs
        options:
          awslogs-group: /jobs/import
          awslogs-region: ap-northeast-1
          awslogs-stream-prefix: import
rules:
- name: import
  scheduleExpression: cron(0 3 * * ? *)
  taskDefinition: import
local:
  rules:
    import:
      retry: {attempts: 3, delay: 5m, backoff: 2}
"""
FAILS_TWICE = {
    "containers": [
        {
            "container": "import",
            "starts": [
                {"exitCode": 1, "error": "cannot connect\n"},
                {"exitCode": 1, "error": "cannot connect\n"},
                {"duration": "90s", "output": "1200 orders imported\n"},
            ],
        }
    ]
}


@pytest.fixture
def ecs_local_files() -> str:
    return DEFINITIONS


@pytest.mark.ecs_local(engine="fake", script=FAILS_TWICE, start="2027-01-01T00:00:00Z")
def test_it_fails_twice_and_then_succeeds(ecs_local: Emulator) -> None:
    night = ecs_local.run_until("2027-01-01T06:00:00Z")

    assert [task.exit_code for task in night.tasks] == [1, 1, 0]
    assert [f"{task.created_at:%H:%M}" for task in night.tasks] == ["03:00", "03:05", "03:15"]
    assert {f"{task.scheduled_at:%H:%M}" for task in night.tasks} == {"03:00"}
    assert night.tasks[-1].logs("import") == ["1200 orders imported"]


@pytest.mark.ecs_local(
    engine="fake", script={"containers": [{"exitCode": 1}]}, start="2027-01-01T00:00:00Z"
)
def test_it_gives_up_after_three_attempts(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("import")

    assert len(result.failed) == 3
    assert ecs_local.advance(hours=2).tasks == ()
