"""What container definitions say about a container's life: its start, its health, its restarts."""

from dataclasses import replace
from typing import Final

from emulator.definitions.nodes import Fields, Problems
from emulator.model.container_life import ContainerDependency, DependencyCondition, RestartPolicy
from emulator.model.health import HealthCheck
from emulator.model.task_definition import ContainerDefinition

CONDITIONS: Final = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
HEALTH_RANGES: Final = {
    "interval": range(5, 301),
    "timeout": range(2, 61),
    "retries": range(1, 11),
    "startPeriod": range(301),
}
"""What the numbers of a health check may be (AWS: HealthCheck)."""

ATTEMPT_PERIOD: Final = range(60, 1801)
LARGEST_IGNORED: Final = 50
"""Exit codes that `ignoredExitCodes` may hold (AWS: ContainerRestartPolicy)."""


def with_life(
    container: ContainerDefinition, fields: Fields, problems: Problems
) -> ContainerDefinition:
    """Return a container with what it waits for, its health check and its restart policy."""
    return replace(
        container,
        depends_on=_dependencies(fields, problems),
        health_check=_health_check(fields, problems),
        restart_policy=_restart_policy(fields, problems),
    )


def _dependencies(fields: Fields, problems: Problems) -> tuple[ContainerDependency, ...]:
    """Take `dependsOn`."""
    found = []
    for item in fields.items("dependsOn"):
        entry = Fields(item, "the dependency", problems)
        name = entry.text("containerName", required=True)
        condition = entry.choice("condition", among=CONDITIONS)
        if name and condition:
            found.append(
                ContainerDependency(container_name=name, condition=DependencyCondition(condition))
            )
        elif name and not entry.says("condition"):
            problems.error("the dependency has no condition", item.source)
        entry.refuse_rest()
    return tuple(found)


def _health_check(fields: Fields, problems: Problems) -> HealthCheck | None:
    """Take `healthCheck`, with ECS's defaults for what it leaves out."""
    section = fields.section("healthCheck")
    if section is None:
        return None
    command = section.texts("command") or ()
    numbers = {name: _number(section, name, problems) for name in HEALTH_RANGES}
    section.refuse_rest()
    if command[:1] not in (("CMD",), ("CMD-SHELL",), ("NONE",)) or (
        command[0] != "NONE" and len(command) == 1
    ):
        problems.error(
            "healthCheck: the command begins with CMD, CMD-SHELL or NONE, then what to run",
            section.place("command"),
            hint='such as ["CMD-SHELL", "curl -f http://localhost/ || exit 1"]',
        )
        return None
    defaults = HealthCheck(command=command)
    return HealthCheck(
        command=command,
        interval=_or(numbers["interval"], defaults.interval),
        timeout=_or(numbers["timeout"], defaults.timeout),
        retries=_or(numbers["retries"], defaults.retries),
        start_period=_or(numbers["startPeriod"], defaults.start_period),
    )


def _number(section: Fields, name: str, problems: Problems) -> int | None:
    value, allowed = section.integer(name), HEALTH_RANGES[name]
    if value is not None and value not in allowed:
        message = f"healthCheck.{name} is {allowed.start} to {allowed.stop - 1}, not {value}"
        problems.error(message, section.place(name))
        return None
    return value


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def _restart_policy(fields: Fields, problems: Problems) -> RestartPolicy | None:
    """Take `restartPolicy`; None where it is absent or not enabled."""
    section = fields.section("restartPolicy")
    if section is None:
        return None
    enabled = section.boolean("enabled")
    if not section.says("enabled"):
        problems.error("restartPolicy has no enabled", section.source)
    codes = _exit_codes(section, problems)
    period = section.integer("restartAttemptPeriod")
    section.refuse_rest()
    if period is not None and period not in ATTEMPT_PERIOD:
        message = f"restartPolicy.restartAttemptPeriod is 60 to 1800 seconds, not {period}"
        problems.error(message, section.place("restartAttemptPeriod"))
        period = None
    policy = RestartPolicy(ignored_exit_codes=codes)
    if period is not None:
        policy = RestartPolicy(ignored_exit_codes=codes, restart_attempt_period=period)
    return policy if enabled else None


def _exit_codes(section: Fields, problems: Problems) -> tuple[int, ...]:
    codes = []
    for item in section.items("ignoredExitCodes"):
        if isinstance(item.value, bool) or not isinstance(item.value, int):
            problems.error(f"ignoredExitCodes holds exit codes, not {item.kind}", item.source)
        else:
            codes.append(item.value)
    if len(codes) > LARGEST_IGNORED:
        message = f"ignoredExitCodes holds at most {LARGEST_IGNORED} exit codes, not {len(codes)}"
        problems.rejected(message, section.place("ignoredExitCodes"))
    return tuple(codes)
