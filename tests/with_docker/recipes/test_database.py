"""Recipe: a job beside its database, on a Docker network where the database has a name.

The database here is a stand-in that answers over HTTP; with `image="postgres:17"`, its
`environment` and a wait for `pg_isready` the fixture is the same.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from emulator import Emulator

SERVE = "mkdir /www && echo 1200 >/www/orders && exec httpd -f -p 5432 -h /www"
DEFINITIONS = """
region: ap-northeast-1
taskDefinitions:
  report:
    containerDefinitions:
    - name: report
      image: alpine:latest
      memory: 32
      command: [sh, -c, "echo there are $(wget -qO- http://$DB_HOST:5432/orders) orders"]
      logConfiguration:
        logDriver: awslogs
        options:
          awslogs-group: /jobs/report
          awslogs-region: ap-northeast-1
          awslogs-stream-prefix: report
rules:
- name: report
  scheduleExpression: cron(0 3 * * ? *)
  taskDefinition: report
"""


@pytest.fixture
def network() -> Iterator[str]:
    """A network of this test alone, with a database on it that its jobs know as `db`."""
    client = docker.from_env()
    made = client.networks.create(f"recipe-{uuid.uuid4().hex[:8]}", driver="bridge")
    database = client.containers.create("alpine:latest", ["sh", "-c", SERVE])
    try:
        made.connect(database, aliases=["db"])
        database.start()
        ready = "until wget -qO /dev/null http://127.0.0.1:5432/orders; do sleep 0.1; done"
        code, _ = database.exec_run(["timeout", "20", "sh", "-c", ready])
        assert code == 0, database.logs()
        yield str(made.name)
    finally:
        database.remove(force=True)
        made.remove()
        client.close()


@pytest.fixture
def ecs_local_files() -> str:
    return DEFINITIONS


@pytest.fixture
def ecs_local_settings(network: str) -> dict[str, Any]:
    return {"local": {"networks": [network], "env": {"DB_HOST": "db"}}}


@pytest.mark.ecs_local(engine="docker")
def test_the_report_counts_the_orders_in_the_database(ecs_local: Emulator) -> None:
    result = ecs_local.invoke("report")

    assert result.exit_code == 0, result
    assert result.logs("report") == ["there are 1200 orders"]
