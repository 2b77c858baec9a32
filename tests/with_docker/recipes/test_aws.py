"""Recipe: a job that calls AWS, answered by moto's server on this machine.

The job has the shell alone, so it speaks HTTP by itself; one with an SDK needs no more than
`AWS_ENDPOINT_URL` and credentials that mean nothing.
"""

from collections.abc import Iterator
from typing import Any

import boto3
import docker
import pytest
from moto.server import ThreadedMotoServer

from emulator import Emulator

DEFINITIONS = """
region: ap-northeast-1
taskDefinitions:
  import:
    networkMode: bridge
    containerDefinitions:
    - name: import
      image: alpine:latest
      memory: 32
      command:
      - sh
      - -ec
      - |
        signed="Authorization: AWS4-HMAC-SHA256 Credential=test/20270101/ap-northeast-1"
        wget -qO orders.csv --header "$signed/s3/aws4_request" \\
          $AWS_ENDPOINT_URL/incoming/orders.csv
        count=$(wc -l <orders.csv)
        wget -qO /dev/null --header "$signed/sqs/aws4_request" \\
          --post-data "Action=SendMessage&QueueUrl=$QUEUE_URL&MessageBody=$count+orders" \\
          $AWS_ENDPOINT_URL/
        echo imported $count orders
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
"""


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an AWS on Docker's bridge, which containers and this machine reach alone."""
    server = ThreadedMotoServer(bridge_address(), 0)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def bridge_address() -> str:
    """Return this machine's address on Docker's bridge: where a container's way out begins."""
    client = docker.from_env()
    try:
        routes = client.containers.run("alpine:latest", ["ip", "route"], remove=True)
    finally:
        client.close()
    return str(routes.decode().split()[2])


@pytest.fixture
def ecs_local_files() -> str:
    return DEFINITIONS


@pytest.fixture
def ecs_local_settings(aws: str) -> dict[str, Any]:
    return {"local": {"endpointUrl": aws, "env": {"QUEUE_URL": f"{aws}/123456789012/imported"}}}


@pytest.mark.ecs_local(engine="docker")
def test_the_import_tells_how_many_orders_there_were(ecs_local: Emulator, aws: str) -> None:
    storage = boto3.client("s3", endpoint_url=aws)
    place = {"LocationConstraint": "ap-northeast-1"}
    storage.create_bucket(Bucket="incoming", CreateBucketConfiguration=place)
    storage.put_object(Bucket="incoming", Key="orders.csv", Body="りんご,3\nみかん,5\n".encode())
    queues = boto3.client("sqs", endpoint_url=aws)
    queue = queues.create_queue(QueueName="imported")["QueueUrl"]

    result = ecs_local.invoke("import")

    assert result.exit_code == 0, result
    assert result.logs("import") == ["imported 2 orders"]
    (message,) = queues.receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == "2 orders"
