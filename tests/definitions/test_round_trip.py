"""What `config` prints reads back as the equal model, whatever there is to say."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from emulator.definitions import read
from emulator.definitions.document import definitions_document
from emulator.definitions.files import Project
from emulator.definitions.nodes import Problems
from emulator.definitions.reading import Reading
from emulator.definitions.yaml_writer import write_yaml
from emulator.errors import Severity
from emulator.model.definitions import Definitions
from tests.definitions.test_document import comparable
from tests.definitions.test_schema import EVERYTHING, VALIDATOR
from tests.scenarios.test_scenarios import HERE, SCENARIOS, reading_of

THE_REST = """\
region: ap-northeast-1
cluster: batch
rules:
- name: night
  description: 毎晩の集計
  scheduleExpression: cron(0 3 * * ? *)
  timezone: Asia/Tokyo
  startDate: 2026-01-01T00:00:00Z
  endDate: 2027-01-01T00:00:00Z
  flexibleTimeWindow: {mode: FLEXIBLE, maximumWindowInMinutes: 15}
  groupName: jobs
  disabled: true
  retries: 2
  timeoutSeconds: 60
  targets:
  - targetId: tasks
    taskDefinition: other:7
    taskCount: 2
    launchType: EC2
    group: nightly
    platformVersion: 1.4.0
    propagateTags: TASK_DEFINITION
    enableECSManagedTags: true
    enableExecuteCommand: true
    referenceId: one
    role: ${known to AWS only}
    networkConfiguration:
      awsvpcConfiguration: {subnets: [a], securityGroups: [b], assignPublicIp: ENABLED}
    retryPolicy: {maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60}
    deadLetterConfig: {arn: "arn:aws:sqs:us-east-1:1:dead"}
    containerOverrides:
    - name: main
      cpu: 7
      memory: 70
      memoryReservation: 60
      resourceRequirements: [{type: GPU, value: "1"}]
      environmentFiles: [{type: s3, value: "arn:aws:s3:::bucket/other.env"}]
  - targetId: spread
    taskDefinition: small
    taskOverride: {memory: "1024", ephemeralStorage: {sizeInGiB: 40}}
    capacityProviderStrategy: [{capacityProvider: spot, base: 1, weight: 2}]
- name: told
  description: what is told
  disabled: true
  eventPattern: {source: [aws.ecs]}
  targets:
  - sns: alerts
    inputTransformer: {inputPathsMap: {a: $.id}, inputTemplate: '"<a>"'}
    role: teller
taskDefinitions:
  other:
    revision: 7
    cpu: "512"
    memory: "1024"
    networkMode: host
    requiresCompatibilities: [EC2, EXTERNAL]
    executionRoleArn: arn:aws:iam::1:role/execution
    pidMode: host
    ipcMode: task
    enableFaultInjection: true
    volumes:
    - name: docker
      dockerVolumeConfiguration:
        {scope: shared, autoprovision: true, driver: local, driverOpts: {type: tmpfs}}
    - name: efs
      efsVolumeConfiguration: {fileSystemId: fs-1, rootDirectory: /data}
    - {name: s3, s3filesVolumeConfiguration: {fileSystemArn: "${s3files.arn}"}}
    - {name: mine, host: {sourcePath: /srv/mine}}
    containerDefinitions:
    - name: main
      image: app:1
      command: [run, "--all", "007"]
      entryPoint: [sh, -c]
      cpu: 128
      memory: 128
      memoryReservation: 64
      user: "1000"
      workingDirectory: /work
      startTimeout: 30
      stopTimeout: 40
      readonlyRootFilesystem: true
      interactive: true
      pseudoTerminal: true
      privileged: true
      dockerLabels: {team: data}
      dockerSecurityOptions: [no-new-privileges]
      dnsSearchDomains: [internal]
      resourceRequirements: [{type: GPU, value: "2"}]
      mountPoints: [{sourceVolume: efs, containerPath: /e, readOnly: true}]
      healthCheck: {command: [CMD, ok], timeout: 4, retries: 5, startPeriod: 6}
      portMappings: [{containerPort: 53, protocol: udp}]
      linuxParameters:
        devices: [{hostPath: /dev/null, containerPath: /dev/nil, permissions: [read]}]
        maxSwap: 10
        swappiness: 20
    - {name: quiet, image: app:1, memory: 64, disableNetworking: true}
    - {name: routed, image: app:1, memory: 64, logConfiguration: {logDriver: awsfirelens}}
    - name: router
      image: app:1
      memory: 64
      firelensConfiguration: {type: fluentd, options: {config-file-type: file}}
  small:
    cpu: "256"
    memory: "512"
    networkMode: awsvpc
    requiresCompatibilities: [FARGATE]
    containerDefinitions: [{name: main, image: "app:1"}]
