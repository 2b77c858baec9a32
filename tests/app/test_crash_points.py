"""A scheduler that is killed at every step of a firing's life: nothing is lost, nothing twice."""

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from tests.app.crash_scenarios import SCENARIOS, Found, Scenario, machine_of, violations
from tests.app.crashing import Fate

SEED: Final = 20261124
MOST: Final = 10
"""Deaths of each scenario, spread over its steps; `python -m benchmarks kill-test` tries all."""

AT_ONCE: Final = 4
"""Machines that are tried at once: most of the time their processes wait."""

SLOW: Final = ("", "a transaction", "engine create", "engine start", "the note's beat")
Fates = tuple[Fate, ...]


def killed_at(steps: range, chance: random.Random) -> Iterator[Fates]:
    """Yield a kill at each step, and sometimes one at some step of the next scheduler."""
    for step in steps:
        first = Fate(killed_at=step, slow=chance.choice(SLOW))
        yield (first, *chance.choice([(), (Fate(killed_at=chance.randint(1, 40)),)]))


def asked_at(steps: range, chance: random.Random) -> Iterator[Fates]:
    """Yield a SIGTERM at each step, and sometimes a kill while tasks are being stopped."""
    for step in steps:
        kill = chance.choice([0, step + chance.randint(1, 10)])
        yield (Fate(asked_at=step, killed_at=kill, slow=chance.choice(SLOW)),)


def wrong_of(
    scenario: Scenario,
    folder: Path,
    make: Callable[[range, random.Random], Iterator[Fates]],
    *,
    most: int,
    seed: int = SEED,
) -> tuple[int, list[str]]:
    """Let schedulers meet so many fates; return how many it were, and what was wrong after each."""
    with machine_of(scenario, folder / "whole") as machine:
        steps = machine.live().steps
        assert [*violations(Found(machine), scenario)] == []
    chance = random.Random(seed)
    stride = max(1, round(steps / most))
    all_fates = [*make(range(1 + chance.randrange(stride), steps + 1, stride), chance)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        folders = [folder / str(number) for number in range(len(all_fates))]
        wrong = pool.map(lambda place, fates: _try(scenario, place, fates), folders, all_fates)
    return len(all_fates), [text for text in wrong if text is not None]


def _try(scenario: Scenario, folder: Path, fates: Fates) -> str | None:
    """Let schedulers meet their fate, and then one live; return what is wrong in the end."""
    with machine_of(scenario, folder) as machine:
        for fate in fates:
            if machine.live(fate).killed is None:
                break
        machine.live()
        drained = any(fate.asked_at for fate in fates)
        wrong = [*violations(Found(machine), scenario, drained=drained)]
        return "\n".join([str(fates), *wrong, str(machine)]) if wrong else None


def _assert_none(wrong: Sequence[str]) -> None:
    assert not wrong, "\n\n".join([f"{len(wrong)} went wrong", *wrong])


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scheduler_that_is_killed_at_any_step_loses_nothing_and_does_nothing_twice(
    name: str, tmp_path: Path
) -> None:
    _assert_none(wrong_of(SCENARIOS[name], tmp_path, killed_at, most=MOST)[1])


def test_a_scheduler_that_is_stopped_at_any_step_leaves_nothing(tmp_path: Path) -> None:
    name = "a network, a volume, and a container that waits for another"
    _assert_none(wrong_of(SCENARIOS[name], tmp_path, asked_at, most=MOST)[1])
