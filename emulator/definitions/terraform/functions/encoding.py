"""Terraform's encodings: JSON, YAML, CSV, base64, URLs."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, Final

from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Node
from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.values import (
    Cause,
    Content,
    EvaluationError,
    Unknown,
    Value,
    as_text,
    number_text,
    ordered,
    plain,
)
from emulator.errors import DefinitionError, SourceRef

_HTML: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


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
            return number_text(content)
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
        return value.document
    text = as_text(value)
    place = value.origin or value.source
    try:
        node = parse_json(text, place.path)
    except DefinitionError as error:
        message = f"jsondecode: {error.problems[0].message}"
        raise EvaluationError(message, place) from error
    first = (place.line or 1) - 1 if value.origin else None
    return from_node(node, site, place, first)


def from_node(node: Node, site: Site, place: SourceRef, first_line: int | None) -> Value:
    """Return a node as a value; lines count from where the text begins."""
    site.budget.spend(1)
    source = place
    if first_line is not None and node.source.line is not None:
        source = SourceRef(place.path, first_line + node.source.line)
    content: Content
    if isinstance(node.value, list):
        content = [from_node(item, site, place, first_line) for item in node.value]
    elif isinstance(node.value, dict):
        content = {k: from_node(item, site, place, first_line) for k, item in node.value.items()}
    else:
        content = node.value
    return Value(content, source)


def from_python(found: Any, site: Site, source: SourceRef) -> Value:
    """Return plain Python data as a value."""
    site.budget.spend(1)
    if isinstance(found, list | tuple):
        return Value([from_python(item, site, source) for item in found], source)
    if isinstance(found, dict):
        entries = {str(key): from_python(item, site, source) for key, item in found.items()}
        return Value(entries, source)
    if found is None or isinstance(found, bool | int | float | str):
        return Value(found, source)
    return Value(str(found), source)


def _yaml_decode(site: Site, value: Value) -> Value:
    from emulator.definitions.yaml_text import parse_yaml

    text = as_text(value)
    place = value.origin or value.source
    try:
        node = parse_yaml(text, place.path)
    except DefinitionError as error:
        message = f"yamldecode: {error.problems[0].message}"
        raise EvaluationError(message, place) from error
    return from_node(node, site, place, (place.line or 1) - 1 if value.origin else None)


def _yaml_encode(site: Site, value: Value) -> Value:
    """Encode as Terraform does: every string in double quotes."""
    lines = _yaml_lines(value, site)
    text = "\n".join(lines) + "\n"
    site.budget.text(len(text))
    return Value(text, site.call.source)


def _yaml_lines(value: Value, site: Site) -> list[str]:
    content = plain(value).content
    if isinstance(content, dict) and content:
        lines = []
        for key, item in ordered(content):
            lines += _yaml_entry(f"{_json_string(key, site)}:", item, site)
        return lines
    if isinstance(content, list) and content:
        return [line for item in content for line in _yaml_item(item, site)]
    if isinstance(content, str) and "\n" in content:
        return _yaml_block(content)
    return [json_text(value, site)]


def _yaml_block(text: str) -> list[str]:
    """Return text of several lines in the literal style."""
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    mark = "|-" if ends == 0 else "|" if ends == 1 else "|+"
    return [mark, *body.split("\n"), *[""] * (ends - 1)]


def _yaml_entry(head: str, item: Value, site: Site) -> list[str]:
    content = plain(item).content
    lines = _yaml_lines(item, site)
    if isinstance(content, dict) and content:
        return [head, *("  " + line for line in lines)]
    if isinstance(content, str) and "\n" in content:
        return [f"{head} {lines[0]}", *("  " + line if line else "" for line in lines[1:])]
    if isinstance(content, list) and content:
        return [head, *lines]
    return [f"{head} {lines[0]}"]


def _yaml_item(item: Value, site: Site) -> list[str]:
    lines = _yaml_lines(item, site)
    return [f"- {lines[0]}", *("  " + line for line in lines[1:])]


def _csv_decode(site: Site, text: str) -> list[Value]:
    import csv
    import io

    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        message = f"csvdecode: {error}"
        raise EvaluationError(message) from error
    rows = [row for row in rows if row]
    site.budget.spend(sum(map(len, rows)))
    if not rows:
        return []
    header = rows[0]
    if any(len(row) != len(header) for row in rows):
        message = "csvdecode: a row has more or fewer fields than the first one"
        raise EvaluationError(message)
    return [
        from_python(dict(zip(header, row, strict=True)), site, site.call.source) for row in rows[1:]
    ]


def _base64_decode(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        message = "base64decode: this is no base64 of UTF-8 text"
        raise EvaluationError(message) from error


def _base64_encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _base64_gzip(text: str) -> str:
    import gzip

    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode("ascii")


def _encode_text(text: str, charset: str) -> str:
    try:
        return base64.b64encode(text.encode(charset)).decode("ascii")
    except (LookupError, UnicodeError) as error:
        message = f"textencodebase64: not possible in {charset!r}"
        raise EvaluationError(message) from error


def _decode_text(text: str, charset: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode(charset)
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
    "csvdecode": Function("@s", _csv_decode),
    "jsondecode": Function("@v", _json_decode),
    "jsonencode": Function("@v", _json_encode),
    "textdecodebase64": Function("ss", _decode_text),
    "textencodebase64": Function("ss", _encode_text),
    "urlencode": Function("s", _url_encode),
    "yamldecode": Function("@v", _yaml_decode),
    "yamlencode": Function("@v", _yaml_encode),
}
