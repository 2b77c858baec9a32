"""Jsonnet becomes JSON by its Python package, in a process of its own that is limited.

Jsonnet is a programming language: what a stranger wrote in it may never end, or fill the memory.
Imports are answered from the project only. `std.native('env')` and `std.native('must_env')` are
those of ecschedule, external variables are the parameters that the user gives. The native functions
of plugins give the template that asks for the same, which is rendered when all is evaluated.
"""

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from emulator.definitions.files import OUTSIDE
from emulator.definitions.nodes import failure
from emulator.definitions.reading import Reading
from emulator.errors import DefinitionError, SourceRef

PROCESSOR_SECONDS: Final = 10
SECONDS: Final = 3 * PROCESSOR_SECONDS
"""On the clock: a busy machine must not change what is said of a file."""

BYTES: Final = 512 * 1024 * 1024
LARGEST: Final = 10 * 1024 * 1024

TEMPLATES: Final = {
    "cfn_export": 1,
    "cfn_output": 2,
    "secretsmanager_arn": 1,
    "ssm": 1,
    "ssm_list": 2,
    "tfstate": 1,
}
"""Functions of plugins, and how many arguments they take in Jsonnet; there may be a prefix."""

_OF_TEMPLATES: Final = {"ssm_list": "ssm"}
"""What a function is called in templates, where that is something else."""

_NATIVE: Final = re.compile(r"std\.native\(\s*[\"'](\w{1,100})[\"']\s*\)")

_PROGRAM: Final = """
import json, os, resource, sys
request = json.load(sys.stdin)
resource.setrlimit(resource.RLIMIT_AS, (request["bytes"], request["bytes"]))
resource.setrlimit(resource.RLIMIT_CPU, (request["seconds"], request["seconds"]))
import _jsonnet

environ, roots = request["environ"], request["roots"]

def inside(path):
    real = os.path.realpath(path)
    return any(real == root or real.startswith(root + os.sep) for root in roots)

def load(base, name):
    path = os.path.join(base, name)
    if not inside(path):
        raise RuntimeError(name + " lies outside of the project")
    if not os.path.isfile(path):
        raise RuntimeError(name + ": there is no such file")
    with open(path, "rb") as file:
        return path, file.read(request["largest"])

def env(name, default):
    return environ.get(name) or default

def must_env(name):
    if name not in environ:
        raise RuntimeError("the environment has no " + name)
    return environ[name]

def said(argument):
    # All numbers of Jsonnet are floats, an index too.
    whole = isinstance(argument, float) and argument.is_integer()
    return str(int(argument) if whole else argument)

def template(name):
    def call(*arguments):
        quoted = " ".join("`" + said(argument).replace("`", "") + "`" for argument in arguments)
        return "{{ " + name + " " + quoted + " }}"
    return call

callbacks = {"env": (("a", "b"), env), "must_env": (("a",), must_env)}
for name, (called, taken) in request["templates"].items():
    callbacks[name] = (tuple("abc"[:taken]), template(called))

try:
    print(_jsonnet.evaluate_snippet(
        request["name"], request["text"], import_callback=load, native_callbacks=callbacks,
        ext_vars=request["parameters"]))
except (RuntimeError, ValueError) as error:
    sys.exit(str(error))
"""


def jsonnet_to_json(path: Path, reading: Reading) -> str:
    """Return what a Jsonnet file evaluates to, as JSON text. Raises `DefinitionError`."""
    place = SourceRef(reading.project.name(path))
    if find_spec("_jsonnet") is None:
        hint = "pip install jsonnet, or write the JSON that it makes (`jsonnet FILE`)"
        raise failure("Jsonnet needs a package that is not installed", place, hint=hint)
    text = reading.project.read(path)
    roots = [str(root.resolve()) for root in (*reading.project.roots, path.parent)]
    request = {
        "bytes": BYTES,
        "seconds": PROCESSOR_SECONDS,
        "largest": LARGEST,
        "environ": {k: v for k, v in reading.environ.items() if v.isprintable()},
        "roots": roots,
        "templates": _templates(text),
        "parameters": dict(reading.parameters),
        "name": str(path.absolute()),
        "text": text,
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own program
            [sys.executable, "-I", "-c", _PROGRAM],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise failure(f"Jsonnet: not done after {SECONDS} seconds", place) from error
    if done.returncode != 0 or len(done.stdout) > LARGEST:
        raise _evaluation_failure(done, place, str(path.absolute()))
    return done.stdout


def _templates(text: str) -> dict[str, tuple[str, int]]:
    """Return the functions that a file may call, each with its name in templates and its arity.

    Those with the prefix of a plugin are the ones that the file itself names.
    """
    found = {}
    for native in {*TEMPLATES, *_NATIVE.findall(text)}:
        name = max((n for n in TEMPLATES if native.endswith(n)), key=len, default=None)
        if name is not None:
            prefix = native.removesuffix(name)
            found[native] = (prefix + _OF_TEMPLATES.get(name, name), TEMPLATES[name])
    return found


def _evaluation_failure(
    done: "subprocess.CompletedProcess[str]", place: SourceRef, name: str
) -> DefinitionError:
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    if done.returncode < 0 or len(done.stdout) > LARGEST or not lines:
        return failure("Jsonnet: takes more time or memory than it may", place)
    # `file:5:10-20`, or `file:(5:10)-(7:3)` for what takes several lines.
    stands = re.search(re.escape(name) + r":\(?(\d{1,9}):[\d-]+:?\s*", done.stderr)
    told = lines[0].replace(stands[0].strip(), "").replace("  ", " ") if stands else lines[0]
    line = int(stands[1]) if stands else None
    external = re.search(r"undefined external variable: (\S+)", told)
    hint = None if external is None else f"give --param {external[1]}=VALUE"
    hint = OUTSIDE if told.endswith("lies outside of the project") else hint
    return failure(f"Jsonnet: {told[:200]}", SourceRef(place.path, line), hint=hint)
