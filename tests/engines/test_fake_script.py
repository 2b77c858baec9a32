"""What the fake engine's script says, and what it refuses."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.engines.base import OutputChunk
from emulator.engines.fake_script import FakeScript, read_script
from emulator.engines.spec import ContainerSpec
from emulator.errors import UsageError
from emulator.model.health import HealthStatus

LABELS = {
    "com.amazonaws.ecs.container-name": "load",
    "com.amazonaws.ecs.task-definition-family": "nightly-load",
    "ecs-local.rule": "nightly",
}
SPEC = ContainerSpec(name="ecs-1", image="registry/load:1", labels=LABELS)


def _script(*containers: dict[str, Any]) -> FakeScript:
    return read_script({"containers": list(containers)}, "jobs.yaml")


def test_a_process_is_what_its_entry_says() -> None:
    script = _script(
        {
            "container": "load",
            "exitCode": 3,
            "duration": "1h30m",
            "output": "読み込み\n",
            "error": "oops\n",
            "ignoresSigterm": True,
            "health": ["HEALTHY"],
        }
    )
    process = script.process(SPEC)
    assert process is not None
    assert (process.exit_code, process.duration) == (3, timedelta(minutes=90))
    assert process.output == (
        OutputChunk("stdout", "読み込み\n".encode()),
        OutputChunk("stderr", b"oops\n"),
    )
    assert process.ignores_sigterm
    assert process.health == (HealthStatus.HEALTHY,)


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ({"container": "load"}, True),
        ({"image": "registry/*"}, True),
        ({"family": "nightly-?oad", "rule": "nightly"}, True),
        ({"rule": "weekly"}, False),
        ({"container": "load", "image": "other:1"}, False),
        ({}, True),
    ],
)
def test_all_patterns_of_an_entry_must_fit(pattern: dict[str, str], fits: bool) -> None:
    assert (_script(pattern).process(SPEC) is not None) is fits


def test_the_first_entry_that_fits_counts() -> None:
    script = _script({"rule": "weekly", "exitCode": 1}, {"exitCode": 2}, {"exitCode": 3})
    process = script.process(SPEC)
    assert process is not None
    assert process.exit_code == 2


def test_it_fails_twice_and_then_succeeds() -> None:
    script = _script({"starts": [{"exitCode": 1}, {"exitCode": 1}, {"output": "done"}]})
    codes = [process.exit_code for _ in range(4) if (process := script.process(SPEC))]
    assert codes == [1, 1, 0, 0]


def test_starts_are_counted_for_each_rule_apart() -> None:
    script = _script({"starts": [{"exitCode": 1}, {"exitCode": 0}]})
    other = ContainerSpec(name="x", image="i", labels={**LABELS, "ecs-local.rule": "weekly"})
    codes = [process.exit_code for spec in (SPEC, other) if (process := script.process(spec))]
    assert codes == [1, 1]


def test_out_of_memory_is_killed_and_forever_is_no_duration() -> None:
    process = _script({"oomKilled": True, "duration": "forever"}).process(SPEC)
    assert process is not None
    assert (process.exit_code, process.oom_killed, process.duration) == (137, True, None)


def test_a_start_that_never_comes_says_why() -> None:
    process = _script({"neverStarts": "no space left on device"}).process(SPEC)
    assert process is not None
    assert process.never_starts == "no space left on device"


def test_all_images_are_there_unless_they_are_listed() -> None:
    assert _script().images is None
    assert read_script({"images": ["a:1"]}, "jobs.yaml").images == frozenset({"a:1"})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "jobs.yaml must be a mapping"),
        ({"container": []}, "jobs.yaml: no key 'container'"),
        ({"containers": {}}, "containers must be a list"),
        ({"containers": [{"exitcode": 1}]}, r"(?s)\[0\]: no key 'exitcode'.*mean 'exitCode'\?"),
        ({"containers": [{"memory": 1}]}, r"(?s)no key 'memory'.*keys here: container, family, "),
        ({"containers": [{"exitCode": 256}]}, "exitCode must be a number from 0 to 255"),
        ({"containers": [{"exitCode": True}]}, "exitCode must be a number"),
        ({"containers": [{"duration": "long"}]}, "'long' is not a duration"),
        ({"containers": [{"duration": "9" * 30 + "d"}]}, "is too long"),
        ({"containers": [{"output": 1}]}, "output must be text"),
        ({"containers": [{"oomKilled": "yes"}]}, "oomKilled must be true or false"),
        ({"containers": [{"health": ["WELL"]}]}, "health must be a list of"),
        ({"containers": [{"starts": []}]}, "starts must be a list of at least one"),
        ({"containers": [{"starts": [{}], "exitCode": 1}]}, "stands in `starts`"),
        ({"containers": [{"starts": [{"rule": "a"}]}]}, r"starts\[0\]: no key 'rule'"),
        ({"containers": [{"neverStarts": "x", "exitCode": 1}]}, "never starts has no exitCode"),
        ({"images": "some"}, "images must be `all` or a list"),
    ],
)
def test_what_is_no_script_is_refused_with_its_place(document: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_script(document, "jobs.yaml")


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    ["containers", "images", "starts", "exitCode", "duration", "output", "health", "rule"]
)


@given(
    st.dictionaries(_KEYS, _ANYTHING)
    | st.builds(lambda found: {"containers": [found]}, st.dictionaries(_KEYS, _ANYTHING))
)
def test_any_document_is_a_script_or_refused(document: object) -> None:
    try:
        script = read_script(document, "jobs.yaml")
    except UsageError:
        return
    script.process(SPEC)
