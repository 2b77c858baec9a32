"""Expressions of Terraform's language, made up at random: each has a type, most have a value."""

import json
from collections.abc import Callable
from functools import cache
from typing import Final

from hypothesis import strategies as st

Expressions = st.SearchStrategy[str]

_TEXT: Final = st.lists(
    st.sampled_from([*'abcXYZ019 -_./:,é日\n"\\<&😀', "e\u0301", "か\u3099"]), max_size=6
).map("".join)
_KEY: Final = st.sampled_from(["a", "b", "key-2", "Ünder"])
_NUMBER: Final = (
    st.integers(-1000, 1000).map(lambda number: f"({number})")
    | st.decimals(-99, 99, places=2, allow_nan=False).map(lambda number: f"({number})")
    | st.sampled_from(["0", "1", "1e3", "0.1", "1e-7", "123456789012345678901234567890"])
)
_DIVISOR: Final = st.sampled_from(["1", "2", "-4", "7", "0.25", "1e2", "length([1, 2, 3])"])
_INDEX: Final = st.integers(0, 3).map(str)
_PATTERN: Final = st.sampled_from(
    ["[a-c]+", "(a)(b)?", "(?P<x>[0-9])", "é|日", "^.", "x*", "(?i)Z", "\\\\s", "\\\\d+$", "a|b"]
)
_VERB: Final = st.builds(
    "%{}{}{}{}".format,
    st.sampled_from(["", "-", "+", "0", " ", "#"]),
    st.sampled_from(["", "3", "8"]),
    st.sampled_from(["", ".0", ".1", ".12"]),
    st.sampled_from(["v", "d", "s", "q", "f", "e", "g", "G", "x", "o", "b", "t"]),
)
_INSTANT: Final = st.builds(
    '"20{:02}-{:02}-{:02}T{:02}:{:02}:59{}"'.format,
    *(st.integers(low, high) for low, high in ((0, 99), (1, 12), (1, 28), (0, 23), (0, 59))),
    st.sampled_from(["Z", "+09:00", "-03:30", ".25Z"]),
)
_DATE_PARTS: Final = (
    *("YYYY", "YY", "MMMM", "MMM", "MM", "M", "DD", "D", "EEEE", "EEE"),
    *("hh", "h", "HH", "H", "AA", "aa", "mm", "m", "ss", "s"),
    *("ZZZZZ", "ZZZZ", "ZZZ", "Z", "-", "T", "'x'"),
)
_DATE_FORM: Final = st.lists(st.sampled_from(_DATE_PARTS), max_size=5).map(" ".join)
_DURATION: Final = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "-", "+"]),
    st.sampled_from(["0", "1.5", "90", "0.25", "1000000"]),
    st.sampled_from(["s", "m", "h", "ms", "us", "ns", "h30m", "d", ""]),
)
_BLOCK: Final = st.builds(
    '"{}/{}"'.format,
    st.sampled_from(["10.0.0.0", "192.168.5.7", "fd00:1::"]),
    st.integers(8, 40),
)


