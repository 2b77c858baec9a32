"""What errors, problems and warnings advise, in words of Python: all of them name options.

A hint is written for the command line where it is raised, and options are told as arguments here:
`-f` names files, and an option with a value is an argument with a name. `tests/api/test_advice.py`
looks through all modules for options that nothing here tells.
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


def in_python(text: str) -> str:
    """Return a text with the options that it names told as arguments of `Emulator`."""
    text = _VALUES.sub(_argument, text)
    for option, argument in _OPTIONS.items():
        text = text.replace(option, argument)
    return text


def for_callers(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems with hints that callers of `Emulator` can act upon."""
    return tuple(
        problem if problem.hint is None else problem._replace(hint=in_python(problem.hint))
        for problem in problems
    )


@contextmanager
def advising_callers() -> Iterator[None]:
    """Let errors that begin here advise what callers of `Emulator` can do."""
    try:
        yield
    except EcsLocalError as error:
        if error.hint is not None:
            error.hint = in_python(error.hint)
        raise


def warned_of(problems: Iterable[Problem]) -> list[str]:
    """Return what stands in doubt: a rule that is left out, for instance, never fires."""
    return [str(problem) for problem in problems if problem.severity is Severity.WARNING]


def _argument(options: re.Match[str]) -> str:
    values = ", ".join(f'"{name}": "…"' for name in _NAME.findall(options[0]))
    return f"`{_ARGUMENTS[options[1]]}={{{values}}}`"
