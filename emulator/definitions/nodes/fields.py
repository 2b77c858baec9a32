"""Takes the fields of a mapping, each with the type that it must have."""

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeVar

from emulator.definitions.nodes.corrections import (
    LARGEST_INTEGER,
    as_truth,
    as_whole_number,
    as_words,
)
from emulator.definitions.nodes.problems import Problems
from emulator.definitions.nodes.suggestions import NEARLY, did_you_mean
from emulator.definitions.nodes.tree import Node
from emulator.errors import SourceRef

Word = TypeVar("Word", bound=StrEnum)


class Fields:
    """Takes the fields of a mapping one by one; what nobody took is unknown.

    `readable` is False, which is noted, for what is no mapping: it has no fields at all.

    Each `take` method returns None (or its default) for an absent or null field, and also after
    noting a value of the wrong kind. `names` are spellings of one field: the first is AWS's.
    """

    def __init__(self, node: Node, what: str, problems: Problems) -> None:
        self.source = node.source
        self._what = what
        self._problems = problems
        self._taken: set[str] = set()
        self._nodes: dict[str, Node] = node.value if isinstance(node.value, dict) else {}
        self.readable = isinstance(node.value, dict)
        if not self.readable:
            message = f"{what} must be a mapping, not {node.kind}"
            problems.error(message, node.source, rule="wrong-type")

    def __contains__(self, name: str) -> bool:
        return name in self._nodes

    def has(self, *names: str) -> bool:
        """Return whether one of these fields is there. All of them count as known."""
        self._taken.update(names)
        return any(name in self._nodes for name in names)

    def says(self, name: str) -> bool:
        """Return whether a field is there and not null."""
        return name in self._nodes and self._nodes[name].value is not None

    def place(self, *names: str) -> SourceRef:
        """Return where a field stands, or where its mapping does."""
        return next((self._nodes[n].source for n in names if n in self._nodes), self.source)

    def take(self, *names: str) -> Node | None:
        """Return a field's node."""
        if len(names) == 1:  # As nearly all fields are asked for, a hundred of each file.
            self._taken.add(names[0])
            return self._nodes.get(names[0])
        present = [name for name in names if name in self._nodes]
        self._taken.update(names)
        if len(present) > 1:
            both = " and ".join(present)
            self._problems.error(
                f"{both} say the same thing", self.place(present[1]), rule="duplicate"
            )
        return self._nodes[present[0]] if present else None

    def text(self, *names: str, required: bool = False) -> str | None:
        """Take text. Numbers count as text: YAML writes `account: 123` for it."""
        node = self._present(names, required)
        if node is None:
            return None
        if isinstance(node.value, bool) or not isinstance(node.value, str | int | float):
            self._wrong(names, "text", node)
            return None
        return self._clean(names[0], node)

    def integer(self, *names: str) -> int | None:
        """Take a whole number."""
        node = self._present(names, required=False)
        if node is None:
            return None
        if isinstance(node.value, bool) or not isinstance(node.value, int):
            self._wrong(names, "a whole number", node, as_whole_number(node))
            return None
        if not -LARGEST_INTEGER <= node.value <= LARGEST_INTEGER:
            message = f"{names[0]} is a number of 32 bits, at most {LARGEST_INTEGER}"
            self._problems.error(message, node.source, rule="invalid-value")
            return None
        return node.value

    def digits(self, *names: str) -> int | None:
        """Take a whole number that may be written as text, as the ECS API has `cpu`."""
        text = self.text(*names)
        if text is None or (text.isascii() and text.isdigit() and len(text) < 10):
            return None if text is None else int(text)
        message = f"{names[0]} must be a whole number, not {text!r}"
        self._problems.error(message, self.place(*names), rule="wrong-type")
        return None

    def boolean(self, *names: str, default: bool = False) -> bool:
        """Take true or false."""
        node = self._present(names, required=False)
        if node is None:
            return default
        if not isinstance(node.value, bool):
            self._wrong(names, "true or false", node, as_truth(node))
            return default
        return node.value

    def items(self, *names: str, hint: str | None = None) -> list[Node]:
        """Take a list. A placeholder for one counts as its only item. `hint`: of what is none."""
        node = self._present(names, required=False)
        if node is None:
            return []
        if node.guess is not None and isinstance(node.value, str):
            return [node]
        if not isinstance(node.value, list):
            self._wrong(names, "a list", node, hint)
            return []
        return node.value

    def texts(self, *names: str) -> tuple[str, ...] | None:
        """Take a list of text."""
        node = self._present(names, required=False)
        if node is None:
            return None
        if isinstance(node.value, str) and node.guess is None:
            self._wrong(names, "a list", node, as_words(node.value))
            return ()
        found = []
        for item in self.items(*names):
            if isinstance(item.value, bool) or not isinstance(item.value, str | int | float):
                message = f"{names[0]} holds text, not {item.kind}"
                self._problems.error(message, item.source, rule="wrong-type")
            elif (text := self._clean(names[0], item)) is not None:
                found.append(text)
        return tuple(found)

    def mapping(self, *names: str) -> dict[str, str]:
        """Take a mapping of text."""
        section = self.entries(*names)
        found = {}
        for key, node in section:
            if isinstance(node.value, dict | list) or node.value is None:
                message = f"{names[0]}.{key} must be text, not {node.kind}"
                self._problems.error(message, node.source, rule="wrong-type")
            elif (text := self._clean(f"{names[0]}.{key}", node)) is not None:
                found[key] = text
        return found

    def entries(self, *names: str) -> list[tuple[str, Node]]:
        """Take a mapping with its nodes."""
        node = self._present(names, required=False)
        if node is None:
            return []
        if not isinstance(node.value, dict):
            self._wrong(names, "a mapping", node)
            return []
        return list(node.value.items())

    def section(self, *names: str) -> "Fields | None":
        """Take a mapping as fields of its own."""
        node = self._present(names, required=False)
        if node is None:
            return None
        if not isinstance(node.value, dict):
            self._wrong(names, "a mapping", node)
            return None
        return Fields(node, names[0], self._problems)

    def choice(self, *names: str, among: tuple[str, ...]) -> str | None:
        """Take one of a few words, upper-case or not as AWS has them."""
        text = self.text(*names)
        if text is None or text in among:
            return text
        allowed = ", ".join(among)
        self._problems.error(
            f"{names[0]}: {text!r} is not one of {allowed}",
            self.place(*names),
            hint=did_you_mean(text, among),
            rule="invalid-value",
        )
        return None

    def member(self, *names: str, of: type[Word]) -> Word | None:
        """Take one of the words of an enumeration."""
        word = self.choice(*names, among=tuple(member.value for member in of))
        return None if word is None else of(word)

    def without_effect(self, *names: str, called: str = "{}") -> None:
        """Take fields that change nothing on this machine, and note each that says something.

        `called` is what to call one in the note, with its name in place of `{}`.
        """
        for name in names:
            node = self.take(name)
            if node is not None and not node.empty:
                message = f"{called.format(name)} has no effect on this machine"
                self._problems.note(message, node.source)

    def rest(self) -> Iterator[tuple[str, Node]]:
        """Yield the fields that nobody took."""
        for name, node in self._nodes.items():
            if name not in self._taken:
                yield name, node

    def refuse_rest(self, extra: tuple[str, ...] = ()) -> None:
        """Note every field that nobody took as unknown."""
        for name, node in self.rest():
            self._problems.error(
                f"unknown key {name!r} in {self._what}",
                node.source,
                hint=did_you_mean(name, (*sorted(self._taken), *extra)),
                rule="unknown-key",
            )

    def leave_rest(self, whose: str) -> None:
        """Note every field that nobody took, which `whose` tool overlooks; typos are refused.

        No typo is what begins as keys do under which anchors stand.
        """
        for name, node in self.rest():
            near = None if name.startswith(("x-", ".")) else tuple(self._taken)
            hint = None if near is None else did_you_mean(name, near, likeness=NEARLY)
            if hint is not None:
                message = f"unknown key {name!r} in {self._what}"
                self._problems.error(message, node.source, hint=hint, rule="unknown-key")
            else:
                self._problems.note(f"{name}: {whose} has no such key: left out", node.source)

    def _present(self, names: tuple[str, ...], required: bool) -> Node | None:
        node = self.take(*names)
        if node is None or node.value is None:
            if required and self.readable:
                message = f"{self._what} has no {names[0]}"
                self._problems.error(message, self.place(*names), rule="missing-key")
            return None
        return node

    def _clean(self, name: str, node: Node) -> str | None:
        """Return a scalar as text; no program can be given a NUL."""
        if "\0" in node.text:
            message = f"{name} holds a NUL character"
            self._problems.error(message, node.source, rule="invalid-value")
            return None
        return node.text

    def _wrong(
        self, names: tuple[str, ...], wanted: str, node: Node, hint: str | None = None
    ) -> None:
        # That a number is wanted, and not a number, helps nobody.
        found = node.text if isinstance(node.value, float) else node.kind
        message = f"{names[0]} must be {wanted}, not {found}"
        self._problems.error(message, node.source, hint=hint, rule="wrong-type")
