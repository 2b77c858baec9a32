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
