"""A frozen value is what the standard library's frozen dataclass of the same fields is."""

import pickle
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import FrozenInstanceError, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.values import Changing, frozen

PACKAGE: Final = Path(__file__).parents[1] / "emulator"
SLOWER: Final = ("@dataclass(frozen=True, kw_only=", "@dataclass(frozen=True, eq=False, kw_only=")


@frozen
class Job:
    """One field tells no difference, and one is not shown."""

    name: str
    count: int = 1
    env: Mapping[str, str] = field(default_factory=dict)
    secret: str = field(default="", repr=False)
    line: int | None = field(default=None, compare=False)


def _standard() -> type[Any]:
    @dataclass(frozen=True, kw_only=True, slots=True)
    class Job:
        name: str
        count: int = 1
        env: Mapping[str, str] = field(default_factory=dict)
        secret: str = field(default="", repr=False)
        line: int | None = field(default=None, compare=False)

    return Job


Standard = _standard()


@frozen
class Plain:
    """A value of one field, which has a hash."""

    name: str


@frozen
class Empty:
    """A value that says nothing but what it is."""


@frozen
class Quiet:
    """A value that says itself how it is compared and shown."""

    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quiet) and self.name.lower() == other.name.lower()

    def __hash__(self) -> int:
        return hash(self.name.lower())

    def __repr__(self) -> str:
        return "Quiet(…)"


@frozen
class Step(Changing):
    """A value of which copies are made."""

    name: str
    count: int = 1
    env: Mapping[str, str] = field(default_factory=dict)


SAID = st.fixed_dictionaries(
    {"name": st.sampled_from("ab")},
    optional={
        "count": st.integers(0, 1),
        "env": st.sampled_from([{}, {"a": "b"}]),
        "secret": st.sampled_from(["", "hidden"]),
        "line": st.sampled_from([None, 1]),
    },
)


@given(SAID, SAID)
def test_it_is_compared_and_shown_as_a_standard_one(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert (Job(**one) == Job(**other)) == (Standard(**one) == Standard(**other))
    assert repr(Job(**one)) == repr(Standard(**one)).removeprefix("_standard.<locals>.")


def test_equal_values_are_one_in_a_set() -> None:
    assert len({Plain(name="a"), Plain(name="a"), Plain(name="b"), Empty(), Empty()}) == 3


def test_a_value_that_holds_a_mapping_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Job(name="a"))


def test_a_value_equals_none_of_another_class() -> None:
    assert Plain(name="a") != Quiet(name="a")
    assert Job(name="a") != Standard(name="a")


def test_no_field_changes_and_none_is_added() -> None:
    value = Plain(name="a")
    for name in ("name", "other"):
        with pytest.raises((FrozenInstanceError, TypeError)):
            setattr(value, name, "b")
    with pytest.raises(FrozenInstanceError):
        del value.name
    assert value == Plain(name="a")
    assert not hasattr(value, "__dict__")


def test_fields_are_given_by_name() -> None:
    with pytest.raises(TypeError, match="positional"):
        Plain("a")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"Plain misses name$"):
        Plain()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"Plain has no other$"):
        Plain(name="a", other="b")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"Job misses name and has no other$"):
        Job(other="b")  # type: ignore[call-arg]


def test_each_value_has_a_mapping_of_its_own() -> None:
    assert Job(name="a").env == {}
    assert Job(name="a").env is not Job(name="a").env


def test_a_class_that_extends_another_has_its_fields_too() -> None:
    @frozen
    class Numbered(Plain):
        number: int = 0

    made = Numbered(name="a", number=2)
    assert (made.name, made.number) == ("a", 2)
    assert (
        replace(made, name="b")
        == Numbered(name="b", number=2)
        == deepcopy(Numbered(name="b", number=2))
    )
    with pytest.raises(FrozenInstanceError):
        made.name = "b"  # type: ignore[misc]


def test_a_class_that_works_out_fields_is_refused() -> None:
    with pytest.raises(TypeError, match="__post_init__"):

        @frozen
        class Worked:
            name: str

            def __post_init__(self) -> None:
                raise AssertionError


def test_a_value_is_replaced_and_pickled_as_any_dataclass() -> None:
    job = Job(name="a", env={"a": "b"}, secret="hidden", line=3)
    assert replace(job, count=2) == Job(name="a", count=2, env={"a": "b"}, secret="hidden")
    assert pickle.loads(pickle.dumps(job)) == job
    assert deepcopy(job) == job
    assert pickle.loads(pickle.dumps(Empty())) == Empty()
    match job:
        case Job(name=name, line=line):
            assert (name, line) == ("a", 3)


def test_a_copy_of_a_changing_value_differs_in_what_is_said() -> None:
    step = Step(name="a", env={"a": "b"})
    assert step.changed(count=2) == Step(name="a", count=2, env={"a": "b"})
    assert step == Step(name="a", env={"a": "b"})
    assert pickle.loads(pickle.dumps(step)) == step
    with pytest.raises(TypeError, match="Step has no other"):
        step.changed(other=1)
    with pytest.raises(TypeError, match="Step misses name and has no other"):
        Step(other=1)  # type: ignore[call-arg]
    with pytest.raises(FrozenInstanceError):
        step.count = 2  # type: ignore[misc]


def test_what_a_class_says_itself_of_its_values_holds() -> None:
    assert Quiet(name="a") == Quiet(name="A")
    assert len({Quiet(name="a"), Quiet(name="A")}) == 1
    assert repr(Quiet(name="a")) == "Quiet(…)"


def test_no_class_is_made_the_slower_way() -> None:
    texts = {path: path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}
    assert any("\n@frozen\n" in text for text in texts.values())
    assert [str(path) for path, text in texts.items() if any(each in text for each in SLOWER)] == []
