"""A timeline's texts for terminals that know ASCII alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from emulator.pictures.timeline import Bar, Timeline

PLAIN: Final = str.maketrans("…–·", "~--")
"""What stands for our own punctuation on a terminal that knows ASCII alone."""


def in_ascii(
    timeline: Timeline, why: Callable[[Bar], str]
) -> tuple[Timeline, Callable[[Bar], str]]:
    """Return a timeline and its reasons in ASCII: an escape is wider than what it stands for."""

    def ascii_of(text: str) -> str:
        return text.translate(PLAIN).encode("ascii", "backslashreplace").decode("ascii")

    rows = tuple(
        replace(
            row,
            name=ascii_of(row.name),
            description=ascii_of(row.description),
            schedule=ascii_of(row.schedule),
        )
        for row in timeline.rows
    )
    return replace(timeline, rows=rows), lambda bar: ascii_of(why(bar))
