"""Patterns of an engine script that fit nothing are told, with what may have been meant."""

from pathlib import Path
from typing import Any

import pytest

from emulator.app.emulator import Emulator
from emulator.app.engine_script import read_script
from emulator.app.script_gaps import script_gaps
from emulator.app.settings import Settings
from emulator.engines.spec import PAUSE_CONTAINER
from emulator.events import EventBus, Warned
from emulator.model.definitions import Local
from emulator.model.image_builds import LocalImage
from tests.builders import container, definitions, event_rule, rule, task_definition

KNOWN = definitions(
    task_definition(container("load"), family="nightly"),
    rules=(rule("nightly"),),
    event_rules=(event_rule("after"),),
)


def gaps(*entries: dict[str, Any], **local: Any) -> list[str]:
    known = definitions(*KNOWN.task_definitions.values(), **local) if local else KNOWN
    return list(script_gaps(read_script({"containers": list(entries)}, "s"), known))


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"container": "load"},
        {"container": "l*", "family": "night??", "rule": "nightly"},
        {"container": PAUSE_CONTAINER},
        {"rule": "after"},
        {"image": "*alpine*"},
    ],
)
def test_what_fits_something_is_not_told(entry: dict[str, Any]) -> None:
    assert gaps(entry) == []


def test_each_pattern_that_fits_nothing_is_told_with_what_was_meant() -> None:
    assert gaps({"exitCode": 1}, {"container": "laod", "family": "weekly-*"}) == [
        "s.containers[1].container: no container fits 'laod'; did you mean 'load'?",
        "s.containers[1].family: no family fits 'weekly-*'; families here: nightly",
    ]
    assert len(gaps({"image": "*/hungry:*"})) == len(gaps({"rule": "nigthly"})) == 1


def test_an_image_that_no_container_has_is_told() -> None:
    script = read_script({"images": ["alpine:latest", "alpin:latest"]}, "s")
    assert list(script_gaps(script, KNOWN)) == [
        "s.images[1]: no container has the image 'alpin:latest'; did you mean 'alpine:latest'?"
    ]


def test_images_with_stand_ins_have_names_that_only_the_engine_knows() -> None:
    local = {"local": Local(images={"*": LocalImage(image="other:1")})}
    assert gaps({"image": "other:1"}, **local) == []


JOB = """
rules: [{name: nightly, scheduleExpression: rate(1 day), taskDefinition: job}]
taskDefinitions: {job: {containerDefinitions: [{name: app, image: alpine}]}}
"""


def test_a_machine_tells_of_them_whoever_asks_for_it(tmp_path: Path) -> None:
    jobs = tmp_path / "jobs.json"
    jobs.write_text('{"containers": [{"rule": "nightly"}, {"rule": "weekly"}]}', "utf-8")
    (tmp_path / "ecs-local.yaml").write_text(JOB, "utf-8")
    settings = Settings(
        directory=tmp_path, state_dir=tmp_path / "state", engine="fake", engine_script=jobs
    )
    bus, told = EventBus(), list[str]()
    bus.subscribe(Warned, lambda event: told.append(event.message))
    with Emulator(settings).machine(bus):
        pass
    assert [line.partition(": ")[2] for line in told] == [
        "no rule fits 'weekly'; rules here: nightly"
    ]
