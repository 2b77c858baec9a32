"""What a container does, by the entries of a script, and how its starts are counted."""

import pytest

from emulator.engines.fake import FakeProcess
from emulator.engines.fake_script import Entry, FakeScript, Pattern
from emulator.engines.spec import ContainerSpec
from emulator.errors import SourceRef

LABELS = {
    "com.amazonaws.ecs.container-name": "load",
    "com.amazonaws.ecs.task-definition-family": "nightly-load",
    "ecs-local.rule": "nightly",
}
SPEC = ContainerSpec(name="ecs-1", image="registry/load:1", labels=LABELS)


def _entry(*exit_codes: int, **patterns: str) -> Entry:
    source = SourceRef("jobs.yaml", 1)
    return Entry(
        tuple(Pattern(key, text, source) for key, text in patterns.items()),
        tuple(FakeProcess(exit_code=code) for code in exit_codes),
    )


def _codes(script: FakeScript, *specs: ContainerSpec) -> list[int]:
    return [process.exit_code for spec in specs if (process := script.process(spec))]


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ({"container": "load"}, True),
        ({"image": "registry/*"}, True),
        ({"family": "nightly-?oad", "rule": "nightly"}, True),
        ({"rule": "weekly"}, False),
        ({"container": "load", "image": "other:1"}, False),
        ({}, True),
    ],
)
def test_all_patterns_of_an_entry_must_fit(pattern: dict[str, str], fits: bool) -> None:
    assert _entry(0, **pattern).fits(SPEC) is fits


def test_the_first_entry_that_fits_counts() -> None:
    script = FakeScript([_entry(1, rule="weekly"), _entry(2), _entry(3)])
    assert _codes(script, SPEC) == [2]


def test_it_fails_twice_and_then_succeeds() -> None:
    assert _codes(FakeScript([_entry(1, 1, 0)]), SPEC, SPEC, SPEC, SPEC) == [1, 1, 0, 0]


def test_starts_are_counted_for_each_rule_apart() -> None:
    other = ContainerSpec(name="x", image="i", labels={**LABELS, "ecs-local.rule": "weekly"})
    assert _codes(FakeScript([_entry(1, 0)]), SPEC, other) == [1, 1]


def test_a_script_begins_afresh() -> None:
    script = FakeScript([_entry(1, 0)])
    assert _codes(script, SPEC) + _codes(script.afresh(), SPEC) == [1, 1]
