"""HCL text becomes expressions: operators, calls, lists, objects and what they are made of."""

from typing import Final

from emulator.definitions.terraform.arithmetic import ArithmeticFailure, Number, parse
from emulator.definitions.terraform.scanner import DEEPEST, Scanner
from emulator.definitions.terraform.syntax import (
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    ListOf,
    Literal,
    ObjectOf,
    Reference,
    Unary,
)
from emulator.definitions.terraform.templates import heredoc, quoted
from emulator.definitions.terraform.traversal_grammar import traversal
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


def expression(scanner: Scanner) -> Expression:
    """Return the expression that comes next."""
    with scanner.deeper():
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
        return traversal(scanner, _term(scanner), expression)
    with scanner.deeper():
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
    with scanner.bracketed():
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
    with scanner.bracketed():
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
    with scanner.bracketed():
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
    with scanner.bracketed():
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
    key, value = scanner.loop_names()
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
