"""Notifications of a state directory: sinks are there once somebody is told something."""

import json
from pathlib import Path
from typing import Final

import pytest

from emulator.app.notifications import Notifications
from emulator.eventbridge.outlet import Parcel
from emulator.events import EventBus, Progressed
from emulator.model.definitions import Definitions, Local
from emulator.model.sinks import CommandSink
from emulator.state.directory import StateDirectory
from emulator.timers import SimulatedTimers
from tests.builders import NOON
from tests.eventbridge.test_sinks import notice

NOBODY: Final = Definitions()
MAIL: Final = Definitions(local=Local(sinks=(CommandSink(command=("never-run",)),)))


class _Office:
    """Notifications with all that they tell."""

    def __init__(self, path: Path, definitions: Definitions) -> None:
        self.told: list[str] = []
        self.complaints: list[str] = []
        self.path = path
        bus = EventBus()
        bus.subscribe(Progressed, lambda event: self.told.append(event.message))
        self.notifications = Notifications(
            definitions,
            StateDirectory(path),
            bus,
            SimulatedTimers(NOON),
            send=False,
            resumed=False,
            warn=self.complaints.append,
            undelivered=lambda *_: None,
        )

    def messages(self) -> list[str]:
        files = sorted((self.path / "notifications").rglob("*.jsonl"))
        return [json.loads(line)["message"] for f in files for line in f.read_text().splitlines()]


def test_a_notification_is_in_its_file_where_no_sink_is_configured(tmp_path: Path) -> None:
    office = _Office(tmp_path, NOBODY)
    office.notifications.send(notice("日本"))
    office.notifications.close()
    assert (office.messages(), office.told, office.complaints) == (["日本"], [], [])


@pytest.mark.parametrize("adopted", [False, True])
def test_what_a_sink_would_have_had_is_told(tmp_path: Path, adopted: bool) -> None:
    office = _Office(tmp_path, NOBODY if adopted else MAIL)
    if adopted:
        office.notifications.adopt(MAIL)
    office.notifications.send(notice("x"))
    office.notifications.close()
    assert office.messages() == ["x"]
    assert len(office.told) == 1
    assert "never-run" in office.told[0]


def test_a_sink_that_is_gone_from_the_definitions_gets_nothing(tmp_path: Path) -> None:
    office = _Office(tmp_path, MAIL)
    office.notifications.adopt(NOBODY)
    office.notifications.send(notice("x"))
    office.notifications.close()
    assert (office.messages(), office.told) == (["x"], [])


@pytest.mark.parametrize(("sink", "there"), [("the notification files", True), ("gone", False)])
def test_what_was_promised_goes_to_its_sink_where_that_is(
    tmp_path: Path, sink: str, there: bool
) -> None:
    office = _Office(tmp_path, NOBODY)
    parcel = Parcel(told=notice("late"), sink=sink)
    assert office.notifications.resume("key", parcel) is there
    office.notifications.close()
    assert office.messages() == (["late"] if there else [])


def test_closing_where_nobody_was_told_leaves_nothing(tmp_path: Path) -> None:
    _Office(tmp_path, NOBODY).notifications.close()
    assert list(tmp_path.iterdir()) == []
