"""Notifications on their way to sinks that are slow, broken or hostile."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from emulator.eventbridge import outlet
from emulator.eventbridge.dispatch import Dispatcher
from emulator.eventbridge.failures import Exhausted, Failure
from emulator.eventbridge.notification import Notification
from emulator.eventbridge.outlet import Parcel
from emulator.eventbridge.sinks.base import SinkError
from emulator.events import Promised, PromiseSettled
from emulator.events.promises import MOST_WAITING
from emulator.model.delivery import RetryPolicy
from emulator.model.notification_targets import NotificationTarget, TargetKind
from emulator.model.sinks import CommandSink, SinkConfiguration, WebhookSink
from emulator.timers import SimulatedTimers
from tests.builders import NOON
from tests.eventbridge.test_sinks import notice

PATIENCE = 300.0
"""Seconds after which a test that hangs fails; none comes near."""


class _Sink:
    """A sink that fails so often before it takes a notification."""

    label = "the sink"

    def __init__(self, failures: int = 0, *, final: bool = False) -> None:
        self.taken: list[str] = []
        self.tries = 0
        self.tried = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()
        self._failures = failures
        self._final = final

    def wants(self, told: Notification) -> bool:
        return told.name != "other"

    def deliver(self, told: Notification) -> None:
        assert self.gate.wait(PATIENCE)
        self.tries += 1
        try:
            if self.tries <= self._failures:
                message = "no route"
                raise SinkError(message, final=self._final)
            self.taken.append(told.text)
        finally:
            self.tried.release()

    def wait_for(self, tries: int) -> None:
        for _ in range(tries):
            assert self.tried.acquire(timeout=PATIENCE)


class _Broken(_Sink):
    def deliver(self, told: Notification) -> None:
        raise ZeroDivisionError


class _Sent:
    def __init__(self, *sinks: _Sink) -> None:
        self.timers = SimulatedTimers(NOON)
        self.reports: list[str] = []
        self.promised: dict[str, Parcel] = {}
        self.dispatcher = Dispatcher(
            sinks, self.timers, self.reports.append, publish=self._on_promise
        )

    def _on_promise(self, event: Promised | PromiseSettled) -> None:
        if isinstance(event, Promised):
            self.promised[event.key] = event.value
        else:
            del self.promised[event.key]


def _retry(timers: SimulatedTimers) -> None:
    """Let the next attempt come, once the failure before it is known to the timers."""
    for _ in range(int(PATIENCE * 100)):
        # Not before: a step that meets no timer lets all the time until its limit pass.
        if timers.next_instant() is not None:
            assert timers.step(NOON + timedelta(days=1))
            return
        threading.Event().wait(0.01)
    raise AssertionError


def _no_thread(_thread: threading.Thread) -> None:
    message = "can't start new thread"
    raise RuntimeError(message)


def test_a_sink_gets_what_it_wants_in_order() -> None:
    sink = _Sink()
    sent = _Sent(sink)
    for text in ("1", "2"):
        sent.dispatcher.send(notice(text))
    sent.dispatcher.send(notice("3", name="other"))
    sent.dispatcher.close()
    assert (sink.taken, sent.reports) == (["1", "2"], [])


def test_a_sink_that_fails_is_tried_again_and_told_once() -> None:
    sink = _Sink(failures=2)
    sent = _Sent(sink)
    sent.dispatcher.send(notice("1"))
    sink.wait_for(1)
    _retry(sent.timers)
    sink.wait_for(1)
    _retry(sent.timers)
    sink.wait_for(1)
    sent.dispatcher.close()
    assert sink.taken == ["1"]
    assert sent.reports == ["the sink: no route; it is tried again"]


def test_the_end_does_not_wait_for_another_time() -> None:
    sink = _Sink(failures=1)
    sent = _Sent(sink)
    sent.dispatcher.send(notice("1"))
    sink.wait_for(1)
    while sent.timers.next_instant() is None:
        threading.Event().wait(0.01)
    sent.dispatcher.close()
    assert (sink.taken, sink.tries) == (["1"], 2)


def test_what_cannot_be_delivered_before_the_end_is_left_to_a_later_run() -> None:
    first, second = _Sink(failures=100), _Sink()
    sent = _Sent(first)
    sent.dispatcher.send(notice("1"))
    sent.dispatcher.close()
    assert sent.reports[-1] == (
        "the sink: 1 notification was not delivered yet: the next `ecs-local run` tries again"
    )
    ((key, parcel),) = sent.promised.items()
    assert (parcel.told.text, parcel.attempt, first.tries) == ("1", 4, 3)
    later = _Sent(second)
    assert later.dispatcher.resume(key, parcel)
    later.dispatcher.close()
    assert (second.taken, later.promised, later.reports) == (["1"], {}, [])


def test_what_no_later_run_goes_on_with_is_given_up_at_the_end() -> None:
    sink, letters, reports = _Sink(failures=9), list[tuple[str, int]](), list[str]()
    dispatcher = Dispatcher(
        [sink],
        SimulatedTimers(NOON),
        reports.append,
        undelivered=lambda told, failure, attempts, _: letters.append((told.text, attempts)),
        resumed=False,
    )
    dispatcher.send(notice("1"))
    sink.wait_for(1)
    dispatcher.close()
    assert reports[-1] == "the sink: 1 notification was not delivered"
    assert letters == [("1", sink.tries)]


def test_what_waits_for_another_attempt_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet, "MOST_WAITING", 2)
    sink = _Sink(failures=100)
    sent = _Sent(sink)
    for text in "123":
        sent.dispatcher.send(notice(text))
        sink.wait_for(1 if text < "3" else 0)
    assert len(sent.promised) == 2
    sent.dispatcher.close()
    assert "the sink: 1 notification was not delivered" in sent.reports


def test_attempts_of_an_earlier_run_count() -> None:
    sink = _Sink(failures=100)
    sent = _Sent(sink)
    policy = RetryPolicy(maximum_retry_attempts=4)
    target = NotificationTarget(id="t", arn="", kind=TargetKind.SNS, retry_policy=policy)
    told = replace(notice("1"), target=target)
    parcel = Parcel(told=told, sink="the sink", attempt=5)
    assert sent.dispatcher.resume("key", parcel)
    sent.dispatcher.close()
    assert (sink.tries, sent.promised) == (1, {})
    assert sent.reports[-1] == "the sink: 1 notification was not delivered"


def test_what_is_delivered_or_given_up_is_promised_no_longer() -> None:
    taken, refused = _Sink(), _Sink(failures=9, final=True)
    for sink in (taken, refused):
        sent = _Sent(sink)
        sent.dispatcher.send(notice("1"))
        sent.dispatcher.close()
        assert sent.promised == {}


def test_sinks_of_one_server_are_told_apart_and_no_secret_is_in_their_names() -> None:
    urls = [f"https://user:pw@hooks.example/{path}?token=s3cret" for path in ("a", "b")]
    dispatcher = Dispatcher((), SimulatedTimers(NOON), _never)
    dispatcher.adopt([WebhookSink(url=url) for url in urls])
    names = ["webhook https://hooks.example", "webhook https://hooks.example (2)"]
    assert [outlet.name for outlet in dispatcher.outlets] == names
    assert not dispatcher.resume("key", Parcel(told=notice("1"), sink=f"{names[0]} (3)"))


def test_what_would_fail_again_is_not_tried_again() -> None:
    sink = _Sink(failures=1, final=True)
    sent = _Sent(sink)
    for text in ("1", "2"):
        sent.dispatcher.send(notice(text))
    sent.dispatcher.close()
    assert (sink.taken, sink.tries) == (["2"], 2)
    assert sent.reports == ["the sink: no route", "the sink: 1 notification was not delivered"]


@pytest.mark.defect
def test_a_defect_of_a_sink_does_not_end_it() -> None:
    sent = _Sent(_Broken())
    for text in ("1", "2"):
        sent.dispatcher.send(notice(text))
    sent.dispatcher.close()
    assert sent.reports == [
        "the sink: ZeroDivisionError: ",
        "the sink: 2 notifications were not delivered",
    ]


def test_where_no_thread_is_to_be_had_notifications_wait_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sink = _Sink()
    sent = _Sent(sink)
    with monkeypatch.context() as shortage:
        shortage.setattr(threading.Thread, "start", _no_thread)
        sent.dispatcher.send(notice("first"))
        sent.dispatcher.send(notice("second"))
    sent.dispatcher.send(notice("third"))
    sent.dispatcher.close()
    assert sink.taken == ["first", "second", "third"]
    (report,) = sent.reports
    assert report.startswith("the sink: can't start new thread: raise the limit of processes")


def test_what_never_got_a_thread_is_left_to_a_later_run(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = _Sent(_Sink())
    monkeypatch.setattr(threading.Thread, "start", _no_thread)
    sent.dispatcher.send(notice("first"))
    sent.dispatcher.close()
    assert len(sent.promised) == 1
    assert sent.reports[-1] == (
        "the sink: 1 notification was not delivered yet: the next `ecs-local run` tries again"
    )


def test_a_sink_that_hangs_holds_up_neither_the_sender_nor_another_sink() -> None:
    stuck, quick = _Sink(), _Sink()
    stuck.gate.clear()
    sent = _Sent(stuck, quick)
    for number in range(MOST_WAITING + 10):
        sent.dispatcher.send(notice(str(number)))
        if number % 1000 == 999:
            quick.wait_for(1000)
    quick.wait_for(10)
    stuck.gate.set()
    sent.dispatcher.close()
    assert len(quick.taken) == MOST_WAITING + 10
    assert sent.reports[0] == "the sink: too many notifications wait for it"


def test_other_sinks_are_taken_over_and_those_that_stay_keep_what_they_have() -> None:
    stays, goes, comes = (CommandSink(command=(name,)) for name in ("stays", "goes", "comes"))
    made: dict[str, list[_Sink]] = {}

    def make(configuration: SinkConfiguration) -> _Sink:
        assert isinstance(configuration, CommandSink)
        sink = _Sink()
        made.setdefault(configuration.command[0], []).append(sink)
        return sink

    dispatcher = Dispatcher((), SimulatedTimers(NOON), _never, make=make)
    dispatcher.adopt([stays, goes])
    made["goes"][0].gate.clear()
    dispatcher.send(notice("first"))
    dispatcher.adopt([stays, comes])
    dispatcher.send(notice("second"))
    made["goes"][0].gate.set()
    dispatcher.close()
    assert {name: [sink.taken for sink in sinks] for name, sinks in made.items()} == {
        "stays": [["first", "second"]],
        "goes": [["first"]],
        "comes": [["second"]],
    }


class _Letters:
    def __init__(self, sink: _Sink, policy: RetryPolicy | None) -> None:
        self.kept: list[tuple[str, int, str | None, str]] = []
        self.reports: list[str] = []
        self.timers = SimulatedTimers(NOON)
        self._dispatcher = Dispatcher(
            (sink,), self.timers, self.reports.append, undelivered=self._keep
        )
        target = NotificationTarget(id="t", arn="", kind=TargetKind.SNS, retry_policy=policy)
        self._dispatcher.send(replace(notice("x"), target=target))
        self.close = self._dispatcher.close

    def _keep(
        self, told: Notification, failure: Failure, attempts: int, exhausted: Exhausted | None
    ) -> None:
        self.kept.append((told.text, attempts, exhausted, failure.code))


def test_a_targets_retry_policy_says_how_often_a_sink_is_tried() -> None:
    sink = _Sink(failures=9)
    letters = _Letters(sink, RetryPolicy(maximum_retry_attempts=1))
    sink.wait_for(1)
    _retry(letters.timers)
    sink.wait_for(1)
    letters.close()
    assert letters.kept == [("x", 2, "MaximumRetryAttempts", "CONNECTION_FAILURE")]
    assert sink.tries == 2


def test_attempts_at_the_end_of_a_run_count_for_a_dead_letter() -> None:
    sink = _Sink(failures=9)
    letters = _Letters(sink, RetryPolicy(maximum_retry_attempts=2))
    letters.close()
    assert letters.kept == [("x", 3, "MaximumRetryAttempts", "CONNECTION_FAILURE")]
    assert sink.tries == 3


def test_what_a_sink_refuses_for_good_is_a_dead_letter_at_once() -> None:
    sink = _Sink(failures=1, final=True)
    letters = _Letters(sink, None)
    sink.wait_for(1)
    letters.close()
    assert letters.kept == [("x", 1, None, "ERROR_FROM_TARGET")]


def _never(text: str) -> None:
    raise AssertionError(text)
