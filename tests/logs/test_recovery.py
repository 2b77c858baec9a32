"""What of the engine's log is yet to be written, where the output is not all UTF-8."""

import pytest

from emulator.logs.recovery import Remainder
from emulator.model.log_position import LogPosition, Place

MARK = "\ufffd".encode()


def _rest(place: Place, *records: bytes, exact: bool) -> list[bytes]:
    remainder = Remainder(LogPosition(stdout=place))
    return [remainder.of("stdout", record, exact=exact) for record in records]


@pytest.mark.parametrize(
    ("exact", "records", "rest"),
    [
        (True, [b"\xff\xfe\xfdabc\n"], [b"abc\n"]),
        (True, [MARK + b"abc\n"], [b"abc\n"]),
        (True, [MARK, b"abc\n"], [b"", b"abc\n"]),
        (True, [b"\xff", b"\xfe\xfd", b"abc\n"], [b"", b"", b"abc\n"]),
        (False, [MARK * 3 + b"abc\n"], [b"abc\n"]),
        (False, [MARK, MARK * 2 + b"abc\n"], [b"", b"abc\n"]),
        (False, [MARK * 2, MARK, b"abc\n"], [b"", b"", b"abc\n"]),
        (False, [b"a" + MARK + b"bc\n"], [b"c\n"]),
        (False, [b"abcd\n"], [b"d\n"]),
    ],
)
def test_three_bytes_of_an_open_line_are_left_out_as_they_stand_in_the_log(
    exact: bool, records: list[bytes], rest: list[bytes]
) -> None:
    assert _rest(Place(0, 3), *records, exact=exact) == rest


def test_whole_lines_are_left_out_whatever_they_are_made_of() -> None:
    for exact in (True, False):
        records = [MARK + b"one\n", b"two\n", MARK + b"\n"]
        assert _rest(Place(1, 2), *records, exact=exact) == [b"", b"o\n", MARK + b"\n"]


def test_streams_are_told_apart() -> None:
    remainder = Remainder(LogPosition(stdout=Place(1), stderr=Place()))
    assert remainder.of("stderr", b"err\n", exact=True) == b"err\n"
    assert remainder.of("stdout", b"out\n", exact=True) == b""
    assert remainder.of("stdout", b"more\n", exact=True) == b"more\n"
