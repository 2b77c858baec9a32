"""Sizes of tasks as ECS takes them: `256`, `"256"`, `".5 vCPU"` or `"2 GB"`."""

import re
from typing import Final

from emulator.definitions.nodes import Fields, Problems

_CPU: Final = re.compile(r"(\d{1,6})|(\d{0,3}(?:\.\d{1,3})?)\s*vcpu", re.ASCII | re.IGNORECASE)
_MEMORY: Final = re.compile(r"(\d{1,7})|(\d{1,3}(?:\.\d{1,3})?)\s*gb", re.ASCII | re.IGNORECASE)
_UNITS: Final = 1024
"""CPU units of a vCPU, and MiB of a GB."""


def take_cpu(fields: Fields, problems: Problems) -> int | None:
    """Take `cpu` as CPU units."""
    return _amount(fields, "cpu", _CPU, "units such as 256, or '.25 vCPU'", problems)


def take_memory(fields: Fields, problems: Problems) -> int | None:
    """Take `memory` as MiB."""
    return _amount(fields, "memory", _MEMORY, "MiB such as 512, or '0.5 GB'", problems)


def _amount(
    fields: Fields, name: str, form: re.Pattern[str], units: str, problems: Problems
) -> int | None:
    text = fields.text(name)
    if text is None:
        return None
    match = form.fullmatch(text.strip())
    if match is None or (match[1] is None and not match[2].strip(".")):
        message = f"Invalid '{name}' setting for task: {text!r}"
        problems.error(message, fields.place(name), hint=f"a whole number of {units}")
        return None
    return int(match[1]) if match[1] else round(float(match[2]) * _UNITS)
