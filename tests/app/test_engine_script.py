"""What an engine script says, and what is wrong with it: all of it, each by its place."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.app.engine_script import read_script, read_script_file
from emulator.engines.base import OutputChunk
from emulator.engines.fake_script import FakeScript
from emulator.engines.spec import ContainerSpec
from emulator.errors import UsageError
from emulator.model.health import HealthStatus

SPEC = ContainerSpec(
    name="ecs-1",
    image="registry/load:1",
    labels={
        "com.amazonaws.ecs.container-name": "load",
        "com.amazonaws.ecs.task-definition-family": "nightly-load",
        "ecs-local.rule": "nightly",
    },
)


def _script(*containers: dict[str, Any]) -> FakeScript:
    return read_script({"containers": list(containers)}, "script")


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
    assert set(read_script({"images": ["a:1"]}, "script").images or ()) == {"a:1"}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"container": []}, "script.container: unknown key 'container' in the engine script"),
        ({"containers": {}}, "script.containers: containers must be a list, not a mapping"),
        (
            {"containers": [1]},
            "script.containers[0]: the container must be a mapping, ",
        ),
        (
            {"containers": [{"exitcode": 1}]},
            "'exitcode' in the container\n  hint: did you mean '",
        ),
        (
            {"containers": [{"memory": 1}]},
            "unknown key 'memory' in the container\n  hint: keys",
        ),
        ({"containers": [{"exitCode": 256}]}, "exitCode is a number from 0 to 255, not 256"),
        (
            {"containers": [{"exitCode": True}]},
            "exitCode must be a whole number, not true",
        ),
        ({"containers": [{"duration": "long"}]}, "'long' is not a duration\n  hint: write 90s"),
        ({"containers": [{"duration": -1}]}, "a number is not a duration"),
        ({"containers": [{"duration": "9" * 400 + "d"}]}, "of a hundred years at most"),
        ({"containers": [{"duration": timedelta(hours=1)}]}, "not a timedelta\n  hint: write 90s"),
        ({"containers": [{"output": ["a"]}]}, "output must be text, not a list"),
        ({"containers": [{"output": b"a"}]}, "script.containers[0].output: a script has texts, n"),
        ({"containers": [{"error": "\ud800"}]}, "error holds '\\ud800', which is not a character"),
        ({"containers": [{"oomKilled": "yes"}]}, "oomKilled must be true or false, not text"),
        ({"containers": [{"health": ["WELL"]}]}, "containers[0].health[0]: health is a list of "),
        ({"containers": [{"starts": []}]}, "starts must be a list of at least one start"),
        ({"containers": [{"starts": 3}]}, "starts must be a list, not a number"),
        ({"containers": [{"starts": [{}], "exitCode": 1}]}, "exitCode stands beside `starts`"),
        (
            {"containers": [{"starts": [{"rule": "a"}]}]},
            "starts[0].rule: unknown key 'rule' in",
        ),
        (
            {"containers": [{"neverStarts": "x", "exitCode": 1}]},
            "never starts has no exitCode",
        ),
        ({"containers": [{3: 1}]}, "script.containers[0]: keys are texts, not of type int"),
        ({"images": "some"}, "script.images: images must be `all` or a list of names"),
        ({"images": [10**5000]}, "script.images[0]: a script has texts"),
    ],
)
def test_what_is_no_script_is_refused_with_its_place(document: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as error:
        read_script(document, "script")
    assert told in str(error.value)


WRONG = """\
containers:
- container: load
  exitCode: 300
  duration: long
- error: both
  duration: 3s
  starts:
  - exitcode: 1
  - output: [a]
  - neverStarts: no image
    output: a
    exitCode: 1
images: some
"""


def test_all_that_is_wrong_with_a_file_is_told_by_its_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("jobs.yaml").write_text(WRONG, "utf-8")
    with pytest.raises(UsageError) as error:
        read_script_file(Path("jobs.yaml"))
    told = [line for line in str(error.value).splitlines() if not line.startswith("  hint")]
    assert told == [
        "jobs.yaml:3: exitCode is a number from 0 to 255, not 300",
        "jobs.yaml:4: 'long' is not a duration",
        "jobs.yaml:5: error stands beside `starts`, and not in them",
        "jobs.yaml:6: duration stands beside `starts`, and not in them",
        "jobs.yaml:8: unknown key 'exitcode' in the start",
        "jobs.yaml:9: output must be text, not a list",
        "jobs.yaml:11: what never starts has no output",
        "jobs.yaml:12: what never starts has no exitCode",
        "jobs.yaml:13: images must be `all` or a list of names",
    ]


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("jobs.yaml").write_text("containers: [\n", "utf-8")
    for name, told in {
        "none.yaml": "none.yaml: there is no such file",
        ".": ".: a directory, not a file",
        "jobs.yaml": "jobs.yaml:2: not valid YAML",
    }.items():
        with pytest.raises(UsageError) as error:
            read_script_file(Path(name))
        assert told in str(error.value)


def test_a_pattern_knows_where_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("jobs.yaml").write_text("containers:\n- exitCode: 1\n  rule: 夜間\n", "utf-8")
    (entry,) = read_script_file(Path("jobs.yaml")).entries
    (pattern,) = entry.patterns
    assert (pattern.text, str(pattern.source)) == ("夜間", "jobs.yaml:3")


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
def test_any_document_is_a_script_or_refused(document: dict[str, object]) -> None:
    try:
        script = read_script(document, "script")
    except UsageError:
        return
    script.process(SPEC)
