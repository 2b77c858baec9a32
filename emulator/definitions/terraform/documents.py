"""Data sources that make text of files and blocks: templates, files, policy documents."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from emulator.definitions.terraform.evaluation import evaluate
from emulator.definitions.terraform.functions.files import render
from emulator.definitions.terraform.functions.signature import Site
from emulator.definitions.terraform.plain_values import as_text
from emulator.definitions.terraform.policy_documents import policy_document
from emulator.definitions.terraform.syntax import Call
from emulator.definitions.terraform.values import EvaluationError, Value

if TYPE_CHECKING:
    from emulator.definitions.terraform.resources import Instance


def written(instance: "Instance", name: str) -> Value | None:
    """Return what an attribute says that such a data source makes; None for any other."""
    make = _WRITTEN.get((instance.type, name))
    return None if make is None else make(instance)


def _rendered(instance: "Instance") -> Value | None:
    """Return the text of a `template_file`."""

    template = instance.configured("template")
    if template is None:
        name = instance.configured("filename")
        if name is None:
            message = f"{instance.address} has no template"
            raise EvaluationError(message, instance.source)
        call = Call("file", (), False, instance.source)
        template = instance.root.call(call, [name], instance.scope)
    if not template.known:
        return template
    names = instance.configured("vars") or _block_map(instance, "vars")
    site = Site(Call("template_file", (), False, instance.source), instance.scope)
    return render(as_text(template), template.origin or template.source, names, site)


def _block_map(instance: "Instance", name: str) -> Value:
    """Return a map that Terraform 0.11 let one write as a block."""
    entries: dict[str, Value] = {}
    for body, scope in instance.blocks(name):
        entries |= {k: evaluate(a.expression, scope) for k, a in body.attributes.items()}
    return Value(entries, instance.source)


def _file_content(instance: "Instance") -> Value | None:

    if (content := instance.configured("content")) is not None:
        return content
    name = instance.configured("filename")
    if name is None:
        return None
    call = Call("file", (), False, instance.source)
    return instance.root.call(call, [name], instance.scope)


def _inputs(instance: "Instance") -> Value | None:
    return instance.configured("inputs") or _block_map(instance, "inputs")


_WRITTEN: Final[Mapping[tuple[str, str], "Callable[[Instance], Value | None]"]] = {
    ("aws_iam_policy_document", "json"): policy_document,
    ("aws_iam_policy_document", "minified_json"): policy_document,
    ("local_file", "content"): _file_content,
    ("null_data_source", "outputs"): _inputs,
    ("template_file", "rendered"): _rendered,
}
