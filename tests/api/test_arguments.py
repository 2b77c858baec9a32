"""What callers write of another kind: each is refused at the call, by its name, with what to do."""

import contextlib
import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator import Emulator
from emulator.api import RunTaskRefusedError
from emulator.engines.fake import FakeEngine
from emulator.errors import EcsLocalError, UsageError
from emulator.timers import Timers

JOB: Final = """
rules:
- {name: nightly, scheduleExpression: cron(0 3 * * ? *), taskDefinition: job}
taskDefinitions:
  job:
    containerDefinitions:
    - {name: app, image: "alpine:latest"}
"""
START: Final = "2028-02-01T00:00:00Z"
TOKYO: Final = timezone(timedelta(hours=9))
DEEP: Final[dict[str, Any]] = {}
for _ in range(20_000):
    DEEP = {"deeper": DEEP}  # type: ignore[misc]

A_PATH: Final = "is a path, not"
AN_INSTANT: Final = "is an instant, not"
YEARS: Final = "`start` is an instant of the years 1970 to 9998 (UTC), not "

CONSTRUCTIONS: Final[list[tuple[dict[str, Any], str]]] = [
    ({"engine": None}, "`engine` is 'docker', 'fake' or a function from timers to an engine"),
    ({"engine": "Docker"}, "`engine`: there is no engine 'Docker'\n  hint: did you mean 'docker'?"),
    ({"engine": FakeEngine()}, "hint: `lambda timers: …` returns it"),
    ({"text": 5}, "`text` is a text, not 5"),
    ({"text": ["rules: []"]}, "`text` is a text, not ['rules: []']"),
    ({"text": "rules: []\n# \ud800"}, r"`text` holds '\ud800' in line 2, which is not a character"),
    ({"state_dir": 5}, f"`state_dir` {A_PATH} 5"),
    ({"state_dir": ""}, "`state_dir` is empty, and so names no file\n  hint: the working dir"),
    ({"state_dir": "a\0b"}, "hint: no file can have such a name"),
    ({"directory": b"infra"}, f"`directory` {A_PATH} b'infra'"),
    ({"start": datetime(2028, 1, 1)}, "`start` has no time zone: 2028-01-01T00:00:00"),  # noqa: DTZ001
    ({"start": "tomorrow"}, f"`start` {AN_INSTANT} 'tomorrow'\n  hint: `datetime(…, tzinfo=UTC)`"),
    ({"start": 5}, f"`start` {AN_INSTANT} 5"),
    ({"start": date(2028, 1, 1)}, f"`start` {AN_INSTANT} datetime.date(2028, 1, 1)"),
    ({"start": datetime.min.replace(tzinfo=TOKYO)}, f"{YEARS}0001-01-01T00:00:00+09:00"),
    ({"start": "9999-12-31T23:00:00-09:00"}, f"{YEARS}9999-12-31T23:00:00-09:00"),
    ({"start": "1969-12-31T23:59:59Z"}, f"{YEARS}1969-12-31T23:59:59+00:00"),
    ({"clock": "fake"}, "`clock` is 'simulated' or 'real', not 'fake'"),
    ({"clock": []}, "`clock` is 'simulated' or 'real', not []"),
    ({"clock": "real", "start": START}, "a real clock starts now"),
    ({"seed": "x"}, "`seed` is a whole number, not 'x'"),
    ({"seed": True}, "`seed` is a whole number, not True"),
    ({"flows": "no"}, "`flows` is True or False, not 'no'"),
    ({"scratch": 1}, "`scratch` is True or False, not 1"),
    ({"script": 5}, "`script` is a path, or a mapping, not 5"),
    ({"script": ""}, "`script` is empty, and so names no file"),
    ({"script": "none.yaml"}, "none.yaml: there is no such file"),
    ({"script": {}, "engine": "docker"}, "`script` is for the fake engine\n  hint: add `engine"),
    ({"fake_time": True}, "no container of the fake engine sees a clock"),
    ({"lenient": "no"}, "`lenient` is True or False, not 'no'"),
    ({"lenent": True}, "no setting 'lenent'\n  hint: did you mean 'lenient'?"),
    ({"enginee": "fake"}, "no setting 'enginee'\n  hint: did you mean 'engine'?"),
    ({"files": ["infra"]}, "no setting 'files'\n  hint: files come first, without a name"),
    ({"engine_script": "a.yaml"}, "hint: it is called `script` here"),
    ({"prewarm": True}, "no setting 'prewarm'\n  hint: settings here: text, "),
    ({"variables": 3}, "`variables` is a mapping of texts to texts, not of type int"),
    ({"variables": {3: "a"}}, "`variables` has texts as its keys, not 3"),
    (
        {"environ": {"COUNT": None}},
        "`environ['COUNT']` is a text, not None\n  hint: write it as on",
    ),
    ({"environment": 1}, "`environment` is a text, not 1"),
    ({"variable_files": "prd.tfvars"}, "`variable_files` is a list of paths, not 'prd.tfvars'"),
    ({"variable_files": ["a", 3]}, f"`variable_files[1]` {A_PATH} 3"),
    ({"pull": "often"}, "`pull` is 'always' or 'missing' or 'never', not 'often'"),
    ({"chaos": "throttle"}, "`chaos` is a set of 'duplicate' or 'throttle', not 'throttle'"),
    ({"chaos": ["flood"]}, "`chaos[0]` is 'duplicate' or 'throttle', not 'flood'"),
]


