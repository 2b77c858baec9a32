"""Terraform directories, without Terraform: HCL text becomes the same nodes as any other format.

`syntax` is what the text says, `grammar` and `templates` read it, `evaluation` gives it values
(`values`, `functions`), `configuration` and `modules` hold the blocks of a root and of the modules
it calls, `attributes` know what AWS would answer, `mapper` and `reader` make definitions of it.
Nothing is run, fetched or written; what only AWS knows stays a placeholder with a name.

What stands here recognises the format; the rest is imported when there is Terraform to read.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from emulator.definitions.fragment import Fragment
from emulator.definitions.reading import Reading

TERRAFORM_ENDS: Final = (".tf", ".tf.json")
TOFU_ENDS: Final = (".tofu", ".tofu.json")
"""How names of files end that only OpenTofu reads, each in place of Terraform's."""

_LOCAL_MODULE: Final = r'(?m:^[ \t]*source[ \t]*=|"source"\s*:)\s*"(\.\.?/[^"\n]*|\.\.)"'
_LARGEST_LOOKED_AT: Final = 1_000_000
_STATE_WORDS: Final = ('"terraform_version"', '"planned_values"')


def is_terraform_name(name: str) -> bool:
    """Return whether a name is that of a Terraform or OpenTofu file; hidden ones are none."""
    return name.endswith(TERRAFORM_ENDS + TOFU_ENDS) and not name.startswith((".", "#"))


def module_files(names: Sequence[str]) -> list[str]:
    """Return which of a directory's names are the files of a module.

    A file of OpenTofu's own hides that of the same name which Terraform would read.
    https://opentofu.org/docs/language/files/
    """
    hidden = {
        name.removesuffix(own) + end
        for own, end in zip(TOFU_ENDS, TERRAFORM_ENDS, strict=True)
        for name in names
        if name.endswith(own)
    }
    return [name for name in names if is_terraform_name(name) and name not in hidden]


def claims_root(_directory: Path, names: Sequence[str]) -> bool:
    """Return whether a directory is a Terraform module."""
    return any(map(is_terraform_name, names))


def includes_modules(directory: Path, names: Sequence[str]) -> Iterator[Path]:
    """Yield the local modules that a module calls: they are no roots of their own."""
    for name in module_files(names):
        try:
            with (directory / name).open(encoding="utf-8", errors="replace") as file:
                text = file.read(_LARGEST_LOOKED_AT)
        except OSError:
            continue
        for match in re.finditer(_LOCAL_MODULE, text):
            yield directory / match[1]


def read_root(directory: Path, reading: Reading) -> Fragment:
    """Return what a root module says. Raises `DefinitionError`."""
    from emulator.definitions.memory import remembered

    return remembered(directory, reading, _read_root)


def _read_root(directory: Path, reading: Reading) -> Fragment:
    from emulator.definitions.terraform.reader import read_directory

    return read_directory(directory, reading)


def is_terraform(path: Path, _text: str) -> bool:
    """Return whether a file that the user names is part of a Terraform module."""
    return is_terraform_name(path.name)


def read_terraform(path: Path, _text: str, reading: Reading) -> Fragment:
    """Return what the module that a file belongs to says: Terraform knows no single files."""
    fragment = read_root(path.parent, reading)
    fragment.files = [path, *(file for file in fragment.files if file != path)]
    return fragment


def is_state(path: Path, text: str) -> bool:
    """Return whether a file is a state, or what `terraform show -json` says of one or a plan."""
    return path.suffix in (".tfstate", ".json") and any(
        word in text[:1000] or word in text[-1000:] for word in _STATE_WORDS
    )


def read_state(path: Path, text: str, reading: Reading) -> Fragment:
    """Return what a state or plan says. Raises `DefinitionError`."""
    from emulator.definitions.terraform.state import read_state_text

    return read_state_text(path, text, reading)
