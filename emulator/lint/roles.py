"""Roles that keep a rule from running its task, which AWS tells nobody about."""

from collections.abc import Iterator
from typing import Final

from emulator.errors import Severity, SourceRef
from emulator.lint.checks import Check, Facts, Finding
from emulator.lint.iam import allows, judgeable, trusts
from emulator.model.event_rules import EventRule
from emulator.model.names import short_name, split_task_definition
from emulator.model.roles import Role
from emulator.model.rules import Rule, Target
from emulator.model.task_definition import LaunchType, TaskDefinition

AnyRule = Rule | EventRule
TASKS: Final = "ecs-tasks.amazonaws.com"
_DOUBTFUL: Final = "AWS asks for it, though tasks on instances have been started without"
_TERRAFORM: Final = (".tf", ".tf.json", ".tofu", ".tofu.json")
_SILENT: Final = "AWS counts a FailedInvocation and starts nothing"


def _target_roles(facts: Facts) -> Iterator[tuple[AnyRule, Target, TaskDefinition, Role]]:
    for rule, target, definition in facts.targets():
        role = _role(target.role_arn, facts)
        if role is not None:
            yield rule, target, definition, role


def _role(arn: str | None, facts: Facts) -> Role | None:
    return None if arn is None else facts.definitions.roles.get(short_name(arn))


def _service(rule: AnyRule) -> str:
    return "scheduler.amazonaws.com" if rule.dialect == "scheduler" else "events.amazonaws.com"


def _missing(facts: Facts) -> Iterator[Finding]:
    # Where files declare no roles, they may be for this machine only; ecschedule has a role of its
    # own where none is given, and is kept beside Terraform's files.
    declaring = {_whole(role.source) for role in facts.definitions.roles.values()} - {None}
    without = [
        (rule, target)
        for rule, target, _ in facts.targets()
        if not target.role_arn and _whole(target.source) in declaring
    ]
    if without:
        names = list(dict.fromkeys(rule.name for rule, _ in without))
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield Finding(
            f"no role that may start the task ({shown}): AWS refuses such a target",
            facts.of_target(*without[0]),
            "give the target a role that is allowed ecs:RunTask and iam:PassRole",
        )


def _whole(source: SourceRef | None) -> str | None:
    """Return what a place is part of: all of Terraform's files are one, others stand alone."""
    if source is None:
        return None
    return "Terraform" if source.path.endswith(_TERRAFORM) else source.path


def _run_task(facts: Facts) -> Iterator[Finding]:
    for rule, target, definition, role in _target_roles(facts):
        _, revision = split_task_definition(target.task_definition)
        names = (f"{definition.family}:{revision or definition.revision}", definition.family)
        allowed = any(allows(role, "ecs:RunTask", f"task-definition/{name}") for name in names)
        if judgeable(role) and not allowed:
            yield Finding(
                f"rule {rule.name}: the role {role.name} may not ecs:RunTask "
                f"{definition.family}: {_SILENT}",
                facts.of_target(rule, target, "role"),
                f"allow ecs:RunTask on task-definition/{definition.family}:*",
            )


def _pass_role(facts: Facts) -> Iterator[Finding]:
    for rule, target, definition, role in _target_roles(facts):
        if not judgeable(role):
            continue
        for kind, arn in (
            ("execution", definition.execution_role_arn),
            ("task", definition.task_role_arn),
        ):
            if arn is None or _may_pass(role, arn):
                continue
            doubtful = kind == "task" and _on_instances(target, definition)
            yield Finding(
                f"rule {rule.name}: the role {role.name} may not iam:PassRole the {kind} role "
                f"{short_name(arn)} of {definition.family}: {_DOUBTFUL if doubtful else _SILENT}",
                facts.of_target(rule, target, "role"),
                f"allow iam:PassRole on {arn}",
                Severity.WARNING if doubtful else None,
            )


def _on_instances(target: Target, definition: TaskDefinition) -> bool:
    """Return whether a task is known to run on instances: CDK lets nobody pass its role there."""
    fargate = LaunchType.FARGATE
    if target.launch_type is not None:
        return target.launch_type is not fargate
    known = definition.requires_compatibilities
    return bool(known) and fargate not in known


def _may_pass(role: Role, arn: str) -> bool:
    context = {"iam:PassedToService": TASKS}
    path = arn.rpartition(":")[2] if arn.startswith("arn:") else f"role/{arn}"
    names = {path, f"role/{short_name(arn)}"}
    return "${" in arn or any(allows(role, "iam:PassRole", name, context) for name in names)


def _wrong_trust(facts: Facts) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for rule, target, definition in facts.targets():
        wanted = (
            (target.role_arn, _service(rule)),
            (definition.execution_role_arn, TASKS),
            (definition.task_role_arn, TASKS),
        )
        for arn, service in wanted:
            role = _role(arn, facts)
            if role is None or (role.name, service) in seen:
                continue
            seen.add((role.name, service))
            if role.trusted and not trusts(role, service):
                trusted = ", ".join(role.trusted)
                yield Finding(
                    f"the role {role.name} cannot be assumed by {service}, which rule "
                    f"{rule.name} needs; it trusts {trusted}",
                    role.source,
                    f"let {service} sts:AssumeRole it",
                )


def _undeclared(facts: Facts) -> Iterator[Finding]:
    severity = Severity.WARNING if facts.definitions.roles else Severity.NOTE
    seen: set[str] = set()
    for rule, target, definition in facts.targets():
        found = (
            (target.role_arn, facts.of_target(rule, target, "role")),
            (definition.execution_role_arn, facts.of_task(definition, "executionRoleArn")),
            (definition.task_role_arn, facts.of_task(definition, "taskRoleArn")),
        )
        for arn, source in found:
            if arn is None or arn in seen or "${" in arn or _role(arn, facts) is not None:
                continue
            seen.add(arn)
            yield Finding(
                f"no file declares the role {short_name(arn)}: it is assumed to exist",
                source,
                None,
                severity,
            )


CHECKS: Final = (
    Check(
        "role-run-task",
        Severity.ERROR,
        "The role of a target may not run its task definition (ecs:RunTask).",
        _run_task,
    ),
    Check(
        "role-pass-role",
        Severity.ERROR,
        "The role of a target may not pass the task's roles to ECS (iam:PassRole).",
        _pass_role,
    ),
    Check(
        "role-wrong-trust",
        Severity.ERROR,
        "A role does not trust the service that has to assume it.",
        _wrong_trust,
    ),
    Check(
        "role-missing",
        Severity.WARNING,
        "A target has no role, in files that declare roles.",
        _missing,
    ),
    Check(
        "role-undeclared",
        Severity.NOTE,
        "No file declares a role; a warning where the files declare other roles.",
        _undeclared,
    ),
)
