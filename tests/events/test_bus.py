"""The bus between those who know and those who want to."""

import logging

import pytest

from emulator.events import EventBus, Progressed, Warned


def test_an_event_goes_to_the_subscribers_of_its_kind_in_their_order() -> None:
    bus = EventBus()
    seen: list[str] = []
    bus.subscribe(Warned, lambda event: seen.append(f"first {event.message}"))
    bus.subscribe(Warned, lambda event: seen.append(f"second {event.message}"))
    bus.subscribe(Progressed, lambda event: seen.append(event.message))
    bus.publish(Warned(message="disk"))
    assert seen == ["first disk", "second disk"]


def test_an_event_that_nobody_wants_is_no_error() -> None:
    EventBus().publish(Progressed(message="pulling"))


@pytest.mark.defect
def test_a_subscriber_that_fails_does_not_keep_the_event_from_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bus = EventBus()
    seen: list[str] = []

    def fail(_: Warned) -> None:
        raise OSError(28, "No space left on device")

    bus.subscribe(Warned, fail)
    bus.subscribe(Warned, lambda event: seen.append(event.message))
    with caplog.at_level(logging.ERROR):
        bus.publish(Warned(message="disk"))
    assert seen == ["disk"]
    assert "a subscriber failed on Warned" in caplog.text
