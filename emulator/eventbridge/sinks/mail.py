"""Notifications as mail through an SMTP server of this machine or network."""

import smtplib
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

from emulator.eventbridge.notification import Notification
from emulator.eventbridge.sinks.base import SinkError
from emulator.eventbridge.sinks.wording import body, title
from emulator.model.sinks import MailSink

TIMEOUT_SECONDS: Final = 5.0


class Mail:
    """Sends plain text in UTF-8."""

    def __init__(self, configuration: MailSink) -> None:
        self._configuration = configuration

    @property
    def label(self) -> str:
        """Name it by its server."""
        return f"mail by {self._configuration.host}:{self._configuration.port}"

    def wants(self, told: Notification) -> bool:
        """Return whether a notification is for it."""
        return not self._configuration.targets or told.name in self._configuration.targets

    def deliver(self, told: Notification) -> None:
        """Send a mail. Raises `SinkError`."""
        own = self._configuration
        try:
            with smtplib.SMTP(own.host, own.port, timeout=TIMEOUT_SECONDS) as server:
                server.send_message(message_of(told, own))
        except smtplib.SMTPResponseException as error:
            said = error.smtp_error
            text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
            message = f"answered {error.smtp_code} {text}"
            raise SinkError(message, final=500 <= error.smtp_code < 600) from error
        except (smtplib.SMTPException, OSError) as error:
            message = f"cannot be sent: {error}"
            raise SinkError(message) from error


def message_of(told: Notification, configuration: MailSink) -> EmailMessage:
    """Return the mail of a notification (pure but for its id)."""
    mail = EmailMessage()
    mail["Subject"] = title(told)
    mail["From"] = configuration.sender
    mail["To"] = ", ".join(configuration.to)
    mail["Date"] = format_datetime(told.at)
    mail["Message-ID"] = make_msgid(domain="ecs-local.invalid")
    mail.set_content(body(told) + "\n")
    return mail
