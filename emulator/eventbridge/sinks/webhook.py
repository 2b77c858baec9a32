"""Notifications as HTTP POST requests: our own JSON, or the shape of a Slack webhook."""

import http.client
import json
import urllib.error
import urllib.request
from typing import Any, Final

from emulator.eventbridge.notification import Notification
from emulator.eventbridge.sinks.base import SinkError
from emulator.eventbridge.sinks.wording import body, title
from emulator.model.sinks import WebhookFormat, WebhookSink

TIMEOUT_SECONDS: Final = 5.0
_RETRIED: Final = (408, 425, 429)
"""Answers below 500 after which the same request may succeed."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nowhere: a redirect would turn the POST into a GET of another place."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse."""


class Webhook:
    """Posts to one URL."""

    def __init__(self, configuration: WebhookSink) -> None:
        self._configuration = configuration
        self._opener = urllib.request.build_opener(_NoRedirect)

    @property
    def label(self) -> str:
        """Name it without what may be secret in its path or its query."""
        return f"webhook {_origin(self._configuration.url)}"

    def wants(self, told: Notification) -> bool:
        """Return whether a notification is for it."""
        return not self._configuration.targets or told.name in self._configuration.targets

    def deliver(self, told: Notification) -> None:
        """Post a notification. Raises `SinkError`."""
        request = urllib.request.Request(  # noqa: S310 - the reader lets http and https through
            self._configuration.url,
            data=json.dumps(payload(told, self._configuration.format)).encode("ascii"),
            headers={
                "User-Agent": "ecs-local",
                **self._configuration.headers,
                "Content-Type": "application/json",
            },
            method="POST",
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                answer.read(1)
        except urllib.error.HTTPError as error:
            final = error.code < 500 and error.code not in _RETRIED
            message = f"answered {error.code} {error.reason}"
            error.close()
            raise SinkError(message, final=final) from error
        except (OSError, http.client.HTTPException) as error:
            message = f"cannot be reached: {getattr(error, 'reason', error)}"
            raise SinkError(message) from error


def payload(told: Notification, form: WebhookFormat) -> dict[str, Any]:
    """Return the JSON of a request (pure)."""
    if form is WebhookFormat.JSON:
        return {**told.document, "event": told.event}
    # Without `mrkdwn` no star or backtick of a stranger is markup; nor would one of ours be.
    return {"text": f"{_for_slack(title(told))}\n{_for_slack(body(told))}", "mrkdwn": False}


def _for_slack(text: str) -> str:
    """Return text in which nothing is a mention or a link; Slack names these three characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _origin(url: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
