"""Event patterns against events, as text in and a verdict out."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.patterns.index import PatternIndex
from emulator.patterns.pattern import EventPatternError, parse_pattern, read_pattern

EVENT: dict[str, Any] = {
    "version": "0",
    "source": "aws.ecs",
    "detail-type": "ECS Task State Change",
    "account": "123456789012",
    "region": "ap-northeast-1",
    "resources": ["arn:aws:ecs:ap-northeast-1:123456789012:task/example/0123"],
    "detail": {
        "group": "family:夜間バッチ",
        "lastStatus": "STOPPED",
        "stoppedReason": "Essential container in task exited",
        "version": 5,
        "price": 12.5,
        "ready": True,
        "late": False,
        "nothing": None,
        "empty": "",
        "address": "10.0.1.114",
        "tags": [],
        "codes": [1, [2, 3]],
        "containers": [
            {"name": "app", "exitCode": 0},
            {"name": "sidecar", "exitCode": 1, "reason": "OutOfMemoryError: killed"},
        ],
    },
}


def _matches(detail: dict[str, Any]) -> bool:
    return read_pattern({"detail": detail}).matches(EVENT)


@pytest.mark.parametrize(
    "detail",
    [
        {"lastStatus": ["STOPPED"]},
        {"lastStatus": ["RUNNING", "STOPPED"]},
        {"version": [5]},
        {"ready": [True]},
        {"late": [False]},
        {"nothing": [None]},
        {"empty": [""]},
        {"group": [{"prefix": "family:"}]},
        {"group": [{"suffix": "バッチ"}]},
        {"group": [{"prefix": {"equals-ignore-case": "FAMILY:"}}]},
        {"group": [{"suffix": {"equals-ignore-case": "夜間バッチ"}}]},
        {"lastStatus": [{"equals-ignore-case": "stopped"}]},
        {"lastStatus": [{"equals-ignore-case": "Stopped"}]},
        {"lastStatus": [{"anything-but": "RUNNING"}]},
        {"lastStatus": [{"anything-but": ["RUNNING", "PENDING"]}]},
        {"lastStatus": [{"anything-but": {"prefix": "RUN"}}]},
        {"lastStatus": [{"anything-but": {"prefix": ["RUN", "PEND"]}}]},
        {"lastStatus": [{"anything-but": {"suffix": "ING"}}]},
        {"lastStatus": [{"anything-but": {"equals-ignore-case": ["running", "pending"]}}]},
        {"stoppedReason": [{"anything-but": {"wildcard": "*user*"}}]},
        {"version": [{"anything-but": 4}]},
        {"ready": [{"anything-but": 1}]},
        {"version": [{"anything-but": [1, 2]}]},
        {"version": [{"numeric": ["=", 5]}]},
        {"price": [{"numeric": [">", 0, "<=", 12.5]}]},
        {"stoppedReason": [{"wildcard": "Essential*exited"}]},
        {"stoppedReason": [{"wildcard": "*container*task*"}]},
        {"stoppedReason": [{"wildcard": "*Essential*e*exited*"}]},
        {"lastStatus": [{"wildcard": "STOPPED"}]},
        {"lastStatus": [{"wildcard": "STOP*PED"}]},
        {"empty": [{"wildcard": "*"}]},
        {"address": [{"cidr": "10.0.0.0/16"}]},
        {"address": [{"cidr": "10.0.1.7/24"}]},
        {"group": [{"exists": True}]},
        {"nothing": [{"exists": True}]},
        {"stopCode": [{"exists": False}]},
        {"tags": [{"exists": False}]},
        {"containers": [{"exists": False}]},
        {"stopCode": ["EssentialContainerExited", {"exists": False}]},
        {"codes": [3]},
        {"containers": {"exitCode": [{"anything-but": 0}]}},
        {"containers": {"name": ["sidecar"], "exitCode": [1]}},
        {"missing": {"inner": [{"exists": False}]}},
        {"$or": [{"lastStatus": ["RUNNING"]}, {"version": [5]}]},
        {"$or": [{"a": ["x"]}, {"b": ["x"]}, {"price": [{"numeric": ["<", 13]}]}]},
    ],
    ids=lambda detail: json.dumps(detail, ensure_ascii=False),
)
def test_a_pattern_matches(detail: dict[str, Any]) -> None:
    assert _matches(detail)


@pytest.mark.parametrize(
    "detail",
    [
        {"lastStatus": ["stopped"]},
        {"version": ["5"]},
        {"version": [5.0]},
        {"version": [True]},
        {"ready": ["true"]},
        {"ready": [1]},
        {"ready": [False]},
        {"late": [True, None, 0, "false", ""]},
        {"nothing": [False, 0, "null"]},
        {"empty": [None]},
        {"nothing": [""]},
        {"lastStatus": [{"anything-but": "STOPPED"}]},
        {"lastStatus": [{"anything-but": ["STOPPED", "PENDING"]}]},
        {"lastStatus": [{"anything-but": {"prefix": "STOP"}}]},
        {"lastStatus": [{"anything-but": {"equals-ignore-case": "stopped"}}]},
        {"stopCode": [{"anything-but": "UserInitiated"}]},
        {"version": [{"anything-but": 5.0}]},
        {"price": [{"anything-but": [1, 12.5]}]},
        {"stoppedReason": [{"anything-but": {"wildcard": "*task*"}}]},
        {"version": [{"prefix": "5"}]},
        {"group": [{"numeric": [">", 0]}]},
        {"ready": [{"numeric": ["=", 1]}]},
        {"version": [{"numeric": [">", 5]}]},
        {"stoppedReason": [{"wildcard": "Essential*user"}]},
        {"stoppedReason": [{"wildcard": "Container*exited"}]},
        {"stoppedReason": [{"wildcard": "Essential*user*exited"}]},
        {"stoppedReason": [{"wildcard": "*task*container*"}]},
        {"stoppedReason": [{"wildcard": "*exit*exited"}]},
        {"lastStatus": [{"wildcard": "STOPP*PED"}, {"wildcard": "STOPPED*D"}]},
        {"lastStatus": [{"wildcard": "STOP"}, {"wildcard": "OPPED"}]},
        {"address": [{"cidr": "10.1.0.0/16"}]},
        {"group": [{"cidr": "10.0.0.0/16"}]},
        {"version": [{"cidr": "0.0.0.0/0"}]},
        {"group": [{"exists": False}]},
        {"containers": [{"exists": True}]},
        {"tags": [{"exists": True}]},
        {"containers": {"name": ["app"], "exitCode": [1]}},
        {"containers": {"reason": [{"exists": False}]}},
        {"missing": {"inner": [{"exists": True}]}},
        {"group": {"inner": ["x"]}},
        {"lastStatus": ["STOPPED"], "version": [4]},
        {"$or": [{"lastStatus": ["RUNNING"]}, {"version": [4]}]},
        {"$or": [{"lastStatus": ["STOPPED"]}, {"version": [5]}], "price": [1]},
    ],
    ids=lambda detail: json.dumps(detail, ensure_ascii=False),
)
def test_a_pattern_does_not_match(detail: dict[str, Any]) -> None:
    assert not _matches(detail)


def test_a_star_and_its_escape_are_told_apart() -> None:
    pattern = read_pattern({"path": [{"wildcard": r"*\**\\"}]})
    assert pattern.matches({"path": "a*b\\"})
    assert not pattern.matches({"path": "ab\\"})


def test_or_without_two_objects_is_a_field_like_any_other() -> None:
    assert read_pattern({"$or": ["x"]}).matches({"$or": "x"})


def test_or_with_match_types_is_a_field_like_any_other() -> None:
    pattern = read_pattern({"$or": [{"prefix": "x"}, {"suffix": "y"}]})
    assert pattern.matches({"$or": "xa"})
    assert not pattern.matches({"prefix": "x"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not valid JSON"),
        ("[]", "a pattern is an object"),
        ("{}", "an empty pattern matches nothing"),
        ('{"a": "x"}', "a must be an object or an array"),
        ('{"a": {"b": 1}}', "a.b must be an object or an array"),
        ('{"a": []}', "a: an empty list matches nothing"),
        ('{"a": {}}', "a: an empty object matches nothing"),
        ('{"a": ["x"], "a": ["y"]}', "the key 'a' is there twice"),
        ('{"a": [["x"]]}', "a: a list inside a list"),
        ('{"a": [{"prefix": "x", "suffix": "y"}]}', "only one key is allowed"),
        ('{"a": [{"begins": "x"}]}', "unrecognized match type begins"),
        ('{"a": [{"prefix": 1}]}', "prefix takes text"),
        ('{"a": [{"prefix": {"exists": true}}]}', "prefix takes text or equals-ignore-case"),
        ('{"a": [{"exists": "yes"}]}', "exists takes true or false"),
        ('{"a": [{"exists": false}, {"exists": 1}]}', "exists takes true or false"),
        ('{"a": [{"numeric": ["=", "1"]}]}', "'1' is not a number"),
        ('{"a": [{"numeric": ["~", 1]}]}', "'~' is not one of"),
        ('{"a": [{"numeric": [["="], 1]}]}', "['='] is not one of"),
        ('{"a": [{"numeric": [">", 5, "<", 5]}]}', "the bottom 5 is not below the top 5"),
        ('{"a": [{"numeric": ["<", 5, ">", 1]}]}', "a range begins with > or >="),
        ('{"a": [{"numeric": [">", 1, "<"]}]}', "one or two comparisons"),
        ('{"a": [{"numeric": [">", 6e9]}]}', "is not between -5.0e9 and 5.0e9"),
        ('{"a": [{"cidr": "10.0.0.0/33"}]}', "cidr '10.0.0.0/33'"),
        ('{"a": [{"cidr": "10.0.0.0"}]}', "an address, a slash and a number of bits"),
        ('{"a": [{"cidr": "10.0.0.0/255.0.0.0"}]}', "an address, a slash and a number of bits"),
        ('{"a": [{"wildcard": "a**b"}]}', "two * in a row"),
        ('{"a": [{"wildcard": "a\\\\b"}]}', "a backslash stands before"),
        ('{"a": [{"anything-but": []}]}', "the list is empty"),
        ('{"a": [{"anything-but": ["x", 1]}]}', "a list of one kind"),
        (
            '{"a": [{"anything-but": {"prefix": ["x", ""]}}]}',
            "an empty prefix is one of every text",
        ),
        (
            '{"a": [{"anything-but": {"prefix": {"equals-ignore-case": ""}}}]}',
            "prefix takes text, or a list of texts",
        ),
        (
            '{"a": [{"anything-but": {"suffix": {"equals-ignore-case": "x"}}}]}',
            "suffix takes text, or a list of texts",
        ),
        ('{"a": [{"anything-but": {"numeric": ["=", 1]}}]}', "numeric cannot stand here"),
        ('{"$or": [{"a": ["x"]}, {"b": ["x"]}], "a": ["y"]}', "a is asked for twice"),
    ],
)
def test_what_eventbridge_refuses_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(EventPatternError) as caught:
        parse_pattern(text)
    assert caught.value.message.startswith("Event pattern is not valid. Reason: ")
    assert reason in caught.value.message


def test_a_key_that_is_there_twice_is_named() -> None:
    with pytest.raises(EventPatternError, match="the key 'b' is there twice"):
        parse_pattern('{"a": ["x"], "b": ["x"], "b": ["y"]}')


@pytest.mark.parametrize(("length", "refused"), [(4096, False), (4097, True)])
def test_a_pattern_has_4096_characters(length: int, refused: bool) -> None:
    text = '{"a": ["' + "x" * (length - 11) + '"]}'
    assert len(text) == length
    if refused:
        with pytest.raises(EventPatternError, match="longer than 4096 characters"):
            parse_pattern(text)
    else:
        assert parse_pattern(text).matches({"a": "x" * (length - 11)})


def test_equal_patterns_are_one_whatever_the_order_of_their_fields() -> None:
    one, other = parse_pattern('{"a": ["x"], "b": [1]}'), parse_pattern('{"b": [1], "a": ["x"]}')
    assert {one, other, parse_pattern('{"a": ["x"], "b": [2]}')} == {
        other,
        read_pattern({"a": ["x"], "b": [2]}),
    }


def _alternatives(count: int) -> list[dict[str, Any]]:
    return [{f"f{number}": ["x"]} for number in range(count)]


def test_1000_combinations_of_or_are_taken() -> None:
    pattern = read_pattern({"a": {"$or": _alternatives(40)}, "b": {"$or": _alternatives(25)}})
    assert pattern.matches({"a": {"f39": "x"}, "b": {"f24": "x"}})
    assert not pattern.matches({"a": {"f39": "x"}, "b": {"f25": "x"}})


def test_alternatives_that_multiply_without_end_are_refused() -> None:
    many = {"$or": _alternatives(40)}
    with pytest.raises(EventPatternError, match=r"more than 1000 combinations of \$or"):
        read_pattern({"a": many, "b": many})


def test_a_pattern_that_is_nested_too_deeply_is_refused() -> None:
    nested = [('{"a":' * depth + '["x"]' + "}" * depth) for depth in (64, 65, 600)]
    assert parse_pattern(nested[0]).alternatives
    for text in nested[1:]:
        with pytest.raises(EventPatternError, match=r"nested more than 64 deep") as caught:
            parse_pattern(text)
        assert caught.value.faults[0].path == ("a",) * 64
    with pytest.raises(EventPatternError, match="not valid JSON"):
        parse_pattern("[" * 4096)


def test_all_that_is_wrong_with_a_pattern_is_told_at_once() -> None:
    either = [{"b": [{"foo": 1}]}, {"c": "x"}]
    with pytest.raises(EventPatternError) as caught:
        read_pattern({"source": "a", "detail": {"state": [], "$or": either, "empty": {}}})
    assert [(fault.path, fault.reason[:36]) for fault in caught.value.faults] == [
        (("source",), "source must be an object or an array"),
        (("detail", "state"), "detail.state: an empty list matches "),
        (("detail", "b"), "detail.b: unrecognized match type fo"),
        (("detail", "c"), "detail.c must be an object or an arr"),
        (("detail", "empty"), "detail.empty: an empty object matche"),
    ]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_json_does_not_have_as_a_number_is_refused(number: str) -> None:
    with pytest.raises(EventPatternError, match=f"{number} is not a number"):
        parse_pattern(f'{{"a": [{number}]}}')


def test_a_long_wildcard_on_a_long_text_takes_no_time() -> None:
    pattern = read_pattern({"a": [{"wildcard": "*a" * 60 + "*b"}]})
    assert not pattern.matches({"a": "a" * 200_000})


_KEYS = st.sampled_from(["a", "b", "c", "$or"])
_SCALARS = st.sampled_from(["x", "y", "", 0, 1, 1.0, True, False, None])
_OPERATORS = st.sampled_from(
    [
        {"exists": True},
        {"exists": False},
        {"prefix": "x"},
        {"anything-but": "x"},
        {"anything-but": [0, 1]},
        {"numeric": [">=", 1]},
        {"equals-ignore-case": "X"},
        {"wildcard": "x*"},
    ]
)
_FIELDS = st.lists(_SCALARS | _OPERATORS, min_size=1, max_size=3)
_PATTERNS = st.recursive(
    st.dictionaries(_KEYS, _FIELDS, min_size=1, max_size=3),
    lambda inner: st.dictionaries(
        _KEYS, _FIELDS | inner | st.lists(inner, min_size=2, max_size=3), min_size=1, max_size=3
    ),
    max_leaves=6,
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_the_index_answers_in_order_whatever_a_pattern_asks_for() -> None:
    documents: list[dict[str, Any]] = [
        {"source": ["aws.ecs"], "detail": {"lastStatus": ["STOPPED"]}},
        {"source": ["aws.s3"], "detail": {"lastStatus": ["STOPPED"]}},
        {"source": [{"prefix": "aws."}]},
        {"source": ["aws.s3", {"suffix": "ecs"}]},
        {"source": ["aws.ecs"], "detail": {"stopCode": ["x", {"exists": False}]}},
        {"$or": [{"source": ["aws.s3"]}, {"detail": {"codes": [3]}}]},
        {"detail": {"containers": {"name": ["sidecar"]}}},
        {"detail": {"ready": ["true"]}},
        {"account": ["123456789012"], "source": ["aws.ecs"]},
    ]
    patterns = [(number, read_pattern(document)) for number, document in enumerate(documents)]
    assert PatternIndex(patterns).matching(EVENT) == [0, 2, 3, 4, 5, 6, 8]
    assert PatternIndex(reversed(patterns)).matching(EVENT) == [8, 6, 5, 4, 3, 2, 0]
    assert PatternIndex(patterns).matching({"source": "aws.s3"}) == [2, 3, 5]


@given(
    patterns=st.lists(_PATTERNS, max_size=6),
    event=st.dictionaries(st.sampled_from("abc"), _VALUES, max_size=3),
)
def test_the_index_finds_what_asking_each_pattern_finds(
    patterns: list[dict[str, Any]], event: dict[str, Any]
) -> None:
    good = []
    for number, document in enumerate(patterns):
        try:
            good.append((number, read_pattern(document)))
        except EventPatternError:
            continue
    expected = [number for number, pattern in good if pattern.matches(event)]
    assert PatternIndex(good).matching(event) == expected


@given(st.text() | _VALUES.map(json.dumps) | _PATTERNS.map(json.dumps))
def test_any_text_is_a_pattern_or_is_refused(text: str) -> None:
    with contextlib.suppress(EventPatternError):
        parse_pattern(text).matches(EVENT)
