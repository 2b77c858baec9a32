"""The pytest plugin as its users see it: a test file in, what pytest prints out."""

import importlib
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import emulator as emulator_package
from emulator import Emulator

JOB = """\
rules:
- name: nightly
  scheduleExpression: cron(0 3 * * ? *)
  taskDefinition: job
taskDefinitions:
  job:
    containerDefinitions:
    - name: batch
      image: registry.example.com/batch:1
      memory: 32
      logConfiguration:
        logDriver: awslogs
        options: {awslogs-group: /jobs, awslogs-region: ap-northeast-1, awslogs-stream-prefix: job}
"""
OF_THE_PAGE = """\
rules:
- {name: daily-report, scheduleExpression: cron(0 3 * * ? *), taskDefinition: report}
- name: month-end
  scheduleExpression: cron(30 23 L * ? *)
  timezone: Asia/Tokyo
  taskDefinition: report
- name: alarm
  eventPattern:
    source: [aws.ecs]
    detail: {lastStatus: [STOPPED], containers: {exitCode: [{anything-but: 0}]}}
  targets: [{arn: "arn:aws:sns:us-east-1:000000000000:alerts"}]
taskDefinitions:
  report:
    containerDefinitions:
    - name: report
      image: registry.example.com/report:1
      memory: 32
      secrets: [{name: DB, valueFrom: prd/db}]
local: {secrets: {prd/db: of the team}}
"""
PAGE = Path(__file__).parents[1] / "docs" / "pytest.md"
FAKE = "--ecs-local-engine=fake"
KEEP = "--ecs-local-keep"


