"""The figures as a table, for a screen or for a page of the docs."""

from collections.abc import Sequence
from typing import Final

from benchmarks.figure import Figure
from emulator.cli.table import render

HEADERS: Final = ("SUBJECT", "WHAT", "OURS", "AGAINST", "FIGURE", "TARGET", "REACHED")


def table(figures: Sequence[tuple[str, Figure]]) -> str:
    """Return the figures of all subjects as columns."""
    return render(HEADERS, _rows(figures), width=None)


def markdown(figures: Sequence[tuple[str, Figure]]) -> str:
    """Return the figures of all subjects as a Markdown table."""
    lines = [[header.lower() for header in HEADERS], ["---"] * len(HEADERS), *_rows(figures)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _rows(figures: Sequence[tuple[str, Figure]]) -> list[list[str]]:
    return [
        [
            subject,
            figure.what,
            figure.ours,
            figure.against,
            _number(figure.value, figure.unit),
            f"{'≤' if figure.better == 'lower' else '≥'} {_number(figure.target, figure.unit)}",
            "yes" if figure.met else "NO",
        ]
        for subject, figure in figures
    ]


def _number(value: float, unit: str) -> str:
    text = f"{value:.0f}" if value == int(value) or value >= 100 else f"{value:.2f}"
    return f"{text}x" if unit == "x" else f"{text} {unit}".rstrip()
