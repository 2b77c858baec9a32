"""HCL text becomes bodies of attributes and blocks; the first thing wrong in a file ends it.

HashiCorp, "HCL Native Syntax Specification". Written here because templates need an expression
parser that can begin in the middle of a text (CONTRIBUTING.md, decisions).
"""

from emulator.definitions.terraform.expression_grammar import expression
from emulator.definitions.terraform.scanner import Scanner
from emulator.definitions.terraform.syntax import Attribute, Block, Body, Expression, Literal
from emulator.definitions.terraform.templates import quoted, whole
from emulator.errors import SourceRef


def parse_file(text: str, path: str) -> Body:
    """Return the body of a `.tf` or `.tfvars` file. Raises `DefinitionError`."""
    scanner = Scanner(text, path)
    body = _body(scanner, "")
    if scanner.position < scanner.end:
        raise scanner.failure(f"{scanner.next_text()} does not belong here")
    return body


def parse_template(text: str, path: str, line: int | None = None) -> Expression:
    """Return a whole text as a template, as `templatefile` reads one. Raises `DefinitionError`.

    `line` is the line of a file that the text is a string of.
    """
    return whole(Scanner(text, path, line), expression)


def parse_expression(text: str, path: str, line: int | None = None) -> Expression:
    """Return a text as one expression, as `--var 'x=[1, 2]'` has it. Raises `DefinitionError`."""
    scanner = Scanner(text, path, line)
    scanner.multi_line += 1
    found = expression(scanner)
    if scanner.next_text() != "the end of the file":
        raise scanner.failure(f"{scanner.next_text()} does not belong here")
    return found


def _body(scanner: Scanner, closing: str) -> Body:
    body = Body()
    while True:
        scanner.skip(lines=True)
        if scanner.position >= scanner.end or scanner.mark() == "}":
            return body
        _item(scanner, body, closing)


def _item(scanner: Scanner, body: Body, closing: str) -> None:
    start = scanner.position
    name = scanner.word()
    if name is None:
        raise scanner.failure(f"an attribute or a block is expected, not {scanner.next_text()}")
    source = scanner.source(start)
    if scanner.mark() == "=":
        scanner.take("=")
        value = expression(scanner)
        if name in body.attributes:
            first = body.attributes[name].source
            raise scanner.failure(f"{name} is set twice, first in line {first.line}", start)
        body.attributes[name] = Attribute(name, value, source)
    else:
        body.blocks.append(_block(scanner, name, source))
    if not (scanner.line_end() or (closing and scanner.mark() == closing)):
        raise scanner.failure(f"the end of the line is expected, not {scanner.next_text()}")


def _block(scanner: Scanner, name: str, source: SourceRef) -> Block:
    labels = []
    while (mark := scanner.mark()) != "{":
        label = scanner.word() if mark != '"' else _label(scanner)
        if label is None:
            hint = f"{name} = … for an attribute, {name} {{ … }} for a block"
            raise scanner.failure(
                f"= or {{ is expected after {name}, not {scanner.next_text()}", hint=hint
            )
        labels.append(label)
    with scanner.deeper():
        scanner.take("{")
        kept, scanner.multi_line = scanner.multi_line, 0
        body = _body(scanner, "}")
        scanner.multi_line = kept
        if not scanner.take("}"):
            raise scanner.failure(f"the block {name} of line {source.line} has no }}")
    return Block(name, tuple(labels), body, source)


def _label(scanner: Scanner) -> str | None:
    text = quoted(scanner, expression)
    if isinstance(text, Literal) and isinstance(text.value, str):
        return text.value
    raise scanner.failure("a label is plain text")
