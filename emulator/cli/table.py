"""Tables on a screen of fixed-width cells, in which a Japanese character takes two."""

from collections.abc import Sequence
from typing import Final

GAP: Final = "  "
ELLIPSIS: Final = "…"
SMALLEST_LAST_COLUMN: Final = 12


def width_of(text: str) -> int:
    """Return how many cells a text takes."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    width: int = wcswidth(text)
    return width if width >= 0 else len(text)


def pad(text: str, width: int) -> str:
    """Return a text filled up with blanks to so many cells."""
    return text + " " * (width - width_of(text))


def cut(text: str, width: int) -> str:
    """Return a text of at most so many cells, with an ellipsis where it was cut."""
    if width_of(text) <= width:
        return text
    kept = text
    while kept and width_of(kept) > width - 1:
        kept = kept[:-1]
    return kept + ELLIPSIS


def render(headers: Sequence[str], rows: Sequence[Sequence[str]], *, width: int | None) -> str:
    """Return a table; the last column is cut to the width of the screen.

    On a screen too narrow for its columns each row becomes a paragraph of `header: value`.
    """
    if width is not None and not has_columns(headers, rows, width):
        return _paragraphs(headers, rows, width)
    widths = _widths(headers, rows)
    last = widths[-1] if width is None else width - _before_the_last(widths)
    lines = []
    for row in (headers, *rows):
        cells = [pad(cell, size) for cell, size in zip(row[:-1], widths[:-1], strict=True)]
        lines.append(GAP.join([*cells, cut(row[-1], last)]).rstrip())
    return "\n".join(lines)


def fits(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> bool:
    """Return whether a screen shows a table as a table, and nothing of it is cut."""
    widths = _widths(headers, rows)
    return width is None or _before_the_last(widths) + widths[-1] <= width


def has_columns(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> bool:
    """Return whether a screen shows a table as a table, the last column cut or not."""
    widths = _widths(headers, rows)
    least = min(SMALLEST_LAST_COLUMN, widths[-1])
    return width is None or _before_the_last(widths) + least <= width


def _widths(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(width_of, column)) for column in zip(headers, *rows, strict=True)]


def _before_the_last(widths: Sequence[int]) -> int:
    return sum(widths[:-1]) + len(GAP) * (len(widths) - 1)


def _paragraphs(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    label = max(map(width_of, headers[1:]), default=0)
    paragraphs = []
    for row in rows:
        lines = [cut(row[0], width)]
        for header, cell in zip(headers[1:], row[1:], strict=True):
            if cell:
                lines.append(cut(f"  {pad(header.lower(), label)}  {cell}", width))
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs)