@pytest.mark.parametrize(("wrong", "told"), CONSTRUCTIONS)
def test_what_an_emulator_cannot_be_made_with_is_refused_before_it_is_entered(
    wrong: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError) as error:
        Emulator(**{"text": JOB, "engine": "fake", **wrong})
    assert told in str(error.value)


ANYTHING: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=4)
    | st.datetimes()
    | st.timedeltas()
    | st.just(object()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
NAMES: Final = (
    *("text", "directory", "state_dir", "engine", "clock", "start", "script", "flows", "seed"),
    *("scratch", "lenient", "strict", "pull", "fake_time", "chaos", "chain", "send", "environ"),
    *("parameters", "environment", "variables", "variable_files", "other"),
)


@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=3))
def test_any_values_make_an_emulator_or_are_refused(values: dict[str, Any]) -> None:
    with contextlib.suppress(UsageError):
        Emulator(**{"engine": "fake", **values})


@settings(max_examples=25)
@given(ANYTHING, ANYTHING)
def test_any_values_are_taken_by_an_operation_or_refused(one: Any, other: Any) -> None:
    with Emulator(text=JOB, engine="fake", start=START) as ecs:
        asked: tuple[Callable[[], object], ...] = (
            lambda: ecs.invoke(one, within=other),
            lambda: ecs.run_task(one, count=other),
            lambda: ecs.run_task("job", overrides=one, within=other),
            lambda: ecs.fire_event(one, event_bus=other),
            lambda: ecs.fire_event({"detail": one}),
            lambda: ecs.advance(one, wait=other),
            lambda: ecs.advance(hours=one, seconds=other),
            lambda: ecs.run_until(one),
        )
        for ask in asked:
            with contextlib.suppress(EcsLocalError):
                ask()


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (5, f"`files[1]` {A_PATH} 5"),
        (["infra"], f"`files[1]` {A_PATH} ['infra']"),
        ("", "`files[1]` is empty"),
        (JOB, "`files[1]` is a path, not a text of several lines\n  hint: definitions as a text"),
    ],
)
def test_a_file_that_is_none_is_refused_by_its_number(file: Any, told: str) -> None:
    with pytest.raises(UsageError) as error:
        Emulator("infra", file, engine="fake")
    assert told in str(error.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong: dict[str, Any] = {"text": 5, "clock": "x", "seed": "y", "lenient": "no", "lenent": 1}
    with pytest.raises(UsageError) as error:
        Emulator("", **wrong)
    told = [line for line in str(error.value).splitlines() if not line.startswith("  hint")]
    assert [line.split(" ")[0].strip("`") for line in told[:-1]] == [
        *("files[0]", "text", "clock", "seed", "lenient")
    ]
    assert told[-1] == "no setting 'lenent'"


def test_all_that_does_not_go_together_is_told_at_once() -> None:
    with pytest.raises(UsageError) as error:
        Emulator("infra", text=JOB, clock="real", start=START, script={})
    assert len([line for line in str(error.value).splitlines() if "hint" not in line]) == 3


def test_a_value_that_may_be_secret_is_not_said() -> None:
    environ: Any = {"PASSWORD": b"hunter2"}
    with pytest.raises(UsageError, match="type bytes") as error:
        Emulator(text=JOB, engine="fake", environ=environ)
    assert "hunter2" not in str(error.value)


def test_a_value_that_is_long_is_cut() -> None:
    text: Any = ["x" * 10_000]
    with pytest.raises(UsageError) as error:
        Emulator(text=text, engine="fake")
    assert len(str(error.value)) < 200


OPERATIONS: Final[list[tuple[Callable[[Any], object], str]]] = [
    (lambda ecs: ecs.invoke(None), "`rule` is the name of a rule, not None"),
    (lambda ecs: ecs.invoke(["nightly"]), "`rule` is the name of a rule, not ['nightly']"),
    (lambda ecs: ecs.invoke("nightly", within="1h"), "`within` is a timedelta, not '1h'"),
    (
        lambda ecs: ecs.invoke("nightly", within=timedelta(-1)),
        "`within` is a timedelta that is not negative",
    ),
    (lambda ecs: ecs.run_task(5), "`family` is the name of a task definition's family, not 5"),
    (lambda ecs: ecs.run_task("jbo"), "did you mean 'job'?"),
    (lambda ecs: ecs.run_task("job", count="x"), "`count` is a whole number, not 'x'"),
    (lambda ecs: ecs.run_task("job", count=True), "`count` is a whole number, not True"),
    (lambda ecs: ecs.run_task("job", count=0), "count is 1 to 10, not 0"),
    (lambda ecs: ecs.run_task("job", count=11), "count is 1 to 10, not 11"),
    (lambda ecs: ecs.run_task("job", within=3), "`within` is a timedelta, not 3"),
    (lambda ecs: ecs.run_task("job", overrides="{}"), "`overrides` is a mapping, not '{}'"),
    (lambda ecs: ecs.run_task("job", overrides=[]), "`overrides` is a mapping, not []"),
    (
        lambda ecs: ecs.run_task("job", overrides={"containerOverrides": [Path("a")]}),
        "`overrides` is not JSON",
    ),
    (lambda ecs: ecs.advance("1h"), "`duration` is a timedelta, not '1h'"),
    (lambda ecs: ecs.advance(None), "`duration` is a timedelta, not None"),
    (lambda ecs: ecs.advance(hours="x"), "`hours` is a number, not 'x'"),
    (lambda ecs: ecs.advance(days=True), "`days` is a number, not True"),
    (lambda ecs: ecs.advance(hours=math.nan), "`hours` is a number, not nan"),
    (lambda ecs: ecs.advance(minutes=-math.inf), "`minutes` is a number, not -inf"),
    (lambda ecs: ecs.advance(hours=-1), "time goes forward only: this would be 1:00:00 back"),
    (lambda ecs: ecs.advance(days=1e30), "time ends with the year 9998"),
    (lambda ecs: ecs.advance(weeks=10**400), "time ends with the year 9998"),
    (lambda ecs: ecs.advance(timedelta.max), "time ends with the year 9998"),
    (lambda ecs: ecs.advance(days=2_911_400), "time ends with the year 9998"),
    (lambda ecs: ecs.advance(hours=1, wait="no"), "`wait` is True or False, not 'no'"),
    (lambda ecs: ecs.run_until(None), "`until` is an instant, not None"),
    (lambda ecs: ecs.run_until("tomorrow"), "`until` is an instant, not 'tomorrow'"),
    (lambda ecs: ecs.run_until(timedelta(hours=1)), "`until` is an instant, not datetime.timedel"),
    (lambda ecs: ecs.run_until("0001-01-01T00:00+09:00"), "the years 1970 to 9998"),
    (
        lambda ecs: ecs.run_until("2027-01-01"),
        "`until` is past: 2027-01-01T00:00:00Z, where it is 2028-02-01T00:00:00Z",
    ),
    (lambda ecs: ecs.run_until(START, wait="no"), "`wait` is True or False, not 'no'"),
    (lambda ecs: ecs.fire_event([]), "`event` is a mapping, not []"),
    (lambda ecs: ecs.fire_event(None), "`event` is a mapping, not None"),
    (lambda ecs: ecs.fire_event("{}"), "`event` is a mapping, not '{}'"),
    (lambda ecs: ecs.fire_event({}, event_bus=5), "`event_bus` is the name of an event bus, not 5"),
    (lambda ecs: ecs.fire_event({"detail": object()}), "`event` is not JSON"),
    (lambda ecs: ecs.fire_event({"detail": {"share": math.nan}}), "`event` is not JSON"),
    (lambda ecs: ecs.fire_event({"detail": DEEP}), "`event` is not JSON"),
    (lambda ecs: ecs.fire_event({"detail_type": "order"}), "did you mean 'detail-type'?"),
    (lambda ecs: ecs.fire_event({"Source": "shop"}), "did you mean 'source'?"),
    (lambda ecs: ecs.fire_event({"source": 3}), "`event['source']` is a text, not 3"),
    (lambda ecs: ecs.fire_event({"detail": "{}"}), "`event['detail']` is a mapping, not '{}'"),
    (lambda ecs: ecs.fire_event({"resources": "arn"}), "`event['resources']` is a list, not 'arn'"),
    (lambda ecs: ecs.fire_event({"time": "yesterday"}), "`event['time']` is an instant, not "),
    (lambda ecs: ecs.happened().of(5), "`rule` is the name of a rule, not 5"),
]


@pytest.mark.parametrize(("ask", "told"), OPERATIONS)
def test_what_an_operation_cannot_take_is_refused_before_anything_runs(
    ask: Callable[[Any], object], told: str
) -> None:
    with Emulator(text=JOB, engine="fake", start=START) as ecs:
        with pytest.raises(EcsLocalError) as error:
            ask(ecs)
        assert told in str(error.value)
        assert ecs.happened().tasks == ()
        assert ecs.now() == datetime(2028, 2, 1, tzinfo=UTC)


def test_what_run_task_refuses_is_refused_in_its_words() -> None:
    with Emulator(text=JOB, engine="fake") as ecs, pytest.raises(RunTaskRefusedError) as error:
        ecs.run_task("job", count=11)
    assert error.value.message == "InvalidParameterException: count is 1 to 10, not 11"


@pytest.mark.parametrize(
    ("container", "told"),
    [
        (5, "`container` is the name of a container, not 5"),
        (["app"], "`container` is the name of a container, not ['app']"),
        ("", "no container ''\n  hint: containers here: app"),
    ],
)
def test_logs_are_asked_for_by_the_name_of_a_container(container: Any, told: str) -> None:
    with Emulator(text=JOB, engine="fake") as ecs:
        result = ecs.invoke("nightly")
        with pytest.raises(UsageError) as error:
            result.logs(container)
    assert told in str(error.value)


def test_an_engine_that_is_none_is_refused_when_it_is_made() -> None:
    def no_engine(_timers: Timers) -> Any:
        return None

    emulator = Emulator(text=JOB, engine=no_engine)
    with pytest.raises(UsageError, match=r"`engine\(timers\)` is an engine, not None") as error:
        emulator.__enter__()
    assert "it lacks info, " in str(error.value)


def test_the_last_moment_of_time_can_be_reached() -> None:
    with Emulator(text=JOB, engine="fake", start="9998-12-31T00:00:00Z") as ecs:
        assert len(ecs.run_until("9998-12-31T23:59:59Z").firings) == 0
        assert ecs.run_task("job").succeeded


def test_a_script_is_read_once_and_begins_anew_with_each_emulator(tmp_path: Path) -> None:
    jobs = tmp_path / "jobs.yaml"
    jobs.write_text("containers: [{starts: [{exitCode: 1}, {exitCode: 0}]}]", "utf-8")
    emulator = Emulator(text=JOB, engine="fake", script=jobs)
    jobs.unlink()
    for _ in range(2):
        with emulator as ecs:
            assert [ecs.invoke("nightly").exit_code for _ in range(2)] == [1, 0]


def test_a_type_checker_sees_the_same() -> None:
    # Each comment is an error of its own where a type checker no longer sees what it ignores.
    with pytest.raises(UsageError):
        Emulator(engine=None)  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        Emulator(lenient="no")  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        Emulator(lenent=True)  # type: ignore[call-arg]
    with Emulator(text=JOB, engine="fake") as ecs:
        with pytest.raises(UsageError):
            ecs.advance("1h")  # type: ignore[arg-type]
        code = ecs.invoke("nightly").exit_code
        with pytest.raises(TypeError):
            (None if code == 0 else code) + 1  # type: ignore[operator]
