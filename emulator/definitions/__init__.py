"""Definition files become the model: found, recognised by content, read, linked and checked.

`discovery` finds files, and `candidates` asks each format whether one is its own. A format makes
`nodes` of its text, values that know their lines, and brings them into AWS's shape, which `aws_api`
(or `rules`), `task_definitions` and `containers` read, whatever it was written in. What a file says
is a `fragment`; `merging` puts all of them together, and `linking` makes the model of them, with
`local` laid over it. `*_checks` are what AWS would refuse.

To add a format: one module, and one line in `FILE_FORMATS` or `DIRECTORY_FORMATS`.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from emulator.definitions.candidates import Candidates
from emulator.definitions.discovery import Search
from emulator.definitions.files import Project
from emulator.definitions.formats import (
    is_assembly,
    is_aws_output,
    is_ecspresso,
    is_manifest,
    is_template,
    nested_beside,
    read_assembly,
    read_aws_output,
    read_ecspresso,
    read_manifest,
    read_template,
)
from emulator.definitions.found import Found
from emulator.definitions.fragment import Fragment
from emulator.definitions.linking import link
from emulator.definitions.nodes import Problems, did_you_mean
from emulator.definitions.project_yaml import is_project, read_project
from emulator.definitions.raw_json import is_raw_json, may_define, read_raw_json
from emulator.definitions.reading import DirectoryFormat, FileFormat, Reading, Together
from emulator.definitions.regions import environment_region
from emulator.definitions.templated import imported
from emulator.definitions.terraform import (
    claims_root,
    includes_modules,
    is_state,
    is_terraform,
    read_root,
    read_state,
    read_terraform,
)
from emulator.errors import DefinitionError, Severity
from emulator.model.definitions import Definitions

if TYPE_CHECKING:
    from emulator.definitions.overlay import Overlay

__all__ = ["DIRECTORY_FORMATS", "FILE_FORMATS", "Loaded", "load", "read"]

FILE_FORMATS: Final = (
    FileFormat("Copilot manifest", is_manifest, read_manifest),
    FileFormat("ecs-local.yaml or ecschedule", is_project, read_project, imported),
    FileFormat("ecspresso", is_ecspresso, read_ecspresso),
    FileFormat("CloudFormation", is_template, read_template, nested_beside),
    FileFormat("AWS CLI output", is_aws_output, read_aws_output),
    FileFormat("Terraform", is_terraform, read_terraform),
    FileFormat("Terraform state", is_state, read_state),
    FileFormat(
        "task definition", is_raw_json, read_raw_json, may_define=may_define, referred_to=True
    ),
)

DIRECTORY_FORMATS: Final = (
    DirectoryFormat("CDK cloud assembly", is_assembly, read_assembly, complete=True),
    DirectoryFormat(
        "Terraform",
        claims_root,
        read_root,
        includes_modules,
        # A file that OpenTofu's own hides is left over, and is no module by itself.
        repeats=("Terraform", "Terraform state"),
    ),
)


class Loaded(NamedTuple):
    """What was read: the model with all problems, errors too, and how it came about."""

    definitions: Definitions
    fragments: tuple[Fragment, ...]
    found: tuple[Found, ...]

    def checked(self) -> Definitions:
        """Return the model. Raises `DefinitionError` with all problems if one is an error."""
        problems = self.definitions.problems
        if any(problem.severity is Severity.ERROR for problem in problems):
            raise DefinitionError(problems)
        return self.definitions


def load(
    paths: Sequence[Path],
    *,
    directory: Path,
    environ: Mapping[str, str],
    lenient: bool = False,
    parameters: Mapping[str, str] | None = None,
    environment: str | None = None,
    variables: Mapping[str, str] | None = None,
    variable_files: Sequence[Path] = (),
) -> Definitions:
    """Return what definition files say together.

    `paths` are files and directories; none means `directory`, the working directory. `environ`
    is what templates may ask for, `parameters` what CloudFormation ones take, `environment` the
    Copilot environment, `variables` and `variable_files` what Terraform's variables are. `lenient`
    accepts what AWS would reject, as warnings.

    Raises `DefinitionError` with every problem of every file.
    """
    problems = Problems(lenient)
    reading = Reading(
        Project(directory.absolute()),
        environ,
        problems,
        parameters=parameters or {},
        environment=environment,
        variables=variables or {},
        variable_files=variable_files,
    )
    return read(paths, reading).checked()


def read(paths: Sequence[Path], reading: Reading) -> Loaded:
    """Return what could be read of definition files, with all problems; raises nothing for them."""
    region = environment_region(reading.environ, reading.problems) or reading.region
    reading = reading._replace(together=Together(), region=region)
    candidates = Candidates(reading, FILE_FORMATS)
    search = Search(candidates, DIRECTORY_FORMATS)
    # `isdir` says no to what no directory can be called, where `is_dir` raises.
    candidates.together([path for path in paths if not os.path.isdir(path)])  # noqa: PTH112
    for path in candidates.referring_first(paths or [reading.project.directory]):
        try:
            (search.directory if os.path.isdir(path) else candidates.named)(path)  # noqa: PTH112
        except DefinitionError as error:
            reading.problems.found.extend(error.problems)
    candidates.tell_unknown()
    fragments = candidates.fragments
    # A file that could not be read may well have what was given.
    unread = any(found.format and found.reason for found in candidates.found)
    if not unread and all(p.rule != "unreadable" for p in reading.problems.found):
        _check_parameters(reading, fragments)
        _check_names(
            "Terraform variable",
            reading.variables.keys(),
            {name for fragment in fragments for name in fragment.variables},
            reading.problems,
        )
        _check_options(reading, candidates.found)
    definitions = link(candidates.fragments, reading.problems, region, _overlay(reading))
    files = dict.fromkeys(
        reading.project.name(file) for fragment in candidates.fragments for file in fragment.files
    )
    problems = tuple(dict.fromkeys(reading.problems.without_what_follows()))
    definitions = replace(definitions, problems=problems, files=tuple(files))
    return Loaded(definitions, tuple(candidates.fragments), tuple(candidates.found))


def _overlay(reading: Reading) -> "Overlay | None":
    if not reading.local:
        return None
    from emulator.definitions.overlay import read_overlay

    return read_overlay(reading.local, reading)


def _check_parameters(reading: Reading, fragments: Sequence[Fragment]) -> None:
    if reading.parameters:
        from emulator.definitions.cloudformation import STACK_NAME

        _check_names(
            "parameter",
            reading.parameters.keys() - {STACK_NAME},
            {name for fragment in fragments for name in fragment.parameters},
            reading.problems,
        )


def _check_options(reading: Reading, found: Iterable[Found]) -> None:
    """Note what the user gave to a format of which nothing was read."""
    taken = {each.format for each in found if each.reason is None}
    if reading.variable_files and "Terraform" not in taken:
        names = ", ".join(map(str, reading.variable_files))
        message = f"no Terraform root is read that takes the variables of {names}"
        reading.problems.error(message, None)
    if reading.environment is not None and "Copilot manifest" not in taken:
        message = f"no Copilot manifest is read that has an environment {reading.environment}"
        reading.problems.error(message, None)


def _check_names(what: str, given: Iterable[str], declared: set[str], problems: Problems) -> None:
    """Note a name that the user gave a value and that no file declares."""
    for name in sorted(given):
        if name not in declared:
            known = tuple(sorted(declared))
            hint = did_you_mean(name, known) or f"those here: {', '.join(known) or 'none'}"
            problems.error(f"no {what} {name!r}", None, hint=hint)
