"""The pieces of a template in a row become parts within parts: what `if` and `for` enclose."""

from dataclasses import dataclass

from emulator.definitions.terraform.scanner import DEEPEST, Scanner
from emulator.definitions.terraform.syntax import Expression, ForPart, IfPart, Part
from emulator.errors import SourceRef


@dataclass(slots=True)
class Text:
    """Literal text, or a line of it."""

    text: str


@dataclass(slots=True)
class Directive:
    """`if`, `for` with what they need; `else`, `endif`, `endfor`."""

    word: str
    source: SourceRef
    of: Expression | None = None
    key: str | None = None
    value: str = ""


Piece = Text | Directive | Expression


def structure(
    pieces: list[Piece], at: int, scanner: Scanner, ends: tuple[str, ...], depth: int
) -> tuple[list[Part], int]:
    """Nest what stands between directives; return it with the index of the piece that ended it.

    `ends` are the directives that may end it, none at the top. Raises `DefinitionError`.
    """
    if depth > DEEPEST:
        raise scanner.failure(f"directives nested more than {DEEPEST} deep")
    parts: list[Part] = []
    while at < len(pieces):
        piece = pieces[at]
        if isinstance(piece, Text):
            _append_text(parts, piece.text)
        elif not isinstance(piece, Directive):
            parts.append(piece)
        elif piece.word in ("else", "endif", "endfor"):
            return parts, at
        else:
            part, at = _nested(piece, pieces, at, scanner, depth)
            parts.append(part)
        at += 1
    if ends:
        raise scanner.failure(f"%{{ {ends[-1]} }} is missing")
    return parts, at


def _nested(
    opening: Directive, pieces: list[Piece], at: int, scanner: Scanner, depth: int
) -> tuple[Part, int]:
    assert opening.of is not None
    if opening.word == "for":
        body, at = structure(pieces, at + 1, scanner, ("endfor",), depth + 1)
        _expect_end(pieces[at], "endfor", scanner)
        return ForPart(opening.key, opening.value, opening.of, tuple(body), opening.source), at
    yes, at = structure(pieces, at + 1, scanner, ("else", "endif"), depth + 1)
    no: list[Part] = []
    middle = pieces[at]
    if isinstance(middle, Directive) and middle.word == "else":
        no, at = structure(pieces, at + 1, scanner, ("endif",), depth + 1)
    _expect_end(pieces[at], "endif", scanner)
    return IfPart(opening.of, tuple(yes), tuple(no), opening.source), at


def _expect_end(piece: Piece, word: str, scanner: Scanner) -> None:
    assert isinstance(piece, Directive)
    if piece.word != word:
        raise scanner.failure(f"%{{ {word} }} is expected, not %{{ {piece.word} }}")


def _append_text(parts: list[Part], text: str) -> None:
    """Add text; what is stripped to nothing still makes a text of all, and not a lone value."""
    if parts and isinstance(parts[-1], str):
        parts[-1] += text
    else:
        parts.append(text)
