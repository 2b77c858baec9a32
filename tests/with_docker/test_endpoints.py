"""The endpoint at 169.254.170.2 as containers see it."""

import json
import re
import signal
from typing import Any

from tests.with_docker.project import Project, due, shell, soon

TASK: dict[str, Any] = {
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": "arn:aws:iam::000000000000:role/ecs-task-execution",
    "taskRoleArn": "arn:aws:iam::000000000000:role/batch",
}
PORT = {"containerPort": 8080}
ASK = """
ask() { wget -q -O - "$1"; echo; }
known() { wget -q -O - $ECS_CONTAINER_METADATA_URI_V4/task | grep -o '"KnownStatus": "[A-Z]*"'; }
while known | grep -qv RUNNING; do sleep 0.1; done
ask $ECS_CONTAINER_METADATA_URI_V4
ask $ECS_CONTAINER_METADATA_URI_V4/task
ask $ECS_CONTAINER_METADATA_URI_V4/task/stats
ask $ECS_CONTAINER_METADATA_URI/task
ask http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
"""
ASK_TWICE = """
uri=${AWS_CONTAINER_CREDENTIALS_FULL_URI:-http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI}
wget -q -O - $uri; echo; echo asked in $MODE
until [ -e /shared/on ]; do sleep 0.1; done
until wget -q -O - $uri; do sleep 0.1; done; echo
wget -q -O - $ECS_CONTAINER_METADATA_URI_V4/task
"""
SHARED = {"sourceVolume": "shared", "containerPath": "/shared"}