@pytest.fixture(scope="session")
def imported() -> None:
    """Everything is imported before pytester looks: it would import it anew for each run.

    What is imported within a run alone is forgotten after it: tests that come later would meet
    classes of one name that are two.
    """
    for module in pkgutil.walk_packages(emulator_package.__path__, "emulator."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    with Emulator(text=JOB, engine="fake", script={"containers": []}) as emulator:
        assert emulator.invoke("nightly").succeeded


@pytest.fixture
def root(imported: None, pytester: pytest.Pytester) -> pytest.Pytester:
    """A root directory with definitions of one job."""
    pytester.makefile(".yaml", **{"ecs-local": JOB})
    pytester.makeini("[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n")
    return pytester


def _run(root: pytest.Pytester, test: str, *words: str) -> pytest.RunResult:
    root.makepyfile(test)
    return root.runpytest_inprocess(*words)


def test_a_test_invokes_a_rule_of_the_root_directory(root: pytest.Pytester) -> None:
    ran = _run(
        root,
        """
        def test_job(ecs_local):
            result = ecs_local.invoke("nightly")
            assert (result.exit_code, result.stop_code) == (0, "EssentialContainerExited")
            assert list(result.containers) == ["batch"]
        """,
        FAKE,
    )
    ran.assert_outcomes(passed=1)


def test_a_marker_says_start_and_what_containers_do(root: pytest.Pytester) -> None:
    ran = _run(
        root,
        """
        import pytest
        OUTPUT = "集計\\n完了\\n"
        SCRIPT = {"containers": [{"container": "batch", "duration": "3h", "output": OUTPUT}]}

        @pytest.mark.ecs_local(engine="fake", start="2028-02-28T00:00:00Z", script=SCRIPT)
        def test_leap_day(ecs_local):
            result = ecs_local.advance(hours=54)
            assert [f"{f.scheduled_at:%d %H:%M}" for f in result.firings] == [
                "28 03:00", "29 03:00", "01 03:00"
            ]
            assert [task.stopped for task in result.tasks] == [True, True, True]
            assert result.tasks[0].logs("batch") == ["集計", "完了"]
        """,
    )
    ran.assert_outcomes(passed=1)


def test_the_files_of_one_test_can_be_parametrized(root: pytest.Pytester) -> None:
    root.mkdir("infra")
    for name in ("dev", "prd"):
        (root.path / "infra" / f"{name}.yaml").write_text(JOB.replace("nightly", name), "utf-8")
    ran = _run(
        root,
        """
        import pytest

        @pytest.mark.parametrize("ecs_local_files", ["infra/dev.yaml", "infra/prd.yaml"])
        def test_job(ecs_local, ecs_local_files):
            (rule,) = ecs_local.rules()
            assert ecs_local_files == f"infra/{rule}.yaml"
        """,
        FAKE,
    )
    ran.assert_outcomes(passed=2)


def _examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_the_examples_of_the_page_run(root: pytest.Pytester) -> None:
    (root.path / "ecs-local.yaml").write_text(OF_THE_PAGE, "utf-8")
    root.mkdir("infra")
    definitions = JOB.replace("nightly", "nightly-load")
    (root.path / "infra" / "jobs.yaml").write_text(definitions, "utf-8")
    root.makeconftest(
        """
        import types
        import pytest
        SCRIPT = {"containers": [{"container": "report", "output": "written\\ndone\\n"}]}

        @pytest.fixture
        def ecs_local_settings():
            return {"script": SCRIPT}

        @pytest.fixture
        def database():
            return types.SimpleNamespace(network="tests", name="db")
        """
    )
    examples = _examples("python")
    root.makepyfile(**{f"test_page_{index}": each for index, each in enumerate(examples)})
    tests = sum(each.count("def test_") for each in examples)
    root.runpytest_inprocess(FAKE).assert_outcomes(passed=tests)


def test_a_failure_looks_as_on_the_page(root: pytest.Pytester) -> None:
    (root.path / "ecs-local.yaml").write_text(OF_THE_PAGE, "utf-8")
    ran = _run(
        root,
        """
        import pytest
        SCRIPT = {"containers": [{"exitCode": 3, "error": "ValueError: 金額が負です\\n"}]}

        @pytest.mark.ecs_local(start="2028-02-01", script=SCRIPT)
        def test_it(ecs_local):
            result = ecs_local.invoke("daily-report")
            assert result.exit_code == 0
        """,
        FAKE,
    )
    (shown,) = _examples("text")
    told = re.sub("task [0-9a-f]{8} ", "task 91d63de3 ", ran.stdout.str())
    at = [told.index(line) for line in shown.splitlines() if not line.startswith("---")]
    assert at == sorted(at)
    assert len(at) == 6


def test_the_engine_of_a_directory_can_be_overridden(root: pytest.Pytester) -> None:
    root.makeconftest(
        """
        import pytest
        from emulator.engines.fake import FakeEngine, FakeProcess

        @pytest.fixture(scope="session")
        def ecs_local_engine():
            process = FakeProcess(exit_code=7)
            return lambda timers: FakeEngine({"batch": process}, images=None, timers=timers)
        """
    )
    ran = _run(
        root,
        """
        import pytest

        @pytest.mark.ecs_local(flows=False)
        def test_own(ecs_local):
            assert ecs_local.invoke("nightly").exit_code == 7

        @pytest.mark.ecs_local(engine="fake")
        def test_marker(ecs_local):
            assert ecs_local.invoke("nightly").exit_code == 0
        """,
    )
    ran.assert_outcomes(passed=2)


def test_the_nearest_marker_stands_before_that_of_the_module(root: pytest.Pytester) -> None:
    ran = _run(
        root,
        """
        import pytest
        pytestmark = pytest.mark.ecs_local(engine="fake", start="2026-01-01T00:00:00Z")

        @pytest.mark.ecs_local(start="2027-01-01T00:00:00Z")
        def test_year(ecs_local):
            assert ecs_local.now().year == 2027
        """,
    )
    ran.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "returned",
    ["'infra/jobs.yaml'", "pathlib.Path('infra')", "['infra/jobs.yaml']", "TEXT"],
    ids=["a path as text", "a directory", "a list", "text"],
)
def test_the_files_can_be_overridden(root: pytest.Pytester, returned: str) -> None:
    other = JOB.replace("nightly", "hourly")
    root.mkdir("infra")
    (root.path / "infra" / "jobs.yaml").write_text(other, "utf-8")
    ran = _run(
        root,
        f"""
        import pathlib
        import pytest
        TEXT = pathlib.Path("infra/jobs.yaml").read_text("utf-8")

        @pytest.fixture
        def ecs_local_files():
            return {returned}

        def test_rules(ecs_local):
            assert ecs_local.rules() == ["hourly"]
        """,
        FAKE,
    )
    ran.assert_outcomes(passed=1)


