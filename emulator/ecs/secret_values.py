"""The values of secrets: from where `local.secrets` says they are, else as the files declare them.

They are read when a task starts, go into the environment of its containers and nowhere else: no
message of this module holds one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from emulator.ecs.secret_files import SecretSourceError, read_entries, read_text
from emulator.model.definitions import Local
from emulator.model.environment import SecretSource
from emulator.model.go_values import go_text, parse_object
from emulator.model.secret_names import SecretReference, find_entry, parse_value_from


class SecretUnavailableError(Exception):
    """A secret has no value here; `hint` says what to write, and quotes no value.

    `complaint` is what Secrets Manager or the agent would say; a parameter that is missing has
    none of its own, for Systems Manager names all that are missing at once.
    """

    def __init__(self, reference: SecretReference, hint: str, complaint: str | None = None) -> None:
        super().__init__(hint)
        self.reference = reference
        self.hint = hint
        self.complaint = complaint


@dataclass(frozen=True, slots=True)
class SecretValues:
    """Finds values by `valueFrom`; `environ` is the environment of ecs-local."""

    local: Local
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    def value(self, value_from: str) -> str:
        """Return the value of a secret, or of its JSON key. Raises `SecretUnavailableError`."""
        reference = parse_value_from(value_from)
        if reference.malformed:
            hint = f"{value_from} is not the ARN of a secret"
            complaint = (
                "an invalid ARN format for the AWS Secrets Manager secret was specified. "
                "Specify a valid ARN and try again."
            )
            raise SecretUnavailableError(reference, hint, complaint)
        name, text = self._text(reference)
        if not reference.json_key or name == value_from:
            return text
        return _member(reference, text)

    def _text(self, reference: SecretReference) -> tuple[str, str]:
        """Return the entry for a secret and the text behind it."""
        try:
            name = find_entry(reference, self.local.secrets)
            text = None if name is None else self._from(self.local.secrets[name])
            # There are both where a caller lays secrets of its own over a file of them.
            if name is None and self.local.secrets_file is not None:
                entries = read_entries(Path(self.local.secrets_file))
                name = find_entry(reference, entries)
                text = None if name is None else entries[name]
        except SecretSourceError as error:
            raise _not_found(reference, str(error)) from error
        if name is None or text is None:
            return self._declared(reference)
        return name, text

    def _declared(self, reference: SecretReference) -> tuple[str, str]:
        """Return what the definition files themselves say of a secret."""
        of_its_kind = {
            declared.name: declared
            for declared in self.local.declared_secrets
            if declared.secrets_manager == reference.secrets_manager
        }
        name = find_entry(reference, of_its_kind)
        found = None if name is None else of_its_kind[name]
        if found is not None and found.value is not None:
            return found.name, found.value
        hint = _what_to_write(reference, self.local)
        if found is not None and found.source is not None:
            hint = f"{found.source} declares it without a value that is known here: {hint}"
        raise _not_found(reference, hint)

    def _from(self, source: SecretSource) -> str:
        if source.value is not None:
            return source.value
        if source.env is not None:
            if source.env not in self.environ:
                message = f"local.secrets: the environment variable {source.env} is not set"
                raise SecretSourceError(message)
            return self.environ[source.env]
        path = Path(source.file or "")
        if source.key is None:
            return read_text(path).removesuffix("\n").removesuffix("\r")
        entries = read_entries(path)
        if source.key not in entries:
            message = f"local.secrets: {path} has no {source.key}"
            raise SecretSourceError(message)
        return entries[source.key]


def _not_found(reference: SecretReference, hint: str) -> SecretUnavailableError:
    if not reference.secrets_manager:
        return SecretUnavailableError(reference, hint)
    complaint = "ResourceNotFoundException: Secrets Manager can't find the specified secret."
    return SecretUnavailableError(reference, hint, complaint)


def _what_to_write(reference: SecretReference, local: Local) -> str:
    # Quoted as JSON, which YAML reads: an ARN has colons.
    name = json.dumps(reference.name, ensure_ascii=False)
    if local.secrets_file is not None:
        return f"give {name} a value in {local.secrets_file}"
    return f"write under local.secrets: {name}: VALUE, or {{env: VARIABLE}}, or {{file: PATH}}"


def _member(reference: SecretReference, text: str) -> str:
    """Return one key of a secret that is a JSON object, as the agent prints it."""
    members = parse_object(text)
    if members is None:
        hint = f"the value of {reference.name} must be a JSON object, for its key is asked for"
        complaint = "invalid character looking for beginning of value"
        raise SecretUnavailableError(reference, hint, complaint)
    if reference.json_key not in members:
        hint = f"the JSON value of {reference.name} has no key {reference.json_key}"
        complaint = (
            f"retrieved secret from Secrets Manager did not contain json key {reference.json_key}"
        )
        raise SecretUnavailableError(reference, hint, complaint)
    return go_text(members[reference.json_key])
