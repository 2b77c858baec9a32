"""HCL text becomes steps into a value: `.name`, `[key]` and splats."""

from emulator.definitions.terraform.scanner import DEEPEST, Scanner
from emulator.definitions.terraform.syntax import (
    Expression,
    GetAttr,
    Index,
    Literal,
    Splat,
    SplatItem,
)
from emulator.definitions.terraform.templates import Parser
from emulator.errors import SourceRef


def traversal(scanner: Scanner, of: Expression, parse: Parser) -> Expression:
    """Return what follows an expression applied to it: any number of steps, or none."""
    for _ in range(DEEPEST):
        mark = scanner.mark()
        source = scanner.source()
        if mark == "[":
            of = _index(scanner, of, source, parse)
        elif mark == ".":
            of = _step(scanner, of, source)
        else:
            return of
    raise scanner.failure(f"more than {DEEPEST} steps in a reference")


def _index(scanner: Scanner, of: Expression, source: SourceRef, parse: Parser) -> Expression:
    with scanner.bracketed():
        scanner.take("[")
        if scanner.take("*"):
            scanner.expect("]", "after [*")
            full = True
        else:
            key = parse(scanner)
            scanner.expect("]", "after an index")
            full = False
    if not full:
        return Index(of, key, source)
    return Splat(of, traversal(scanner, SplatItem(source), parse), source)


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
