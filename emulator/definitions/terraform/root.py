"""One root module: the world its expressions are evaluated in."""

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from emulator.definitions.reading import Reading
from emulator.definitions.terraform.configuration import Loader
from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.files import RootFiles
from emulator.definitions.terraform.functions.library import Library
from emulator.definitions.terraform.functions.signature import Site
from emulator.definitions.terraform.module_calls import Given
from emulator.definitions.terraform.modules import Module
from emulator.definitions.terraform.resources import Instance, Resource
from emulator.definitions.terraform.spelling import spelling
from emulator.definitions.terraform.syntax import Call, Expression
from emulator.definitions.terraform.telling import Telling
from emulator.definitions.terraform.values import EvaluationError, Value, unknown
from emulator.definitions.terraform.variable_files import files_that_set
from emulator.definitions.terraform.variables import Variables
from emulator.errors import SourceRef

MANIFEST: Final = ".terraform/modules/modules.json"
"""Where `terraform init` notes the modules it fetched, relative to the root module."""


class Root(Telling):
    """A root module with its files, variables, functions and limits."""

    def __init__(self, directory: Path, reading: Reading) -> None:
        super().__init__(reading.problems, reading.account)
        self.depth = 0
        self.templates: dict[tuple[str, str], Expression] = {}
        self.directory = directory
        self._reading = reading
        self.workspace = reading.environ.get("TF_WORKSPACE") or "default"
        self.files = RootFiles(reading.project, directory, self.budget)
        self.library = Library(self.files)
        self.loader = Loader(reading.project, self.problems)
        configuration = self.loader.load(directory)
        self.variables = Variables(Scope(self, {}), reading.project, self.problems, configuration)
        self.variables.read(
            reading.environ,
            reading.project.names(directory),
            reading.variable_files,
            reading.variables,
        )
        self._revisions: dict[str, int] | None = None
        self.module = Module(self, configuration, "", Given(self.variables.values.get), 0)

    # -- what evaluation asks for --------------------------------------------------------------

    def call(self, call: Call, arguments: list[Value], scope: Scope) -> Value:
        """Return the value of a function call. Raises `EvaluationError`."""
        function = self.library.find(call.name)
        if function is None:
            return unknown(spelling(call), call.source)
        result = function(arguments, Site(call, scope))
        content = result.content
        if isinstance(content, str):
            self.budget.text(len(content))
        elif isinstance(content, list | dict):
            self.budget.spend(len(content))
        return result

    def missing(self, address: str, name: str, source: SourceRef) -> Value:
        """Return the placeholder of a variable without a value."""
        if not address:
            return unknown(f"var.{name}", source, variable=name)
        message = f"{address}: the argument {name} is missing"
        raise EvaluationError(message, source)

    def variable_files(self, names: Sequence[str]) -> Sequence[str]:
        """Return the `.tfvars` files in or below this directory that set variables."""
        return files_that_set(names, self.directory, self._reading.project)

    # -- the place it would be deployed to -----------------------------------------------------

    @cached_property
    def region(self) -> str:
        """The region: the AWS provider's, else that of the reading."""
        # What the provider's region refers to may ask for the region itself.
        self.__dict__["region"] = self._reading.region
        return self.stated_region or self._reading.region

    @cached_property
    def stated_region(self) -> str | None:
        """The region that the AWS provider states."""
        for block in self.module.configuration.providers:
            expression = block.body.expression("region")
            if block.labels[:1] == ("aws",) and expression and not block.body.expression("alias"):
                try:
                    value = evaluate(expression, self.module.scope)
                except EvaluationError as error:
                    self.failed("provider aws", error, block.source)
                    continue
                if isinstance(value.content, str):
                    return value.content
                if not value.known:
                    self._tell_region(block.source)
        return None

    def _tell_region(self, source: SourceRef) -> None:
        stand_in = f"{self._reading.region} stands for it"
        message = f"provider aws: its region is not known here: {stand_in}, or local.region"
        self.problems.note(message, source)

    def revision(self, address: str) -> int:
        """Return the place of a task definition among those of its family, in order of files."""
        if self._revisions is None:
            # A family that is named after an ARN asks for a revision meanwhile.
            self._revisions = {}
            self._revisions = dict(self._numbered())
        return self._revisions.get(address, 1)

    def _numbered(self) -> Iterator[tuple[str, int]]:
        count: Counter[str] = Counter()
        for resource in self.module.resources():
            if resource.mode == "resource" and resource.type == "aws_ecs_task_definition":
                for instance in _instances(resource):
                    family = _known_family(instance)
                    if family is not None:
                        count[family] += 1
                        yield instance.address, count[family]

    # -- modules -------------------------------------------------------------------------------

    def relative(self, directory: Path) -> str:
        """Return a directory as `path.module` has it."""
        return os.path.relpath(directory, self.directory)

    def module_directory(
        self, module: Module, address: str, text: str, source: SourceRef
    ) -> Path | None:
        """Return where a module's files are; None for one that was never fetched."""
        if text.startswith(("./", "../")) or text in (".", ".."):
            base = self.relative(module.configuration.directory)
            path = self.files.path(os.path.normpath(f"{base}/{text}"))
        else:
            fetched = self._fetched.get(_module_path(address))
            if fetched is None:
                message = f"{address} comes from {text}, which is not on this disk: left out"
                self.warn(message, source, "`terraform init` puts it into .terraform/modules")
                self.absent.add(address)
                return None
            path = self.files.path(fetched)
        if not path.is_dir():
            message = f"{address}: there is no directory {text}"
            raise EvaluationError(message, source, self.files.near(path, directories=True))
        return path

    @cached_property
    def _fetched(self) -> dict[str, str]:
        """The directories of fetched modules by module path."""
        try:
            if not self.files.exists(MANIFEST):
                return {}
            entries = json.loads(self.files.text(MANIFEST)[0])["Modules"]
            return {str(entry["Key"]): str(entry["Dir"]) for entry in entries}
        except (EvaluationError, ValueError, KeyError, TypeError, RecursionError):
            source = SourceRef(MANIFEST)
            self.problems.warning("cannot be read: no fetched module is seen", source)
            return {}


def _instances(resource: Resource) -> list[Instance]:
    """Return the instances of a resource; what is wrong with it is told where it is mapped."""
    try:
        return resource.instances()
    except EvaluationError:
        return []


def _known_family(instance: Instance) -> str | None:
    """Return a family; what is wrong with it is told where it is mapped."""
    try:
        value = instance.attribute("family", instance.source)
    except EvaluationError:
        return None
    return value.content if isinstance(value.content, str) else None


def _module_path(address: str) -> str:
    """Return `batch.inner` for `module.batch["a"].module.inner`."""
    parts = address.replace("]", "[").split("[")[::2]
    return "".join(parts).replace(".module.", ".").removeprefix("module.")
