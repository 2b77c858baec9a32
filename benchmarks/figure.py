"""One measured figure with what it is held against, and the target it is to reach."""

import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A row of the table.

    `ours` and `against` are what was measured, as text with its unit; `value` is the figure that
    the target speaks of, in `unit` ("x" is a ratio of ours to the other).
    """

    what: str
    ours: str
    against: str
    value: float
    unit: str
    target: float
    better: Literal["lower", "higher"] = "lower"

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.value <= self.target if self.better == "lower" else self.value >= self.target


def interleaved(
    rounds: int,
    contestants: Mapping[str, Callable[[], object]],
    *,
    warm_up: int = 1,
    measured: Callable[[Callable[[], object]], float] | None = None,
) -> dict[str, list[float]]:
    """Return the seconds each contestant took, in turns, so that all see the same noise.

    `measured` says how many seconds that is: by default those on the clock.

    The order is turned round in every other round: none always runs in the wake of another.
    """
    for _ in range(warm_up):
        for run in contestants.values():
            run()
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        order = list(contestants.items())
        for name, run in order if number % 2 == 0 else reversed(order):
            taken[name].append((measured or seconds)(run))
    return taken


def seconds(run: Callable[[], object]) -> float:
    """Return how long something takes."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def processor_seconds(run: Callable[[], object]) -> float:
    """Return how long the processes that something starts and waits for keep a processor busy.

    User and system time, which other programs of the machine disturb less than the clock.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def ratio(
    what: str, ours: list[float], against: list[float], *, name: str, target: float
) -> Figure:
    """Return how many times the other's median time ours takes."""
    mine, other = median(ours), median(against)
    return Figure(
        what=what,
        ours=milliseconds(mine),
        against=f"{name} {milliseconds(other)}",
        value=mine / other,
        unit="x",
        target=target,
    )


def milliseconds(value: float) -> str:
    """Return seconds as text in milliseconds, or in seconds when there are many."""
    return f"{value:.1f} s" if value >= 10 else f"{value * 1000:.0f} ms"
