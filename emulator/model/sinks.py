"""`local.sinks`: where notifications go on this machine, besides their files."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from emulator.values import frozen


class WebhookFormat(StrEnum):
    """What a webhook is sent: our JSON document, or Slack's `text`."""

    JSON = "json"
    SLACK = "slack"


@frozen
class WebhookSink:
    """An HTTP POST to `url`; `targets` are the names whose notifications it gets, empty: all."""

    url: str
    format: WebhookFormat = WebhookFormat.JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    targets: tuple[str, ...] = ()


@frozen
class CommandSink:
    """A program and its arguments, without a shell, with the notification on its stdin."""

    command: tuple[str, ...]
    targets: tuple[str, ...] = ()


@frozen
class DesktopSink:
    """A notification of the desktop, by `notify-send`."""

    targets: tuple[str, ...] = ()


@frozen
class MailSink:
    """A mail through an SMTP server, such as one that only shows it."""

    to: tuple[str, ...]
    sender: str = "ecs-local@localhost"
    host: str = "127.0.0.1"
    port: int = 25
    targets: tuple[str, ...] = ()


SinkConfiguration = WebhookSink | CommandSink | DesktopSink | MailSink
