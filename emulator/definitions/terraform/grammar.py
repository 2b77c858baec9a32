"""HCL text becomes bodies and expressions; the first thing wrong in a file ends it.

HashiCorp, "HCL Native Syntax Specification". Written here because templates need an expression
parser that can begin in the middle of a text (CONTRIBUTING.md, decisions).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from emulator.definitions.terraform.arithmetic import ArithmeticFailure, Number, parse
from emulator.definitions.terraform.scanner import DEEPEST, Scanner
from emulator.definitions.terraform.syntax import (
    Attribute,
    Binary,
    Block,
    Body,
    Call,
    Conditional,
    Expression,
    For,
    GetAttr,
    Index,
    ListOf,
    Literal,
    ObjectOf,
    Reference,
    Splat,
    SplatItem,
    Unary,
)
from emulator.definitions.terraform.templates import heredoc, quoted, whole
from emulator.errors import SourceRef

TIGHTNESS: Final = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}
"""How tightly a binary operator binds."""

CONSTANTS: Final = {"true": True, "false": False, "null": None}


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
    with _deeper(scanner):
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


@contextmanager
def _deeper(scanner: Scanner) -> Iterator[None]:
    scanner.depth += 1
    if scanner.depth > DEEPEST:
        raise scanner.failure(f"nested more than {DEEPEST} deep")
    yield
    scanner.depth -= 1


@contextmanager
def _bracketed(scanner: Scanner) -> Iterator[None]:
    scanner.multi_line += 1
    yield
    scanner.multi_line -= 1


def expression(scanner: Scanner) -> Expression:
    """Return the expression that comes next."""
    with _deeper(scanner):
        condition = _binary(scanner, 0)
        if scanner.mark() != "?":
            return condition
        source = scanner.source()
        scanner.take("?")
        yes = expression(scanner)
        scanner.expect(":", "in a conditional")
        return Conditional(condition, yes, expression(scanner), source)


def _binary(scanner: Scanner, looser: int) -> Expression:
    """Return operands joined by operators that bind tighter than `looser`."""
    left = _unary(scanner)
    for _ in range(DEEPEST):
        mark = scanner.mark()
        tightness = TIGHTNESS.get(mark, 0)
        if tightness <= looser:
            return left
        source = scanner.source()
        scanner.take(mark)
        left = Binary(mark, left, _binary(scanner, tightness), source)
    raise scanner.failure(f"more than {DEEPEST} operators in a row")


def _unary(scanner: Scanner) -> Expression:
    mark = scanner.mark()
    if mark not in ("!", "-"):
        return _traversal(scanner, _term(scanner))
    with _deeper(scanner):
        source = scanner.source()
        scanner.take(mark)
        return Unary(mark, _unary(scanner), source)


def _term(scanner: Scanner) -> Expression:
    mark = scanner.mark()
    source = scanner.source()
    if mark == '"':
        return quoted(scanner, expression)
    if mark == "(":
        return _parenthesized(scanner)
    if mark == "[":
        return _list(scanner, source)
    if mark == "{":
        return _object(scanner, source)
    if mark == "<" and (opening := scanner.heredoc()) is not None:
        return heredoc(scanner, opening, source, expression)
    if (digits := scanner.number()) is not None:
        return Literal(_number(scanner, digits), source)
    word = scanner.word()
    if word is None:
        raise scanner.failure(f"a value is expected, not {scanner.next_text()}")
    return _named(scanner, word, source)


def _number(scanner: Scanner, digits: str) -> Number:
    try:
        return parse(digits)
    except ArithmeticFailure as error:
        shown = digits if len(digits) < 40 else f"{digits[:40]}…"
        raise scanner.failure(f"the number {shown} is too large, or too small") from error


def _parenthesized(scanner: Scanner) -> Expression:
    with _bracketed(scanner):
        scanner.take("(")
        inner = expression(scanner)
        scanner.expect(")", "at the end of the parentheses")
    return inner


def _named(scanner: Scanner, word: str, source: SourceRef) -> Expression:
    name = word
    while scanner.mark() == "::":
        scanner.take("::")
        part = scanner.word()
        if part is None:
            raise scanner.failure("a function's name is expected after ::")
        name += "::" + part
    if scanner.mark() == "(":
        return _call(scanner, name, source)
    return Literal(CONSTANTS[word], source) if word in CONSTANTS else Reference(word, source)


def _call(scanner: Scanner, name: str, source: SourceRef) -> Expression:
    arguments: list[Expression] = []
    spread = False
    with _bracketed(scanner):
        scanner.take("(")
        while scanner.mark() != ")":
            arguments.append(expression(scanner))
            spread = scanner.take("...")
            if spread or not scanner.take(","):
                break
        scanner.expect(")", f"after the arguments of {name}")
    return Call(name, tuple(arguments), spread, source)


def _list(scanner: Scanner, source: SourceRef) -> Expression:
    items: list[Expression] = []
    with _bracketed(scanner):
        scanner.take("[")
        if scanner.peek_word() == "for":
            found = _for(scanner, source, "]")
            scanner.expect("]", "at the end of the for expression")
            return found
        while scanner.mark() != "]":
            items.append(expression(scanner))
            if not scanner.take(","):
                break
        scanner.expect("]", "at the end of the list")
    return ListOf(tuple(items), source)


def _object(scanner: Scanner, source: SourceRef) -> Expression:
    with _bracketed(scanner):
        scanner.take("{")
        if scanner.peek_word() == "for":
            before = scanner.position
            scanner.word()
            is_key = scanner.mark() in ("=", ":")
            scanner.position = before
            if not is_key:
                found = _for(scanner, source, "}")
                scanner.expect("}", "at the end of the for expression")
                return found
    kept, scanner.multi_line = scanner.multi_line, 0
    items = []
    scanner.skip(lines=True)
    while scanner.mark() != "}":
        items.append(_object_item(scanner))
        if not (scanner.take(",") or scanner.line_end() or scanner.mark() == "}"):
            message = f"a comma or the end of the line is expected, not {scanner.next_text()}"
            raise scanner.failure(message)
        scanner.skip(lines=True)
    scanner.multi_line = kept
    scanner.take("}")
    return ObjectOf(tuple(items), source)


def _object_item(scanner: Scanner) -> tuple[Expression, Expression]:
    if scanner.position >= scanner.end:
        raise scanner.failure("} is expected at the end of the object")
    start = scanner.position
    word = scanner.word()
    if word is not None and scanner.mark() == "{":
        # Terraform 0.11 let a block stand in an object: `ecs_target = { network { … } }`.
        return Literal(word, scanner.source(start)), expression(scanner)
    if word is not None and scanner.mark() in ("=", ":"):
        key: Expression = Literal(word, scanner.source(start))
    else:
        scanner.position = start
        key = expression(scanner)
    if not (scanner.take("=") or scanner.take(":")):
        raise scanner.failure(f"= is expected after the key, not {scanner.next_text()}")
    scanner.skip(lines=True)
    return key, expression(scanner)


def _for(scanner: Scanner, source: SourceRef, closing: str) -> Expression:
    scanner.word()
    key, value = loop_names(scanner)
    of = expression(scanner)
    scanner.expect(":", "in the for expression")
    result = expression(scanner)
    result_key = None
    if scanner.take("=>"):
        result_key, result = result, expression(scanner)
    if (result_key is not None) != (closing == "}"):
        raise scanner.failure("=> belongs into a for expression of an object, { for … }")
    grouping = scanner.take("...")
    condition = None
    if scanner.peek_word() == "if":
        scanner.word()
        condition = expression(scanner)
    return For(key, value, of, result_key, result, condition, grouping, source)


def loop_names(scanner: Scanner) -> tuple[str | None, str]:
    """Take `name in` or `key, name in`."""
    first = scanner.word()
    second = scanner.word() if first and scanner.take(",") else None
    if first is None or scanner.word() != "in":
        raise scanner.failure("for NAME in … or for KEY, NAME in … is expected")
    return (None, first) if second is None else (first, second)


def _traversal(scanner: Scanner, of: Expression) -> Expression:
    for _ in range(DEEPEST):
        mark = scanner.mark()
        source = scanner.source()
        if mark == "[":
            of = _index(scanner, of, source)
        elif mark == ".":
            of = _step(scanner, of, source)
        else:
            return of
    raise scanner.failure(f"more than {DEEPEST} steps in a reference")


def _index(scanner: Scanner, of: Expression, source: SourceRef) -> Expression:
    with _bracketed(scanner):
        scanner.take("[")
        if scanner.take("*"):
            scanner.expect("]", "after [*")
            full = True
        else:
            key = expression(scanner)
            scanner.expect("]", "after an index")
            full = False
    if not full:
        return Index(of, key, source)
    return Splat(of, _traversal(scanner, SplatItem(source)), source)


def _step(scanner: Scanner, of: Expression, source: SourceRef) -> Expression:
    scanner.take(".")
    if scanner.take("*"):
        return Splat(of, _attributes_only(scanner, SplatItem(source)), source)
    if (digits := scanner.digits()) is not None:
        return Index(of, Literal(int(digits), source), source)
    name = scanner.word()
    if name is None:
        raise scanner.failure(f"a name is expected after the dot, not {scanner.next_text()}")
    return GetAttr(of, name, source)


def _attributes_only(scanner: Scanner, of: Expression) -> Expression:
    """Read what follows `.*`: only `.name` belongs to each element, an index to the result."""
    for _ in range(DEEPEST):
        if scanner.mark() != ".":
            return of
        of = _step(scanner, of, scanner.source())
    raise scanner.failure(f"more than {DEEPEST} steps in a reference")
