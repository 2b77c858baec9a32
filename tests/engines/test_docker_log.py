"""The engine's own log, however its bytes were cut on their way."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.engines.base import LogRecord
from emulator.engines.docker_log import (
    RECORD_BYTES,
    framed_records,
    log_config,
    terminal_records,
    with_line_ends,
)

STAMP = b"2026-11-24T12:00:00.123456789Z "
AT = datetime(2026, 11, 24, 12, tzinfo=UTC) + timedelta(microseconds=123456)
LONG = b"x" * RECORD_BYTES


def _frame(kind: int, data: bytes) -> bytes:
    text = STAMP + data
    return bytes([kind, 0, 0, 0]) + len(text).to_bytes(4) + text


def _cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(edges)]


@given(st.lists(st.integers(0, 100_000), max_size=8))
def test_each_record_comes_with_its_stream_and_time(places: list[int]) -> None:
    data = _frame(1, b"out\n") + _frame(2, b"err\n") + _frame(1, LONG) + _frame(1, b"rest")
    assert list(framed_records(_cut(data, places))) == [
        LogRecord("stdout", b"out\n", AT),
        LogRecord("stderr", b"err\n", AT),
        LogRecord("stdout", LONG, AT),
        LogRecord("stdout", b"rest", AT),
    ]


@given(st.lists(st.integers(0, 100_000), max_size=8))
def test_a_terminal_has_no_frames_and_a_time_in_the_middle_of_long_lines(
    places: list[int],
) -> None:
    data = STAMP + b"a b\r\n" + STAMP + LONG + STAMP + b"end\r\n" + STAMP + b"$ "
    records = list(terminal_records(_cut(data, places)))
    assert [record.data for record in records] == [b"a b\r\n", LONG, b"end\r\n", b"$ "]
    assert {(record.stream, record.at) for record in records} == {("stdout", AT)}


def test_a_frame_that_is_cut_off_is_left_out() -> None:
    assert list(framed_records([_frame(1, b"out\n")[:-1]])) == []


def test_a_record_without_a_time_is_refused() -> None:
    with pytest.raises(ValueError, match="a record without a time"):
        list(terminal_records([b"no time here\n"]))


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("size", [0, 5, RECORD_BYTES, RECORD_BYTES + 5, 3 * RECORD_BYTES])
def test_a_line_of_several_records_has_its_newline_whatever_the_engine(
    size: int, fixed: bool
) -> None:
    """As Docker 20.10 gives it, and as later engines do."""
    line = b"x" * size
    pieces = [line[i : i + RECORD_BYTES] for i in range(0, size + 1, RECORD_BYTES)]
    if fixed or len(pieces) == 1:
        pieces[-1] += b"\n"
    records = [LogRecord("stdout", piece, AT) for piece in [*pieces, b"next\n", b"tail"]]
    found = list(with_line_ends(records))
    assert b"".join(record.data for record in found) == line + b"\nnext\ntail"


def test_the_streams_lines_are_told_apart() -> None:
    records = [LogRecord("stdout", LONG, AT), LogRecord("stderr", b"err", AT)]
    assert list(with_line_ends(records)) == records


@pytest.mark.parametrize(
    ("drivers", "tty", "driver"),
    [
        (["awslogs", "json-file", "local"], False, "local"),
        (["awslogs", "json-file", "local"], True, "json-file"),
        (["journald", "json-file"], False, "json-file"),
    ],
)
def test_the_copy_is_exact_where_it_can_be_and_never_rotated(
    drivers: list[str], tty: bool, driver: str
) -> None:
    options = {"max-size": "1000t", "mode": "blocking"}
    info = {"Plugins": {"Log": drivers}}
    assert log_config(info, tty=tty) == {"Type": driver, "Config": options}


@pytest.mark.parametrize("info", [{}, {"Plugins": None}, {"Plugins": {"Log": None}}])
def test_an_engine_that_names_no_drivers_gets_the_commonest_without_options(
    info: dict[str, object],
) -> None:
    assert log_config(info, tty=False) == {"Type": "json-file", "Config": {}}
