"""Patterns of an engine script that fit nothing are told, with what may have been meant."""

from typing import Any

import pytest

from emulator.app.script_gaps import script_gaps
from emulator.engines.fake_script import read_script
from emulator.engines.spec import PAUSE_CONTAINER
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
        "the engine script's containers[1].container fits none: 'laod'; did you mean 'load'?",
        "the engine script's containers[1].family fits none: 'weekly-*'; families here: nightly",
    ]
    assert len(gaps({"image": "*/hungry:*"})) == len(gaps({"rule": "nigthly"})) == 1


def test_images_with_stand_ins_have_names_that_only_the_engine_knows() -> None:
    local = {"local": Local(images={"*": LocalImage(image="other:1")})}
    assert gaps({"image": "other:1"}, **local) == []