@pytest.mark.parametrize("returned", ["[]", "''", "None", "3", "['infra', '']", "['a:\\n  b']"])
def test_files_that_name_nothing_are_refused_and_not_the_root_directory_read(
    root: pytest.Pytester, returned: str
) -> None:
    ran = _run(
        root,
        f"""
        import pytest

        @pytest.fixture
        def ecs_local_files():
            return {returned}

        def test_rules(ecs_local):
            pass
        """,
        FAKE,
    )
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["ecs_local: ecs_local_files is *", "  hint: return a path, a list*"])


LEFT_OUT = """
variable "cron" {}
resource "aws_cloudwatch_event_rule" "sales" {
  name                = "sales"
  schedule_expression = var.cron
}
"""
MONTH = "def test_month(ecs_local): assert ecs_local.advance(days=30).succeeded"


@pytest.mark.parametrize(
    ("words", "outcome"),
    [(("-Wdefault",), {"passed": 1, "warnings": 1}), (("-Werror",), {"errors": 1})],
    ids=["told", "an error where warnings are"],
)
def test_rules_that_are_left_out_are_warned_of(
    root: pytest.Pytester, words: tuple[str, ...], outcome: dict[str, int]
) -> None:
    (root.path / "ecs-local.yaml").unlink()
    (root.path / "main.tf").write_text(LEFT_OUT, "utf-8")
    ran = _run(root, MONTH, FAKE, *words)
    ran.assert_outcomes(**outcome)
    ran.stdout.fnmatch_lines(["*main.tf:3: rule sales is left out: it needs the variable cron*"])


def test_a_marker_gives_the_variable_that_a_rule_lacked(root: pytest.Pytester) -> None:
    (root.path / "ecs-local.yaml").unlink()
    (root.path / "main.tf").write_text(LEFT_OUT, "utf-8")
    given = "@pytest.mark.ecs_local(variables={'cron': 'rate(1 day)'})"
    ran = _run(root, f"import pytest\n{given}\n{MONTH}", FAKE)
    ran.assert_outcomes(passed=1)


SECRETIVE = JOB.replace(
    "memory: 32", "secrets: [{name: KEY, valueFrom: prd/key}, {name: DB, valueFrom: prd/db}]"
)


def test_a_fixture_and_markers_say_what_the_files_say_of_this_machine(
    root: pytest.Pytester,
) -> None:
    root.makefile(".yaml", **{"ecs-local": f"{SECRETIVE}local: {{concurrency: 2}}\n"})
    ran = _run(
        root,
        """
        import pytest

        @pytest.fixture
        def bucket():
            return "s3://made-for-this-test"

        @pytest.fixture
        def ecs_local_settings(bucket):
            secrets = {"prd/key": "a", "prd/*": "b"}
            return {"start": "2028-02-01", "local": {"env": {"BUCKET": bucket}, "secrets": secrets}}

        NEARER = {"env": {"STAGE": "test"}, "endpoints": False}

        @pytest.mark.ecs_local(start="2029-02-01", local=NEARER)
        class TestNearer:
            @pytest.mark.ecs_local(local={"secrets": {"prd/key": "c"}})
            def test_nearest(self, ecs_local):
                local = ecs_local.definitions.local
                assert ecs_local.now().year == 2029
                assert local.env == {"STAGE": "test", "BUCKET": "s3://made-for-this-test"}
                assert {name: each.value for name, each in local.secrets.items()} == {
                    "prd/key": "c", "prd/*": "b",
                }
                assert (local.endpoints.value, local.concurrency) == ("false", 2)
                assert ecs_local.invoke("nightly").succeeded

        def test_the_fixture_alone(ecs_local):
            assert ecs_local.now().year == 2028
        """,
        FAKE,
    )
    ran.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ("['a']", "ecs_local: ecs_local_settings is ['a']"),
        ("{'text': 'a'}", "ecs_local: ecs_local_settings cannot say 'text'"),
        ("{'colour': 'a'}", "ecs_local: no setting 'colour'"),
        ("{'local': 3}", "ecs_local: `local` is a mapping, not of type int"),
        ("{'local': {'rules': {'nihgtly': {}}}}", "local.rules: there is no rule 'nihgtly'"),
    ],
)
def test_further_settings_that_are_none_are_refused(
    root: pytest.Pytester, returned: str, told: str
) -> None:
    ran = _run(
        root,
        f"""
        import pytest

        @pytest.fixture
        def ecs_local_settings():
            return {returned}

        def test_it(ecs_local):
            pass
        """,
        FAKE,
    )
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines([f"*{told.replace('[', '[[]')}*"])


