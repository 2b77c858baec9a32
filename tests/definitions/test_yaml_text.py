import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.definitions.nodes import Node, ValueBudget
from emulator.definitions.yaml_text import parse_yaml
from emulator.errors import DefinitionError
from tests.definitions.conftest import places


def plain(node: Node) -> object:
    """Return a tree without its places."""
    match node.value:
        case dict():
            return {key: plain(value) for key, value in node.value.items()}
        case list():
            return [plain(value) for value in node.value]
        case _:
            return node.value


def value(text: str) -> object:
    return plain(parse_yaml(text, "f.yaml"))


def problem(text: str) -> str:
    with pytest.raises(DefinitionError) as raised:
        parse_yaml(text, "f.yaml")
    return str(raised.value)


@pytest.mark.parametrize(
    "word",
    [
        *("on", "off", "yes", "no", "Y", "n", "On", "OFF"),
        *("2026-11-24", "2026-11-24T01:02:03Z", "1:30", "12:30:45"),
        *("0x10", "010", "0o10", "1_000", "1e3", ".inf", ".nan", "1.", ".5", "="),
        *("00123", "123456789012345678901234567890"),
    ],
)
def test_text_that_yaml_would_make_something_else_of_stays_text(word: str) -> None:
    assert value(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1", 1),
        ("-7", -7),
        ("0", 0),
        ("1.50", 1.5),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ('"true"', "true"),
        ("!!str 1", "1"),
    ],
)
def test_numbers_truth_and_nothing_are_what_they_look_like(text: str, meaning: object) -> None:
    found = value(f"a: {text}")
    assert found == {"a": meaning}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(meaning)


@pytest.mark.parametrize("written", ["1.10", "-0", "+5", "True", "1.0e999"])
def test_a_number_knows_how_it_was_written(written: str) -> None:
    node = parse_yaml(written, "f.yaml")
    assert node.text == written


def test_a_key_is_text_whatever_it_looks_like() -> None:
    assert value("{on: 1, 1.10: 2, true: 3, ~: 4, 0x1: 5}") == {
        "on": 1,
        "1.10": 2,
        "true": 3,
        "null": 4,
        "0x1": 5,
    }


def test_an_anchor_can_be_used_again() -> None:
    assert value("a: &x [1, 2]\nb: *x") == {"a": [1, 2], "b": [1, 2]}


def test_what_is_written_goes_before_what_is_merged_in() -> None:
    text = "one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2}\nall: {<<: [*one, *two], c: 3}"
    assert value(text) == {
        "one": {"a": 1, "b": 1},
        "two": {"b": 2, "c": 2},
        "all": {"a": 1, "b": 1, "c": 3},
    }


def test_a_value_has_the_line_of_its_key() -> None:
    root = parse_yaml("a:\n\n  b:\n    1\n", "f.yaml").value
    assert isinstance(root, dict)
    inner = root["a"].value
    assert isinstance(inner, dict)
    assert str(inner["b"].source) == "f.yaml:3"


def test_tags_of_yaml_itself_say_the_type() -> None:
    text = (
        "a: !!str 7\nb: !!int '7'\nc: !!bool true\nd: !!null ''\ne: !!float 7\nf: !!seq [!!map {}]"
    )
    assert value(text) == {"a": "7", "b": 7, "c": True, "d": None, "e": 7, "f": [{}]}


