"""The Go template functions of ecschedule that need no AWS: `env` and `must_env`.

Rendered before the YAML is parsed, as ecschedule does; lines stay where they are.
"""

import re
from collections.abc import Mapping
from typing import Final

from emulator.definitions.nodes import Problems
from emulator.errors import SourceRef

_ACTION: Final = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
_ARGUMENT: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`')
_CALL: Final = re.compile(r'(\w+)((?:\s+(?:"(?:[^"\\]|\\.)*"|`[^`]*`))+)')


def render(text: str, path: str, environ: Mapping[str, str], problems: Problems) -> str:
    """Return a text with its `{{ ... }}` replaced."""
    if "{{" not in text:
        return text

    def replaced(line: str, source: SourceRef) -> str:
        return _ACTION.sub(lambda match: _call(match[1], source, environ, problems), line)

    return "\n".join(
        replaced(line, SourceRef(path, number))
        for number, line in enumerate(text.split("\n"), start=1)
    )


def _call(action: str, source: SourceRef, environ: Mapping[str, str], problems: Problems) -> str:
    match = _CALL.fullmatch(action)
    function = match[1] if match else action.split(" ")[0]
    if match is None or function not in ("env", "must_env"):
        problems.error(
            f"the template function {function!r} is not supported yet",
            source,
            hint="env and must_env are; write the value itself",
        )
        return "unsupported"
    arguments = [a or b for a, b in _ARGUMENT.findall(match[2])]
    if function == "env":
        *names, default = arguments
        return next((environ[name] for name in names if environ.get(name)), default)
    missing = [name for name in arguments if name not in environ]
    if missing:
        problems.error(f"the environment has no {missing[0]}, which must_env asks for", source)
        return "missing"
    return environ[arguments[0]]