def test_text_that_is_wrong_is_told_by_its_line(root: pytest.Pytester) -> None:
    wrong = JOB.replace("cron(0 3", "cron(61 3")
    ran = _run(
        root,
        f"""
        import pytest

        @pytest.fixture
        def ecs_local_files():
            return {wrong!r}

        def test_rules(ecs_local):
            pass
        """,
        FAKE,
    )
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["ecs_local: text:3: *"])


def test_a_failed_assertion_tells_the_reason_and_the_last_lines(root: pytest.Pytester) -> None:
    ran = _run(
        root,
        """
        import pytest
        LINES = "".join(f"line {number}\\n" for number in range(40)) + "KeyError: 'amount'\\n"
        SCRIPT = {"containers": [{"exitCode": 3, "output": LINES}]}

        @pytest.mark.ecs_local(engine="fake", script=SCRIPT)
        def test_job(ecs_local):
            assert ecs_local.invoke("nightly").exit_code == 0
        """,
    )
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(
        [
            "*assert 3 == 0*",
            "*- ecs-local: fake engine, nothing was really run -*",
            "task * of nightly due *Z: STOPPED, exit code 3, EssentialContainerExited: *",
            "  batch exited with 3*",
            "  batch | KeyError: 'amount'",
        ]
    )
    ran.stdout.no_fnmatch_line("  batch | line 0")


@pytest.mark.parametrize("words", [(), ("-n1",)], ids=["alone", "by a worker of xdist"])
def test_a_junit_file_has_the_reason_and_the_last_lines(
    root: pytest.Pytester, words: tuple[str, ...]
) -> None:
    ran = _run(
        root,
        """
        import pytest

        @pytest.mark.ecs_local(script={"containers": [{"exitCode": 3, "output": "値が負です\\n"}]})
        def test_job(ecs_local):
            assert ecs_local.invoke("nightly").succeeded
        """,
        FAKE,
        "--junitxml=r.xml",
        "--show-capture=no",
        *words,
    )
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["*- ecs-local: fake engine, *", "  batch | 値が負です"])
    (case,) = ElementTree.parse(root.path / "r.xml").iter("testcase")
    failure = case.findtext("failure")
    assert failure is not None
    assert "  batch | 値が負です" in failure.splitlines()


def test_a_test_that_failed_tells_what_was_warned_of(root: pytest.Pytester) -> None:
    event = "{'source': 'shop', 'id': '\\x1b[31me1\\u202e'}"
    test = f"def test_job(ecs_local): assert ecs_local.fire_event({event}).tasks"
    ran = _run(root, test, FAKE)
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["*- ecs-local warnings -*", r"no rule matches event e1\u202e"])


def test_what_explains_a_task_that_cannot_start_is_told_once(root: pytest.Pytester) -> None:
    (root.path / "ecs-local.yaml").write_text(SECRETIVE, "utf-8")
    ran = _run(root, "def test_job(ecs_local): assert ecs_local.invoke('nightly').succeeded", FAKE)
    ran.assert_outcomes(failed=1)
    assert ran.stdout.str().count("write under local.secrets: ") == 2
    assert "ecs-local warnings" not in ran.stdout.str()


