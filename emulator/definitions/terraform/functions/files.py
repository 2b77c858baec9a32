"""Terraform's functions on files and templates, within the project."""

import base64
import hashlib
import os
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from emulator.definitions.terraform.equality import set_of
from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.grammar import parse_template
from emulator.definitions.terraform.plain_values import as_text
from emulator.definitions.terraform.syntax import Expression
from emulator.definitions.terraform.value_types import STRING
from emulator.definitions.terraform.values import EvaluationError, SetOf, Value, plain
from emulator.errors import DefinitionError, SourceRef

if TYPE_CHECKING:
    from emulator.definitions.terraform.files import RootFiles

_PARSED_AT_A_STEP: Final = 4


def make(files: "RootFiles") -> Mapping[str, Function]:
    """Return the functions that read files of one root."""
    return {
        "abspath": Function("s", lambda name: str(files.path(name))),
        "basename": Function("s", _base),
        "dirname": Function("s", _directory),
        "file": Function("@s", lambda site, name: _file(site, name, files)),
        "fileexists": Function("s", files.exists),
        "fileset": Function("@ss", lambda site, top, form: _matching(site, top, form, files)),
        "filebase64": Function("s", lambda name: base64.b64encode(files.data(name)).decode()),
        "filebase64sha256": Function("s", _in_base64("sha256", files)),
        "filebase64sha512": Function("s", _in_base64("sha512", files)),
        "filemd5": Function("s", _hexadecimal("md5", files)),
        "filesha1": Function("s", _hexadecimal("sha1", files)),
        "filesha256": Function("s", _hexadecimal("sha256", files)),
        "filesha512": Function("s", _hexadecimal("sha512", files)),
        "pathexpand": Function("s", _expand),
        "templatefile": Function("@sv", lambda site, name, of: _template(site, name, of, files)),
        "templatestring": Function("@vv", _template_string),
    }


def _base(name: str) -> str:
    """Return the last part; nothing is ".", and nothing but slashes is "/"."""
    last = name.rstrip("/").rpartition("/")[2]
    return last or ("/" if name else ".")


def _directory(name: str) -> str:
    """Return what stands before the last slash, without detours."""
    return re.sub("^//+", "/", os.path.normpath(name[: name.rfind("/") + 1]))


def _expand(name: str) -> str:
    if name.startswith("~"):
        message = f"pathexpand: {name!r} lies outside of the project"
        raise EvaluationError(message)
    return name


def _file(site: Site, name: str, files: "RootFiles") -> Value:
    text, path = files.text(name)
    return Value(text, site.call.source, origin=SourceRef(path, 1))


def _matching(site: Site, top: str, pattern: str, files: "RootFiles") -> SetOf:
    names = [site.value(name) for name in files.matching(top, pattern)]
    return set_of(names, STRING, site.budget)


def _digest(algorithm: str, name: str, files: "RootFiles") -> bytes:
    return hashlib.new(algorithm, files.data(name), usedforsecurity=False).digest()


def _hexadecimal(algorithm: str, files: "RootFiles") -> Callable[[str], str]:
    return lambda name: _digest(algorithm, name, files).hex()


def _in_base64(algorithm: str, files: "RootFiles") -> Callable[[str], str]:
    return lambda name: base64.b64encode(_digest(algorithm, name, files)).decode("ascii")


def _template(site: Site, name: str, names: Value, files: "RootFiles") -> Value:
    text, path = files.text(name)
    return render(text, SourceRef(path, 1), names, site)


def _template_string(site: Site, text: Value, names: Value) -> Value:
    return render(as_text(text), text.origin or text.source, names, site)


def render(text: str, place: SourceRef, names: Value, site: Site) -> Value:
    """Return a template filled in; it knows the names it is given and no others."""
    given = plain(names).content
    if not isinstance(given, dict):
        message = f"{site.call.name}: the variables must be a map"
        raise EvaluationError(message, names.source)
    site.budget.text(len(text))
    padding = "\n" * ((place.line or 1) - 1)
    template = _parsed(padding + text, place.path, site)
    result = evaluate(template, Scope(site.scope.workshop, {}, dict(given)))
    if len("" if not isinstance(result.content, str) else result.content) and padding:
        return Value(as_text(result).removeprefix(padding), result.source, origin=place)
    return Value(result.content, result.source, origin=place)


def _parsed(text: str, path: str, site: Site) -> Expression:
    """Return a template's tree, parsed once: modules render the same one again and again."""
    known = site.scope.workshop.templates
    if (text, path) not in known:
        site.budget.scan(len(text), _PARSED_AT_A_STEP)
        try:
            known[text, path] = parse_template(text, path)
        except DefinitionError as error:
            problem = error.problems[0]
            raise EvaluationError(problem.message, problem.source, problem.hint) from error
    return known[text, path]
