"""Terraform's encodings: JSON, base64, URLs and other characters."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Final

from emulator.definitions.json_text import parse_json
from emulator.definitions.terraform.budget import DIGITS_AT_A_STEP
from emulator.definitions.terraform.decimals import number_text
from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.node_values import Place, value_of_node
from emulator.definitions.terraform.plain_values import as_text
from emulator.definitions.terraform.values import (
    Cause,
    EvaluationError,
    Unknown,
    Value,
    ordered,
    plain,
)
from emulator.errors import DefinitionError, SourceRef

_HTML: Final = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})

_PARSED_AT_A_STEP: Final = 32
_NO_LINES: Final = str.maketrans("", "", "\r\n")


def json_text(value: Value, site: Site, causes: "list[Cause] | None" = None) -> str:
    """Return a value as JSON, as Terraform writes it: keys in order, < > & escaped."""
    site.budget.spend(1)
    content = plain(value).content
    match content:
        case str():
            return _json_string(content, site)
        case bool():
            return "true" if content else "false"
        case None:
            return "null"
        case int() | float():
            text = number_text(content)
            site.budget.scan(len(text), DIGITS_AT_A_STEP)
            return text
        case list():
            return "[" + ",".join(json_text(item, site, causes) for item in content) + "]"
        case dict():
            entries = (
                f"{_json_string(key, site)}:{json_text(item, site, causes)}"
                for key, item in ordered(content)
            )
            return "{" + ",".join(entries) + "}"
        case Unknown():
            if causes is not None:
                causes += content.causes
            return _json_string(content.text, site)
    message = "this cannot be written as JSON"
    raise EvaluationError(message, value.source)


def _json_string(text: str, site: Site) -> str:
    site.budget.text(len(text))
    return json.dumps(text, ensure_ascii=False).translate(_HTML)


def _json_encode(site: Site, value: Value) -> Value:
    """Encode; the value itself goes along, for it knows its places."""
    causes: list[Cause] = []
    text = json_text(value, site, causes)
    content = Unknown(text, tuple(dict.fromkeys(causes))) if causes else text
    return Value(content, site.call.source, document=value)


def _json_decode(site: Site, value: Value) -> Value:
    if value.document is not None:
        return _as_decoded(value.document, site)
    text = as_text(value)
    site.budget.scan(len(text), _PARSED_AT_A_STEP)
    place = value.origin or value.source
    try:
        node = parse_json(text, place.path, finite=False)
    except DefinitionError as error:
        message = f"jsondecode: {error.problems[0].message}"
        raise EvaluationError(message, place) from error
    return value_of_node(node, site.budget, placed(value))


def _as_decoded(value: Value, site: Site) -> Value:
    """Return what was encoded as it comes out again: JSON has no types for its elements."""
    site.budget.spend(1)
    value = plain(value)
    match value.content:
        case None:
            return Value(None, value.source)
        case list(items):
            return Value([_as_decoded(item, site) for item in items], value.source)
        case dict(entries):
            made = {key: _as_decoded(item, site) for key, item in ordered(entries)}
            return Value(made, value.source)
    return value


def placed(value: Value) -> Place:
    """Return where the lines of a text stand: in a file of its own, else all in one place."""
    origin = value.origin
    if origin is None:
        return lambda _: value.source
    first = (origin.line or 1) - 1
    return lambda source: SourceRef(origin.path, first + (source.line or 1))


def _base64_decode(text: str) -> str:
    try:
        return _decoded(text).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        message = "base64decode: this is not base64 of UTF-8 text"
        raise EvaluationError(message) from error


def _decoded(text: str) -> bytes:
    digits = text.translate(_NO_LINES)
    if len(digits) % 4:
        # Python takes padding that is not needed; Go does not.
        message = "not padded to groups of four"
        raise binascii.Error(message)
    return base64.b64decode(digits, validate=True)


def _base64_encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _base64_gzip(text: str) -> str:
    import gzip

    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode("ascii")


def _encode_text(text: str, charset: str) -> str:
    try:
        if charset.upper() == "UTF-16":  # With a mark of its byte order, the larger byte first.
            return base64.b64encode(b"\xfe\xff" + text.encode("utf-16-be")).decode("ascii")
        return base64.b64encode(text.encode(charset)).decode("ascii")
    except (LookupError, UnicodeError) as error:
        message = f"textencodebase64: not possible in {charset!r}"
        raise EvaluationError(message) from error


def _decode_text(text: str, charset: str) -> str:
    try:
        return _decoded(text).decode(charset)
    except (LookupError, UnicodeError, binascii.Error) as error:
        message = f"textdecodebase64: not possible in {charset!r}"
        raise EvaluationError(message) from error


def _url_encode(text: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(text, safe="-_.~")


FUNCTIONS: Final[Mapping[str, Function]] = {
    "base64decode": Function("s", _base64_decode),
    "base64encode": Function("s", _base64_encode),
    "base64gzip": Function("s", _base64_gzip),
    "jsondecode": Function("@v", _json_decode),
    "jsonencode": Function("@w", _json_encode),
    "textdecodebase64": Function("ss", _decode_text),
    "textencodebase64": Function("ss", _encode_text),
    "urlencode": Function("s", _url_encode),
}