def test_paths_of_a_marker_count_from_the_root_directory(
    root: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root.path / "slow.yaml").write_text("containers: [{duration: 3h}]", "utf-8")
    monkeypatch.chdir(root.mkdir("elsewhere"))
    ran = _run(
        root,
        """
        import pytest

        @pytest.mark.ecs_local(engine="fake", script="slow.yaml")
        def test_job(ecs_local):
            before = ecs_local.now()
            ecs_local.invoke("nightly")
            assert (ecs_local.now() - before).total_seconds() == 3 * 3600
        """,
        str(root.path),
    )
    ran.assert_outcomes(passed=1)


def test_a_fixture_that_fails_tells_of_the_tasks_it_ran(root: pytest.Pytester) -> None:
    ran = _run(
        root,
        """
        import pytest

        @pytest.fixture
        def loaded(ecs_local):
            result = ecs_local.invoke("nightly")
            assert result.succeeded, result

        @pytest.mark.ecs_local(engine="fake", script={"containers": [{"exitCode": 3}]})
        def test_job(loaded):
            pass
        """,
    )
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(
        [
            "*AssertionError: <1 firing, 1 task, 1 failed: nightly exit code 3>",
            "*- ecs-local: fake engine, *-*",
            "1 firing, 1 task, 1 failed",
            "task * of nightly due *Z: STOPPED, exit code 3, EssentialContainerExited: *",
        ]
    )


def test_what_was_asked_wrongly_is_shown_where_the_test_asks_for_it(
    root: pytest.Pytester,
) -> None:
    test = "def test_job(ecs_local):\n    ecs_local.invoke('nightley')"
    ran = _run(root, test, FAKE)
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(
        [
            ">*ecs_local.invoke('nightley')",
            "E*emulator.errors.UsageError: no rule 'nightley'",
            "E*hint: did you mean 'nightly'?",
        ]
    )
    ran.stdout.no_fnmatch_line("*emulator/api*")
    _run(root, test, FAKE, "--full-trace").stdout.fnmatch_lines(["*emulator/api/emulator.py:*"])


ASKED_WRONGLY = """
import pytest
from emulator import Emulator
from emulator.errors import UsageError

def test_that_makes_one():
    Emulator(engine=None)

def test_that_raises_from_ours(ecs_local):
    try:
        ecs_local.invoke("nightley")
    except UsageError as error:
        raise AssertionError("no such job") from error

def test_that_fails_while_ours_is_handled(ecs_local):
    try:
        ecs_local.run_until("tomorrow")
    except UsageError:
        assert ecs_local.now().year == 1

def test_that_gives_what_is_no_json(ecs_local):
    ecs_local.fire_event({"detail": {"at": object()}})

def test_that_asks_while_it_handles_its_own(ecs_local):
    try:
        int("what the test read")
    except ValueError:
        ecs_local.fire_event({"detail": {"at": object()}})

def test_that_gathers(ecs_local):
    with pytest.raises(UsageError) as error:
        ecs_local.invoke("nightley")
    raise ExceptionGroup("both", [error.value, ValueError("other")])

@pytest.fixture
def asks_wrongly_at_its_end(ecs_local):
    yield
    ecs_local.invoke("nightley")

def test_whose_fixture_asks(asks_wrongly_at_its_end):
    pass
"""


def test_no_line_of_ours_is_shown_of_errors_that_led_to_others(root: pytest.Pytester) -> None:
    ran = _run(root, ASKED_WRONGLY, FAKE)
    ran.assert_outcomes(failed=6, passed=1, errors=1)
    told = ran.stdout.str()
    assert "emulator/api" not in told
    assert "emulator/app" not in told
    shown = told.partition("short test summary info")[0]  # which repeats it where CI is set
    assert shown.count("did you mean 'nightly'?") == 3
    ran.stdout.fnmatch_lines(
        [
            ">*Emulator(engine=None)",
            "E*`engine` is 'docker', 'fake' or a function*, not None",
            "E*UsageError: no rule 'nightley'",
            "The above exception was the direct cause of the following exception:",
            "E*AssertionError: no such job",
            ">*ecs_local.fire_event({*",
            "E*`event` is not JSON: Object of type object is not JSON serializable",
            "E*ValueError: invalid literal for int() *'what the test read'",
            "During handling of the above exception, another exception occurred:",
            "E*`event` is not JSON: Object of type object is not JSON serializable",
        ]
    )
    assert "emulator/api" in _run(root, ASKED_WRONGLY, FAKE, "--full-trace").stdout.str()


