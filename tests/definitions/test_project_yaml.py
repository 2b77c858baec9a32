import json
from datetime import timedelta

import pytest

from emulator.model.image_builds import LocalImage
from emulator.model.pull_policy import PullPolicy
from emulator.model.task_policies import LocalRule, Overlap
from tests.definitions.conftest import TASK, Load

RULE = "rules: [{name: r, scheduleExpression: rate(1 day), taskDefinition: job}]\n"


def test_the_local_part_is_what_aws_would_not_know(read: Load) -> None:
    model = read(
        f"{TASK}{RULE}region: ap-northeast-1\ncluster: batch\n"
        "local:\n  account: '012345678901'\n  pull: never\n  images: {alpine: alpine:3}\n"
        "  env: {STAGE: 1.10}\n  rules: {r: {overlap: skip}}\n"
    ).model
    assert (model.region, model.account, model.cluster) == (
        "ap-northeast-1",
        "012345678901",
        "batch",
    )
    assert model.local.pull is PullPolicy.NEVER
    assert model.local.images == {"alpine": LocalImage(image="alpine:3")}
    assert model.local.env == {"STAGE": "1.10"}
    assert model.local.rule("r") == LocalRule(overlap=Overlap.SKIP)
    assert model.local.rule("other") == LocalRule()


@pytest.mark.parametrize(
    ("retry", "longest"),
    [
        ("attempts: 2", timedelta(hours=1)),
        ("attempts: 2, delay: 2h", timedelta(hours=2)),
        ("attempts: 2, delay: 2h, maxDelay: 3h", timedelta(hours=3)),
    ],
)
def test_a_delay_is_never_longer_than_the_longest(
    read: Load, retry: str, longest: timedelta
) -> None:
    model = read(f"{TASK}{RULE}local: {{rules: {{r: {{retry: {{{retry}}}}}}}}}\n").model
    assert model.local.rules["r"].retry is not None
    assert model.local.rules["r"].retry.max_delay == longest


def test_a_longest_delay_that_is_shorter_than_the_first_is_refused(read: Load) -> None:
    retry = "{attempts: 2, delay: 2h, maxDelay: 1h}"
    outcome = read(f"{TASK}{RULE}local:\n  rules:\n    r: {{retry: {retry}}}\n")
    assert "maxDelay is shorter than delay: every delay would be cut to it" in outcome.text


def test_containers_may_stand_in_a_file_of_their_own(read: Load) -> None:
    containers = json.dumps([{"name": "main", "image": "alpine"}])
    inline = read(TASK).model
    files = {
        "ecs-local.yaml": "taskDefinitions: {job: {containerDefinitions: jobs/job.json}}\n",
        "jobs/job.json": containers,
    }
    assert read(files).model.task_definitions == inline.task_definitions


def test_a_file_that_yaml_refers_to_is_not_read_by_itself(read: Load) -> None:
    files = {
        "a.json": json.dumps([{"name": "main", "image": "alpine"}]),
        "rules.yaml": f"{RULE}taskDefinitions: {{job: ./a.json}}\n",
    }
    assert list(read(files).model.task_definitions) == ["job"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("local: {rules: {x: {}}}", "local.rules: there is no rule 'x'"),
        ("local: {account: 1}", "account '1' is not 12 digits"),
        ("local: {nonsense: 1}", "unknown key 'nonsense' in local"),
        ("cluster: a b", "cluster 'a b' is not the name of a cluster"),
        ("logGroups: {/a: {logGroupName: /b}}", "the log group '/b' stands under '/a'"),
        ("logGroups: {/../a: }", "log group '/../a': .. leads out of the log directory"),
        ("logGroups: [{name: /a}, {name: /a}]", "log group /a is defined before, at"),
        ("taskDefinitions: {a: {containerDefinitions: x}}", "x: there is no such file"),
        ("taskDefinitions: {a: 'x\\0'}", "x"),
        ("rules: {}", "rules must be a list, not a mapping"),
    ],
)
def test_what_a_project_cannot_say_is_refused(read: Load, text: str, expected: str) -> None:
    outcome = read(text + "\n")
    assert outcome.definitions is None
    assert expected in outcome.text


def test_a_key_for_anchors_is_no_typo_of_another_one(read: Load) -> None:
    shared = "x-rule: &shared {taskDefinition: job, scheduleExpression: rate(1 day)}\n"
    files = {"ecschedule.yaml": f"{TASK}{shared}rules: [{{name: r, <<: *shared}}]\n"}
    assert [rule.name for rule in read(files).model.rules] == ["r"]


def test_a_second_local_part_is_refused_and_not_forgotten(read: Load) -> None:
    files = {"a.yaml": f"{TASK}local: {{pull: never}}\n", "b.yaml": "local: {pull: always}\n"}
    outcome = read(files, "a.yaml", "b.yaml")
    assert outcome.text.startswith("error ")
    assert "b.yaml:1: a second local: part; the first is in" in outcome.text


