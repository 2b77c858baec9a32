"""What container definitions say about logs: the driver and its options."""

from typing import TYPE_CHECKING, Final

from emulator.definitions.nodes import Fields, Problems
from emulator.model.task_definition import LogConfiguration

if TYPE_CHECKING:
    from emulator.model.environment import Secret

LOG_DRIVERS: Final = (
    *("awslogs", "awsfirelens", "fluentd", "gelf", "journald", "json-file", "splunk", "syslog"),
)


def read_log_configuration(fields: Fields, problems: Problems) -> LogConfiguration | None:
    """Take `logConfiguration`; None where it is absent or says too little."""
    section = fields.section("logConfiguration")
    if section is None:
        return None
    driver = section.choice("logDriver", among=LOG_DRIVERS)
    if not section.says("logDriver"):
        problems.error("logConfiguration has no logDriver", section.source)
    source = section.place("options")
    options = section.mapping("options")
    secret_options = _secret_options(section, driver, problems)
    section.refuse_rest()
    if driver is None:
        return None
    if driver == "awslogs":
        _check_awslogs(options, section, problems)
        if not options.get("awslogs-group"):
            return None
    else:
        router = "; no log router sends it on" if driver == "awsfirelens" else ""
        problems.note(
            f"logDriver {driver}: its output is kept in the local log group /ecs/FAMILY{router}",
            source,
        )
    return LogConfiguration(log_driver=driver, options=options, secret_options=secret_options)


def _secret_options(
    section: Fields, driver: str | None, problems: Problems
) -> "tuple[Secret, ...]":
    secret = section.take("secretOptions")
    if secret is None or secret.value in (None, []):
        return ()
    if driver == "awslogs":
        message = "secretOptions of awslogs are not read: it has no option that is a secret"
        problems.error(message, secret.source, hint="write the value under options")
    else:
        message = f"secretOptions must be there, but the log driver {driver} does not run here"
        problems.note(message, secret.source)
    from emulator.definitions.container_environment import read_secrets

    return read_secrets(section, problems, name="secretOptions")


def _check_awslogs(options: dict[str, str], section: Fields, problems: Problems) -> None:
    from emulator.model import awslogs

    source = section.place("options")
    missing = [name for name in (awslogs.REGION, awslogs.GROUP) if not options.get(name)]
    if awslogs.GROUP in missing:
        problems.error(f"Log driver awslogs requires options: {', '.join(missing)}", source)
    elif missing:
        problems.rejected(f"Log driver awslogs requires options: {', '.join(missing)}", source)
    refused = set()
    for name, text in awslogs.complaints(options):
        refused.add(name)
        problems.error(text, source)
    for name, reason in awslogs.WITHOUT_EFFECT.items():
        if name in options and name not in refused:
            problems.note(f"the log option {name} has no effect on this machine: {reason}", source)
