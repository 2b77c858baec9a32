"""The JSON Schema and the readers take and refuse the same."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from emulator.cli.init import PROJECT as FIRST_PROJECT
from emulator.definitions import read
from emulator.definitions.files import Project
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.reading import Reading
from emulator.definitions.schema import schema_text
from emulator.definitions.shapes import KINDS
from emulator.definitions.yaml_text import parse_yaml
from emulator.errors import Severity
from emulator.model.sinks import SinkConfiguration

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "ecs-local-yaml.md"
SCHEMA = json.loads(schema_text())
VALIDATOR = Draft202012Validator(SCHEMA)

EVERYTHING = """\
region: us-east-1
cluster: default
role: ecsEventsRole
rules:
- name: one
  scheduleExpression: cron(0 3 * * ? *)
  timezone: Asia/Tokyo
  flexibleTimeWindow: {mode: 'OFF'}
  taskDefinition: batch
  taskOverride: {cpu: "256", taskRoleArn: arn:b, executionRoleArn: arn:c}
  networkConfiguration: {awsvpcConfiguration: {subnets: [subnet-1]}}
  capacityProviderStrategy: [{capacityProvider: FARGATE_SPOT}]
  retryPolicy: {maximumRetryAttempts: 1}
  deadLetterConfig: {sqs: queue}
  tags: [{key: a, value: b}]
  containerOverrides:
  - name: main
    command: [a]
    environment: [{name: A, value: b}]
    environmentFiles: [{type: s3, value: "arn:aws:s3:::bucket/other.env"}]
- name: two
  scheduleExpression: rate(1 hour)
  targets:
  - {targetId: a, taskDefinition: batch}
- name: after
  eventPattern: {source: [aws.ecs], detail: {lastStatus: [STOPPED]}}
  eventBusName: batch
  targets:
  - taskDefinition: batch
    inputTransformer: {inputPathsMap: {a: $.id}, inputTemplate: '{"containerOverrides": []}'}
  - {sns: alerts, inputPath: $.detail, retryPolicy: {maximumRetryAttempts: 1}}
  - {arn: "arn:aws:sqs:us-east-1:0:queue", input: '"text"', deadLetterConfig: {sqs: dead}}
- name: both
  scheduleExpression: rate(2 hours)
  eventPattern: '{"source": [{"prefix": "my."}]}'
  targets: [{taskDefinition: batch}, {lambda: told}, {logs: /group}, {eventBus: other}]
taskDefinitions:
  batch:
    networkMode: bridge
    taskRoleArn: arn:aws:iam::000000000000:role/task
    runtimePlatform: {cpuArchitecture: X86_64}
    ephemeralStorage: {sizeInGiB: 30}
    volumes:
    - {name: data}
    - {name: docker, dockerVolumeConfiguration: {scope: shared, driver: local, labels: {a: b}}}
    - name: efs
      efsVolumeConfiguration:
        fileSystemId: fs-1
        transitEncryption: ENABLED
        authorizationConfig: {accessPointId: fsap-1, iam: ENABLED}
    - {name: s3, s3filesVolumeConfiguration: {fileSystemArn: "arn:aws:s3files:a"}}
    - {name: ebs, configuredAtLaunch: true}
    tags: [{key: team, value: data}]
    placementConstraints: [{type: memberOf, expression: "attribute:a == b"}]
    containerDefinitions:
    - name: main
      image: app:1
      memory: 64
      environment: [{name: A, value: b}]
      environmentFiles: [{type: s3, value: "arn:aws:s3:::bucket/app.env"}]
      secrets: [{name: S, valueFrom: /app/secret}]
      repositoryCredentials: {credentialsParameter: registry}
      dependsOn: [{containerName: side, condition: START}]
      logConfiguration:
        logDriver: awslogs
        options: {awslogs-group: /a, awslogs-region: b}
      mountPoints: [{sourceVolume: data, containerPath: /data}]
      ulimits: [{name: nofile, softLimit: 1, hardLimit: 2}]
      linuxParameters:
        initProcessEnabled: true
        capabilities: {add: [SYS_PTRACE], drop: [MKNOD]}
        tmpfs: [{containerPath: /t, size: 8, mountOptions: [noexec]}]
        sharedMemorySize: 64
      healthCheck: {command: [CMD-SHELL, "true"], interval: 10}
      restartPolicy: {enabled: true, ignoredExitCodes: [3], restartAttemptPeriod: 60}
      portMappings:
      - {containerPort: 80, hostPort: 8080, name: http, appProtocol: http}
      - {containerPortRange: 90-92}
      links: ["side:aside"]
      extraHosts: [{hostname: db, ipAddress: 10.0.0.1}]
      dnsServers: [10.0.0.2]
      systemControls: [{namespace: net.core.somaxconn, value: "10"}]
      volumesFrom: [{sourceContainer: side, readOnly: true}]
      hostname: main
    - name: side
      image: app:1
      memory: 64
      essential: false
      logConfiguration:
        logDriver: splunk
        secretOptions: [{name: token, valueFrom: arn:aws:secretsmanager:a:1:secret:token}]
