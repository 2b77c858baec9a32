"""Expressions of Terraform's language, made up at random: each has a type, most have a value."""

import json
from functools import cache

from hypothesis import strategies as st

Expressions = st.SearchStrategy[str]

_TEXT = st.text(st.sampled_from('abcXYZ019 -_./:,é日\n"\\'), max_size=6)
_KEY = st.sampled_from(["a", "b", "key-2", "Ünder"])
_NUMBER = (
    st.integers(-1000, 1000).map(str)
    | st.decimals(-99, 99, places=2, allow_nan=False).map(lambda d: f"({d})")
    | st.sampled_from(["0", "1", "1e3", "0.1"])
)
_DIVISOR = st.sampled_from(["1", "2", "-4", "7", "0.25", "1e2"])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _calls(form: str, *arguments: Expressions) -> Expressions:
    return st.tuples(*arguments).map(lambda made: form.format(*made))


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    """Return an expression of any type."""
    return draw(st.one_of(numbers(depth), texts(depth), truths(depth), lists(depth), maps(depth)))


@cache
def numbers(depth: int) -> Expressions:
    """Expressions that are numbers."""
    if depth == 0:
        return _NUMBER
    n, t, items = numbers(depth - 1), texts(depth - 1), lists(depth - 1)
    return st.one_of(
        _NUMBER,
        *(_calls(f"({{}} {operator} {{}})", n, n) for operator in ("+", "-", "*")),
        # By zero is infinity there, and an error here; a remainder has more digits there.
        _calls("({} / {})", n, _DIVISOR),
        _calls("({} % {})", st.integers(0, 1000).map(str), st.integers(1, 9).map(str)),
        _calls("-({})", n),
        _calls("({} ? {} : {})", truths(depth - 1), n, n),
        *(_calls(f"{name}({{}}, {{}})", n, n) for name in ("min", "max")),
        *(_calls(f"{name}({{}})", n) for name in ("abs", "ceil", "floor", "signum", "tonumber")),
        _calls("length({})", st.one_of(t, items, maps(depth - 1))),
        _calls("parseint({}, 16)", t),
        _calls('try({}["a"], {})', maps(depth - 1), n),
    )


@cache
def texts(depth: int) -> Expressions:
    """Expressions that are text."""
    plain = _TEXT.map(_quoted)
    if depth == 0:
        return plain
    t, n, items = texts(depth - 1), numbers(depth - 1), lists(depth - 1)
    return st.one_of(
        plain,
        _calls('"<${{{}}}-${{{}}}>"', t, n),
        _calls('"%{{ if {} }}${{{}}}%{{ else }}no%{{ endif }}"', truths(depth - 1), t),
        *(_calls(f"{f}({{}})", t) for f in ("upper", "lower", "title", "trimspace", "chomp")),
        *(_calls(f"{f}({{}})", t) for f in ("strrev", "base64encode", "md5", "urlencode")),
        *(_calls(f"{f}({{}}, {{}})", t, t) for f in ("trim", "trimprefix", "trimsuffix")),
        _calls("substr({}, {}, {})", t, st.integers(-3, 3).map(str), st.integers(-1, 4).map(str)),
        _calls("replace({}, {}, {})", t, t, t),
        _calls("join({}, {})", t, items),
        _calls('format("%s|%v|%05d", {}, {}, {})', t, n, n),
        _calls("jsonencode({})", st.one_of(items, maps(depth - 1), n)),
        _calls("({} ? {} : {})", truths(depth - 1), t, t),
        _calls("tostring({})", n),
        _calls('coalesce({}, "last")', t),
    )


@cache
def truths(depth: int) -> Expressions:
    """Expressions that are true or false."""
    plain = st.sampled_from(["true", "false"])
    if depth == 0:
        return plain
    n, t, b = numbers(depth - 1), texts(depth - 1), truths(depth - 1)
    return st.one_of(
        plain,
        *(_calls(f"({{}} {operator} {{}})", n, n) for operator in ("<", ">=", "==", "!=")),
        *(_calls(f"({{}} {operator} {{}})", b, b) for operator in ("&&", "||")),
        _calls("({} == {})", t, t),
        _calls("!{}", b),
        _calls("contains({}, {})", lists(depth - 1), t),
        *(
            _calls(f"{name}({{}}, {{}})", t, t)
            for name in ("startswith", "endswith", "strcontains")
        ),
        _calls("can(tonumber({}))", t),
    )


@cache
def lists(depth: int) -> Expressions:
    """Expressions that are lists, of text mostly."""
    plain = st.lists(_TEXT.map(_quoted), max_size=3).map(lambda items: f"[{', '.join(items)}]")
    if depth == 0:
        return plain
    t, items, m = texts(depth - 1), lists(depth - 1), maps(depth - 1)
    return st.one_of(
        plain,
        st.lists(t, max_size=3).map(lambda made: f"[{', '.join(made)}]"),
        _calls("concat({}, {})", plain, plain),
        *(_calls(f"{f}({{}})", items) for f in ("distinct", "reverse", "tolist")),
        _calls("flatten({})", items),
        *(_calls(f"{f}({{}})", plain) for f in ("compact", "sort")),
        _calls("tolist(toset({}))", items),
        *(_calls(f"{f}({{}})", m) for f in ("keys", "values")),
        _calls("[for item in {} : upper(item) if item != {}]", items, t),
        _calls('[for key, item in {} : "${{key}}=${{item}}"]', m),
        _calls("split({}, {})", t, t),
        _calls("chunklist({}, 2)", items),
        _calls("range({})", st.integers(-2, 4).map(str)),
        _calls("{}[*]", st.one_of(items, t)),
        # Elements of two types become text there; here each keeps its own.
        _calls("tolist(setunion({}, {}))", plain, plain),
        _calls("({} ? {} : {})", truths(depth - 1), plain, plain),
    )


@cache
def maps(depth: int) -> Expressions:
    """Expressions that are maps, of text and numbers."""
    value = st.one_of(texts(0), numbers(0)) if depth == 0 else texts(depth - 1)
    plain = st.dictionaries(_KEY.map(_quoted), value, max_size=3).map(
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
        _calls('zipmap(["x", "y"], {})', items),
        _calls("tomap({})", m),
    )
