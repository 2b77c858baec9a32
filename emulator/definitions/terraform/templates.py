"""Text with `${…}` and `%{…}` in it: quoted strings, heredocs and template files.

HashiCorp, "HCL Native Syntax Specification": Templates. Literals are kept line by line while they
are read, for strip markers and flush heredocs go by lines.
"""

import re
from collections.abc import Callable
from typing import Final

from emulator.definitions.terraform.scanner import Scanner
from emulator.definitions.terraform.syntax import Expression, Literal, Template
from emulator.definitions.terraform.template_nesting import Directive, Piece, Text, structure
from emulator.errors import SourceRef

Parser = Callable[[Scanner], Expression]

_QUOTED: Final = re.compile(r'[^"\\$%\n]+')
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_PLAIN: Final = re.compile(r"[^$%]+")
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def quoted(scanner: Scanner, parse: Parser) -> Expression:
    """Return the quoted string that comes next."""
    source = scanner.source()
    scanner.take('"')
    pieces = _pieces(scanner, parse, quotes=True)
    scanner.position += 1
    return _template(pieces, scanner, source, None)


def whole(scanner: Scanner, parse: Parser) -> Expression:
    """Return all of a text as one template."""
    source = scanner.source()
    return _template(_pieces(scanner, parse, quotes=False), scanner, source, source)


def heredoc(
    scanner: Scanner, opening: tuple[bool, str], source: SourceRef, parse: Parser
) -> Expression:
    """Return the heredoc whose opening line was just taken.

    Blanks behind the end marker are forgiven: editors leave them, and Terraform 0.11 took them.
    """
    flush, word = opening
    closing = re.compile(rf"^[ \t]*{re.escape(word)}[ \t\r]*$", re.MULTILINE)
    match = closing.search(scanner.text, scanner.position, scanner.end)
    if match is None:
        raise scanner.failure(f"the heredoc of line {source.line} has no {word} line")
    inner = scanner.within(match.start())
    origin = inner.source()
    pieces = _pieces(inner, parse, quotes=False)
    if flush:
        _flush(pieces)
    scanner.position = match.end()
    return _template(pieces, scanner, source, origin)


def _template(
    pieces: list[Piece], scanner: Scanner, source: SourceRef, origin: SourceRef | None
) -> Expression:
    parts, rest = structure(pieces, 0, scanner, (), 0)
    if rest < len(pieces):
        stray = pieces[rest]
        assert isinstance(stray, Directive)
        raise scanner.failure(f"%{{ {stray.word} }} has no beginning")
    if not parts:
        return Literal("", source)
    if len(parts) == 1 and isinstance(parts[0], str) and origin is None:
        return Literal(parts[0], source)
    return Template(tuple(parts), source, origin)


def _pieces(scanner: Scanner, parse: Parser, *, quotes: bool) -> list[Piece]:
    pieces: list[Piece] = []
    strip_next = False
    text: list[str] = []

    def flush_text() -> None:
        nonlocal strip_next
        if not text:
            return
        joined = "".join(text)
        text.clear()
        for line in [joined] if quotes else _LINE.findall(joined):
            pieces.append(Text(line.lstrip() if strip_next else line))
            strip_next = False

    while scanner.position < scanner.end:
        found = _literal(scanner, quotes=quotes)
        if found is not None:
            text.append(found)
        elif quotes and scanner.text[scanner.position] == '"':
            flush_text()
            return pieces
        else:
            if text:
                flush_text()
            strip_next = _insertion(scanner, parse, pieces)
    if quotes:
        raise scanner.failure("this text has no closing quote")
    flush_text()
    return pieces


def _literal(scanner: Scanner, *, quotes: bool) -> str | None:
    """Take literal text; None before a closing quote, `${` or `%{`."""
    text, at = scanner.text, scanner.position
    match = (_QUOTED if quotes else _PLAIN).match(text, at, scanner.end)
    if match is not None:
        scanner.position = match.end()
        return match[0]
    if text.startswith(("$${", "%%{"), at):
        scanner.position += 3
        return text[at + 1 : at + 3]
    character = text[at]
    if character in "$%" and not text.startswith("{", at + 1):
        scanner.position += 1
        return character
    if character in "$%" or character == '"':
        return None
    if character == "\\":
        return _escaped(scanner)
    raise scanner.failure("this text has no closing quote")


def _escaped(scanner: Scanner) -> str:
    at = scanner.position
    letter = scanner.text[at + 1 : at + 2]
    if letter in _ESCAPES:
        scanner.position += 2
        return _ESCAPES[letter]
    digits = {"u": 4, "U": 8}.get(letter, 0)
    code = scanner.text[at + 2 : at + 2 + digits]
    if not digits or not re.fullmatch(rf"[0-9a-fA-F]{{{digits}}}", code):
        hint = 'write \\\\ for a backslash, \\" for a quote'
        raise scanner.failure(f"\\{letter} is not an escape", hint=hint)
    number = int(code, 16)
    if number > 0x10FFFF or 0xD800 <= number < 0xE000:
        raise scanner.failure(f"\\{letter}{code} is not a character")
    scanner.position += 2 + digits
    return chr(number)


def _insertion(scanner: Scanner, parse: Parser, pieces: list[Piece]) -> bool:
    """Take `${…}` or `%{…}`; return whether the text behind it is to be stripped."""
    control = scanner.text[scanner.position] == "%"
    start = scanner.position
    scanner.position += 2
    if scanner.text.startswith("~", scanner.position):
        scanner.position += 1
        _strip_before(pieces)
    kept, scanner.multi_line = scanner.multi_line, 1
    pieces.append(_directive(scanner, parse, start) if control else parse(scanner))
    stripping = scanner.take("~")
    if not scanner.take("}"):
        message = f"}} is expected, not {scanner.next_text()}"
        raise scanner.failure(message, hint="write $${ for a plain ${")
    scanner.multi_line = kept
    return stripping


def _strip_before(pieces: list[Piece]) -> None:
    """Strip the line, or part of it, that stands before a marker; the lines above stay."""
    if pieces and isinstance(pieces[-1], Text):
        pieces[-1].text = pieces[-1].text.rstrip()


def _directive(scanner: Scanner, parse: Parser, start: int) -> Directive:
    source = scanner.source(start)
    word = scanner.word() or ""
    if word == "if":
        return Directive(word, source, parse(scanner))
    if word == "for":
        key, value = scanner.loop_names()
        return Directive(word, source, parse(scanner), key, value)
    if word not in ("else", "endif", "endfor"):
        message = f"%{{ {word} }} is not a template directive"
        raise scanner.failure(message, start, "write %%{ for a plain %{")
    return Directive(word, source)


def _flush(pieces: list[Piece]) -> None:
    """Take away the indentation that all lines of a `<<-` heredoc share."""
    starts: list[Text] = []
    least = 1 << 30
    at_start = True
    for piece in pieces:
        if at_start:
            at_start = False
            if not isinstance(piece, Text):
                least = 0
            elif piece.text.strip() or not piece.text.endswith("\n"):
                least = min(least, len(piece.text) - len(piece.text.lstrip()))
                starts.append(piece)
        if isinstance(piece, Text) and piece.text.endswith("\n"):
            at_start = True
    for piece in starts:
        piece.text = piece.text[least:]