logGroups:
  /a: {retentionInDays: 30}
local:
  pull: never
  images:
    "app:1": "mine:1"
    "other:*": {build: /srv/other, dockerfile: /srv/other/Dockerfile, target: run, args: {A: b}}
    "aws/*": {pull: missing, platform: linux/amd64}
  env: {A: b}
  endpoints: always
  endpointUrl: http://aws.local:4566
  credentials: {profile: dev, assumeRole: true}
  secrets:
    /app/secret: {env: HOME}
    registry: {file: /srv/secrets.json, key: registry}
  volumes: {ebs: /srv/ebs}
  networks: [default]
  bindAddress: 127.0.0.2
  allow: [privileged, hostPaths]
  concurrency: 4
  history: {keepDays: 90, keepTasks: 100000}
  rules:
    one:
      overlap: skip
      enabled: true
      timeout: 1h30m
      retry: {attempts: 3, delay: 30s, backoff: 1.5, maxDelay: 10m, on: [1-5, OutOf*], notify: each}
  chainLimit: 2
  sinks:
  - {type: webhook, url: "http://127.0.0.1:1/", format: slack, targets: [alerts]}
  - {type: command, command: [./tell]}
  - {type: desktop}
  - {type: email, to: [a@b.test], from: c@d.test, host: localhost, port: 1025}