def test_an_empty_text_says_nothing() -> None:
    assert value("") is None
    assert value("# only a comment\n") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3", "f.yaml:3: the key 'a' is there twice, first in line 1"),
        ("1: a\n'1': b", "f.yaml:2: the key '1' is there twice, first in line 1"),
        (
            "a: [1",
            (
                "f.yaml:2: not valid YAML: did not find expected ',' or ']' "
                "while parsing a flow sequence that begins in line 1"
            ),
        ),
        ("a:\n\t- 1", "f.yaml:2: not valid YAML: found character that cannot start any token"),
        ("a: *b", "f.yaml:1: no anchor &b before this alias"),
        ("a: &a [*a]", "f.yaml:1: no anchor &a before this alias"),
        ("a: 1\n---\nb: 2", "f.yaml:2: several YAML documents in one file"),
        ("a: !!python/object:os.system x", "f.yaml:1: the tag !!python/object:"),
        ("a: !env X", "f.yaml:1: the tag !env is not allowed here"),
        ("a: !!int many", "f.yaml:1: 'many' is not a !!int"),
        ("a: !!bool on", "f.yaml:1: 'on' is not a !!bool"),
        ("a: !!timestamp 2026-01-01", "f.yaml:1: the tag !!timestamp is not allowed here"),
        ("a: !!str [b]", "f.yaml:1: the tag !!str is not allowed here"),
        ("? [a]\n: 1", "f.yaml:1: a key must be text"),
        ("a: {<<: 1}", "f.yaml:1: << merges mappings only"),
        ("a: 1\nb: \x00", "f.yaml:2: not valid YAML: control characters are not allowed"),
        ("あ: 1\nb: \x1b[31m", "f.yaml:2: not valid YAML: control characters are not allowed"),
        ("a: 1\nb: \ud800", "f.yaml:2: not valid YAML: \\ud800 alone is not a character"),
        ("%YAML 9.9\n---\na: 1", "f.yaml:1: not valid YAML: found incompatible YAML document"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, expected: str) -> None:
    assert problem(text).startswith(expected)


@pytest.mark.parametrize("depth", [101, 100_000])
def test_depth_has_an_end(depth: int) -> None:
    assert problem("[" * depth) == "f.yaml:1: nested more than 100 deep"


def test_a_text_of_too_many_values_is_refused_at_the_first_one_too_many() -> None:
    parse_yaml("a: 1\nb: [2]\n", "f.yaml", budget=ValueBudget(6))
    with pytest.raises(DefinitionError) as refusal:
        parse_yaml("a: 1\nb: [2]\n", "f.yaml", budget=ValueBudget(3))
    assert str(refusal.value) == "f.yaml:2: the file has more than 3 values"


def test_billion_laughs_are_not_laughed() -> None:
    lines = ["l0: &l0 [" + "lol, " * 9 + "lol]"]
    lines += [f"l{n}: &l{n} [" + f"*l{n - 1}, " * 9 + f"*l{n - 1}]" for n in range(1, 12)]
    assert "aliases repeat more than 200000 values" in problem("\n".join(lines))


def test_aliases_of_aliases_are_counted_in_mappings_too() -> None:
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}}}" for n in range(1, 40)]
    assert "aliases repeat more than" in problem("\n".join(lines))


def test_a_thousand_rules_may_share_their_targets() -> None:
    text = "t: &t [{a: 1, b: 2, c: 3}]\nrules:\n" + "- {targets: *t}\n" * 1000
    found = value(text)
    assert isinstance(found, dict)
    assert len(found["rules"]) == 1000


@given(st.text())
def test_any_text_gives_a_tree_or_a_problem_with_its_place(text: str) -> None:
    assert places(parse_yaml, text, "f.yaml") <= {"f.yaml"}


@given(
    st.text(
        alphabet=st.sampled_from([*"[]{}&*!|>'\"%@`:,?-#<~ab1. \n\t\\", "\0", "\x1b", "\ud800"]),
        max_size=60,
    )
)
def test_yaml_that_is_all_punctuation_gives_a_tree_or_a_problem(text: str) -> None:
    assert places(parse_yaml, text, "f.yaml") <= {"f.yaml"}


def test_a_quoted_merge_key_is_a_key_like_any_other() -> None:
    root = parse_yaml('a: {"<<": 1}\n', "f.yaml")
    assert isinstance(root.value, dict)
    inner = root.value["a"].value
    assert isinstance(inner, dict)
    assert inner["<<"].value == 1
