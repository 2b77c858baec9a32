"""Entries of PutEvents as JSON."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.definitions.put_events import parse_entries
from emulator.errors import DefinitionError
from tests.definitions.conftest import places

ORDER: dict[str, Any] = {"Source": "my.app", "DetailType": "order", "Detail": '{"客": 1}'}


def test_entries_are_a_list_one_entry_or_a_request() -> None:
    (entry,) = parse_entries(json.dumps([ORDER]), "x")
    assert (entry.source, entry.detail_type, entry.detail) == ("my.app", "order", {"客": 1})
    assert parse_entries(json.dumps(ORDER), "x") == (entry,)
    assert parse_entries(json.dumps({"Entries": [ORDER]}), "x") == (entry,)


def test_an_entry_says_its_time_its_bus_and_its_resources() -> None:
    more = {
        "Time": "2026-11-24T12:00:00Z",
        "EventBusName": "arn:aws:events:x:0:event-bus/mine",
        "Resources": ["arn:a"],
        "TraceHeader": "t",
    }
    (entry,) = parse_entries(json.dumps([{**ORDER, **more}]), "x")
    assert entry.time == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert (entry.event_bus, entry.resources) == ("mine", ("arn:a",))


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"DetailType": "a", "Detail": "{}"}, "the entry has no Source"),
        ({"Source": "a", "Detail": "{}"}, "the entry has no DetailType"),
        ({"Source": "a", "DetailType": "b"}, "the entry has no Detail"),
        ({**ORDER, "Detail": "{"}, "Detail is malformed."),
        ({**ORDER, "Detail": "[1]"}, "Detail is malformed. It is an object, not a list"),
        ({**ORDER, "Source": "aws.ecs"}, "Not authorized for the source: aws.ecs"),
        ({**ORDER, "Time": "noon"}, "Time"),
        ({**ORDER, "Source": ""}, "Parameter Source is not valid."),
        ({**ORDER, "DetailType": ""}, "Reason: DetailType is a required argument."),
        ({**ORDER, "Detial": "{}"}, "unknown key 'Detial' in the entry"),
        ("text", "the entry must be a mapping, not text"),
    ],
)
def test_what_aws_would_refuse_is_told(entry: object, said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_entries(json.dumps([entry]), "entries.json")
    assert any(said in problem.message for problem in caught.value.problems)


def test_of_several_entries_each_is_named_by_its_number() -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_entries(json.dumps([ORDER, {"Source": "a", "DetailType": "b"}, "c"]), "x")
    assert [problem.message for problem in caught.value.problems] == [
        "entry 2 has no Detail",
        "entry 3 must be a mapping, not text",
    ]


def test_a_number_that_no_event_could_carry_on_is_refused() -> None:
    with pytest.raises(DefinitionError, match="1e999 is too large a number"):
        parse_entries('{"Source": "a", "DetailType": "b", "Detail": {"n": 1e999}}', "x")


def test_lenient_puts_events_of_aws() -> None:
    (entry,) = parse_entries(json.dumps({**ORDER, "Source": "aws.ecs"}), "x", lenient=True)
    assert entry.source == "aws.ecs"


@pytest.mark.parametrize("count", [0, 11])
def test_a_request_has_one_to_ten_entries(count: int) -> None:
    with pytest.raises(DefinitionError, match=f"1 to 10 entries, not {count}"):
        parse_entries(json.dumps([ORDER] * count), "x")


@given(st.text() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_no_text_is_more_than_an_error_with_its_place(text: str) -> None:
    assert places(parse_entries, text, "entries.json") <= {"entries.json", None}
