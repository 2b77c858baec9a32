"""What a monitoring system asks of a scheduler: counted from what happens, as OpenMetrics families.

A registry of its own holds the numbers; `prometheus_client` keeps the format and escapes labels.
"""

import threading
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.exposition import choose_encoder

from emulator.events import (
    EventBus,
    FiringFired,
    FiringMissed,
    FiringOverlapped,
    FiringSkipped,
    InvocationFailed,
    TaskRetryScheduled,
    TaskStateChanged,
)
from emulator.model.task import Task

OPEN_METRICS: Final = "application/openmetrics-text"

LATENESS_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Seconds between the due instant and the firing; what is later than 60 is missed."""

DURATION_BUCKETS: Final = (1, 5, 15, 60, 300, 900, 3600, 14400)
"""Seconds that tasks run."""


class Meter:
    """Subscribes to what happens to rules and tasks. Thread-safe.

    Tasks that no rule started have an empty label `rule`.
    """

    def __init__(self, bus: EventBus) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # it has no types
        registry = self._registry = CollectorRegistry()

        def counter(name: str, help_: str, *labels: str) -> Counter:
            return Counter(f"ecs_local_{name}", help_, labels, registry=registry)

        self._firings = counter("firings", "Firings of a rule.", "rule")
        self._missed = counter("firings_missed", "Due instants that passed unseen.", "rule")
        self._skipped = counter("firings_skipped", "Firings skipped by overlap.", "rule")
        self._lateness = Histogram(
            "ecs_local_firing_lateness_seconds",
            "Time between the due instant and the firing.",
            buckets=LATENESS_BUCKETS,
            registry=registry,
        )
        self._refused = counter(
            "invocation_failures", "Targets that could not be started.", "rule", "target"
        )
        self._retries = counter("task_retries", "Further attempts at failed tasks.", "rule")
        self._tasks = counter("tasks", "Tasks that are over.", "rule", "outcome")
        self._durations = Histogram(
            "ecs_local_task_duration_seconds",
            "How long tasks ran.",
            ["rule"],
            buckets=DURATION_BUCKETS,
            registry=registry,
        )
        self._running = Gauge(
            "ecs_local_tasks_running", "Tasks that run now.", ["rule"], registry=registry
        )
        self._last_success = Gauge(
            "ecs_local_last_success_timestamp_seconds",
            "When the last task that succeeded ended.",
            ["rule"],
            registry=registry,
        )
        self._begun: set[str] = set()
        self._lock = threading.Lock()
        bus.subscribe(FiringFired, self._on_fired)
        bus.subscribe(FiringMissed, self._on_missed)
        bus.subscribe(FiringSkipped, lambda event: self._skipped.labels(event.rule).inc())
        bus.subscribe(FiringOverlapped, self._on_overlap)
        bus.subscribe(
            InvocationFailed, lambda event: self._refused.labels(event.rule, event.target_id).inc()
        )
        bus.subscribe(
            TaskRetryScheduled, lambda event: self._retries.labels(_rule(event.task)).inc()
        )
        bus.subscribe(TaskStateChanged, self._on_task)

    def expect(self, rule: str) -> None:
        """Show a rule that has not fired yet with its zeros, so that a first failure is a step."""
        self._firings.labels(rule)
        self._missed.labels(rule)
        self._running.labels(rule)
        for outcome in ("succeeded", "failed"):
            self._tasks.labels(rule, outcome)

    def text(self, accept: str = OPEN_METRICS) -> tuple[bytes, str]:
        """Return the numbers in the format that an Accept header asks for, and its media type."""
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type

    def _on_fired(self, event: FiringFired) -> None:
        self._firings.labels(event.rule).inc()
        self._lateness.observe(_seconds(event.scheduled_at, event.fired_at))

    def _on_missed(self, event: FiringMissed) -> None:
        self._missed.labels(event.rule).inc(len(event.scheduled))

    def _on_overlap(self, event: FiringOverlapped) -> None:
        if event.skipped:
            self._skipped.labels(event.rule).inc()

    def _on_task(self, event: TaskStateChanged) -> None:
        task = event.task
        with self._lock:
            known = task.id in self._begun
            if task.stopped:
                self._begun.discard(task.id)
            elif task.started_at is not None:
                self._begun.add(task.id)
        if task.stopped:
            self._on_stopped(task, known=known)
        elif task.started_at is not None and not known:
            self._running.labels(_rule(task)).inc()

    def _on_stopped(self, task: Task, *, known: bool) -> None:
        rule = _rule(task)
        if known:
            self._running.labels(rule).dec()
        self._tasks.labels(rule, _outcome(task)).inc()
        if task.started_at is not None and task.stopped_at is not None:
            self._durations.labels(rule).observe(_seconds(task.started_at, task.stopped_at))
        if task.succeeded and task.stopped_at is not None:
            self._last_success.labels(rule).set(task.stopped_at.timestamp())


def _rule(task: Task) -> str:
    return task.rule or ""


def _outcome(task: Task) -> str:
    if task.succeeded:
        return "succeeded"
    return "stopped" if task.stop_code == "UserInitiated" and not task.timed_out else "failed"


def _seconds(begin: datetime, end: datetime) -> float:
    return max(0.0, (end - begin).total_seconds())
