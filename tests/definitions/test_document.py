"""The model as ecs-local.yaml, and back."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.definitions import read
from emulator.definitions.document import definitions_document, images
from emulator.definitions.files import Project
from emulator.definitions.nodes import Node, Problems
from emulator.definitions.reading import Reading
from emulator.definitions.yaml_text import parse_yaml
from emulator.definitions.yaml_writer import write_yaml
from emulator.model.container_override import ContainerOverride
from emulator.model.definitions import Definitions, Local
from emulator.model.delivery import RetryPolicy
from emulator.model.image_builds import LocalImage
from emulator.model.placement import CapacityProviderStrategyItem, NetworkConfiguration
from emulator.model.pull_policy import PullPolicy
from emulator.model.rules import LogGroup, Rule, RuleState, Target, TaskOverride
from emulator.model.task_definition import LaunchType
from emulator.model.task_policies import LocalRule, Overlap
from tests.definitions.test_schema import EVERYTHING, VALIDATOR, plain, project_files


def read_text(text: str, name: str = "ecs-local.yaml") -> Definitions:
    with TemporaryDirectory() as directory:
        path = Path(directory) / name
        path.write_text(text, "utf-8")
        loaded = read([path], Reading(Project(Path(directory)), {}, Problems()))
    return loaded.checked()


def comparable(definitions: Definitions) -> Definitions:
    return replace(definitions, problems=(), files=())


def back(definitions: Definitions) -> Definitions:
    return read_text(write_yaml(definitions_document(definitions)))


@pytest.mark.parametrize("path", project_files(), ids=lambda path: path.parent.name)
def test_a_sample_reads_back_equal(path: Path) -> None:
    definitions = read([path], Reading(Project(path.parent), {}, Problems())).checked()
    assert comparable(back(definitions)) == comparable(definitions)


def test_a_file_with_everything_reads_back_equal_and_fits_the_schema() -> None:
    definitions = read_text(EVERYTHING)
    document = definitions_document(definitions)
    assert comparable(back(definitions)) == comparable(definitions)
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


def test_json_is_a_file_of_its_own_too() -> None:
    definitions = read_text(EVERYTHING)
    text = json.dumps(definitions_document(definitions), ensure_ascii=False, indent=2)
    assert comparable(read_text(text)) == comparable(definitions)


def test_what_is_not_said_is_left_out() -> None:
    definitions = read_text("region: us-east-1\nrules: []\n")
    assert write_yaml(definitions_document(definitions)) == "region: us-east-1\n"


def test_a_port_that_has_no_name_is_told_without_one() -> None:
    ports = "portMappings: [{containerPort: 80}]"
    definitions = read_text(
        f"taskDefinitions: {{job: {{containerDefinitions: [{{name: m, image: a, {ports}}}]}}}}\n"
    )
    document = definitions_document(definitions)["taskDefinitions"]["job"]
    assert document["containerDefinitions"][0]["portMappings"] == [{"containerPort": 80}]


def test_what_may_be_a_secret_under_local_is_not_told() -> None:
    local = definitions_document(
        read_text(
            "local:\n"
            "  secrets: {prod/db: hunter2}\n"
            "  credentials: {accessKeyId: AKIAEXAMPLE, secretAccessKey: hunter2}\n"
            "  sinks:\n"
            "  - {type: webhook, url: 'https://me:hunter2@h.test/hunter2', headers: {A: hunter2}}\n"
            "  - {type: command, command: [curl, -H, 'Authorization: hunter2', --fail]}\n"
        )
    )["local"]
    assert "hunter2" not in str(local)
    assert local["secrets"] == {"prod/db": "***"}
    webhook = {"type": "webhook", "url": "https://h.test/***", "headers": {"A": "***"}}
    assert local["sinks"] == [
        webhook,
        {"type": "command", "command": ["curl", "***", "***", "***"]},
    ]


def test_images_are_those_that_run_here() -> None:
    assert images(read_text(EVERYTHING)) == ["mine:1"]


names = st.text("abcXYZ019-_", min_size=1, max_size=10)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
words = st.lists(texts, min_size=1, max_size=3).map(tuple)
instants = st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))

maps = st.dictionaries(names, texts, max_size=3)

overrides = st.builds(
    TaskOverride,
    container_overrides=st.lists(
        st.builds(
            ContainerOverride,
            name=st.just("main"),
            command=st.none() | words,
            environment=maps,
            cpu=st.none() | st.integers(0, 64),
            memory=st.none() | st.integers(64, 4096),
            memory_reservation=st.none() | st.integers(6, 64),
        ),
        max_size=1,
    ).map(tuple),
    cpu=st.none() | st.integers(2000, 4096),
    memory=st.none() | st.integers(8000, 9000),
)
targets = st.builds(
    Target,
    id=names,
    task_definition=st.just("batch"),
    task_count=st.integers(1, 10),
    launch_type=st.none() | st.just(LaunchType.EC2),
    group=st.none() | names,
    overrides=overrides,
    cluster=st.none() | names,
    role_arn=st.none() | names.map("arn:aws:iam::1:role/{}".format),
    platform_version=st.none() | st.just("1.4.0"),
    network_configuration=st.none()
    | st.builds(
        NetworkConfiguration,
        subnets=st.lists(names, min_size=1, max_size=3).map(tuple),
        security_groups=st.lists(names, max_size=3).map(tuple),
        assign_public_ip=st.booleans(),
    ),
    capacity_provider_strategy=st.lists(
        st.builds(
            CapacityProviderStrategyItem,
            capacity_provider=names,
            base=st.integers(0, 9),
            weight=st.integers(1, 9),
        ),
        max_size=2,
    )
    .filter(lambda items: sum(item.base > 0 for item in items) < 2)
    .map(tuple),
    propagate_tags=st.none() | st.just("TASK_DEFINITION"),
    enable_ecs_managed_tags=st.booleans(),
    enable_execute_command=st.booleans(),
    reference_id=st.none() | names,
    tags=maps,
    retry_policy=st.none()
    | st.builds(
        RetryPolicy,
        maximum_retry_attempts=st.integers(0, 184),
        maximum_event_age_in_seconds=st.integers(60, 86399),
    ),
    dead_letter_arn=st.none() | names.map("arn:aws:sqs:us-east-1:1:{}".format),
).filter(lambda target: not (target.launch_type and target.capacity_provider_strategy))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    scheduler = draw(st.booleans())
    only_scheduler: dict[str, Any] = {}
    if scheduler:
        only_scheduler = {
            "timezone": draw(st.sampled_from(["UTC", "Asia/Tokyo"])),
            "start_date": draw(st.none() | instants),
            "end_date": draw(st.none() | instants),
            "maximum_window_in_minutes": draw(st.none() | st.integers(1, 1440)),
            "schedule_group": draw(st.none() | names),
        }
    found = draw(st.lists(targets, min_size=1, max_size=3, unique_by=lambda target: target.id))
    return Rule(
        name=draw(names),
        description=draw(texts),
        schedule_expression=draw(st.sampled_from(["rate(1 hour)", "cron(0/5 3 ? * MON-FRI *)"])),
        dialect="scheduler" if scheduler else "rule",
        state=draw(st.sampled_from(RuleState)),
        targets=tuple(found),
        **only_scheduler,
    )


BATCH = read_text(EVERYTHING).task_definitions


@settings(max_examples=40)
@given(
    st.lists(rules(), max_size=3, unique_by=lambda rule: rule.name),
    st.sampled_from(PullPolicy),
    maps,
    maps,
    st.lists(names, max_size=2, unique=True),
)
def test_whatever_the_model_says_comes_back(
    found: list[Rule],
    pull: PullPolicy,
    env: dict[str, str],
    mapped: dict[str, str],
    groups: list[str],
) -> None:
    own = {rule.name: LocalRule(overlap=Overlap.SKIP) for rule in found[:1]}
    stand_ins = {name: LocalImage(image=here) for name, here in mapped.items() if here}
    definitions = Definitions(
        rules=tuple(found),
        task_definitions=BATCH,
        log_groups=tuple(LogGroup(name=name, retention_in_days=30) for name in groups),
        account="123456789012",
        cluster="main",
        local=Local(
            volumes={"ebs": "/srv/ebs"},
            pull=pull,
            images=stand_ins,
            env=env,
            rules=own,
        ),
    )
    # Targets without a cluster take that of their file.
    wanted = replace(
        definitions,
        rules=tuple(
            replace(r, targets=tuple(replace(t, cluster=t.cluster or "main") for t in r.targets))
            for r in found
        ),
    )
    again = back(definitions)
    assert again.rules == wanted.rules
    assert comparable(again) == comparable(wanted)


scalars = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(texts, values, max_size=4))
def test_yaml_reads_back_as_the_same_values(value: dict[str, Any]) -> None:
    value.pop("<<", None)
    text = write_yaml(value)
    assert plain(parse_yaml(text, "x")) == value
    assert yaml.safe_load(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("on", "No", "1:30", "0x10", "1_000", "1e3", ".5", "2026-01-01", "~", "<<", "="),
        *("{{.ID}}", "a: b", "a #b", "- a", "", " a", "a ", "日本語", "@a", "`a`", "%a"),
        "\x7f\x85\u2028",
    ],
)
def test_text_that_might_be_something_else_stays_text(text: str) -> None:
    written = write_yaml({"a": text})
    assert yaml.safe_load(written) == {"a": text}
    assert plain(parse_yaml(written, "x")) == {"a": text}
    assert "{{" not in written
    assert plain(Node(text, parse_yaml("a", "x").source)) == text


def test_remarks_stand_behind_their_lines() -> None:
    document = {"a": {"b": [1, {"c": "x"}]}, "d": []}
    text = write_yaml(document, lambda path, _: "/".join(map(str, path)))
    assert text == ("a:  # a\n  b:  # a/b\n  - 1  # a/b/0\n  - c: x  # a/b/1/c\nd: []  # d\n")
