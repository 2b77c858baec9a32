"""What problems of definitions advise, in words of Python: hints are written for the command line.

`-f` names files, which are arguments here, and an option with a value is one with a name.
"""

import re
from collections.abc import Iterable
from typing import Final

from emulator.errors import Problem, Severity

_ARGUMENTS: Final = {"var": "variables", "param": "parameters"}
_VALUES: Final = re.compile(r"--(var|param) [^\s=]+=(?:VALUE|…)(?: --\1 [^\s=]+=(?:VALUE|…))*")
_NAME: Final = re.compile(r" ([^\s=]+)=")


def for_callers(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems with hints that callers of `Emulator` can act upon."""
    return tuple(
        problem if problem.hint is None else problem._replace(hint=_in_python(problem.hint))
        for problem in problems
    )


def warned_of(problems: Iterable[Problem]) -> list[str]:
    """Return what stands in doubt: a rule that is left out, for instance, never fires."""
    return [str(problem) for problem in problems if problem.severity is Severity.WARNING]


def _in_python(hint: str) -> str:
    hint = _VALUES.sub(_argument, hint)
    return hint.replace("--var-file FILE", "`variable_files=[FILE]`").replace(" with -f", "")


def _argument(options: re.Match[str]) -> str:
    values = ", ".join(f'"{name}": "…"' for name in _NAME.findall(options[0]))
    return f"`{_ARGUMENTS[options[1]]}={{{values}}}`"
