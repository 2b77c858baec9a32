"""`--metrics-file` and `--metrics-listen`: numbers of a run while it is at work."""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from emulator.app.emulator import Emulator
from emulator.cli import screen
from emulator.events import EventBus

_LOOPBACK: Final = "127.0.0.1"


def add_metrics(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the numbers of a run go."""
    parser.add_argument(
        "--metrics-file",
        type=Path,
        metavar="PATH",
        help="write OpenMetrics text there every 10 seconds, each time as a whole file",
    )
    parser.add_argument(
        "--metrics-listen",
        type=address,
        metavar="[HOST:]PORT",
        help="answer /metrics and /healthz there (default host: 127.0.0.1)",
    )


def address(text: str) -> tuple[str, int]:
    """Return host and port. Raises `ArgumentTypeError`."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if colon else _LOOPBACK
    if not port.isdecimal() or not port.isascii() or int(port) > 65535 or not host:
        message = f"{text!r} is no [HOST:]PORT, such as 9100 or 127.0.0.1:9100"
        raise argparse.ArgumentTypeError(message)
    return host, int(port)


@contextmanager
def metering(arguments: argparse.Namespace, emulator: Emulator, bus: EventBus) -> Iterator[None]:
    """Count what happens on a bus, if it is wanted, and let others read it meanwhile."""
    if arguments.metrics_file is None and arguments.metrics_listen is None:
        yield
        return
    from emulator.app.metrics import Meter
    from emulator.app.metrics_outlets import MetricsFile, MetricsListener
    from emulator.app.status import looks_at_clock

    meter = Meter(bus)
    for rule in emulator.definitions.rules:
        if rule.enabled:
            meter.expect(rule.name)
    with ExitStack() as stack:
        if arguments.metrics_listen is not None:
            host, port = arguments.metrics_listen
            listener = MetricsListener(host, port, meter.text, lambda: looks_at_clock(emulator))
            stack.callback(listener.close)
            screen.note(f"metrics at {listener.address}/metrics, health at /healthz")
        if arguments.metrics_file is not None:
            file = MetricsFile(arguments.metrics_file, meter.text, screen.warn)
            stack.callback(file.close)
        yield
