"""What errors and problems advise, in words of Python: hints are written for the command line.

`-f` names files, which are arguments here, and an option with a value is one with a name.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from emulator.errors import EcsLocalError, Problem, Severity

_ARGUMENTS: Final = {"var": "variables", "param": "parameters"}
_VALUES: Final = re.compile(r"--(var|param) [^\s=]+=(?:VALUE|…)(?: --\1 [^\s=]+=(?:VALUE|…))*")
_OPTIONS: Final = {
    "--var-file FILE": "`variable_files=[FILE]`",
    " with -f": "",
    " with --state-dir": " as `state_dir`",
    "--state-dir": "`state_dir`",
}
_NAME: Final = re.compile(r" ([^\s=]+)=")


def for_callers(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems with hints that callers of `Emulator` can act upon."""
    return tuple(
        problem if problem.hint is None else problem._replace(hint=_in_python(problem.hint))
        for problem in problems
    )


@contextmanager
def advising_callers() -> Iterator[None]:
    """Let errors that begin here advise what callers of `Emulator` can do."""
    try:
        yield
    except EcsLocalError as error:
        if error.hint is not None:
            error.hint = _in_python(error.hint)
        raise


def warned_of(problems: Iterable[Problem]) -> list[str]:
    """Return what stands in doubt: a rule that is left out, for instance, never fires."""
    return [str(problem) for problem in problems if problem.severity is Severity.WARNING]


def _in_python(hint: str) -> str:
    hint = _VALUES.sub(_argument, hint)
    for option, argument in _OPTIONS.items():
        hint = hint.replace(option, argument)
    return hint


def _argument(options: re.Match[str]) -> str:
    values = ", ".join(f'"{name}": "…"' for name in _NAME.findall(options[0]))
    return f"`{_ARGUMENTS[options[1]]}={{{values}}}`"
