"""What container definitions say about logs: the driver and its options."""

from typing import Final

from emulator.definitions.nodes import Fields, Problems
from emulator.model.task_definition import LogConfiguration

LOG_DRIVERS: Final = (
    *("awslogs", "awsfirelens", "fluentd", "gelf", "journald", "json-file", "splunk", "syslog"),
)
AWSLOGS_OPTIONS: Final = (
    "awslogs-group",
    "awslogs-region",
    "awslogs-stream-prefix",
    "awslogs-create-group",
)
_AWSLOGS_LATER: Final = ("awslogs-datetime-format", "awslogs-multiline-pattern", "awslogs-format")
_AWSLOGS_NO_EFFECT: Final = (
    "mode",
    "max-buffer-size",
    "awslogs-create-stream",
    "awslogs-force-flush-interval-seconds",
    "awslogs-max-buffered-events",
    "awslogs-endpoint",
    "awslogs-credentials-endpoint",
)


def read_log_configuration(fields: Fields, problems: Problems) -> LogConfiguration | None:
    """Take `logConfiguration`; None where it is absent or says too little."""
    section = fields.section("logConfiguration")
    if section is None:
        return None
    driver = section.choice("logDriver", among=LOG_DRIVERS)
    if "logDriver" not in section:
        problems.error("logConfiguration has no logDriver", section.source)
    source = section.place("options")
    options = section.mapping("options")
    secret = section.take("secretOptions")
    if secret is not None and not secret.empty:
        problems.error("logConfiguration.secretOptions is not supported yet", secret.source)
    section.refuse_rest()
    if driver is None:
        return None
    if driver == "awslogs":
        _check_awslogs(options, section, problems)
        if not options.get("awslogs-group"):
            return None
    else:
        problems.note(
            f"logDriver {driver}: its output is kept in the local log group /ecs/FAMILY", source
        )
    return LogConfiguration(log_driver=driver, options=options)


def _check_awslogs(options: dict[str, str], section: Fields, problems: Problems) -> None:
    source = section.place("options")
    missing = [name for name in ("awslogs-region", "awslogs-group") if not options.get(name)]
    if "awslogs-group" in missing:
        problems.error(f"Log driver awslogs requires options: {', '.join(missing)}", source)
    elif missing:
        problems.rejected(f"Log driver awslogs requires options: {', '.join(missing)}", source)
    for name in options:
        if name in _AWSLOGS_LATER:
            problems.error(f"the log option {name} is not supported yet", source)
        elif name in _AWSLOGS_NO_EFFECT:
            problems.note(f"the log option {name} has no effect on this machine", source)
        elif name not in AWSLOGS_OPTIONS:
            problems.error(f"unknown log opt '{name}' for awslogs log driver", source)
