"""`local.sinks`: where notifications go on this machine besides their files."""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.model.sinks import (
    CommandSink,
    DesktopSink,
    MailSink,
    SinkConfiguration,
    WebhookFormat,
    WebhookSink,
)

_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
_ADDRESS: Final = re.compile(r"[^\s@<>,;\x00-\x1f\x7f]+@[^\s@<>,;\x00-\x1f\x7f]+")
_OWN_HEADERS: Final = ("content-length", "content-type", "host", "transfer-encoding")


def read_sinks(fields: Fields, problems: Problems) -> tuple[SinkConfiguration, ...]:
    """Take the list of sinks; what is wrong with one leaves it out."""
    found = (_sink(node, problems) for node in fields.items("sinks"))
    return tuple(sink for sink in found if sink is not None)


def _sink(node: Node, problems: Problems) -> SinkConfiguration | None:
    fields = Fields(node, "the sink", problems)
    if not fields.readable:
        return None
    kind = fields.choice("type", among=tuple(_KINDS))
    if kind is None:
        if not fields.says("type"):
            problems.error("the sink has no type", node.source, hint=f"one of {', '.join(_KINDS)}")
        return None
    sink = _KINDS[kind](fields, fields.texts("targets") or (), problems)
    fields.refuse_rest()
    return sink


def _webhook(fields: Fields, targets: tuple[str, ...], problems: Problems) -> WebhookSink | None:
    url = fields.text("url", required=True)
    form = fields.member("format", of=WebhookFormat)
    headers = fields.mapping("headers")
    if url is None:
        return None
    place = fields.place("url")
    if not _is_url(url):
        # The address itself may be a secret, and is not told.
        message = "the sink's url is not the address of a webhook"
        problems.error(message, place, hint="it begins with https:// or http://, without blanks")
        return None
    wrong = [text for name, value in headers.items() if (text := _wrong_header(name, value))]
    for text in wrong:
        problems.error(text, fields.place("headers"))
    if wrong:
        return None
    return WebhookSink(
        url=url,
        format=form or WebhookFormat.JSON,
        headers=headers,
        targets=targets,
    )


def _wrong_header(name: str, value: str) -> str | None:
    """Return what is wrong with a header; its value may be a secret, and is not told."""
    if not _HEADER.fullmatch(name):
        return f"headers: {name!r} is not the name of a header"
    if name.lower() in _OWN_HEADERS:
        return f"headers: {name} is what ecs-local itself says"
    if not value.isprintable() or not value.isascii():
        return f"headers: the value of {name} is not of printable ASCII characters in one line"
    return None


def _is_url(text: str) -> bool:
    if not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _command(fields: Fields, targets: tuple[str, ...], problems: Problems) -> CommandSink | None:
    node = fields.take("command")
    if node is not None and isinstance(node.value, str):
        message = "command is a list: the program and its arguments; no shell reads it"
        problems.error(message, node.source)
        return None
    command = fields.texts("command")
    if not command or not command[0]:
        problems.error("the sink has no command", fields.place("command"))
        return None
    return CommandSink(command=command, targets=targets)


def _desktop(_fields: Fields, targets: tuple[str, ...], _problems: Problems) -> DesktopSink:
    return DesktopSink(targets=targets)


def _mail(fields: Fields, targets: tuple[str, ...], problems: Problems) -> MailSink | None:
    to = fields.texts("to") or ()
    default = MailSink(to=to)
    sender = fields.text("from") or default.sender
    host = fields.text("host") or default.host
    port = fields.integer("port")
    known = len(problems.found)
    if not to:
        problems.error("the sink has no to", fields.place("to"), hint="a list of addresses")
    for name, addresses in (("from", (sender,)), ("to", to)):
        for address in addresses:
            if not _ADDRESS.fullmatch(address):
                problems.error(f"{address!r} is not a mail address", fields.place(name))
    if port is not None and not 1 <= port <= 65535:
        problems.error(f"port is 1 to 65535, not {port}", fields.place("port"))
    if len(problems.found) > known:
        return None
    return MailSink(
        to=to,
        sender=sender,
        host=host,
        port=default.port if port is None else port,
        targets=targets,
    )


_Reader = Callable[[Fields, tuple[str, ...], Problems], SinkConfiguration | None]
_KINDS: Final[dict[str, _Reader]] = {
    "webhook": _webhook,
    "command": _command,
    "desktop": _desktop,
    "email": _mail,
}
