"""Output bytes become log events, however they were cut on their way.

Held against a model of the driver that goes byte by byte: the copier's buffer, then awslogs.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.logs import assembly, lines
from emulator.logs.assembly import Events
from emulator.logs.lines import LARGEST_EVENT
from emulator.logs.pipeline import LogRules, Pipeline
from emulator.logs.recovery import Remainder
from emulator.model.log_position import START, LogPosition, Place

JAPANESE = "夜間バッチ".encode()
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SMALL = 7
"""A largest event that a property test can fill."""

Stream = Literal["stdout", "stderr"]
Read = tuple[Stream, bytes]


def _begins(line: bytes) -> bool:
    return re.search(b"^[A-Z]", line) is not None


def _run(
    reads: Iterable[Read], rules: LogRules | None = None, position: LogPosition = START
) -> list[Events]:
    """Return the events of reads, each of which comes a second after the one before."""
    found: list[Events] = []
    pipeline = Pipeline(rules or LogRules(), found.append, position=position)
    at = NOON
    for stream, data in reads:
        pipeline.feed(stream, data, at)
        at += SECOND
    pipeline.finish(at)
    return found


def _messages(chunks: Iterable[bytes], rules: LogRules | None = None) -> list[bytes]:
    events = _run([("stdout", chunk) for chunk in chunks], rules)
    return [message for each in events for message in each.messages]


def _cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    edges = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(edges)]


@contextmanager
def _small_events() -> Iterator[None]:
    with (
        patch.object(lines, "LARGEST_EVENT", SMALL),
        patch.object(assembly, "LARGEST_EVENT", SMALL),
    ):
        yield


# -- a model of the driver ----------------------------------------------------------------------


class _Copier:
    """One stream through moby's copier, a byte at a time."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.buffer = b""
        self.partial_at: datetime | None = None

    def read(self, data: bytes, at: datetime) -> Iterator[tuple[bytes, datetime]]:
        for byte in data:
            if byte == 0x0A:
                yield self.buffer, self.partial_at or at
                self.buffer, self.partial_at = b"", None
            else:
                self.buffer += bytes([byte])
                if len(self.buffer) == self.size:
                    self.partial_at = self.partial_at or at
                    yield self.buffer, self.partial_at
                    self.buffer = b""

    def end(self, at: datetime) -> Iterator[tuple[bytes, datetime]]:
        if self.buffer:
            yield self.buffer, self.partial_at or at


def _runes(line: bytes) -> list[str]:
    """Return text as Go ranges over it: a byte that is no UTF-8 is a U+FFFD of its own."""
    runes, position = [], 0
    while position < len(line):
        for size in (1, 2, 3, 4):
            try:
                runes.append(line[position : position + size].decode())
            except UnicodeDecodeError:
                continue
            position += size
            break
        else:
            runes.append("\ufffd")
            position += 1
    return runes


def _effective(line: bytes) -> int:
    return sum(len(rune.encode()) for rune in _runes(line))


def _process(line: bytes, size: int) -> Iterator[bytes]:
    event = b""
    for rune in _runes(line):
        if len(event) + len(rune.encode()) > size:
            yield event
            event = b""
        event += rune.encode()
    if event:
        yield event


def _model(reads: Sequence[Read], size: int, *, multiline: bool) -> list[tuple[datetime, bytes]]:
    copiers = {"stdout": _Copier(size), "stderr": _Copier(size)}
    messages: list[tuple[bytes, datetime]] = []
    at = NOON
    for stream, data in reads:
        messages += copiers[stream].read(data, at)
        at += SECOND
    for copier in copiers.values():
        messages += copier.end(at)
    if not multiline:
        return [(at, event) for line, at in messages for event in _process(line, size)]
    found = []
    buffer, began = b"", None
    for line, at in messages:
        began = began or at
        if _begins(line) or _effective(buffer) + _effective(line) > size:
            found += [(began, event) for event in _process(buffer, size)]
            buffer, began = b"", at
        buffer += line + (b"\n" if _effective(line) < size else b"")
    return found + [(began or at, event) for event in _process(buffer, size)]


TEXT = st.sampled_from([b"a", b"A", b" ", b"\r", b"\n", b"\n", b"\xff", "夜".encode(), b"\xe3\x81"])
OUTPUT = st.lists(TEXT, max_size=60).map(b"".join)
READS = st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), OUTPUT), max_size=8)