def test_every_missing_family_does_not_list_all_that_are_there(read: Load) -> None:
    families = "".join(
        f"  f{n}: {{containerDefinitions: [{{name: main, image: a}}]}}\n" for n in range(200)
    )
    outcome = read(f"taskDefinitions:\n{families}{RULE}")
    assert "families here: f0, f1, f10" in outcome.text
    assert "and 190 more" in outcome.text
    assert len(outcome.text) < 300


def test_a_variable_that_is_not_set_is_told_once_whatever_is_made_of_it(read: Load) -> None:
    told = read(
        TASK + 'region: {{ must_env "R" }}\ncluster: {{ must_env "C" }}\nrules:\n'
        '- name: {{ must_env "S" }}-nightly\n'
        "  scheduleExpression: rate(1 day)\n  taskDefinition: job\n"
    ).text
    errors = [line for line in told.splitlines() if line.startswith("error")]
    assert [line.partition("has no ")[2][:1] for line in errors] == ["R", "C", "S"]


def test_a_plugin_function_without_its_plugin_says_where_to_name_it(read: Load) -> None:
    job = '{"family": "job", "containerDefinitions": [{"name": "a", "image": "{{ tfstate `b` }}"}]}'
    told = read({"job.json": job}).text
    assert "job.json:1: tfstate is a function of a plugin that nothing here names" in told
    assert "hint: name it under `plugins` here, or in the ecspresso.yml" in told


def test_keys_that_ecspresso_overlooks_are_noted(read: Load) -> None:
    job = '{"family": "job", "containerDefinitions": [{"name": "a", "image": "b", "memory": 64}]}'
    config = "cluster: c\ntask_definition: job.json\nstack_name: jobs\ntimeot: 1m\n"
    told = read({"ecspresso.yml": config, "job.json": job}).text
    assert "note ecspresso.yml:3: stack_name: ecspresso has no such key: left out" in told
    assert "error ecspresso.yml:4: unknown key 'timeot'" in told


_LOCAL_RULE = "local: {rules: {job: {retry: {attempts: 2}}}}\n"
_RULE_OF_EACH_FORMAT = {
    "terraform": (
        "main.tf",
        """variable "x" {}
        resource "aws_cloudwatch_event_rule" "r" {
          name                = "job"
          schedule_expression = var.x
        }""",
        "main.tf:2: rule job is left out: it needs the variable x, not given",
    ),
    "cloudformation": (
        "template.yaml",
        """Parameters: {When: {Type: String}}
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties: {Name: job, ScheduleExpression: !Ref When}
""",
        "template.yaml:5: Rule is left out: its schedule needs When, not known here",
    ),
    "aws-cli": (
        "rules.json",
        json.dumps({"Name": "job", "Arn": "arn:x", "ScheduleExpression": "rate(1 day)"}),
        "rules.json:1: rule job: no file beside it has its targets: left out",
    ),
}


@pytest.mark.parametrize("name", _RULE_OF_EACH_FORMAT)
def test_local_rules_may_name_a_rule_that_is_left_out(read: Load, name: str) -> None:
    file, text, told = _RULE_OF_EACH_FORMAT[name]
    outcome = read({file: text, "ecs-local.yaml": _LOCAL_RULE})
    assert outcome.definitions is not None
    assert told in outcome.text
    assert "there is no rule" not in outcome.text


def test_a_rule_with_an_error_is_not_told_as_missing_as_well(read: Load) -> None:
    rule = "rules: [{name: job, scheduleExpression: rate(1 days), taskDefinition: job}]\n"
    outcome = read(rule + _LOCAL_RULE)
    assert outcome.definitions is None
    assert "rate(1 day)" in outcome.text
    assert "there is no rule" not in outcome.text


def test_of_a_value_that_a_template_cannot_have_nothing_more_is_told(read: Load) -> None:
    rules = """\
cluster: main
plugins: [{name: tfstate, config: {path: state.json}}]
taskDefinitions: {job: {containerDefinitions: [{name: main, image: alpine}]}}
rules:
- name: when
  scheduleExpression: {{ must_env `WHEN` }}
  taskDefinition: job
- name: what
  scheduleExpression: rate(1 day)
  taskDefinition: {{ tfstate `aws_ecs_task_definition.job.family` }}
- name: how-often
  scheduleExpression: rate(1 day)
  taskDefinition: job
  taskCount: {{ sprig "${unknown}" }}
  containerOverrides: [{name: {{ nobody "knows" }}, command: [x]}]
- name: wrong
  scheduleExpression: rate(1 days)
  taskDefinition: job
"""
    state = '{"version": 4, "resources": []}'
    outcome = read({"ecs-local.yaml": rules, "state.json": state})
    assert [line for line in outcome.text.splitlines() if line.startswith("error")] == [
        "error ecs-local.yaml:6: the environment has no WHEN, which must_env asks for",
        "error ecs-local.yaml:10: aws_ecs_task_definition.job.family is not in state.json",
        'error ecs-local.yaml:14: the template {{ sprig "${unknown}" }} is not supported yet',
        'error ecs-local.yaml:15: the template {{ nobody "knows" }} is not supported yet',
        "error ecs-local.yaml:17: Parameter ScheduleExpression is not valid.",
    ]
