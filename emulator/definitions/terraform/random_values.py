"""Stand-ins for what Terraform's random provider makes up: the same for a resource every time.

A family, rule or container is often named with one, and a name must be a name here as well. A
`random_password` has none: a made-up password opens nothing.
"""

import uuid
from collections.abc import Callable, Mapping
from hashlib import sha256
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final

from emulator.definitions.terraform.described import Computed, Described
from emulator.definitions.terraform.plain_values import as_list, as_text, as_whole
from emulator.definitions.terraform.values import Value

_LONGEST: Final = 256


def _bytes(instance: Described, count: int) -> bytes:
    """Return bytes that follow from the address alone."""
    blocks = (
        sha256(f"{number} {instance.address}".encode()).digest()
        for number in range(count // 32 + 1)
    )
    return b"".join(blocks)[:count]


def _number(instance: Described, name: str, default: int) -> int:
    value = instance.configured(name)
    return default if value is None or not value.known else as_whole(value)


def _text(instance: Described, name: str, default: str) -> str:
    value = instance.configured(name)
    return default if value is None or not value.known else as_text(value)


def _pet(instance: Described) -> str:
    separator = _text(instance, "separator", "-")
    prefix = _text(instance, "prefix", "")
    parts = [prefix] if prefix else []
    return separator.join([*parts, instance.label, _bytes(instance, 2).hex()])


def _id(instance: Described) -> bytes:
    count = min(_number(instance, "byte_length", 8), _LONGEST)
    return _bytes(instance, max(count, 1))


def _hex(instance: Described) -> str:
    return _text(instance, "prefix", "") + _id(instance).hex()


def _decimal(instance: Described) -> str:
    return _text(instance, "prefix", "") + str(int.from_bytes(_id(instance), "big"))


def _string(instance: Described) -> str:
    """Return letters and digits: what else is allowed may be missing by chance as well."""
    wanted = {
        "lower": ascii_lowercase,
        "upper": ascii_uppercase,
        "numeric": digits,
        "number": digits,
    }
    kinds = [signs for name, signs in wanted.items() if _text(instance, name, "true") == "true"]
    alphabet = kinds[0] if kinds else ascii_lowercase
    length = max(min(_number(instance, "length", 16), _LONGEST), 0)
    return "".join(alphabet[byte % len(alphabet)] for byte in _bytes(instance, length))


def _uuid(instance: Described) -> str:
    return str(uuid.UUID(bytes=_bytes(instance, 16), version=4))


def _made_up(make: Callable[[Described], str | int]) -> Computed:
    """Return what makes a value up, and says so."""

    def compute(instance: Described) -> Value:
        made = make(instance)
        message = f"{instance.address}: Terraform makes its value up; here it is {made}"
        instance.root.problems.note(message, instance.source)
        return Value(made, instance.source)

    return compute


def _shuffled(instance: Described) -> Value | None:
    """Return the list as it is written: one order is as good as another."""
    value = instance.configured("input")
    if value is None or not value.known:
        return value
    items = as_list(value)
    return Value(items[: _number(instance, "result_count", len(items))], value.source)


RANDOM: Final[Mapping[str, Mapping[str, Computed]]] = {
    "random_id": {"hex": _made_up(_hex), "id": _made_up(_hex), "dec": _made_up(_decimal)},
    "random_integer": {"result": _made_up(lambda i: _number(i, "min", 0))},
    "random_pet": {"id": _made_up(_pet)},
    "random_shuffle": {"result": _shuffled},
    "random_string": {"result": _made_up(_string), "id": _made_up(_string)},
    "random_uuid": {"result": _made_up(_uuid), "id": _made_up(_uuid)},
}