@given(reads=READS, multiline=st.booleans())
def test_any_output_becomes_the_events_of_the_driver(reads: list[Read], multiline: bool) -> None:
    rules = LogRules(matches=_begins if multiline else None)
    with _small_events():
        found = [(each.at, message) for each in _run(reads, rules) for message in each.messages]
    assert found == _model(reads, SMALL, multiline=multiline)


def _records(output: bytes, size: int) -> list[bytes]:
    """Return output as the engine copies it: by line, in pieces, made UTF-8."""
    found = []
    for line in output.splitlines(keepends=True) if b"\r" not in output else _lines(output):
        body = line.removesuffix(b"\n")
        pieces = [body[i : i + size] for i in range(0, len(body), size)] or [b""]
        texts = ["".join(_runes(piece)).encode() for piece in pieces]
        texts[-1] += line[len(body) :]
        found += texts
    return found


def _lines(output: bytes) -> list[bytes]:
    *whole, rest = output.split(b"\n")
    return [line + b"\n" for line in whole] + ([rest] if rest else [])


@given(reads=READS, multiline=st.booleans(), died=st.integers(0, 200), copied=st.integers(1, 9))
def test_what_another_process_goes_on_with_is_all_that_was_not_written(
    reads: list[Read], multiline: bool, died: int, copied: int
) -> None:
    """Text only: bytes that are not UTF-8 the engine's own copy has no more."""
    reads = [
        (stream, data.replace(b"\xff", b"x").replace(b"\xe3\x81", b"y")) for stream, data in reads
    ]
    reads = [(stream, data.replace("夜".encode(), b"z")) for stream, data in reads]
    rules = LogRules(matches=_begins if multiline else None)
    with _small_events():
        whole = _run(reads, rules)
        written = whole[: died % (len(whole) + 1)]
        position = written[-1].position if written else START
        remainder = Remainder(position)
        rest: list[Read] = []
        for stream in ("stdout", "stderr"):
            output = b"".join(data for name, data in reads if name == stream)
            for record in _records(output, copied):
                rest.append((stream, remainder.of(stream, record, exact=False)))
        again = _run(rest, LogRules(), position)
    texts = sorted(b"".join(m for e in [*written, *again] for m in e.messages).replace(b"\n", b""))
    assert texts == sorted(b"".join(data for _, data in reads).replace(b"\n", b""))


@given(reads=READS, multiline=st.booleans(), died=st.integers(0, 200), copied=st.integers(1, 9))
def test_of_an_exact_copy_another_process_gets_every_byte_that_was_not_written(
    reads: list[Read], multiline: bool, died: int, copied: int
) -> None:
    with _small_events():
        whole = _run(reads, LogRules(matches=_begins if multiline else None))
    written = whole[: died % (len(whole) + 1)]
    position = written[-1].position if written else START
    remainder = Remainder(position)
    for stream in ("stdout", "stderr"):
        output = b"".join(data for name, data in reads if name == stream)
        records = [
            line[i : i + copied] for line in _lines(output) for i in range(0, len(line), copied)
        ]
        rest = b"".join(remainder.of(stream, record, exact=True) for record in records)
        assert rest == output[_offset(output, position.of(stream)) :]


def _offset(output: bytes, place: Place) -> int:
    return sum(map(len, _lines(output)[: place.lines])) + place.bytes


# -- and by example -----------------------------------------------------------------------------


def test_each_line_is_an_event_without_its_newline() -> None:
    assert _messages([b"one\ntwo\n"]) == [b"one", b"two"]


def test_a_last_line_without_its_newline_is_an_event_at_the_end() -> None:
    assert _messages([b"one\ntw", b"o"]) == [b"one", b"two"]


def test_empty_lines_are_no_events_and_blank_ones_are() -> None:
    assert _messages([b"\n\none\n \n\n"]) == [b"one", b" "]


def test_a_carriage_return_is_kept() -> None:
    assert _messages([b"50%\r100%\r\n"]) == [b"50%\r100%\r"]


def test_each_byte_that_is_not_utf_8_becomes_the_replacement_character() -> None:
    assert _messages([b"a\xffb\xe3\x81\n"]) == ["a\ufffdb\ufffd\ufffd".encode()]


def test_a_code_point_that_was_cut_between_two_reads_is_whole_again() -> None:
    text = JAPANESE + b"\n"
    for place in range(len(text)):
        assert _messages([text[:place], text[place:]]) == [JAPANESE]