def test_an_engine_of_the_tests_own_that_fails_is_shown_with_all_lines(
    root: pytest.Pytester,
) -> None:
    ran = _run(
        root,
        """
        from emulator import Emulator

        def engine(timers):
            return {}["engine"]

        def test_job():
            with Emulator("ecs-local.yaml", engine=engine):
                pass
        """,
    )
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines([">*with Emulator*", ">*return {}*", "E*KeyError: 'engine'"])


def test_a_test_that_passed_says_nothing_of_its_tasks(root: pytest.Pytester) -> None:
    ran = _run(root, "def test_job(ecs_local): ecs_local.invoke('nightly')", FAKE, "-rP")
    ran.assert_outcomes(passed=1)
    ran.stdout.no_fnmatch_line("*- ecs-local*-*")


def test_definitions_that_are_wrong_fail_with_their_place(root: pytest.Pytester) -> None:
    (root.path / "ecs-local.yaml").write_text(JOB.replace("cron(0 3", "cron(61 3"), "utf-8")
    ran = _run(root, "def test_job(ecs_local): pass", FAKE)
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(
        [
            "ecs_local: ecs-local.yaml:3: *",
            "*minutes: '61' is not 0 to 59",
            f"  of what ecs_local_files says: {root.path}",
        ]
    )
    ran.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        ("'fake'", "*the marker takes names with values only*"),
        ("engine='podman'", "*no engine 'podman'*"),
        ("engine='fake', begin='2027-01-01'", "ecs_local: no setting 'begin'"),
        ("engine='fake', strat='2027-01-01'", "*did you mean 'start'?"),
        ("engine='fake', lenient='no'", "ecs_local: `lenient` is True or False, not 'no'"),
        ("text='rules: []'", "*the fixture ecs_local_files says what is read; it may return text"),
        ("state_dir='state'", "ecs_local: the marker ecs_local cannot say 'state_dir'"),
    ],
)
def test_a_marker_that_says_nothing_known_is_refused(
    root: pytest.Pytester, marker: str, words: str
) -> None:
    ran = _run(
        root,
        f"""
        import pytest

        @pytest.mark.ecs_local({marker})
        def test_job(ecs_local):
            pass
        """,
    )
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines([words])


def test_an_engine_there_is_none_of_is_refused_at_once(root: pytest.Pytester) -> None:
    root.makeini("[pytest]\necs_local_engine = podman\n")
    ran = root.runpytest_inprocess()
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines(["*ecs_local_engine is 'podman'; engines are docker, fake"])


def test_the_configuration_file_chooses_the_engine(root: pytest.Pytester) -> None:
    root.makeini("[pytest]\necs_local_engine = fake\n")
    ran = _run(
        root, "def test_job(ecs_local): assert ecs_local.invoke('nightly').logs('batch') == []"
    )
    ran.assert_outcomes(passed=1)


