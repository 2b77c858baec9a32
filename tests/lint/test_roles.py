"""Roles that keep a rule from running its task."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import SourceRef
from emulator.lint.iam import allows
from emulator.model.roles import Role, Statement
from tests.lint.findings import find, of, rule

RUN = Statement(actions=("ecs:RunTask",), resources=("*",))
PASS = Statement(actions=("iam:PassRole",), resources=("*",))
EVENTS = "arn:aws:iam::000000000000:role/events"
PROJECT = (
    "rules:\n"
    + rule("rate(1 hour)", more=f"role: {EVENTS}")
    + """
taskDefinitions:
  batch:
    networkMode: awsvpc
    executionRoleArn: arn:aws:iam::000000000000:role/service-role/execution
    taskRoleArn: arn:aws:iam::000000000000:role/task
    containerDefinitions:
    - {name: main, image: "app:1", memory: 64}
"""
)


def events(*statements: Statement, trusted: str = "events.amazonaws.com", **more: object) -> Role:
    return Role(name="events", trusted=(trusted,), statements=statements, **more)  # type: ignore[arg-type]


def check(name: str, *roles: Role) -> list[str]:
    return of(name, find(PROJECT, roles=roles))


def test_a_role_that_may_do_both_is_fine() -> None:
    problems = find(PROJECT, roles=[events(RUN, PASS)])
    assert not [p for p in problems if p.rule.startswith("role-") and p.rule != "role-undeclared"]


def test_a_role_without_run_task() -> None:
    assert check("role-run-task", events(PASS)) == [
        (
            "5 error: rule job: the role events may not ecs:RunTask batch: AWS counts a "
            "FailedInvocation and starts nothing"
        )
    ]


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/batch:*",
        "arn:aws:ecs:*:*:task-definition/batch",
        "arn:aws:ecs:${aws_region}:1:task-definition/${family}:*",
        "arn:aws:ecs:us-east-1:1:task-definition/b?tch:1",
    ],
)
def test_resources_that_mean_the_task_definition(resource: str) -> None:
    assert (
        check("role-run-task", events(Statement(actions=("ecs:Run*",), resources=(resource,))))
        == []
    )


@pytest.mark.parametrize(
    "resource",
    ["arn:aws:ecs:us-east-1:1:cluster/default", "arn:aws:ecs:us-east-1:1:task-definition/web:*"],
)
def test_resources_that_mean_something_else(resource: str) -> None:
    role = events(Statement(actions=("ecs:RunTask",), resources=(resource,)))
    assert len(check("role-run-task", role)) == 1


def test_both_roles_of_the_task_must_be_passed() -> None:
    assert check("role-pass-role", events(RUN)) == [
        (
            "5 error: rule job: the role events may not iam:PassRole the execution role "
            "execution of batch: AWS counts a FailedInvocation and starts nothing"
        ),
        (
            "5 error: rule job: the role events may not iam:PassRole the task role task "
            "of batch: AWS "
            "counts a FailedInvocation and starts nothing"
        ),
    ]
    one = Statement(actions=("iam:PassRole",), resources=("arn:aws:iam::1:role/task",))
    [text] = check("role-pass-role", events(RUN, one))
    assert "the execution role execution" in text


def test_on_instances_a_task_role_that_may_not_be_passed_is_a_warning() -> None:
    execution = Statement(
        actions=("iam:PassRole",), resources=("arn:aws:iam::*:role/service-role/execution",)
    )
    roles = [events(RUN, execution)]
    for changed in (
        PROJECT.replace("networkMode: awsvpc", "requiresCompatibilities: [EC2]"),
        PROJECT.replace("role: ", "launchType: EC2\n  role: ", 1),
    ):
        [text] = of("role-pass-role", find(changed, roles=roles))
        assert " warning: rule job: the role events may not iam:PassRole the task role" in text
        assert text.endswith("AWS asks for it, though tasks on instances have been started without")


def test_passing_to_another_service_does_not_count() -> None:
    for service, missing in (("ecs-tasks.amazonaws.com", 0), ("lambda.amazonaws.com", 2)):
        conditions = {"StringLike": {"iam:PassedToService": (service,)}}
        statement = Statement(actions=("iam:PassRole",), resources=("*",), conditions=conditions)
        assert len(check("role-pass-role", events(RUN, statement))) == missing


def test_a_role_is_judged_only_when_all_of_it_is_known() -> None:
    assert check("role-run-task", events(complete=False)) == []
    assert check("role-run-task", events(managed_policies=("arn:aws:iam::1:policy/own",))) == []
    managed = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceEventsRole"
    assert check("role-run-task", events(managed_policies=(managed,))) == []
    assert check("role-pass-role", events(managed_policies=(managed,))) == []


def test_a_role_that_trusts_the_wrong_service() -> None:
    role = events(RUN, PASS, trusted="ecs-tasks.amazonaws.com")
    assert check("role-wrong-trust", role) == [
        (
            "None error: the role events cannot be assumed by events.amazonaws.com, which rule job "
            "needs; it trusts ecs-tasks.amazonaws.com"
        )
    ]
    task = Role(name="task", trusted=("ecs.amazonaws.com",))
    [text] = check("role-wrong-trust", task)
    assert "by ecs-tasks.amazonaws.com" in text


def test_a_role_that_no_file_declares_is_graver_beside_declared_ones() -> None:
    assert check("role-undeclared") == [
        "5 note: no file declares the role events: it is assumed to exist",
        "10 note: no file declares the role execution: it is assumed to exist",
        "11 note: no file declares the role task: it is assumed to exist",
    ]
    assert [text.split(":")[0] for text in check("role-undeclared", events(RUN, PASS))] == [
        "10 warning",
        "11 warning",
    ]


def test_a_target_without_a_role_beside_declared_ones_is_told_once() -> None:
    rules = "".join(rule("rate(1 hour)", name=name) for name in ("a", "b", "c", "d"))
    text = "rules:\n" + rules + "taskDefinitions:" + PROJECT.partition("taskDefinitions:")[2]
    role = events(RUN, PASS, source=SourceRef("ecs-local.yaml", 9))
    assert of("role-missing", find(text, roles=[role])) == [
        "2 warning: no role that may start the task (a, b, c and 1 more): AWS refuses such a target"
    ]
    assert of("role-missing", find(text)) == []
    assert check("role-missing", role) == []
    elsewhere = events(RUN, PASS, source=SourceRef("iam.tf", 1))
    assert of("role-missing", find(text, roles=[elsewhere])) == []


def test_a_deny_wins_and_a_conditional_one_is_not_judged() -> None:
    deny = Statement(allow=False, actions=("ecs:*",), resources=("*",))
    maybe = Statement(
        allow=False, actions=("ecs:*",), resources=("*",), conditions={"Bool": {"x": ("true",)}}
    )
    assert not allows(events(RUN, deny), "ecs:RunTask", "task-definition/batch")
    assert allows(events(RUN, maybe), "ecs:RunTask", "task-definition/batch")


def test_not_action_and_not_resource() -> None:
    role = events(Statement(not_actions=("iam:*",), not_resources=("arn:aws:ecs:a:b:cluster/*",)))
    assert allows(role, "ecs:RunTask", "task-definition/batch")
    assert not allows(role, "ecs:RunTask", "cluster/default")
    assert not allows(role, "iam:PassRole", "role/x")


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    role = events(Statement(actions=("*",), resources=("*a" * 500 + "b",)))
    assert not allows(role, "ecs:RunTask", "a" * 2000)


@given(st.text("ab*?"), st.text("ab"))
def test_patterns_are_those_of_the_shell(pattern: str, text: str) -> None:
    role = events(Statement(actions=("x",), resources=(pattern,)))
    assert allows(role, "x", text) == fnmatchcase(text, pattern)


@given(st.text(), st.text(), st.text(max_size=20))
def test_no_pattern_breaks_the_evaluation(action: str, resource: str, wanted: str) -> None:
    role = events(Statement(actions=(action,), resources=(resource,)))
    assert allows(role, wanted, "x") in (True, False)
    assert allows(events(Statement(actions=("*",), resources=(resource,))), "a:b", "*x") in (
        True,
        False,
    )
