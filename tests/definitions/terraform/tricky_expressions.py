"""Expressions on whose types much hangs, and texts with directives, escapes and marks."""

from typing import Final

from hypothesis import strategies as st

from tests.definitions.terraform.expressions import (
    BLOCK,
    INDEX,
    PATTERN,
    Expressions,
    anything,
    by_depth,
    calls,
    each,
    lists,
    maps,
    numbers,
    texts,
    truths,
    tuples,
)

_PIECES: Final = (
    *("a", "B", " ", "$${", "%%{", "$ ", "% ", "}", "~", r"\\", r"\"", r"\n", r"\t", r"\r\n"),
    *(r"\u00df", r"\u3042", r"\U0001F600", r"e\u0301", r"\u00a0", r"\u200b", r"\u0130", r"\u01c6"),
)
_ESCAPED: Final = st.lists(st.sampled_from(_PIECES), max_size=8).map(
    lambda pieces: f'"{"".join(pieces)}"'
)
_KEY: Final = st.sampled_from(['"a"', "1.0", '"1"', "-1", "0.5", "null", "true"])


@by_depth
def tricky(depth: int) -> Expressions:
    """Expressions of any type."""
    return st.one_of(_of_types(depth), _of_text(depth), _of_functions(depth))


def _of_types(depth: int) -> Expressions:
    a, b, items, mixed, m = (make(depth - 1) for make in (anything, truths, lists, tuples, maps))
    return st.one_of(
        calls("{}[*][0]", mixed),
        calls("{}.a", m),
        calls("{}[{}]", a, _KEY),
        calls("({} ? {{a = {}, b = {}}} : {{a = {}, b = {}}})", b, a, a, a, a),
        calls("({} ? {{a = {}}} : {{b = {}}})", b, a, a),
        calls("({} ? [{}, {}] : [{}, {}])", b, a, a, a, a),
        calls("({} ? [{}] : [])", b, a),
        calls("({} ? null : {})", b, a),
        calls("({} ? [{{a = {}}}, {{a = {}}}] : [{{a = {}}}])", b, a, a, a),
        calls("({} ? tolist({}) : {})", b, items, mixed),
        calls("({} ? tomap({}) : {})", b, m, m),
        *each("tolist toset", "([{}, {}])", a, a),
        calls("tomap({{a = {}, b = {}}})", a, a),
        calls("[for k, v in {} : {{k = k, v = v}}]", a),
        calls("{{for k, v in {} : k => v if v != null}}", a),
        calls("{{for k, v in {} : v => k...}}", a),
    )


def _of_text(depth: int) -> Expressions:
    a, t, n, b, mixed = (make(depth - 1) for make in (anything, texts, numbers, truths, tuples))
    text = st.one_of(t, _ESCAPED)
    return st.one_of(
        _ESCAPED,
        calls(
            '"%{{ for v in {} ~}} x %{{ if v == {} ~}} ${{v}} %{{~ endif }} %{{~ endfor }}"',
            mixed,
            a,
        ),
        calls(
            '"%{{ if {} }}${{{}}}%{{ else }}%{{ if {} }}${{{}}}%{{ endif }}%{{ endif ~}}  |"',
            b,
            t,
            b,
            n,
        ),
        calls('"${{~ {} ~}}  a  ${{ {} }}"', text, n),
        *(calls(form, a) for form in ('"${{{}}}"', '"x${{{}}}"')),
        calls('format("%[2]s-%[1]v-%[2]q", {}, {})', n, text),
        calls('format("%-6s|%6s|%.2s|%%", {}, {}, {})', text, text, text),
        calls('format("%d %5.2f %x %e", {}, {}, {}, {})', n, n, n, n),
        calls('replace({}, "/({})/", "[$${{1}}$$1]")', text, PATTERN),
        *each("trimspace title upper lower strrev length jsonencode", "({})", text),
        calls('textdecodebase64(textencodebase64({}, "UTF-16LE"), "UTF-16LE")', text),
        calls("cidrnetmask({})", BLOCK),
    )


def _of_functions(depth: int) -> Expressions:
    a, items, mixed, m = (make(depth - 1) for make in (anything, lists, tuples, maps))
    whole = st.tuples(st.integers(0, 9), st.integers(1, 30)).map(
        lambda made: str(30 * made[0] + made[1])
    )
    return st.one_of(
        calls("nonsensitive(sensitive({}))", a),
        *each("max merge concat", "({}...)", mixed),
        *each("distinct compact", "(tolist({}))", mixed),
        calls("slice({}, {}, {})", mixed, INDEX, INDEX),
        *each("contains index", "({}, {})", mixed, a),
        calls("coalescelist({}, {})", mixed, mixed),
        calls("matchkeys({}, {}, {})", mixed, items, mixed),
        calls("zipmap({}, {})", items, mixed),
        *each("alltrue anytrue length", "({})", mixed),
        calls("lookup({}, {}, {})", m, texts(0), a),
        calls("log({}, {})", whole, st.sampled_from(["2", "10", "0.5"])),
        calls("pow({}, {})", whole, st.sampled_from(["2", "0", "-1", "64"])),
    )
