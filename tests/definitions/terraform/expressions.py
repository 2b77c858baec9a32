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
# Made of small numbers: among those above 100 Hypothesis mixes constants of the modules that happen
# to be loaded, so that other tests beside would have other expressions asked.
_HUNDREDTHS: Final = st.integers(0, 99)
_NUMBER: Final = (
    st.tuples(st.integers(-10, 9), _HUNDREDTHS).map(lambda made: f"({made[0] * 100 + made[1]})")
    | st.builds("({}{}.{:02})".format, st.sampled_from(["", "-"]), _HUNDREDTHS, _HUNDREDTHS)
    | st.sampled_from(["0", "1", "1e3", "0.1", "1e-7", "123456789012345678901234567890"])
)
_DIVISOR: Final = st.sampled_from(["1", "2", "-4", "7", "0.25", "1e2", "length([1, 2, 3])"])
INDEX: Final = st.integers(0, 3).map(str)
PATTERN: Final = st.sampled_from(
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
BLOCK: Final = st.builds(
    '"{}/{}"'.format,
    st.sampled_from(["10.0.0.0", "192.168.5.7", "fd00:1::"]),
    st.integers(8, 40),
)


def quoted(text: str) -> str:
    """Return a text as an expression."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def calls(form: str, *arguments: Expressions) -> Expressions:
    """Return a form filled in with one expression for each gap."""
    return st.tuples(*arguments).map(lambda made: form.format(*made))


def each(names: str, form: str, *arguments: Expressions) -> list[Expressions]:
    """Return the calls of several functions that take the same."""
    return [calls(name + form, *arguments) for name in names.split()]


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    """Return an expression of any type."""
    return draw(anything(depth))


def by_depth(make: Callable[[int], Expressions]) -> Callable[[int], Expressions]:
    """Make the expressions of each depth once.

    Closed, for `one_of` would make one choice among all that is in it: numbers above 100 again.
    """
    return cache(lambda depth: calls("{}", make(depth)))


@by_depth
def anything(depth: int) -> Expressions:
    """Expressions of all types, and of types that only evaluation tells."""
    known = (numbers, texts, truths, lists, maps, tuples)
    if depth == 0:
        return st.one_of(st.just("null"), *(make(0) for make in known))
    a, t, b, items, mixed = (make(depth - 1) for make in (anything, texts, truths, lists, tuples))
    of_any_type = st.one_of(
        calls("({} ? {} : {})", b, a, a),
        calls("try({}, {})", a, a),
        calls("coalesce({}, {})", a, a),
        calls("{}[{}]", st.one_of(items, mixed), INDEX),
        calls("element({}, {})", st.one_of(items, mixed), INDEX),
        calls("{}[*]", a),
        calls("{}[*].a", mixed),
        calls("jsondecode(jsonencode({}))", a),
        calls("yamldecode(yamlencode({}))", a),
        calls("jsondecode({})", t),
        calls("yamldecode({})", t),
        calls("csvdecode({})", t),
        *each("tolist toset tomap tostring tonumber tobool one", "({})", a),
        *each("reverse flatten values distinct keys sum", "({})", a),
        calls('regex("{}", {})', PATTERN, t),
        calls('lookup({}, "a", {})', maps(depth - 1), a),
        *each("setunion setintersection setsubtract setproduct concat", "({}, {})", mixed, mixed),
    )
    return st.one_of(*(make(depth) for make in known), calls("{}", of_any_type))


@by_depth
def numbers(depth: int) -> Expressions:
    """Expressions that are numbers."""
    if depth == 0:
        return _NUMBER
    n, t, b, items = (make(depth - 1) for make in (numbers, texts, truths, lists))
    return st.one_of(
        _NUMBER,
        *(calls(f"({{}} {operator} {{}})", n, n) for operator in ("+", "-", "*", "%")),
        # By zero is infinity there, and an error here.
        calls("({} / {})", n, _DIVISOR),
        calls("-({})", n),
        calls("({} ? {} : {})", b, n, n),
        *each("min max", "({}, {})", n, n),
        *each("abs ceil floor signum tonumber", "({})", n),
        calls("length({})", st.one_of(t, items, maps(depth - 1))),
        calls("parseint({}, {})", t, st.sampled_from(["2", "10", "16", "36", "62"])),
        calls('try({}["a"], {})', maps(depth - 1), n),
        calls("sum([{}, {}])", n, n),
        calls("index({}, {})", items, t),
        calls("timecmp({}, {})", _INSTANT, _INSTANT),
    )


@by_depth
def texts(depth: int) -> Expressions:
    """Expressions that are text."""
    plain = _TEXT.map(quoted)
    if depth == 0:
        return plain
    t, n, b, items, a = (make(depth - 1) for make in (texts, numbers, truths, lists, anything))
    small = st.integers(-4, 5).map(str)
    return st.one_of(
        plain,
        calls('"<${{{}}}-${{{}}}>"', t, n),
        calls('"%{{ if {} }}${{{}}}%{{ else }}no%{{ endif }}"', b, t),
        calls('" a %{{~ if {} ~}} b ${{~ {} ~}} c %{{~ endif }} d "', b, t),
        calls('"%{{ for k, v in {} ~}} ${{k}}=${{v}}; %{{ endfor ~}} ."', items),
        *each("upper lower title trimspace chomp strrev", "({})", t),
        *each("base64encode md5 sha1 urlencode sha256 base64sha256", "({})", t),
        *each("trim trimprefix trimsuffix", "({}, {})", t, t),
        calls("substr({}, {}, {})", t, small, small),
        calls("replace({}, {}, {})", t, t, t),
        calls('replace({}, "/{}/", "<$0>")', t, PATTERN),
        calls("indent({}, {})", INDEX, t),
        calls("join({}, {})", t, st.one_of(items, tuples(depth - 1))),
        calls('format("%s|%v|%05d", {}, {}, {})', t, n, n),
        calls('format("{}", {})', _VERB, st.one_of(t, n, b, items)),
        *each("jsonencode yamlencode", "({})", a),
        calls("({} ? {} : {})", b, t, t),
        calls("tostring({})", st.one_of(n, b)),
        calls('coalesce({}, "last")', t),
        calls('formatdate("{}", {})', _DATE_FORM, _INSTANT),
        calls('timeadd({}, "{}")', _INSTANT, _DURATION),
        calls("cidrhost({}, {})", BLOCK, st.sampled_from(["0", "5", "255", "70000"])),
        calls("cidrsubnet({}, {}, {})", BLOCK, st.integers(0, 9).map(str), INDEX),
    )


@by_depth
def truths(depth: int) -> Expressions:
    """Expressions that are true or false."""
    plain = st.sampled_from(["true", "false"])
    if depth == 0:
        return plain
    n, t, b, a = (make(depth - 1) for make in (numbers, texts, truths, anything))
    return st.one_of(
        plain,
        *(calls(f"({{}} {operator} {{}})", n, n) for operator in ("<", ">=", "==", "!=")),
        # Where one side decides, Terraform looks at the other since 1.12 no more.
        *(calls(f"({{}} {operator} {{}})", b, plain) for operator in ("&&", "||")),
        *(calls(f"({{}} {operator} {{}})", a, a) for operator in ("==", "!=")),
        calls("!{}", b),
        calls("contains({}, {})", lists(depth - 1), st.one_of(t, a)),
        *each("startswith endswith strcontains", "({}, {})", t, t),
        calls("can(tonumber({}))", t),
        calls("can({})", a),
        *each("alltrue anytrue", "([{}, {}])", b, b),
    )


@by_depth
def tuples(depth: int) -> Expressions:
    """Expressions that are tuples or lists, of anything."""
    inner = st.one_of(numbers(0), texts(0), truths(0), st.just("null")) if depth == 0 else None
    element = inner if inner is not None else anything(depth - 1)
    return st.lists(element, max_size=3).map(lambda made: f"[{', '.join(made)}]")


@by_depth
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
        *each("concat setunion setintersection setsubtract setproduct", "({}, {})", items, items),
        *each("distinct reverse tolist toset flatten compact sort", "({})", items),
        *each("keys values", "({})", m),
        calls("slice({}, {}, {})", items, INDEX, INDEX),
        calls("matchkeys({}, {}, {})", plain, plain, items),
        calls("coalescelist({}, {})", items, items),
        calls('formatlist("%s-%v", {}, {})', items, st.one_of(items, t)),
        calls("[for item in {} : upper(item) if item != {}]", items, t),
        calls('[for key, item in {} : "${{key}}=${{item}}"]', m),
        calls("[for index, item in {} : index / (length(item) + 1)]", items),
        calls("split({}, {})", t, t),
        calls('regexall("{}", {})', PATTERN, t),
        calls("chunklist({}, {})", items, INDEX),
        calls("range({})", st.integers(-2, 4).map(str)),
        calls("range({}, {}, {})", n, n, st.sampled_from(["0.5", "-250", "1e3"])),
        calls("{}[*]", st.one_of(items, t)),
        calls("tolist(setunion({}, {}))", plain, plain),
        calls("({} ? {} : {})", truths(depth - 1), items, items),
        calls("cidrsubnets({}, {}, {})", BLOCK, INDEX, INDEX),
    )


@by_depth
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
        calls("merge({}, {})", m, m),
        calls("{{for index, item in {} : index => item}}", items),
        calls("{{for item in {} : item => length(item)...}}", items),
        calls("{{for key, item in {} : key => [item] if item != null}}", m),
        calls('zipmap(["x", "y"], {})', items),
        calls("zipmap({}, {})", items, items),
        calls("tomap({})", m),
        calls("transpose({{x = {}, y = {}}})", items, items),
        calls("({} ? {} : {})", truths(depth - 1), m, m),
    )
