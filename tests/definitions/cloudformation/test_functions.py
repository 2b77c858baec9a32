"""Intrinsic functions of a template: arguments in, and a value or one sentence out."""

import pytest

from emulator.definitions.cloudformation.functions import PURE, MisuseError
from emulator.definitions.nodes import Node
from emulator.definitions.yaml_text import parse_yaml
from tests.definitions.test_yaml_text import plain

UNKNOWN = "${Vpc.Id}"


def _argument(text: str) -> Node:
    """Return a resolved argument; every `${…}` in it is the placeholder that it names."""
    node = parse_yaml(text, "template.yaml")
    _guess(node)
    return node


def _guess(node: Node) -> None:
    if isinstance(node.value, list):
        for item in node.value:
            _guess(item)
    elif isinstance(node.value, str) and node.value.startswith("${"):
        node.guess = node.value[2:-1]


@pytest.mark.parametrize(
    ("function", "argument", "value"),
    [
        ("Fn::Join", "['-', [a, 1, true, 夜間]]", "a-1-true-夜間"),
        ("Fn::Join", "['', []]", ""),
        ("Fn::Split", "[',', 'a,,b']", ["a", "", "b"]),
        ("Fn::Split", "['ab', 'c']", ["c"]),
        ("Fn::Select", "[0, [a, b]]", "a"),
        ("Fn::Select", "['1', [a, b]]", "b"),
        ("Fn::Base64", "夜間", "5aSc6ZaT"),
        ("Fn::Length", "[a, b, c]", 3),
        ("Fn::Length", "[]", 0),
        ("Fn::ToJsonString", "{b: [1, true, null], a: 夜間}", '{"b":[1,true,null],"a":"夜間"}'),
        ("Fn::ToJsonString", "[]", "[]"),
        ("Fn::Cidr", "[10.0.0.0/22, 2]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("Fn::Cidr", "[10.0.0.0/24, 2, 5]", ["10.0.0.0/27", "10.0.0.32/27"]),
        ("Fn::Cidr", "[10.0.0.1/24, 9, 7]", ["10.0.0.0/25", "10.0.0.128/25"]),
        ("Fn::Cidr", "[10.0.0.0/8, 1000]", 256),
    ],
)
def test_a_function_has_its_value(function: str, argument: str, value: object) -> None:
    made = plain(PURE[function](_argument(argument)))
    assert (len(made) if isinstance(value, int) and isinstance(made, list) else made) == value


@pytest.mark.parametrize(
    ("function", "argument", "value", "guess"),
    [
        ("Fn::Join", f"['-', [a, '{UNKNOWN}']]", f"a-{UNKNOWN}", "Vpc.Id"),
        ("Fn::Join", f"['-', ['{UNKNOWN}', '${{B}}', '${{B}}']]", None, "Vpc.Id, B"),
        ("Fn::Join", f"['-', '{UNKNOWN}']", UNKNOWN, "Vpc.Id"),
        ("Fn::Join", "['-', [a]]", "a", None),
        ("Fn::Select", f"[1, '{UNKNOWN}']", "${Vpc.Id[1]}", "Vpc.Id[1]"),
        ("Fn::Select", f"['{UNKNOWN}', [a]]", UNKNOWN, "Vpc.Id"),
        ("Fn::Length", f"'{UNKNOWN}'", "${length of Vpc.Id}", "Vpc.Id"),
        ("Fn::ToJsonString", f"[a, '{UNKNOWN}']", f'["a","{UNKNOWN}"]', "Vpc.Id"),
        ("Fn::Cidr", f"['{UNKNOWN}', 2]", [], "Vpc.Id"),
    ],
)
def test_what_is_made_of_what_only_aws_knows_is_not_known_either(
    function: str, argument: str, value: object, guess: str | None
) -> None:
    made = PURE[function](_argument(argument))
    assert made.guess == guess
    assert value is None or plain(made) == value


def test_the_parts_of_a_text_that_are_known_are_known() -> None:
    whole = parse_yaml("[',', 'a,${Vpc.Id}']", "template.yaml")
    assert isinstance(whole.value, list)
    whole.value[1].guess = "Vpc.Id"
    made = PURE["Fn::Split"](whole)
    assert isinstance(made.value, list)
    assert [(each.text, each.guess) for each in made.value] == [("a", None), (UNKNOWN, "Vpc.Id")]


@pytest.mark.parametrize(
    ("function", "argument", "said"),
    [
        ("Fn::Join", "[a]", "Fn::Join takes 2 arguments"),
        ("Fn::Join", "a", "Fn::Join takes 2 arguments"),
        ("Fn::Join", "['-', [a], b]", "Fn::Join takes 2 arguments"),
        ("Fn::Join", "['-', a]", "the second argument of Fn::Join must be a list"),
        ("Fn::Join", "[[], [a]]", "the delimiter of Fn::Join must be text, not a list"),
        ("Fn::Join", "['-', [{a: b}]]", "an item of Fn::Join must be text, not a mapping"),
        ("Fn::Join", "['-', [null]]", "an item of Fn::Join must be text, not "),
        ("Fn::Split", "['', a]", "the delimiter of Fn::Split is empty"),
        ("Fn::Split", "[',', [a]]", "the text of Fn::Split must be text, not a list"),
        ("Fn::Select", "[a, [b]]", "the index of Fn::Select must be a number, not 'a'"),
        ("Fn::Select", "['-1', [b]]", "the index of Fn::Select must be a number, not '-1'"),
        ("Fn::Select", "['１', [a, b]]", "the index of Fn::Select must be a number, not '１'"),
        ("Fn::Select", "['9999999999', [b]]", "the index of Fn::Select must be a number, not"),
        ("Fn::Select", "[1, [b]]", "Fn::Select cannot select nonexistent value at index 1"),
        ("Fn::Select", "[0, b]", "Fn::Select cannot select nonexistent value at index 0"),
        ("Fn::Base64", "[a]", "the argument of Fn::Base64 must be text, not a list"),
        ("Fn::Length", "a", "Fn::Length takes a list, not "),
        ("Fn::ToJsonString", "a", "Fn::ToJsonString takes a list or a mapping, not "),
        ("Fn::Cidr", "[10.0.0.0/24]", "Fn::Cidr takes a block, a count and the bits of a block"),
        ("Fn::Cidr", "a", "Fn::Cidr takes a block, a count and the bits of a block"),
        ("Fn::Cidr", "[10.0.0.0/24, 1, 8, 9]", "Fn::Cidr takes a block, a count and the bits"),
        ("Fn::Cidr", "[10.0.0.0/24, 1, 9]", "Fn::Cidr: "),
        ("Fn::Cidr", "[nowhere, 1]", "Fn::Cidr: 'nowhere' does not appear to be an IPv4 or"),
        ("Fn::Cidr", "[10.0.0.0/24, many]", "Fn::Cidr: "),
    ],
)
def test_what_a_function_cannot_work_on_is_said(function: str, argument: str, said: str) -> None:
    with pytest.raises(MisuseError) as caught:
        PURE[function](_argument(argument))
    assert str(caught.value).startswith(said)


def test_a_text_that_would_be_too_long_is_not_made() -> None:
    long = "x" * 400_000
    assert len(PURE["Fn::Join"](_argument(f"['{long}', [a, b]]")).text) == 400_002
    with pytest.raises(MisuseError, match="makes a text of more than 1000000 characters"):
        PURE["Fn::Join"](_argument(f"['{long}', [a, b, c, d]]"))
    with pytest.raises(MisuseError, match="makes a text of more than 1000000 characters"):
        PURE["Fn::ToJsonString"](_argument(f"['{long}', '{long}', '{long}']"))
