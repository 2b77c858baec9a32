"""How fast schedules are: a year ahead, the next firing, many rules as one timeline, parsing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from random import Random
from statistics import median
from typing import Any, Final

from croniter import croniter
from cronsim import CronSim

from benchmarks.figure import Figure, interleaved, ratio, seconds
from emulator.schedules import Schedule, days, parse, parser
from emulator.schedules.timeline import timeline

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
YEAR: Final = timedelta(days=365)
ROUNDS: Final = 3
EVERY_FIVE_MINUTES: Final = ("*/5 * * * ? *", "*/5 * * * *")
SPARSE: Final = (
    ("0 9 29 2 ? *", "0 9 29 2 *"),
    ("0 0 L * ? *", "0 0 L * *"),
    ("15 10 ? * 6L *", "15 10 * * L5"),
)
"""The fields as AWS writes them, and in croniter's dialect."""

SPARSE_FIRINGS: Final = 25
PARSED: Final = 400


def measure(quick: bool) -> Iterator[Figure]:
    """Yield the figures of schedules."""
    rounds = 1 if quick else ROUNDS
    yield from _year_ahead(rounds, timedelta(days=20) if quick else YEAR)
    for ours, theirs in SPARSE:
        yield _sparse(rounds, ours, theirs)
    for ours, theirs in (EVERY_FIVE_MINUTES, *SPARSE):
        yield _cold_next(5 * rounds, ours, theirs)
    yield _timeline(timedelta(days=7) if quick else YEAR)
    yield _parsing(rounds)


def _year_ahead(rounds: int, span: timedelta) -> Iterator[Figure]:
    aws, unix = EVERY_FIVE_MINUTES
    schedule = parse(f"cron({aws})")
    firings = sum(1 for _ in schedule.between(START, START + span))
    taken = interleaved(
        rounds,
        {
            "ours": lambda: _drain(schedule.between(START, START + span)),
            "croniter": lambda: _drain(islice(_croniter_all(unix), firings)),
            "cronsim": lambda: _drain(islice(CronSim(unix, START), firings)),
        },
        warm_up=0,
    )
    what = f"{firings:,} firings of {aws}"
    yield ratio(what, taken["ours"], taken["croniter"], name="croniter", target=1 / 50)
    yield ratio(what, taken["ours"], taken["cronsim"], name="cronsim", target=1.0)


def _sparse(rounds: int, aws: str, unix: str) -> Figure:
    def ours() -> None:
        _forget()
        end = datetime(2199, 12, 31, tzinfo=UTC)
        _drain(islice(parse(f"cron({aws})").between(START, end), SPARSE_FIRINGS))

    taken = interleaved(
        rounds,
        {
            "ours": ours,
            "croniter": lambda: _drain(islice(_croniter_all(unix), SPARSE_FIRINGS)),
        },
    )
    what = f"{SPARSE_FIRINGS} firings of {aws}, all caches empty"
    return ratio(what, taken["ours"], taken["croniter"], name="croniter", target=1.0)


def _cold_next(rounds: int, aws: str, unix: str) -> Figure:
    """Measure the first answer of a schedule that has just been parsed; parsing not counted."""
    mine, theirs = [], []
    for _ in range(rounds):
        parser._parse.cache_clear()
        schedule = parse(f"cron({aws})")
        mine.append(seconds(partial(schedule.next_after, START)))
        iterator = croniter(unix, START)
        theirs.append(seconds(partial(iterator.get_next, datetime)))
    return Figure(
        what=f"first next_after of {aws}",
        ours=_microseconds(median(mine)),
        against=f"croniter {_microseconds(median(theirs))}",
        value=median(mine) / median(theirs),
        unit="x",
        target=1.0,
    )


def _timeline(span: timedelta) -> Figure:
    schedules = _thousand_rules()
    firings = 0

    def run() -> None:
        nonlocal firings
        firings = sum(1 for _ in timeline(schedules, START, START + span))

    taken = seconds(run)
    return Figure(
        what=f"{firings:,} firings of 1,000 rules merged, each",
        ours=f"{taken:.1f} s",
        against="-",
        value=taken / firings * 1e6,
        unit="µs",
        target=2.0,
    )


def _thousand_rules() -> dict[str, Schedule]:
    random = Random(7)
    minute, hour = partial(random.randrange, 60), partial(random.randrange, 24)
    texts = [f"cron({minute()} {hour()} * * ? *)" for _ in range(700)]
    texts += [f"cron({minute()} * * * ? *)" for _ in range(200)]
    texts += [f"cron({random.randrange(5)}/5 * * * ? *)" for _ in range(100)]
    return {f"rule-{number}": parse(text) for number, text in enumerate(texts)}


def _parsing(rounds: int) -> Figure:
    texts = [f"{n % 60} {n // 60}-20/2 1,15 1-6 {{}}" for n in range(PARSED)]
    parsed: list[Callable[[], Any]] = [partial(parse, f"cron({t.format('? *')})") for t in texts]
    constructed = [partial(croniter, t.format("*"), START) for t in texts]

    def ours() -> None:
        parser._parse.cache_clear()
        for each in parsed:
            each()

    taken = interleaved(
        rounds, {"ours": ours, "croniter": lambda: _drain(each() for each in constructed)}
    )
    what = f"{PARSED} expressions parsed"
    return ratio(what, taken["ours"], taken["croniter"], name="croniter", target=1 / 5)


def _croniter_all(unix: str) -> Iterator[datetime]:
    iterator = croniter(unix, START - timedelta(seconds=1), ret_type=datetime)
    found: Iterator[datetime] = iterator.all_next(datetime)
    return found


def _forget() -> None:
    """Empty what is remembered from schedule to schedule, as in a process that has just begun."""
    parser._parse.cache_clear()
    for remembered in (days._days_of_pattern, days._special_day, days._asker):
        remembered.cache_clear()


def _drain(items: Iterator[object]) -> None:
    for _ in items:
        pass


def _microseconds(value: float) -> str:
    return f"{value * 1e6:.0f} µs"