@pytest.mark.parametrize(
    "places", [[], [1], [LARGEST_EVENT], [LARGEST_EVENT + 1, 2 * LARGEST_EVENT]]
)
def test_a_line_over_the_largest_size_goes_out_in_pieces_of_it(places: list[int]) -> None:
    output = b"x" * (2 * LARGEST_EVENT + 5) + b"\nnext\n"
    sizes = [len(piece) for piece in _messages(_cut(output, places))]
    assert sizes == [LARGEST_EVENT, LARGEST_EVENT, 5, 4]


def test_the_pieces_of_a_line_have_the_timestamp_of_the_first() -> None:
    long = b"x" * (LARGEST_EVENT + 1)
    events = _run([("stdout", b"a\n"), ("stdout", long), ("stdout", b"y\nnext\n")])
    assert [(each.at - NOON, [len(m) for m in each.messages]) for each in events] == [
        (timedelta(0), [1]),
        (SECOND, [LARGEST_EVENT]),
        (SECOND, [2]),
        (2 * SECOND, [4]),
    ]


def test_a_byte_that_is_not_utf_8_counts_as_the_three_of_its_replacement() -> None:
    pieces = _messages([b"\xff" * LARGEST_EVENT + b"\n"])
    assert max(map(len, pieces)) <= LARGEST_EVENT
    assert b"".join(pieces) == "\ufffd".encode() * LARGEST_EVENT


def test_lines_that_do_not_match_go_on_with_the_one_that_did() -> None:
    output = b"ERROR boom\n  at a\n\n  at b\nINFO on\n"
    events = _run([("stdout", output)], LogRules(matches=_begins))
    assert [m for e in events for m in e.messages] == [
        b"ERROR boom\n  at a\n\n  at b\n",
        b"INFO on\n",
    ]


def test_an_event_that_waits_for_more_goes_at_a_tick_once_it_is_old_enough() -> None:
    found: list[Events] = []
    pipeline = Pipeline(LogRules(matches=_begins), found.append)
    pipeline.feed("stdout", b"Error\n at a\n", NOON)
    pipeline.tick(NOON + 4 * SECOND)
    assert found == []
    pipeline.tick(NOON + 5 * SECOND)
    assert [each.messages for each in found] == [[b"Error\n at a\n"]]
    pipeline.feed("stdout", b" at b\n", NOON + 6 * SECOND)
    pipeline.finish(NOON + 7 * SECOND)
    assert [(each.at, each.messages) for each in found[1:]] == [(NOON, [b" at b\n"])]


@pytest.mark.parametrize("seconds", [0, 4.999, 5, -1])
def test_an_event_waits_while_its_age_is_below_the_limit_and_none_is_from_the_future(
    seconds: float,
) -> None:
    found: list[Events] = []
    pipeline = Pipeline(LogRules(matches=_begins), found.append)
    pipeline.tick(NOON)
    assert (found, pipeline.waiting) == ([], False)
    pipeline.feed("stdout", b"Error\n", NOON)
    assert pipeline.waiting
    pipeline.tick(NOON + seconds * SECOND)
    waits = 0 <= seconds < 5
    assert (found == [], pipeline.waiting) == (waits, waits)


def test_what_comes_after_the_end_of_a_life_is_an_event_of_its_own() -> None:
    found: list[Events] = []
    pipeline = Pipeline(LogRules(matches=_begins), found.append)
    for life in range(2):
        pipeline.feed("stdout", b" at a\n", NOON + life * SECOND)
        pipeline.finish(NOON + life * SECOND)
    assert [(each.at, each.messages) for each in found] == [
        (NOON, [b" at a\n"]),
        (NOON + SECOND, [b" at a\n"]),
    ]


def test_lines_without_any_text_are_told_to_nobody() -> None:
    assert _run([("stdout", b"\n"), ("stdout", b"\n\n")]) == []


def test_a_position_counts_lines_and_the_bytes_of_an_open_one() -> None:
    events = _run([("stdout", b"one\ntwo\n"), ("stderr", b"three"), ("stdout", b"fo")])
    assert [each.position for each in events] == [
        LogPosition(Place(2), Place()),
        LogPosition(Place(2, 2), Place()),
        LogPosition(Place(2, 2), Place(0, 5)),
    ]
