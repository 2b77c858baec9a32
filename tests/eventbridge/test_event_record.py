"""The file of all events: whole, in order, and never in the way of what they tell of."""

import json
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from emulator.eventbridge import event_record
from emulator.eventbridge.event_record import EventRecord


def _event(number: int) -> dict[str, Any]:
    return {"id": number}


class Recording:
    """A record, and what it said."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[str] = []
        self.record = EventRecord(path, self.said.append)

    def written(self) -> list[Any]:
        """Return the ids of the events that are in the file once all is written."""
        self.record.close()
        return [json.loads(line)["id"] for line in self.path.read_text("utf-8").splitlines()]


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path / "events.jsonl")


def test_events_are_written_in_their_order(recording: Recording) -> None:
    for number in range(3 * event_record.LARGEST_BATCH):
        recording.record.add(partial(_event, number))
    assert recording.written() == list(range(3 * event_record.LARGEST_BATCH))
    assert recording.said == []


def test_no_text_is_made_while_that_goes_on_which_it_tells_of(recording: Recording) -> None:
    made = threading.Event()

    def make(number: int) -> dict[str, Any]:
        made.set()
        return _event(number)

    with recording.record.together():
        with recording.record.together():
            recording.record.add(lambda: make(1))
        recording.record.add(lambda: make(2))
        assert not made.wait(0.05)
    assert recording.written() == [1, 2]


def test_what_another_thread_adds_meanwhile_does_not_wait(recording: Recording) -> None:
    made = threading.Event()

    def make() -> dict[str, Any]:
        made.set()
        return _event(1)

    with recording.record.together():
        other = threading.Thread(target=recording.record.add, args=(make,))
        other.start()
        other.join()
        assert made.wait(60)


def test_events_that_come_too_fast_are_counted(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_record, "MOST_WAITING", 2)
    with recording.record.together():
        for number in range(5):
            recording.record.add(partial(_event, number))
    assert recording.written() == [0, 1]
    assert recording.said == ["3 events came too fast to be kept in events.jsonl"]


def test_a_file_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    recording = Recording(tmp_path / "file" / "events.jsonl")
    for _ in range(2):
        recording.record.add(dict)
    recording.record.close()
    assert len(recording.said) == 1
    assert recording.said[0].startswith("events are not kept: ")