roles:
  events:
    trustedPrincipals: [events.amazonaws.com]
    managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    complete: false
    statements:
    - Action: [ecs:RunTask]
      Resource: ["*"]
      Condition: {StringEquals: {"iam:PassedToService": [ecs-tasks.amazonaws.com]}}
    - {Effect: Deny, NotAction: ["ecs:*"], NotResource: ["arn:aws:s3:::keep/*"]}
queues: [dead, デッド]
local:
  account: "123456789012"
  prewarm: false
  allow: [privileged, hostPaths]
  secrets: /srv/secrets.json
  envFiles: {"arn:aws:s3:::bucket/*": ./job.env}
  sinks:
  - {type: command, command: [tell], targets: [alerts]}
  - {type: desktop, targets: [alerts]}
  - {type: email, to: [a@b.test], targets: [alerts]}
"""
TEXTS = (EVERYTHING, THE_REST)

NOT_TOLD = (
    ("SecretSource", "value"),
    ("WebhookSink", "headers"),
    ("CredentialsSource", "access_key_id"),
    ("CredentialsSource", "secret_access_key"),
    ("CredentialsSource", "session_token"),
    ("Local", "declared_secrets"),
)
"""What is a secret, or stands beside one, is left out or blotted out on purpose."""

ONLY_ONE_VALUE = (("EnvironmentFile", "type"),)


def back(definitions: Definitions, folder: Path, directory: Path) -> Definitions:
    """Return definitions as they are written into a file, and read in the same project."""
    path = directory / "ecs-local.yaml"
    path.write_text(write_yaml(definitions_document(definitions)), "utf-8")
    return read([path], Reading(Project(folder), {}, Problems())).definitions


def read_in(directory: Path, text: str) -> Definitions:
    path = directory / "ecs-local.yaml"
    path.write_text(text, "utf-8")
    return read([path], Reading(Project(directory), {}, Problems())).checked()


def told(definitions: Definitions) -> Definitions:
    return replace(comparable(definitions), local=replace(definitions.local, declared_secrets=()))


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda path: str(path.relative_to(HERE)))
def test_every_scenario_reads_back_equal(folder: Path, tmp_path: Path) -> None:
    definitions = read((), reading_of(folder)).definitions
    assert told(back(definitions, folder, tmp_path)) == told(definitions)
    document = definitions_document(definitions)
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


def test_the_rest_reads_back_equal_and_fits_the_schema(tmp_path: Path) -> None:
    definitions = read_in(tmp_path, THE_REST)
    again = back(definitions, tmp_path, tmp_path)
    assert comparable(again) == comparable(definitions)
    assert [p for p in again.problems if p.severity is Severity.ERROR] == []
    document = definitions_document(definitions)
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


def test_every_field_of_the_model_was_said_by_one_that_reads_back(tmp_path: Path) -> None:
    said: dict[tuple[str, str], bool] = {}
    for text in TEXTS:
        for owner, field, content in said_fields(read_in(tmp_path, text)):
            key = (owner, field.name)
            said[key] = said.get(key, False) or not is_default(field, content)
    silent = sorted(key for key, found in said.items() if not found)
    assert silent == sorted((*NOT_TOLD, *ONLY_ONE_VALUE))


def said_fields(value: Any) -> Iterator[tuple[str, "Field[Any]", Any]]:
    """Yield every field that counts, of every object below a value."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            content = getattr(value, field.name)
            if field.compare:
                yield type(value).__name__, field, content
                yield from said_fields(content)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from said_fields(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from said_fields(item)


def is_default(field: "Field[Any]", content: Any) -> bool:
    if field.default_factory is not MISSING:
        return bool(content == field.default_factory())
    return field.default is not MISSING and bool(content == field.default)
