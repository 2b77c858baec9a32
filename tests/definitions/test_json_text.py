import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import ValueBudget
from emulator.errors import DefinitionError, SourceRef
from tests.definitions.conftest import places
from tests.definitions.test_yaml_text import plain


def problem(text: str) -> str:
    with pytest.raises(DefinitionError) as raised:
        parse_json(text, "f.json")
    return str(raised.value)


def test_every_value_knows_its_line() -> None:
    root = parse_json('[\n  {"a": 1,\n   "b": [\n  null]}\n]', "f.json").value
    assert isinstance(root, list)
    item = root[0].value
    assert isinstance(item, dict)
    inner = item["b"].value
    assert isinstance(inner, list)
    places = [str(node.source) for node in (root[0], item["a"], item["b"], inner[0])]
    assert places == ["f.json:2", "f.json:2", "f.json:3", "f.json:4"]


def test_a_number_knows_how_it_was_written() -> None:
    root = parse_json("[1.10, 1E2, true]", "f.json").value
    assert isinstance(root, list)
    assert [node.text for node in root] == ["1.10", "1E2", "true"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "f.json:1: not valid JSON: Expecting value (column 1)"),
        ('{"a": 1,}', "f.json:1: not valid JSON: Expecting property name enclosed in double"),
        ("[\n1\n2]", "f.json:3: not valid JSON: Expecting ',' delimiter (column 1)"),
        ("[1] x", "f.json:1: not valid JSON: Extra data (column 5)"),
        ("[\nNaN]", "f.json:2: not valid JSON: NaN is not a JSON value"),
        ('{"a":\n{"b":\n-Infinity}}', "f.json:3: not valid JSON: -Infinity is not a JSON value"),
        ("[1,\n1e999]", "f.json:2: not valid JSON: 1e999 is too large a number"),
        ('{"a": 1,\n"a": 2}', "f.json:2: the key 'a' is there twice, first in line 1"),
        ('["a\nb"]', "f.json:1: not valid JSON: Invalid control character at (column 4)"),
        ('[\n"\\ud800"]', "f.json:2: not valid JSON: \\ud800 alone is not a character"),
        ('{"\\udfff": 1}', "f.json:1: not valid JSON: \\udfff alone is not a character"),
        ("[" * 100_000, "f.json:1: nested more than 100 deep"),
        ('{"a":' * 100_000, "f.json:1: nested more than 100 deep"),
        ("[\n" + "1" * 5000 + "]", "f.json:2: not valid JSON: a number has thousands of digits"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, expected: str) -> None:
    assert problem(text).startswith(expected)


def test_a_text_that_is_in_no_file_has_no_lines() -> None:
    assert parse_json("[\n1]", "f.json", lines=False).source == SourceRef("f.json")
    with pytest.raises(DefinitionError, match=r"^f\.json: not valid JSON"):
        parse_json("[\n1", "f.json", lines=False)


def test_a_text_of_too_many_values_is_refused_at_the_first_one_too_many() -> None:
    assert plain(parse_json("[1,\n2]", "f.json", budget=ValueBudget(3))) == [1, 2]
    with pytest.raises(DefinitionError) as refusal:
        parse_json("[1,\n2]", "f.json", budget=ValueBudget(2))
    assert str(refusal.value) == "f.json:2: the file has more than 2 values"


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert plain(parse_json('"\\ud83d\\ude00"', "f.json")) == "😀"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, width=32),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values.filter(lambda value: "Infinity" not in json.dumps(value)))
def test_json_is_read_as_the_standard_library_reads_it(value: object) -> None:
    assert plain(parse_json(json.dumps(value, indent=1), "f.json")) == value


@given(st.text(alphabet=st.sampled_from([*'[]{}",:0123456789.eE+-\\untrfalse \n', "\ud800"])))
def test_any_text_gives_a_tree_or_a_problem_with_its_place(text: str) -> None:
    assert places(parse_json, text, "f.json") <= {"f.json"}