def quoted(text: str) -> str:
    """Return a text as an expression."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _calls(form: str, *arguments: Expressions) -> Expressions:
    return st.tuples(*arguments).map(lambda made: form.format(*made))


def _each(names: str, form: str, *arguments: Expressions) -> list[Expressions]:
    """Return the calls of several functions that take the same."""
    return [_calls(name + form, *arguments) for name in names.split()]


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    """Return an expression of any type."""
    return draw(anything(depth))


def _by_depth(make: Callable[[int], Expressions]) -> Callable[[int], Expressions]:
    return cache(make)


@_by_depth
def anything(depth: int) -> Expressions:
    """Expressions of all types, and of types that only evaluation tells."""
    known = (numbers, texts, truths, lists, maps, tuples)
    if depth == 0:
        return st.one_of(st.just("null"), *(make(0) for make in known))
    a, t, b, items, mixed = (make(depth - 1) for make in (anything, texts, truths, lists, tuples))
    return st.one_of(
        *(make(depth) for make in known),
        _calls("({} ? {} : {})", b, a, a),
        _calls("try({}, {})", a, a),
        _calls("coalesce({}, {})", a, a),
        _calls("{}[{}]", st.one_of(items, mixed), _INDEX),
        _calls("element({}, {})", st.one_of(items, mixed), _INDEX),
        _calls("{}[*]", a),
        _calls("{}[*].a", mixed),
        _calls("jsondecode(jsonencode({}))", a),
        _calls("yamldecode(yamlencode({}))", a),
        _calls("jsondecode({})", t),
        _calls("yamldecode({})", t),
        _calls("csvdecode({})", t),
        *_each("tolist toset tomap tostring tonumber tobool one", "({})", a),
        *_each("reverse flatten values distinct keys sum", "({})", a),
        _calls('regex("{}", {})', _PATTERN, t),
        _calls('lookup({}, "a", {})', maps(depth - 1), a),
        *_each("setunion setintersection setsubtract setproduct concat", "({}, {})", mixed, mixed),
    )


@_by_depth
def numbers(depth: int) -> Expressions:
    """Expressions that are numbers."""
    if depth == 0:
        return _NUMBER
    n, t, b, items = (make(depth - 1) for make in (numbers, texts, truths, lists))
    return st.one_of(
        _NUMBER,
        *(_calls(f"({{}} {operator} {{}})", n, n) for operator in ("+", "-", "*", "%")),
        # By zero is infinity there, and an error here.
        _calls("({} / {})", n, _DIVISOR),
        _calls("-({})", n),
        _calls("({} ? {} : {})", b, n, n),
        *_each("min max", "({}, {})", n, n),
        *_each("abs ceil floor signum tonumber", "({})", n),
        _calls("length({})", st.one_of(t, items, maps(depth - 1))),
        _calls("parseint({}, {})", t, st.sampled_from(["2", "10", "16", "36", "62"])),
        _calls('try({}["a"], {})', maps(depth - 1), n),
        _calls("sum([{}, {}])", n, n),
        _calls("index({}, {})", items, t),
        _calls("timecmp({}, {})", _INSTANT, _INSTANT),
    )


@_by_depth
def texts(depth: int) -> Expressions:
    """Expressions that are text."""
    plain = _TEXT.map(quoted)
    if depth == 0:
        return plain
    t, n, b, items, a = (make(depth - 1) for make in (texts, numbers, truths, lists, anything))
    small = st.integers(-4, 5).map(str)
    return st.one_of(
        plain,
        _calls('"<${{{}}}-${{{}}}>"', t, n),
        _calls('"%{{ if {} }}${{{}}}%{{ else }}no%{{ endif }}"', b, t),
        _calls('" a %{{~ if {} ~}} b ${{~ {} ~}} c %{{~ endif }} d "', b, t),
        _calls('"%{{ for k, v in {} ~}} ${{k}}=${{v}}; %{{ endfor ~}} ."', items),
        *_each("upper lower title trimspace chomp strrev", "({})", t),
        *_each("base64encode md5 sha1 urlencode sha256 base64sha256", "({})", t),
        *_each("trim trimprefix trimsuffix", "({}, {})", t, t),
        _calls("substr({}, {}, {})", t, small, small),
        _calls("replace({}, {}, {})", t, t, t),
        _calls('replace({}, "/{}/", "<$0>")', t, _PATTERN),
        _calls("indent({}, {})", _INDEX, t),
        _calls("join({}, {})", t, st.one_of(items, tuples(depth - 1))),
        _calls('format("%s|%v|%05d", {}, {}, {})', t, n, n),
        _calls('format("{}", {})', _VERB, st.one_of(t, n, b, items)),
        *_each("jsonencode yamlencode", "({})", a),
        _calls("({} ? {} : {})", b, t, t),
        _calls("tostring({})", st.one_of(n, b)),
        _calls('coalesce({}, "last")', t),
        _calls('formatdate("{}", {})', _DATE_FORM, _INSTANT),
        _calls('timeadd({}, "{}")', _INSTANT, _DURATION),
        _calls("cidrhost({}, {})", _BLOCK, st.sampled_from(["0", "5", "255", "70000"])),
        _calls("cidrsubnet({}, {}, {})", _BLOCK, st.integers(0, 9).map(str), _INDEX),
    )


@_by_depth
def truths(depth: int) -> Expressions:
    """Expressions that are true or false."""
    plain = st.sampled_from(["true", "false"])
    if depth == 0:
        return plain
    n, t, b, a = (make(depth - 1) for make in (numbers, texts, truths, anything))
    return st.one_of(
        plain,
        *(_calls(f"({{}} {operator} {{}})", n, n) for operator in ("<", ">=", "==", "!=")),
        # Where one side decides, Terraform looks at the other since 1.12 no more.
        *(_calls(f"({{}} {operator} {{}})", b, plain) for operator in ("&&", "||")),
        *(_calls(f"({{}} {operator} {{}})", a, a) for operator in ("==", "!=")),
        _calls("!{}", b),
        _calls("contains({}, {})", lists(depth - 1), st.one_of(t, a)),
        *_each("startswith endswith strcontains", "({}, {})", t, t),
        _calls("can(tonumber({}))", t),
        _calls("can({})", a),
        *_each("alltrue anytrue", "([{}, {}])", b, b),
    )


@_by_depth
def tuples(depth: int) -> Expressions:
    """Expressions that are tuples or lists, of anything."""
    inner = st.one_of(numbers(0), texts(0), truths(0), st.just("null")) if depth == 0 else None
    element = inner if inner is not None else anything(depth - 1)
    return st.lists(element, max_size=3).map(lambda made: f"[{', '.join(made)}]")


@_by_depth
def lists(depth: int) -> Expressions:
    """Expressions that are lists, of text mostly."""
    plain = st.lists(_TEXT.map(quoted), max_size=3).map(lambda items: f"[{', '.join(items)}]")
    if depth == 0:
        return plain
    t, items, m, n = (make(depth - 1) for make in (texts, lists, maps, numbers))
    return st.one_of(
        plain,
        st.lists(t, max_size=3).map(lambda made: f"[{', '.join(made)}]"),
        st.lists(st.one_of(t, n), max_size=3).map(lambda made: f"[{', '.join(made)}]"),
        *_each("concat setunion setintersection setsubtract setproduct", "({}, {})", items, items),
        *_each("distinct reverse tolist toset flatten compact sort", "({})", items),
        *_each("keys values", "({})", m),
        _calls("slice({}, {}, {})", items, _INDEX, _INDEX),
        _calls("matchkeys({}, {}, {})", plain, plain, items),
        _calls("coalescelist({}, {})", items, items),
        _calls('formatlist("%s-%v", {}, {})', items, st.one_of(items, t)),
        _calls("[for item in {} : upper(item) if item != {}]", items, t),
        _calls('[for key, item in {} : "${{key}}=${{item}}"]', m),
        _calls("[for index, item in {} : index / (length(item) + 1)]", items),
        _calls("split({}, {})", t, t),
        _calls('regexall("{}", {})', _PATTERN, t),
        _calls("chunklist({}, {})", items, _INDEX),
        _calls("range({})", st.integers(-2, 4).map(str)),
        _calls("range({}, {}, {})", n, n, st.sampled_from(["0.5", "-250", "1e3"])),
        _calls("{}[*]", st.one_of(items, t)),
        _calls("tolist(setunion({}, {}))", plain, plain),
        _calls("({} ? {} : {})", truths(depth - 1), items, items),
        _calls("cidrsubnets({}, {}, {})", _BLOCK, _INDEX, _INDEX),
    )


@_by_depth
def maps(depth: int) -> Expressions:
    """Expressions that are maps or objects."""
    value = st.one_of(texts(0), numbers(0)) if depth == 0 else anything(depth - 1)
    plain = st.dictionaries(_KEY.map(quoted), value, max_size=3).map(
        lambda entries: "{" + ", ".join(f"{key} = {item}" for key, item in entries.items()) + "}"
    )
    if depth == 0:
        return plain
    m, items = maps(depth - 1), lists(depth - 1)
    return st.one_of(
        plain,
        _calls("merge({}, {})", m, m),
        _calls("{{for index, item in {} : index => item}}", items),
        _calls("{{for item in {} : item => length(item)...}}", items),
        _calls("{{for key, item in {} : key => [item] if item != null}}", m),
        _calls('zipmap(["x", "y"], {})', items),
        _calls("zipmap({}, {})", items, items),
        _calls("tomap({})", m),
        _calls("transpose({{x = {}, y = {}}})", items, items),
        _calls("({} ? {} : {})", truths(depth - 1), m, m),
    )
