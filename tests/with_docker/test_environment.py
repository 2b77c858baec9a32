"""Environment files and secrets as containers see them, and where secrets must not show."""

import json
from pathlib import Path
from typing import Any

from tests.with_docker.project import Project, due, job, shell, soon

ARN = "arn:aws:secretsmanager:ap-northeast-1:000000000000:secret:prod/db-AbCdEf"
FARGATE: dict[str, Any] = {
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": "arn:aws:iam::000000000000:role/ecs-task-execution",
}


def _secret(name: str, value_from: str) -> dict[str, str]:
    return {"name": name, "valueFrom": value_from}


def test_files_and_secrets_reach_the_container_in_ecs_order(project: Project) -> None:
    (project.folder / "app.env").write_text("A=file\nB=file\nC='quoted'\n", "utf-8")
    made = shell(
        'echo "$A $B $C $USER_NAME $PORT $KEY"',
        environment=[{"name": "B", "value": "definition"}],
        environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::bucket/app.env"}],
        secrets=[
            _secret("USER_NAME", f"{ARN}:username::"),
            _secret("PORT", f"{ARN}:port::"),
            _secret("KEY", "/prod/key"),
        ],
    )
    project.define(
        {"job": job(made)},
        local={
            "env": {"A": "local"},
            "envFiles": {"arn:aws:s3:::bucket/*": "."},
            "secrets": {
                "prod/db": json.dumps({"username": "夜", "port": 1000000}),
                "/prod/*": {"env": "HERE"},
            },
        },
    )
    project.environ["HERE"] = "hunter2"
    answer = project.run("run-task", "job", "--env", "KEY=override")
    assert (answer.code, project.lines()) == (0, ["file definition 'quoted' 夜 1e+06 hunter2"])


def test_a_missing_secret_fails_the_task_in_awss_words(project: Project) -> None:
    made = shell("echo never", secrets=[_secret("PASSWORD", f"{ARN}:password::")])
    project.define({"job": {**FARGATE, "containerDefinitions": [made]}})
    answer = project.run("run-task", "job")
    assert answer.code == 125
    (task,) = project.json("tasks")["tasks"]
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].endswith(
        f"failed to fetch secret {ARN} from secrets manager: ResourceNotFoundException: "
        "Secrets Manager can't find the specified secret."
    )
    assert 'write under local.secrets: "prod/db-AbCdEf": VALUE' in answer.err


def test_a_missing_environment_file_fails_the_task(project: Project) -> None:
    file = {"type": "s3", "value": "arn:aws:s3:::bucket/app.env"}
    project.define({"job": job(shell("echo never", environmentFiles=[file]))})
    answer = project.run("run-task", "job")
    assert answer.code == 125
    assert 'write under local.envFiles: "arn:aws:s3:::bucket/app.env": PATH' in answer.err


def test_the_value_of_a_secret_is_told_nowhere(project: Project) -> None:
    """Neither on a screen nor in a file of the state directory, however a task comes by it."""
    (project.folder / "secret.txt").write_text("hunter2\n", "utf-8")
    log = {
        "logDriver": "splunk",
        "options": {"splunk-url": "https://splunk.local"},
        "secretOptions": [_secret("splunk-token", "d")],
    }
    taken = [_secret("PASSWORD", "a"), _secret("OTHER", "b"), _secret("THIRD", "c")]
    # It has the value, so that it is a secret that runs through all of ecs-local.
    check = '[ "$PASSWORD/$OTHER/${#THIRD}" = "$THIRD/$THIRD/7" ] || exit 9; echo done; exit 3'
    jobs = {
        "job": job(
            shell(check, secrets=taken),
            shell("sleep 0", "side", essential=False, logConfiguration=log),
            networkMode="bridge",
            taskRoleArn="arn:aws:iam::000000000000:role/batch",
        ),
        # The value is no JSON object, and no message may quote it.
        "broken": job(shell("true", secrets=[_secret("KEY", f"{ARN}:password::")])),
    }
    local = {
        "secrets": {
            "a": "hunter2",
            "b": {"env": "HERE"},
            "c": {"file": "secret.txt"},
            "d": "hunter2",
            "prod/db": "hunter2 {",
        },
        "credentials": {"accessKeyId": "AKIA0", "secretAccessKey": "hunter2"},
    }
    project.define(jobs, [{**due("job", soon(3600)), "description": "x"}], local=local)
    project.environ["HERE"] = "hunter2"
    said = [
        project.run("run-task", "job", "--report", "report.xml", "--report", "report.json"),
        project.run("run-task", "broken"),
    ]
    assert [answer.code for answer in said] == [3, 125], said
    (task, _) = project.json("tasks")["tasks"]
    for words in (
        ("config",),
        ("lint", "--format", "json"),
        ("tasks", "--export"),
        ("events", "--format", "json"),
        ("logs", "--format", "json"),
        ("timeline", "--all", "--html", "page.html", "--log-lines", "100"),
        ("describe", task["taskArn"]),
        ("retry", task["taskArn"]),
    ):
        said.append(project.run(*words))
        assert "Traceback" not in said[-1].err
    assert not any("hunter2" in answer.out + answer.err for answer in said)
    written = [*_files(project.state_dir), *project.folder.glob("report.*")]
    written.append(project.folder / "page.html")
    assert len(written) > 5
    assert [path for path in written if b"hunter2" in path.read_bytes()] == []


def _files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]
