import pytest

from emulator.clock import iso_instant, system_clock
from emulator.errors import (
    DefinitionError,
    EcsLocalError,
    EngineUnavailableError,
    Problem,
    SourceRef,
    UsageError,
)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("wrong"), "wrong"),
        (Problem("wrong", SourceRef("a.yaml")), "a.yaml: wrong"),
        (Problem("wrong", SourceRef("a.yaml", 3), "do that"), "a.yaml:3: wrong\n  hint: do that"),
    ],
)
def test_a_problem_says_place_problem_and_what_to_do(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_a_definition_error_carries_every_problem() -> None:
    error = DefinitionError((Problem("one"), Problem("two", hint="do that")))
    assert str(error) == "one\ntwo\n  hint: do that"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EcsLocalError("x"), 1),
        (UsageError("x"), 2),
        (DefinitionError(()), 2),
        (EngineUnavailableError("x"), 3),
    ],
)
def test_every_error_has_its_exit_code(error: EcsLocalError, code: int) -> None:
    assert error.exit_code == code


def test_the_hint_of_an_error_follows_its_message() -> None:
    error = UsageError("no rule 'x'", hint="rules here: y")
    assert (error.message, str(error)) == ("no rule 'x'", "no rule 'x'\n  hint: rules here: y")


def test_the_clock_tells_aware_utc() -> None:
    now = system_clock()
    assert now.utcoffset() is not None
    assert iso_instant(now).endswith("Z")
