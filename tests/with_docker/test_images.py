"""Images that are built, mapped or refused, on the real engine."""

import json
import os
from collections.abc import Iterator

import pytest

from tests.with_docker.project import Project, job, remove_builds, shell
from tests.with_docker.registry import PASSWORD, USER, registry

ECR = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1"


@pytest.fixture
def built(project: Project) -> Iterator[Project]:
    """A project whose image is built from `src`; what was built is removed."""
    (project.folder / "src").mkdir()
    local = {"images": {"*.dkr.ecr.*/app:*": {"build": "src", "args": {"WHO": "night"}}}}
    project.define({"job": job({**shell("cat /made"), "image": ECR})}, local=local)
    yield project
    remove_builds(project.folder)


def _write(project: Project, *lines: str) -> None:
    text = "\n".join(("FROM alpine:latest", "ARG WHO", *lines)) + "\n"
    (project.folder / "src" / "Dockerfile").write_text(text, "utf-8")


def test_an_image_is_built_once_for_each_content(built: Project) -> None:
    _write(built, "COPY . /src", "RUN echo $WHO $(cat /src/data) > /made")
    source = built.folder / "src"
    (source / ".dockerignore").write_text("ignored\n", "utf-8")
    (source / "data").write_text("one", "utf-8")
    first = built.run("run-task", "job")
    assert (first.code, built.lines()) == (0, ["night one"]), first.err
    assert f"building an image from {source}\nbuilding src: Step 1/5 : FROM alpine" in first.err
    (source / "ignored").write_text("new", "utf-8")
    assert "building" not in built.run("run-task", "job").err
    (source / "data").write_text("two", "utf-8")
    assert "building" in built.run("run-task", "job").err
    assert built.lines() == ["night one", "night one", "night two"]


def test_a_build_that_fails_names_its_step(built: Project) -> None:
    _write(built, "RUN echo fine", "RUN echo no such table; exit 7")
    answer = built.run("run-task", "job")
    assert answer.code == 125
    (task,) = built.json("tasks")["tasks"]
    (container,) = task["containers"]
    assert container["reason"].startswith("CannotPullContainerError: ")
    assert "failed at Step 4/5 : RUN echo no such table; exit 7" in container["reason"]
    assert "returned a non-zero code: 7" in container["reason"]
    assert "its last words:\n    no such table\n  by hand: docker build" in answer.err
    assert f"{built.folder / 'src'}" in answer.err


def test_what_only_buildkit_knows_is_built_by_it(built: Project) -> None:
    _write(built, "RUN --mount=type=cache,target=/cache echo by $WHO > /made")
    # The command of Debian's package brings BuildKit along.
    built.environ["PATH"] = f"/usr/bin:{os.environ['PATH']}"
    answer = built.run("run-task", "job")
    assert (answer.code, built.lines()) == (0, ["by night"]), answer.err
    assert "BuildKit builds it" in answer.err
    assert "RUN --mount=type=cache" in answer.err.rpartition("BuildKit builds it")[2]
    _write(built, "RUN --mount=type=cache,target=/cache echo no such table; exit 7")
    answer = built.run("run-task", "job")
    assert answer.code == 125
    assert "exit code: 7" in answer.out
    assert "no such table" in answer.err


def test_a_directory_that_is_not_there_is_named(built: Project) -> None:
    (built.folder / "src").rmdir()
    answer = built.run("run-task", "job")
    assert answer.code == 125
    assert str(built.folder / "src") in json.dumps(built.json("tasks"))


def test_an_ecr_image_is_not_pulled_by_accident(project: Project) -> None:
    project.define({"job": job({**shell("true"), "image": ECR})})
    answer = project.run("run-task", "job")
    assert answer.code == 125
    assert "which is not asked by accident: under local.images write" in answer.err


def test_an_image_of_a_private_registry_is_pulled_with_its_credentials_and_has_a_digest(
    project: Project,
) -> None:
    def family(image: str, secret: str = "login", **fields: object) -> dict[str, object]:
        own = {"name": "app", "image": image, "memory": 32, "command": ["true"]}
        own["repositoryCredentials"] = {"credentialsParameter": secret}
        return job(own, **fields)

    with registry() as served:
        app = served.image("app")
        jobs = {
            "app": family(app),
            "stranger": family(served.image("stranger"), "wrong"),
            "arm": family(
                served.image("arm", "arm64"), runtimePlatform={"cpuArchitecture": "X86_64"}
            ),
        }
        secrets = {
            "login": json.dumps({"username": USER, "password": PASSWORD}),
            "wrong": json.dumps({"username": USER, "password": "wrong"}),
        }
        project.define(jobs, local={"secrets": secrets})
        answers = {name: project.run("run-task", name) for name in jobs}
        assert f"pulling {app}" in answers["app"].err
        described = {
            task["group"].removeprefix("family:"): task["containers"][0]
            for task in project.json("tasks")["tasks"]
        }
        assert described["app"]["imageDigest"] == served.digests["amd64"]
        assert answers["stranger"].code == answers["arm"].code == 125
        assert "unauthorized" in described["stranger"]["reason"]
        assert "matching platform 'linux/amd64'" in described["arm"]["reason"]
        assert "is for arm64 only" in answers["arm"].err
        assert PASSWORD not in "".join(answer.out + answer.err for answer in answers.values())
