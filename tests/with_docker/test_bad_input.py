"""What the machine does not give: one message, the documented code, and nothing left."""

import re
from typing import Any, Final

import pytest

from tests.with_docker.project import Answer, Project, job, shell


def _define(project: Project, **container: Any) -> None:
    project.define(
        {"job": job(shell("echo ran", **container))},
        [{"name": "job", "scheduleExpression": "rate(1 day)", "taskDefinition": "job"}],
    )


def _assert_tidy(answer: Answer, code: int) -> None:
    assert answer.code == code, answer
    assert "Traceback" not in answer.err + answer.out


@pytest.mark.parametrize("command", [("run",), ("invoke", "job"), ("run-task", "job"), ("down",)])
@pytest.mark.parametrize("host", ["tcp://127.0.0.1:1", "unix:///no/such/socket"])
def test_no_engine_is_told_once(project: Project, command: tuple[str, ...], host: str) -> None:
    _define(project)
    project.environ["DOCKER_HOST"] = host
    answer = project.run(*command)
    project.environ.clear()
    _assert_tidy(answer, 3)
    *_, message, hint = answer.err.splitlines()
    assert message.startswith(f"ecs-local: error: no container engine answers at {host}: ")
    assert "DOCKER_HOST" in hint


def test_an_image_that_cannot_be_pulled_fails_the_task(project: Project) -> None:
    _define(project, image="localhost:1/no/such/image:1")
    answer = project.run("invoke", "job")
    _assert_tidy(answer, 125)
    assert "did not start: " in answer.out
    assert "CannotPullContainerError: Error response from daemon: Get " in answer.out


def test_an_image_that_is_not_here_may_not_be_pulled(project: Project) -> None:
    _define(project, image="ecs-local/no-such-image:1")
    answer = project.run("invoke", "job", "--pull", "never")
    _assert_tidy(answer, 125)
    assert "the pull policy is never" in answer.out


def test_a_command_that_the_image_does_not_have_fails_the_task(project: Project) -> None:
    _define(project, command=["/no/such/program"])
    answer = project.run("invoke", "job")
    _assert_tidy(answer, 125)
    assert "CannotStartContainerError: " in answer.out
    assert "/no/such/program" in answer.out


def _with_a_disk(project: Project, options: str, *words: str) -> Answer:
    """Run a command whose state directory is a disk of its own, in a mount namespace."""
    project.state_dir.mkdir(exist_ok=True)
    mount = 'mount -t tmpfs -o "$1" none "$2" && shift 2 && exec "$@"'
    before = ["unshare", "--mount", "--", "sh", "-c", mount, "sh", options, str(project.state_dir)]
    return project.run(*words, before=before)


@pytest.mark.parametrize("command", [("run",), ("invoke", "job"), ("run-task", "job")])
@pytest.mark.parametrize(
    ("options", "said"), [("ro", "Read-only file system"), ("size=16k", "No space left on device")]
)
def test_a_state_directory_that_takes_nothing_is_told_before_anything_starts(
    project: Project, command: tuple[str, ...], options: str, said: str
) -> None:
    _define(project)
    answer = _with_a_disk(project, options, *command)
    _assert_tidy(answer, 2)
    *_, message, hint = answer.err.splitlines()
    assert message == f"ecs-local: error: {project.state_dir}: cannot be written: {said}"
    assert "--state-dir" in hint
    assert "echo ran" not in answer.out


def test_a_disk_that_fills_up_is_told_and_the_task_goes_on(project: Project) -> None:
    project.define(
        {"job": job(shell("yes 0123456789 | head -c 3000000; echo; echo the end; exit 7"))}
    )
    answer = _with_a_disk(project, "size=1m", "run-task", "job")
    _assert_tidy(answer, 7)
    assert "job/app | the end\n" in answer.out
    assert answer.err.count("logs are being lost") == 1
    assert "No space left on device" in answer.err


# What is left to be written when there is room again must have room, the history as well: with
# stamps the log is three times as long as what the container says.
_TIGHT: Final = """
mount -t tmpfs -o size=16m none "$1"
head -c 15500000 /dev/zero > "$1/ballast"
lost() { [ -e data/full ] && grep -q "logs are being lost" said; }
(touch said; until lost; do sleep 0.1; done; rm "$1/ballast"; touch data/free) &
state=$1; shift
"$@" 2>said; code=$?
cat said >&2
cp -r "$state/." saved
exit $code
"""


def test_a_disk_that_has_room_again_takes_the_log_on_and_every_lost_byte_is_told(
    project: Project,
) -> None:
    script = (
        "yes 0123456789 | head -c 3000000; touch /data/full; "
        "until [ -e /data/free ]; do sleep 0.1; done; echo; echo the end"
    )
    container = shell(script, mountPoints=[{"sourceVolume": "data", "containerPath": "/data"}])
    volumes = [{"name": "data", "host": {"sourcePath": "/data"}}]
    for folder in ("data", "saved", "state"):
        (project.folder / folder).mkdir()
    project.define({"job": job(container, volumes=volumes)}, local={"volumes": {"data": "./data"}})
    before = ["unshare", "--mount", "--", "sh", "-c", _TIGHT, "sh", str(project.state_dir)]
    answer = project.run("run-task", "job", before=before)

    # Lost logs are no success, though the task was one.
    _assert_tidy(answer, 1)
    assert answer.err.count("logs are being lost") == 1
    (told,) = re.findall(r"([\d,]+) bytes? of log could not be written: lost", answer.err)
    project.state_dir = project.folder / "saved"
    kept = project.lines()
    assert kept[-1] == "the end"
    written = 3_000_000 // 11 * 10 + 3 + len("the end")
    assert sum(map(len, kept)) + int(told.replace(",", "")) == written
    (task,) = project.json("tasks")["tasks"]
    assert (task["lastStatus"], task["containers"][0]["exitCode"]) == ("STOPPED", 0)
