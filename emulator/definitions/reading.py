"""What every reader is given, and the two kinds of input format that there are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from emulator.definitions.files import Project
from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Problems
from emulator.model.definitions import Definitions

_DEFAULTS = Definitions()
_Kept = TypeVar("_Kept")


class Together:
    """The files that are read together, for formats whose files refer to each other by names.

    `files` are those named by the user, and those of each directory before any of them is read.
    """

    def __init__(self) -> None:
        self.files: list[Path] = []
        self._kept: dict[type[Any], Any] = {}

    def the(self, kind: type[_Kept]) -> _Kept:
        """Return the one object of a class that a format keeps from one file to the next."""
        if kind not in self._kept:
            self._kept[kind] = kind()
        kept: _Kept = self._kept[kind]
        return kept


class Reading(NamedTuple):
    """One reading of definitions: where from, what templates may ask for, what was found wrong.

    A format that takes values of its own (a variable, a parameter) gets them by a field here:
    `parameters` are CloudFormation's (`--param NAME=VALUE`), `environment` is Copilot's
    (`--env-name`), `variables` and `variable_files` Terraform's (`--var`, `--var-file`).
    `region` and `account` stand in for AWS's, as ecs-local.yaml says, or the environment.
    `cache` is where a format may keep what it
    read (`definitions/memory.py`); None: nowhere. `together` are the files that are read along;
    None: only this one. `local` is what the caller says in place of `local:` of the files.
    """

    project: Project
    environ: Mapping[str, str]
    problems: Problems
    parameters: Mapping[str, str] = MappingProxyType({})
    environment: str | None = None
    variables: Mapping[str, str] = MappingProxyType({})
    variable_files: Sequence[Path] = ()
    region: str = _DEFAULTS.region
    account: str = _DEFAULTS.account
    cache: Path | None = None
    together: Together | None = None
    local: Mapping[str, Any] = MappingProxyType({})

    def after(self, fragment: Fragment) -> "Reading":
        """Return what holds for files that are read after a fragment."""
        local = fragment.local
        region = (local and local.region) or fragment.region
        account = (local and local.account) or fragment.account
        return self._replace(
            region=region or self.region,
            account=account or self.account,
        )


def _no_files(_path: Path, _text: str) -> tuple[Path, ...]:
    return ()


def _perhaps(_path: Path, _text: str, _families: frozenset[str]) -> bool:
    return True


class FileFormat(NamedTuple):
    """A format whose definitions stand in one file, and in files that it refers to.

    `reads` says by path and content whether a file is of this format; it must be quick and never
    raise. `read` raises `DefinitionError` for what cannot be parsed at all; everything else goes
    to `Reading.problems`. `Fragment.files` begins with the file itself. `includes` names files
    that a file reads as parts of itself, by its text alone: they are not read for themselves.
    `may_define` says, by the text alone as well, whether one of some families may be defined in it:
    where others are looked for it need not be parsed. `referred_to`: files of other formats may
    name one of this, and are read before it.
    """

    name: str
    reads: Callable[[Path, str], bool]
    read: Callable[[Path, str, Reading], Fragment]
    includes: Callable[[Path, str], Iterable[Path]] = _no_files
    may_define: Callable[[Path, str, frozenset[str]], bool] = _perhaps
    referred_to: bool = False


def _nothing(_directory: Path, _names: Sequence[str]) -> tuple[Path, ...]:
    return ()


class DirectoryFormat(NamedTuple):
    """A format whose definitions are a directory: a Terraform root, a cdk.out, a copilot/.

    `claims` says by the names in a directory whether it is of this format; it may open a file or
    two to be sure, must be quick and never raises. `read` is as for a file; `Fragment.files` are
    all files that were read, so that no other format takes them once more. A claimed directory is
    not searched for further definitions below it.

    `includes` names directories that a directory uses as parts of itself, as a Terraform root
    does with its local modules: they are not read as definitions of their own. `repeats` names
    file formats that say the same again where they lie in such a directory, as a Terraform state
    does: those files are left, unless somebody names them. `complete`: so is every
    other file, which an earlier `cdk synth` may have left.
    """

    name: str
    claims: Callable[[Path, Sequence[str]], bool]
    read: Callable[[Path, Reading], Fragment]
    includes: Callable[[Path, Sequence[str]], Iterable[Path]] = _nothing
    repeats: tuple[str, ...] = ()
    complete: bool = False
