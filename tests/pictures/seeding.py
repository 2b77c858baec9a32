"""State directories with made-up tasks in them, written through the history and the log writer."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from emulator.logs.directory import LogDirectory
from emulator.logs.writer import format_events
from emulator.model.task import ContainerStatus, LogStream, StopCode, Task, TaskStatus
from emulator.state.directory import StateDirectory
from emulator.state.history import History
from emulator.state.records import Firing
from tests.builders import NOON, awslogs, container, task

SECOND: Final = timedelta(seconds=1)
GROUP: Final = "/jobs"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seed:
    """A task to be: when it was due, how long it waited and ran, and how it ended.

    `code` None is one that never started, `seconds` None one that still runs.
    """

    rule: str | None
    due: datetime
    seconds: float | None = 1.0
    code: int | None = 0
    stopped_by: str | None = None
    reason: str | None = None
    wait: float = 0.4
    pull: float = 0.6
    attempt: int = 1
    log: Sequence[str] = ()


def fill(state_dir: Path, seeds: Iterable[Seed], firings: Sequence[Firing] = ()) -> None:
    """Write tasks and firings into a state directory."""
    state = StateDirectory(state_dir)
    state.prepare()
    history = History(state.database, owner="seed/1@1")
    try:
        made = [(seed, task_of(number, seed)) for number, seed in enumerate(seeds, 1)]
        history.record([each for _, each in made], firings)
    finally:
        history.close()
    logs = LogDirectory(state.logs)
    logs.ensure_group(GROUP, retention_in_days=None, created_at=NOON)
    for seed, each in made:
        if seed.log:
            path = logs.stream_path(GROUP, f"batch/app/{each.id}")
            path.parent.mkdir(parents=True, exist_ok=True)
            at = each.started_at or each.created_at
            path.write_bytes(format_events(at, [line.encode() for line in seed.log]))


def task_of(number: int, seed: Seed) -> Task:
    """Return the task of a seed, over unless it still runs."""
    task_id = f"{number:08x}".ljust(32, "0")
    made = task(container(log_configuration=awslogs(GROUP)), task_id=task_id)
    created = seed.due + seed.wait * SECOND
    started = None if seed.code is None else created + seed.pull * SECOND
    stream = LogStream(log_group=GROUP, log_stream=f"batch/app/{task_id}")
    made = replace(
        made,
        rule=seed.rule,
        scheduled_at=seed.due,
        created_at=created,
        started_at=started,
        attempt=seed.attempt,
        containers=(replace(made.containers[0], log_stream=stream),),
    )
    if seed.seconds is None:
        return replace(made, last_status=TaskStatus.RUNNING, version=3)
    stopped = (started or created) + seed.seconds * SECOND
    code = StopCode.ESSENTIAL_CONTAINER_EXITED
    reason = "Essential container in task exited"
    if seed.code is None:
        code, reason = StopCode.TASK_FAILED_TO_START, "CannotPullContainerError: no such image"
    elif seed.stopped_by is not None:
        code, reason = StopCode.USER_INITIATED, seed.stopped_by
    ended = replace(
        made.containers[0],
        exit_code=seed.code,
        reason=seed.reason,
        last_status=ContainerStatus.STOPPED,
        stopped_at=stopped,
    )
    return replace(
        made,
        last_status=TaskStatus.STOPPED,
        stop_code=code,
        stopped_reason=reason,
        stopped_at=stopped,
        containers=(ended,),
        version=6,
    )


JAPANESE: Final = ("夜間バッチ", "請求書の発行", "在庫の集計", "売上レポート", "メール配信")
ENGLISH: Final = ("example-batch", "sync-orders", "warm-cache", "purge-sessions", "reindex-search")


def busy_day(rules: int, tasks: int, *, hours: float = 6, seed: int = 7) -> list[Seed]:
    """Return many tasks of many rules, always the same, some of each outcome."""
    chance = random.Random(seed)
    seeds = []
    per_rule = max(1, tasks // rules)
    every = hours * 3600 / per_rule
    for number in range(rules):
        words = JAPANESE if number % 3 == 0 else ENGLISH
        name = words[number // 3 % len(words)] + (f"-{number}" if rules > 5 else "")
        typical = every * chance.choice((0.02, 0.1, 0.3, 0.6, 0.9, 1.4))
        for firing in range(per_rule):
            seeds.append(_firing(chance, name, NOON + firing * every * SECOND, typical))
    return seeds


def _firing(chance: random.Random, name: str, due: datetime, typical: float) -> Seed:
    seconds = typical * chance.uniform(0.6, 1.5)
    luck = chance.random()
    log = ("開始します", f"{chance.randrange(900)} 件を処理しました", "終了しました")
    wait, pull = chance.uniform(0.1, 2), chance.uniform(0.3, min(20, 1 + typical / 5))
    plain = Seed(rule=name, due=due, seconds=seconds, wait=wait, pull=pull, log=log)
    if luck < 0.03:
        return replace(
            plain,
            code=1,
            seconds=seconds * 0.4,
            log=(
                *log[:2],
                'Traceback (most recent call last):\n  File "job.py", line 42, in main',
                "ValueError: 金額が負です: -120",
            ),
        )
    if luck < 0.04:
        return replace(
            plain, code=137, reason="OutOfMemoryError: Container killed due to memory usage"
        )
    if luck < 0.05:
        return replace(plain, code=None, seconds=1.2, log=())
    if luck < 0.06:
        return replace(plain, code=143, stopped_by="Task stopped by user")
    return plain