def test_an_engine_that_does_not_answer_is_told_with_the_way_round_it(
    root: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{root.path}/none.sock")
    ran = _run(root, "def test_job(ecs_local): pass")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(
        [
            "ecs_local: no container engine answers at unix://*/none.sock: *",
            "  or run nothing really: --ecs-local-engine=fake",
        ]
    )


def test_state_is_kept_on_request_where_the_command_finds_it(root: pytest.Pytester) -> None:
    test = "def test_job(ecs_local): ecs_local.invoke('nightly'); assert False"
    ran = _run(root, test, FAKE, "--ecs-local-keep")
    ran.assert_outcomes(failed=1)
    (kept,) = (root.path / ".ecs-local" / "pytest").iterdir()
    ran.stdout.fnmatch_lines([f"ecs-local tasks --state-dir {kept}"])
    assert (kept / "history.sqlite3").is_file()
    again = root.runpytest_inprocess(FAKE, "--ecs-local-keep")
    again.assert_outcomes(failed=1)
    assert list((root.path / ".ecs-local" / "pytest").iterdir()) == [kept]


def test_state_is_kept_of_a_test_with_a_long_japanese_name(root: pytest.Pytester) -> None:
    name = "test_" + "請求書の発行が再実行されて最後には成功する" * 5
    ran = _run(root, f"def {name}(ecs_local): ecs_local.invoke('nightly')", FAKE, KEEP)
    ran.assert_outcomes(passed=1)
    (kept,) = (root.path / ".ecs-local" / "pytest").iterdir()
    assert "最後には成功する-" in kept.name


def test_nothing_is_written_into_the_root_directory_otherwise(root: pytest.Pytester) -> None:
    ran = _run(root, "def test_job(ecs_local): ecs_local.invoke('nightly')", FAKE)
    ran.assert_outcomes(passed=1)
    assert not (root.path / ".ecs-local").exists()


def test_workers_of_xdist_have_emulators_of_their_own(root: pytest.Pytester) -> None:
    ran = _run(
        root,
        """
        import pytest

        @pytest.mark.parametrize("number", range(6))
        def test_job(ecs_local, number):
            assert len(ecs_local.happened().tasks) == 0
            assert ecs_local.invoke("nightly").exit_code == 0
        """,
        FAKE,
        "-n2",
    )
    ran.assert_outcomes(passed=6)


def test_a_session_that_does_not_use_it_imports_nothing_of_it(root: pytest.Pytester) -> None:
    root.makepyfile(
        """
        import sys

        def test_nothing():
            loaded = {name for name in sys.modules if name.split(".")[0] in ("emulator", "docker")}
            assert loaded == {"emulator", "emulator.pytest_plugin"}
        """
    )
    root.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("words", "environ", "code"),
    [
        (("-p", "ecs_local"), {}, 0),
        (("-p", "ecs_local"), {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, 0),
        (("-p", "no:ecs_local"), {}, 1),
    ],
    ids=["named", "named alone", "left out"],
)
def test_the_plugin_is_named_and_left_out_by_its_name(
    root: pytest.Pytester, words: tuple[str, ...], environ: dict[str, str], code: int
) -> None:
    root.makepyfile("def test_job(ecs_local_files): assert ecs_local_files.is_dir()")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *words],
        cwd=root.path,
        env={**os.environ, **environ},
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == code, ran.stdout.decode()


def test_the_fixtures_are_listed_with_what_they_are_for(root: pytest.Pytester) -> None:
    shown = root.runpytest_inprocess("--fixtures")
    shown.stdout.fnmatch_lines(["ecs_local_files*", "*the definitions of pytest's root directory*"])
    shown = root.runpytest_inprocess("--markers")
    shown.stdout.fnmatch_lines(["@pytest.mark.ecs_local(*settings): *"])


def test_our_modules_are_imported_as_they_are_written(root: pytest.Pytester) -> None:
    root.makepyfile(
        """
        import sys

        def test_job(ecs_local):
            assert ecs_local.invoke("nightly").succeeded
            ours = [m for name, m in sys.modules.items() if name.startswith("emulator.ecs.")]
            assert len(ours) > 10
            assert {type(module.__loader__).__name__ for module in ours} == {"SourceFileLoader"}

        def test_that_fails(ecs_local):
            assert ecs_local.invoke("nightly").exit_code == 7
        """
    )
    ran = root.runpytest_subprocess(FAKE)
    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(["E*assert 0 == 7*"])


def test_a_session_leaves_how_modules_are_found_as_it_was(root: pytest.Pytester) -> None:
    before = list(sys.meta_path)
    _run(root, "def test_nothing(): pass", FAKE).assert_outcomes(passed=1)
    assert sys.meta_path == before