"""


NAMED = (
    *(("taskDefinitions",), ("logGroups",)),
    *(("local", "rules"), ("local", "secrets"), ("local", "images")),
)
"""Mappings whose keys are names."""


def schema_errors(text: str) -> list[str]:
    value = plain(parse_yaml(text, "x"))
    return [error.message for error in VALIDATOR.iter_errors(value)]


def plain(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def reader_errors(text: str, directory: Path) -> list[str]:
    (directory / "ecs-local.yaml").write_text(text, "utf-8")
    loaded = read([directory / "ecs-local.yaml"], Reading(Project(directory), {}, Problems()))
    return [
        str(problem)
        for problem in loaded.definitions.problems
        if problem.severity is Severity.ERROR
    ]


def project_files() -> list[Path]:
    found = [*ROOT.glob("*.yaml"), *ROOT.glob("sample_jobs/**/ecs-local.yaml")]
    return [
        path
        for path in found
        if "node_modules" not in path.parts
        and any(key in path.read_text("utf-8") for key in ("\nrules:", "\ntaskDefinitions:"))
    ]


def examples() -> list[str]:
    page = (ROOT / "docs" / "ecs-local-yaml.md").read_text("utf-8")
    return re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "path", project_files(), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_every_sample_fits(path: Path) -> None:
    assert schema_errors(path.read_text("utf-8")) == []


@pytest.mark.parametrize("text", examples())
def test_every_example_of_the_documentation_fits(text: str) -> None:
    assert schema_errors(text) == []


def test_what_init_writes_fits() -> None:
    assert schema_errors(FIRST_PROJECT.format(region="ap-northeast-1")) == []


def test_a_file_with_everything_fits_both(tmp_path: Path) -> None:
    assert schema_errors(EVERYTHING) == []
    assert reader_errors(EVERYTHING, tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("region: us-east-1", "region: Tokyo"),
        ("cluster: default", "clusters: default"),
        ("taskDefinition: batch\n", "taskDefinitio: batch\n"),
        ("name: one", "name: one two"),
        ("name: one", "nome: one"),
        ("timezone: Asia/Tokyo", "timezone: [Asia/Tokyo]"),
        ("mode: 'OFF'", "mode: SOMETIMES"),
        ("networkMode: bridge", "networkMode: briddge"),
        ("image: app:1\n", "image: [app]\n"),
        ("memory: 64\n", "memory: much\n"),
        ("condition: START", "condition: BEGUN"),
        ("logDriver: awslogs", "logDrivers: awslogs"),
        ("name: nofile", "name: files"),
        ("cpuArchitecture: X86_64", "cpuArchitecture: VAX"),
        ("initProcessEnabled: true", "initProcessEnabled: perhaps"),
        ("retentionInDays: 30", "retentionInDays: long"),
        ("retentionInDays: 30", "retention: 30"),
        ("pull: never", "pull: sometimes"),
        ("overlap: skip", "overlap: jump"),
        ("overlap: skip", "overlaps: skip"),
        ("env: {A: b}", "env: [A]"),
        ("concurrency: 4", "concurrency: none"),
        ("concurrency: 4", "concurrency: 0"),
        ("keepDays: 90", "keepDays: 0"),
        ("keepDays: 90", "days: 90"),
        ("timeout: 1h30m", "timeout: soon"),
        ("enabled: true", "enabled: 7"),
        ("attempts: 3, ", ""),
        ("attempts: 3", "attempts: 0"),
        ("backoff: 1.5", "backoff: twice"),
        ("on: [1-5, OutOf*]", "on: {a: b}"),
        ("notify: each", "notify: never"),
        ("endpoints: always", "endpoints: perhaps"),
        ("http://aws.local:4566", "aws.local:4566"),
        ("{profile: dev, assumeRole: true}", "{profiles: dev}"),
        ("{profile: dev, assumeRole: true}", "{}"),
        ("{profile: dev, assumeRole: true}", "{accessKeyId: AKIA}"),
        ("{pull: missing, platform", "{pull: perhaps, platform"),
        ('"app:1": "mine:1"', '"app:1": [mine]'),
        ("{build: /srv/other,", "{builds: /srv/other,"),
        ("{env: HOME}", "{enf: HOME}"),
        ("{env: HOME}", "{env: HOME, file: x}"),
        ("{env: HOME}", "[x]"),
        ("  env: {A: b}", "  envFiles: [x]"),
        ("valueFrom: /app/secret", "value: /app/secret"),
        ("credentialsParameter: registry", "credentialParameter: registry"),
        ("local:\n", "local: 7\nlocals:\n"),
        ("local:\n", "local:\n  vars: {A: b}\n"),
        ("maximumRetryAttempts: 1", "maximumRetryAttempts: once"),
    ],
)
def test_what_one_refuses_the_other_refuses(old: str, new: str, tmp_path: Path) -> None:
    assert old in EVERYTHING
    text = EVERYTHING.replace(old, new, 1)
    assert schema_errors(text)
    assert reader_errors(text, tmp_path)


def test_every_key_that_is_read_is_in_the_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_keys = keys_taken(tmp_path, monkeypatch)
    assert ("rules", "*", "containerOverrides", "*", "name") in read_keys
    missing = [path for path in sorted(read_keys) if not in_schema(path)]
    assert missing == []


@pytest.mark.parametrize("part", [None, "local", "localRule", "localImage", "rule", "target"])
def test_editors_can_tell_what_each_key_of_our_own_means(part: str | None) -> None:
    """Of two spellings of a key the one is explained that AWS has."""
    properties = (SCHEMA if part is None else SCHEMA["$defs"][part])["properties"]
    silent = {
        key
        for key, value in properties.items()
        if re.fullmatch("[a-z][a-zA-Z]*", key)
        and (not isinstance(value, dict) or "description" not in value)
    }
    assert silent - {"scheduleExpressionTimezone"} == set()


def test_a_key_that_the_schema_lacks_is_found() -> None:
    assert in_schema(("local", "pull"))
    assert not in_schema(("local", "pulls"))
    assert in_schema(("rules", "*", "targets", "*", "taskDefinition"))
    assert not in_schema(("rules", "*", "targets", "*", "nothing"))


def test_every_kind_of_sink_is_known_to_schema_readers_and_guide(tmp_path: Path) -> None:
    kinds = {KINDS[kind.__name__] for kind in get_args(SinkConfiguration)}
    assert {
        form["properties"]["type"]["const"] for form in SCHEMA["$defs"]["sink"]["oneOf"]
    } == kinds
    (refused,) = reader_errors("local: {sinks: [{type: nothing}]}\n", tmp_path)
    assert [kind for kind in kinds if kind not in refused] == []
    (row,) = re.findall(r"^\| `sinks` .*$", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert [kind for kind in kinds if f"`{kind}`" not in row] == []


def keys_taken(directory: Path, monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, ...]]:
    """Return the path of every key that reading a file with every section asks for."""
    asked: list[tuple[dict[str, Node], tuple[str, ...]]] = []
    take = Fields.take

    def recorded(self: Fields, *names: str) -> Node | None:
        asked.append((self._nodes, names))
        return take(self, *names)

    root = parse_yaml(EVERYTHING, "ecs-local.yaml")
    monkeypatch.setattr(Fields, "take", recorded)
    monkeypatch.setattr("emulator.definitions.project_yaml.read_config", lambda *_: (root, {}))
    assert reader_errors(EVERYTHING, directory) == []
    paths = {id(node.value): path for path, node in walk(root, ())}
    return {
        (*paths[id(nodes)], name) for nodes, names in asked for name in names if id(nodes) in paths
    }


def walk(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
    if isinstance(node.value, dict):
        yield path, node
        named = path in NAMED
        for key, child in node.value.items():
            yield from walk(child, (*path, "*" if named else key))
    elif isinstance(node.value, list):
        for child in node.value:
            yield from walk(child, (*path, "*"))


def in_schema(path: tuple[str, ...]) -> bool:
    return any(True for _ in schemas_at(path, SCHEMA))


def schemas_at(path: tuple[str, ...], schema: Any) -> Iterator[Any]:
    """Yield the schemas that hold at a path, through every branch."""
    if schema is True:
        yield schema
        return
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        yield from schemas_at(path, SCHEMA["$defs"][name])
        return
    for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from schemas_at(path, branch)
    if not path:
        yield schema
        return
    step, rest = path[0], path[1:]
    if step == "*":
        for key in ("items", "additionalProperties"):
            if schema.get(key):
                yield from schemas_at(rest, schema[key])
    elif step in schema.get("properties", {}):
        yield from schemas_at(rest, schema["properties"][step])
