"""Values that the user gives to the variables of a root module.

HashiCorp, Terraform language: "Variable Definition Precedence": the environment, then
`terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars` in order of name, then what the
command line says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from emulator.definitions.files import Project
from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Problems
from emulator.definitions.nodes.suggestions import did_you_mean
from emulator.definitions.terraform.configuration import Configuration
from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.grammar import parse_expression, parse_file
from emulator.definitions.terraform.node_values import value_of_node
from emulator.definitions.terraform.types import takes_text
from emulator.definitions.terraform.values import EvaluationError, Value
from emulator.errors import DefinitionError, SourceRef

ENVIRONMENT: Final = "TF_VAR_"
COMMAND_LINE: Final = "--var"


@dataclass(slots=True)
class Variables:
    """The given values by name."""

    scope: Scope
    project: Project
    problems: Problems
    configuration: Configuration
    values: dict[str, Value] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)

    def read(
        self,
        environ: Mapping[str, str],
        names: Sequence[str],
        extra_files: Sequence[Path],
        given: Mapping[str, str],
    ) -> None:
        """Take all sources in their order; `names` are the files of the root module."""
        for key, text in environ.items():
            name = key.removeprefix(ENVIRONMENT)
            if key.startswith(ENVIRONMENT) and name in self.configuration.variables:
                self._take_text(name, text, SourceRef(key))
        automatic = sorted(n for n in names if n.endswith((".auto.tfvars", ".auto.tfvars.json")))
        for name in ("terraform.tfvars", "terraform.tfvars.json", *automatic):
            if name in names:
                self._take_file(self.configuration.directory / name)
        for path in extra_files:
            self._take_file(path)
        for name, text in given.items():
            if name in self.configuration.variables:
                self._take_text(name, text, SourceRef(COMMAND_LINE))

    def _take_text(self, name: str, text: str, source: SourceRef) -> None:
        block = self.configuration.variables[name]
        if takes_text(block.body.expression("type")):
            self.values[name] = Value(text, source)
            return
        with self._noting(source, name, f'a text needs quotes in there: {name}="…"'):
            expression = parse_expression(text, source.path)
            self.values[name] = evaluate(expression, self.scope)

    def _take_file(self, path: Path) -> None:
        source = SourceRef(self.project.name(path))
        with self._noting(source, None):
            text = self.project.read(path)
            self.files.append(path)
            found = self._from_json if path.suffix == ".json" else self._from_hcl
            values = found(text, source.path)
            for name, value in values.items():
                if name in self.configuration.variables:
                    self.values[name] = value
                else:
                    self.scope.budget.spend(100)
                    others = tuple(v for v in self.configuration.variables if v not in values)
                    meant = did_you_mean(name, others)
                    message = f"{source.path} gives {name}, which is not a variable here"
                    self.problems.note(f"{message}: {meant}" if meant else message, value.source)

    def _from_hcl(self, text: str, path: str) -> dict[str, Value]:
        body = parse_file(text, path)
        return {
            name: evaluate(attribute.expression, self.scope)
            for name, attribute in body.attributes.items()
        }

    def _from_json(self, text: str, path: str) -> dict[str, Value]:
        node = parse_json(text, path)
        value = value_of_node(node, self.scope.budget)
        return value.content if isinstance(value.content, dict) else {}

    def _noting(self, source: SourceRef, name: str | None, hint: str | None = None) -> "_Noting":
        return _Noting(self.problems, source, name, hint)


class _Noting:
    """Notes what goes wrong with one source of values."""

    def __init__(
        self, problems: Problems, source: SourceRef, name: str | None, hint: str | None
    ) -> None:
        self._problems = problems
        self._source = source
        self._prefix = f"variable {name}: " if name else ""
        self._hint = hint

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, DefinitionError):
            problem = error.problems[0]
            self._tell(problem.message, problem.source, problem.hint)
        elif isinstance(error, EvaluationError):
            self._tell(error.message, error.source, error.hint)
        return isinstance(error, DefinitionError | EvaluationError)

    def _tell(self, message: str, source: SourceRef | None, hint: str | None) -> None:
        place = source or self._source
        self._problems.error(f"{self._prefix}{message}", place, hint=hint or self._hint)
