"""Output bytes become log events, however they were cut on their way."""

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from emulator.logs.lines import LARGEST_EVENT, LineAssembler

JAPANESE = "夜間バッチ".encode()


def _assembled(chunks: Iterable[bytes]) -> list[bytes]:
    assembler = LineAssembler()
    messages = [message for chunk in chunks for message in assembler.feed(chunk)]
    return messages + assembler.finish()


def _cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(edges)]


def test_each_line_is_an_event_without_its_newline() -> None:
    assert _assembled([b"one\ntwo\n"]) == [b"one", b"two"]


def test_a_last_line_without_its_newline_is_an_event_at_the_end() -> None:
    assembler = LineAssembler()
    assert assembler.feed(b"one\ntw") == [b"one"]
    assert assembler.feed(b"o") == []
    assert assembler.finish() == [b"two"]
    assert assembler.finish() == []


def test_empty_lines_are_no_events_and_blank_ones_are() -> None:
    assert _assembled([b"\n\none\n \n\n"]) == [b"one", b" "]


def test_a_carriage_return_is_kept() -> None:
    assert _assembled([b"50%\r100%\r\n"]) == [b"50%\r100%\r"]


def test_what_is_not_utf_8_becomes_the_replacement_character() -> None:
    assert _assembled([b"a\xffb\n"]) == ["a\ufffdb".encode()]


def test_a_code_point_that_was_cut_between_two_reads_is_whole_again() -> None:
    text = JAPANESE + b"\n"
    for place in range(len(text)):
        assert _assembled([text[:place], text[place:]]) == [JAPANESE]


def test_a_line_of_the_largest_size_is_one_event() -> None:
    assert _assembled([b"x" * LARGEST_EVENT + b"\n"]) == [b"x" * LARGEST_EVENT]


def test_a_longer_line_goes_out_in_pieces_of_the_largest_size() -> None:
    line = b"x" * (2 * LARGEST_EVENT + 5)
    assert [len(piece) for piece in _assembled([line + b"\nnext\n"])] == [
        LARGEST_EVENT,
        LARGEST_EVENT,
        5,
        4,
    ]


def test_a_long_line_is_handed_on_before_it_ends() -> None:
    assembler = LineAssembler()
    assert [len(piece) for piece in assembler.feed(b"x" * (LARGEST_EVENT + 1))] == [LARGEST_EVENT]
    assert assembler.finish() == [b"x"]


def test_a_piece_never_ends_inside_a_code_point() -> None:
    line = b"x" * (LARGEST_EVENT - 1) + JAPANESE
    pieces = _assembled([line])
    assert b"".join(pieces) == line
    assert [len(piece) for piece in pieces] == [LARGEST_EVENT - 1, len(JAPANESE)]


def test_no_event_is_larger_than_the_largest_whatever_the_bytes() -> None:
    """A byte that is not UTF-8 counts as the three of its replacement."""
    pieces = _assembled([b"\xff" * LARGEST_EVENT + b"\n"])
    assert max(map(len, pieces)) <= LARGEST_EVENT
    assert b"".join(pieces) == "\ufffd".encode() * LARGEST_EVENT


LINES = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace")),
    ),
    max_size=12,
).map(b"\n".join)


@given(LINES, st.lists(st.integers(0, 10_000), max_size=8))
def test_any_chunking_gives_the_messages_of_one_read(data: bytes, places: list[int]) -> None:
    assert _assembled(_cut(data, places)) == _assembled([data])


@given(
    unit=st.sampled_from([b"x", JAPANESE, b"\xff", b"\xe3\x81", b"\x80", b"a\xf0\x9f"]),
    length=st.integers(LARGEST_EVENT - 4, 2 * LARGEST_EVENT + 8),
    places=st.lists(st.integers(0, 3 * LARGEST_EVENT), max_size=4),
)
@example(unit=b"\xff", length=2 * LARGEST_EVENT, places=[LARGEST_EVENT - 1, LARGEST_EVENT + 1])
def test_any_chunking_of_a_long_line_gives_the_messages_of_one_read(
    unit: bytes, length: int, places: list[int]
) -> None:
    line = (unit * (length // len(unit) + 1))[:length] + b"\nnext"
    whole = _assembled([line])
    assert _assembled(_cut(line, places)) == whole
    assert max(map(len, whole)) <= LARGEST_EVENT
    assert whole[-1] == b"next"
