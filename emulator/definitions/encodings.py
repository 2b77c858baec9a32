"""Texts that are not UTF-8: which encoding they may have, for whoever must save them again."""

import codecs
import re
from typing import Final, NamedTuple

from emulator.definitions.nodes import failure
from emulator.errors import DefinitionError, SourceRef

_JAPANESE: Final = re.compile("[\u3041-\u30fe\u4e00-\u9fff]")
_HALF_WIDTH: Final = re.compile("[\uff61-\uff9f]")
"""Kana that hardly anybody writes: bytes of another encoding often look like them."""


class Encoding(NamedTuple):
    """An encoding: as people call it, and as programs do (Python and iconv alike)."""

    name: str
    codec: str


_MARKS: Final = (
    (codecs.BOM_UTF32_LE, Encoding("UTF-32", "UTF-32")),
    (codecs.BOM_UTF32_BE, Encoding("UTF-32", "UTF-32")),
    (codecs.BOM_UTF16_LE, Encoding("UTF-16", "UTF-16")),
    (codecs.BOM_UTF16_BE, Encoding("UTF-16", "UTF-16")),
)
_OF_JAPAN: Final = (Encoding("EUC-JP", "EUC-JP"), Encoding("Shift_JIS", "CP932"))


def decoded(data: bytes, path: str) -> str:
    """Return a text in UTF-8, without its mark. Raises `DefinitionError` for any other."""
    wide = _wide(data)
    if wide is not None:
        raise failure(f"is {wide.name}, not UTF-8", SourceRef(path), hint=_hint(wide))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error, path) from error


def roughly(data: bytes) -> str:
    """Return about what a text of any encoding says."""
    encoding = _wide(data) or _japanese(data)
    return data.decode("latin-1" if encoding is None else encoding.codec, "replace")


def _not_utf8(data: bytes, error: UnicodeDecodeError, path: str) -> DefinitionError:
    before = data[: error.start]
    line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
    encoding = _japanese(data)
    named = "" if encoding is None else f", as in {encoding.name}"
    message = f"not UTF-8: byte 0x{data[error.start]:02x} (column {column}){named}"
    return failure(message, SourceRef(path, line), hint=_hint(encoding))


def _hint(encoding: Encoding | None) -> str:
    how = "" if encoding is None else f", such as by `iconv -f {encoding.codec} -t UTF-8`"
    return f"save it as UTF-8{how}"


def _wide(data: bytes) -> Encoding | None:
    """Return an encoding of two or four bytes: by its mark, or by NULs at its beginning."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    even, odd = data[:8:2], data[1:8:2]
    if len(odd) < 4 or (any(even) and any(odd)):
        return None
    return Encoding("UTF-16", "UTF-16BE" if any(odd) else "UTF-16LE")


def _japanese(data: bytes) -> Encoding | None:
    """Return the Japanese encoding that a text has, as far as can be told."""
    for encoding in _OF_JAPAN:
        try:
            text = data.decode(encoding.codec)
        except UnicodeDecodeError:
            continue
        if _JAPANESE.search(text) and not _HALF_WIDTH.search(text):
            return encoding
    return None
