import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.definitions.encodings import decoded, roughly
from emulator.errors import DefinitionError

TEXT = "a: 1\n# 夜間バッチの表\nb: 2\n"


def problem(data: bytes) -> str:
    with pytest.raises(DefinitionError) as refusal:
        decoded(data, "f.yaml")
    return str(refusal.value)


@pytest.mark.parametrize(
    ("codec", "expected"),
    [
        (
            "cp932",
            (
                "f.yaml:2: not UTF-8: byte 0x96 (column 3), as in Shift_JIS\n"
                "  hint: save it as UTF-8, such as by `iconv -f CP932 -t UTF-8`"
            ),
        ),
        (
            "euc-jp",
            (
                "f.yaml:2: not UTF-8: byte 0xcc (column 3), as in EUC-JP\n"
                "  hint: save it as UTF-8, such as by `iconv -f EUC-JP -t UTF-8`"
            ),
        ),
        (
            "utf-16",
            (
                "f.yaml: is UTF-16, not UTF-8\n"
                "  hint: save it as UTF-8, such as by `iconv -f UTF-16 -t UTF-8`"
            ),
        ),
        (
            "utf-16-be",
            (
                "f.yaml: is UTF-16, not UTF-8\n"
                "  hint: save it as UTF-8, such as by `iconv -f UTF-16BE -t UTF-8`"
            ),
        ),
        (
            "utf-16-le",
            (
                "f.yaml: is UTF-16, not UTF-8\n"
                "  hint: save it as UTF-8, such as by `iconv -f UTF-16LE -t UTF-8`"
            ),
        ),
        (
            "utf-32",
            (
                "f.yaml: is UTF-32, not UTF-8\n"
                "  hint: save it as UTF-8, such as by `iconv -f UTF-32 -t UTF-8`"
            ),
        ),
    ],
)
def test_an_encoding_is_told_with_its_place_and_what_to_do(codec: str, expected: str) -> None:
    data = TEXT.encode(codec)
    assert problem(data) == expected
    assert roughly(data) == TEXT


def test_of_other_bytes_the_first_wrong_one_is_told() -> None:
    assert problem("a: 1\nb: café".encode("latin-1")) == (
        "f.yaml:2: not UTF-8: byte 0xe9 (column 7)\n  hint: save it as UTF-8"
    )


def test_the_mark_of_utf_8_is_no_part_of_a_text() -> None:
    assert decoded(b"\xef\xbb\xbf" + TEXT.encode(), "f.yaml") == TEXT


@given(st.binary())
def test_any_bytes_are_a_text_or_told(data: bytes) -> None:
    assert isinstance(roughly(data), str)
    try:
        text = decoded(data, "f.yaml")
    except DefinitionError as error:
        told = str(error)
    else:
        told = "not UTF-8" if text.encode() == data.removeprefix(b"\xef\xbb\xbf") else text
    assert "not UTF-8" in told
