from pathlib import Path

import pytest

from emulator.model.image_builds import ImageBuild
from tests.definitions.conftest import Load

JOB = """\
name: report
type: Scheduled Job
on: {{schedule: "@daily"}}
image: {{build: {build}}}
"""


@pytest.mark.parametrize(
    ("said", "environment"),
    [
        ("image: {location: 'alpine:3', build: }", ""),
        ("image: {location: 'alpine:3'}", "image: {build: }"),
        ("image: {location: 'alpine:3'}", "image: {build: {}}"),
        ("image: {location: 'alpine:3'}", "image: {location: , build: }"),
        ("image: {location: 'alpine:3'}", "image: "),
    ],
)
def test_a_build_that_is_left_empty_takes_nothing_from_the_location(
    read: Load, said: str, environment: str
) -> None:
    manifest = f"name: report\ntype: Scheduled Job\non: {{schedule: '@daily'}}\n{said}\n"
    outcome = read(
        {
            "copilot/.workspace": "application: shop\n",
            "copilot/report/manifest.yml": f"{manifest}environments: {{test: {{{environment}}}}}\n",
        }
    )
    [main] = outcome.model.task_definitions["shop-test-report"].container_definitions
    assert main.image == "alpine:3"


def test_a_size_that_an_environment_leaves_empty_is_that_of_the_manifest(read: Load) -> None:
    manifest = JOB.format(build="svc, location: ") + "cpu: 512\nmemory: 1024\n"
    outcome = read(
        {
            "copilot/.workspace": "application: shop\n",
            "copilot/report/manifest.yml": manifest + "environments: {test: {cpu: , memory: }}\n",
        }
    )
    definition = outcome.model.task_definitions["shop-test-report"]
    assert (definition.cpu, definition.memory) == (512, 1024)


@pytest.mark.parametrize(
    ("build", "context", "dockerfile"),
    [
        ("{context: svc}", "svc", "svc/Dockerfile"),
        ('{context: svc, dockerfile: ""}', "svc", "svc/Dockerfile"),
        ("{dockerfile: svc/Dockerfile.batch}", "svc", "svc/Dockerfile.batch"),
        ('{context: "", dockerfile: svc/Dockerfile.batch}', "svc", "svc/Dockerfile.batch"),
        ('{context: "", dockerfile: ""}', ".", "Dockerfile"),
    ],
)
def test_what_a_build_leaves_empty_is_as_if_it_were_not_said(
    read: Load, tmp_path: Path, build: str, context: str, dockerfile: str
) -> None:
    outcome = read(
        {
            "copilot/.workspace": "application: shop\n",
            "copilot/report/manifest.yml": JOB.format(build=build),
        }
    )
    assert outcome.model.local.images["shop/report:latest"].build == ImageBuild(
        context=str(tmp_path / context), dockerfile=str(tmp_path / dockerfile)
    )
