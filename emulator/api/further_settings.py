"""The further settings of `Emulator`: what callers may write, and how each is read."""

import os
from collections.abc import Collection, Mapping
from typing import Any, Final, Literal, TypedDict

from emulator.api.kinds import (
    Reader,
    one_among,
    optional,
    paths,
    some_among,
    switch,
    text,
    tree,
    words,
)
from emulator.eventbridge.chaos import Disturbance
from emulator.model.pull_policy import PullPolicy


class FurtherSettings(TypedDict, total=False):
    """What `Emulator` takes beside its own: the command line's options, by `Settings`' names."""

    lenient: bool
    strict: bool
    pull: PullPolicy | Literal["always", "missing", "never"] | None
    fake_time: bool
    chaos: Collection[Disturbance | Literal["duplicate", "throttle"]]
    chain: bool
    send: bool
    environ: Mapping[str, str]
    parameters: Mapping[str, str]
    environment: str | None
    variables: Mapping[str, str]
    variable_files: Collection[str | os.PathLike[str]]
    local: Mapping[str, Any]


FURTHER_SETTINGS: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(("lenient", "strict", "fake_time", "chain", "send"), switch),
    **dict.fromkeys(("environ", "parameters", "variables"), words),
    "environment": optional(text),
    "variable_files": paths,
    "local": tree,
    "pull": optional(one_among(PullPolicy)),
    "chaos": some_among(Disturbance),
}