def test_every_path_answers_with_the_tasks_true_data(project: Project) -> None:
    side = shell("exec sleep 60", "side", essential=False, stopTimeout=2)
    project.define({"ask": {**TASK, "containerDefinitions": [shell(ASK), side]}})
    answer = project.run("run-task", "ask")
    assert answer.code == 0, answer.err
    container, task, stats, older, credentials = map(json.loads, project.lines())
    (described,) = project.json("tasks")["tasks"]
    assert (container["Name"], container["KnownStatus"]) == ("app", "RUNNING")
    assert container["Networks"][0]["IPv4Addresses"] == [
        described["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    ]
    assert task["TaskARN"] == older["TaskARN"] == described["taskArn"]
    assert [c["Name"] for c in task["Containers"]] == ["app", "side"]
    assert set(stats) == {c["DockerId"] for c in task["Containers"]}
    assert stats[container["DockerId"]]["memory_stats"]["usage"] > 0
    assert stats[container["DockerId"]]["networks"]
    assert credentials["RoleArn"] == "arn:aws:iam::000000000000:role/batch"
    assert [path.name for path in (project.state_dir / "endpoints").iterdir()] == ["key"]
    ids = [c["runtimeId"] for c in described["containers"]]
    assert ids == [c["DockerId"] for c in task["Containers"]]
    assert all(re.fullmatch(described["taskArn"][-32:] + r"-\d{10}", each) for each in ids)


def test_many_tasks_at_once_each_see_themselves_alone(project: Project) -> None:
    project.define({"ask": {**TASK, "containerDefinitions": [shell(ASK)]}})
    answer = project.run("run-task", "ask", "--count", "8")
    assert answer.code == 0, answer.err
    by_stream: dict[str, list[str]] = {}
    for event in project.events():
        by_stream.setdefault(event.log_stream, []).append(event.message)
    assert len(by_stream) == 8
    for stream, lines in by_stream.items():
        arn = json.loads(lines[1])["TaskARN"]
        assert arn.rpartition("/")[2] == stream.rpartition("/")[2]
    assert len({json.loads(lines[0])["DockerId"] for lines in by_stream.values()}) == 8


def test_without_a_role_there_are_no_credentials_and_without_endpoints_nothing(
    project: Project,
) -> None:
    script = "env | grep -E 'ECS|CREDENTIALS' | sed 's/=.*//' | sort"
    plain = {key: value for key, value in TASK.items() if key != "taskRoleArn"}
    jobs = {"ask": {**plain, "containerDefinitions": [shell(script)]}}
    project.define(jobs)
    assert project.run("run-task", "ask").code == 0
    assert project.lines() == [
        "AWS_EXECUTION_ENV",
        "ECS_AGENT_URI",
        "ECS_CONTAINER_METADATA_URI",
        "ECS_CONTAINER_METADATA_URI_V4",
    ]
    project.define(jobs, local={"endpoints": False})
    assert project.run("run-task", "ask").code == 0
    assert project.lines()[4:] == ["AWS_EXECUTION_ENV"]


def test_containers_of_network_mode_bridge_have_it_in_their_own_networks(project: Project) -> None:
    web = shell(
        "nc -l -p 8080; sleep 60", "web", essential=False, stopTimeout=2, portMappings=[PORT]
    )
    asks = ASK + "until nc web 8080 </dev/null; do sleep 0.1; done; echo linked; hostname"
    app = shell(asks, links=["web"], hostname="front")
    role = {"taskRoleArn": TASK["taskRoleArn"]}
    jobs = {"ask": {"networkMode": "bridge", "containerDefinitions": [app, web], **role}}
    project.define(jobs)
    answer = project.run("run-task", "ask")
    assert answer.code == 0, answer.err
    *found, linked, name = project.lines("app")
    container, task, stats, _, credentials = map(json.loads, found)
    assert (linked, name) == ("linked", "front")
    (described,) = project.json("tasks")["tasks"]
    by_name = {c["name"]: c for c in described["containers"]}
    assert by_name["web"]["networkBindings"][0]["containerPort"] == 8080
    assert container["DockerId"] == by_name["app"]["runtimeId"]
    assert container["Networks"][0]["NetworkMode"] == "bridge"
    addresses = {c["Networks"][0]["IPv4Addresses"][0] for c in task["Containers"]}
    assert len(addresses) == 2
    assert stats[container["DockerId"]]["networks"]
    assert credentials["RoleArn"] == TASK["taskRoleArn"]


def test_in_network_mode_host_it_is_where_the_environment_says(project: Project) -> None:
    asks = ASK.replace(
        "http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "$AWS_CONTAINER_CREDENTIALS_FULL_URI",
    )
    role = {"taskRoleArn": TASK["taskRoleArn"]}
    project.define({"ask": {"networkMode": "host", "containerDefinitions": [shell(asks)], **role}})
    answer = project.run("run-task", "ask")
    assert answer.code == 0, answer.err
    container, task, *_, credentials = map(json.loads, project.lines())
    assert container["Networks"] == [{"NetworkMode": "host"}]
    assert task["Family"] == "ask"
    assert credentials["RoleArn"] == TASK["taskRoleArn"]


def test_tasks_that_go_on_after_a_kill_keep_their_endpoints(project: Project) -> None:
    (project.folder / "shared").mkdir()
    modes = ("awsvpc", "bridge", "host")
    jobs = {
        mode: {
            "networkMode": mode,
            "taskRoleArn": TASK["taskRoleArn"],
            "volumes": [{"name": "shared"}],
            "containerDefinitions": [
                shell(ASK_TWICE.replace("$MODE", mode), mode, mountPoints=[SHARED])
            ],
        }
        for mode in modes
    }
    # They are started by hand, and nothing is due any more when the run goes on with them.
    over = [due(mode, soon(-3600)) for mode in modes]
    project.define(jobs, over, local={"volumes": {"shared": "shared"}})
    with project.running("invoke", "--all") as run:
        for mode in modes:
            run.wait_for(f"asked in {mode}\n")
        run.signal(signal.SIGKILL)
        run.end()
    with project.running("run") as run:
        run.wait_for("going on with 3 tasks")
        (project.folder / "shared" / "on").touch()
        answer = run.end()
    assert answer.code == 0, answer.err
    for mode in modes:
        before, after, task = (line for line in project.lines(mode) if line[0] == "{")
        assert json.loads(before)["RoleArn"] == json.loads(after)["RoleArn"] == TASK["taskRoleArn"]
        assert json.loads(task)["Family"] == mode
    assert [path.name for path in (project.state_dir / "endpoints").iterdir()] == ["key"]
