"""Terraform's hashes and identifiers."""

import base64
import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Final

from emulator.definitions.terraform.functions.signature import Function
from emulator.definitions.terraform.values import EvaluationError

_NAMESPACES: Final = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def hexadecimal(algorithm: str) -> Callable[[str], str]:
    """Return the function that gives a text's digest in hexadecimal digits."""
    return lambda text: _digest(algorithm, text.encode()).hex()


def in_base64(algorithm: str) -> Callable[[str], str]:
    """Return the function that gives a text's digest in base64."""
    return lambda text: base64.b64encode(_digest(algorithm, text.encode())).decode("ascii")


def _digest(algorithm: str, data: bytes) -> bytes:
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def _uuid5(namespace: str, name: str) -> str:
    try:
        space = _NAMESPACES.get(namespace) or uuid.UUID(namespace)
    except ValueError as error:
        message = f"uuidv5: {namespace[:40]!r} is not a namespace"
        raise EvaluationError(message) from error
    return str(uuid.uuid5(space, name))


FUNCTIONS: Final[Mapping[str, Function]] = {
    "base64sha256": Function("s", in_base64("sha256")),
    "base64sha512": Function("s", in_base64("sha512")),
    "md5": Function("s", hexadecimal("md5")),
    "sha1": Function("s", hexadecimal("sha1")),
    "sha256": Function("s", hexadecimal("sha256")),
    "sha512": Function("s", hexadecimal("sha512")),
    "uuidv5": Function("ss", _uuid5),
}
