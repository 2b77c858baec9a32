"""Values held against the shapes by which botocore reads AWS's own answers.

An instant is text here, where the API has numbers: the AWS command line prints it so.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

import botocore.session

_TYPES: Final = {"string": str, "integer": int, "long": int, "boolean": bool, "double": float}


@cache
def output_shape(service: str, operation: str) -> Any:
    """Return the shape of what an operation answers."""
    model = botocore.session.get_session().get_service_model(service)
    return model.operation_model(operation).output_shape


def member(shape: Any, *path: str) -> Any:
    """Return the shape of a member of a member, through lists."""
    for name in path:
        shape = shape.member if shape.type_name == "list" else shape
        shape = shape.members[name]
    return shape.member if shape.type_name == "list" else shape


def misfits(value: Any, shape: Any, path: str = "") -> Iterator[str]:
    """Yield what does not fit: members AWS does not have, other types, values out of an enum."""
    match shape.type_name:
        case "structure":
            yield from _structure(value, shape, path)
        case "list":
            if not isinstance(value, list):
                yield f"{path}: {value!r} is no list"
                return
            for number, item in enumerate(value):
                yield from misfits(item, shape.member, f"{path}[{number}]")
        case "timestamp":
            if not (isinstance(value, str) and datetime.fromisoformat(value).tzinfo):
                yield f"{path}: {value!r} is no instant"
        case name:
            wanted = _TYPES[name]
            if type(value) is not wanted:
                yield f"{path}: {value!r} is not of type {name}"
            elif getattr(shape, "enum", None) and value not in shape.enum:
                yield f"{path}: {value!r} is none of {', '.join(shape.enum)}"


def _structure(value: Any, shape: Any, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path}: {value!r} is no structure"
        return
    for name, item in value.items():
        if name not in shape.members:
            yield f"{path}.{name}: AWS has no such member"
        else:
            yield from misfits(item, shape.members[name], f"{path}.{name}")
