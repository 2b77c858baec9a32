"""Containers that see the clock of a simulation, by Debian's own libfaketime."""

import io
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import docker
import pytest

from tests.with_docker.project import Project, due, job, shell

IMAGE: Final = "ecs-local-test-faketime:1"
DUE: Final = datetime(2028, 2, 29, 4, 5, tzinfo=UTC)
PERIOD: Final = ("--from", "2028-02-29T00:00:00Z", "--to", "2028-03-01T00:00:00Z")


def _library(directory: Path) -> Path:
    """Return Debian's libfaketime, fetched without installing it."""
    subprocess.run(
        ["apt-get", "download", "-q", "-o", "Acquire::Retries=3", "libfaketime"],
        cwd=directory,
        check=True,
        capture_output=True,
    )
    (package,) = directory.glob("libfaketime_*.deb")
    subprocess.run(["dpkg", "-x", package.name, "."], cwd=directory, check=True)
    return next(directory.glob("usr/lib/*/faketime/libfaketime.so.1"))


def _needed(program: Path) -> set[str]:
    """Return the libraries that a program or library loads."""
    told = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"(/\S+) \(0x", told))


@pytest.fixture
def image(tmp_path: Path) -> Iterator[str]:
    """An image of this machine's `date` and what it loads, with libfaketime."""
    if shutil.which("apt-get") is None:
        pytest.skip("libfaketime comes from a Debian package, which only apt-get can fetch")
    directory = tmp_path / "package"
    directory.mkdir()
    library = _library(directory)
    files = {path: Path(path) for path in ("/bin/date", *_needed(Path("/bin/date")))}
    files |= {path: Path(path) for path in _needed(library)}
    files[f"/{library.relative_to(directory)}"] = library
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, path in files.items():
            tar.add(path.resolve(), arcname=name.lstrip("/"))
    client = docker.from_env()
    repository, tag = IMAGE.split(":")
    client.api.import_image_from_data(archive.getvalue(), repository=repository, tag=tag)
    yield IMAGE
    client.images.remove(IMAGE, force=True)
    client.close()


def test_a_program_sees_the_due_instant_where_its_image_can_fake_it(
    project: Project, image: str
) -> None:
    project.define(
        {
            "faked": job({**shell(""), "image": image, "command": ["date", "-u", "+%F %R"]}),
            "true": job(shell("date +%Y")),
        },
        [due("faked", DUE), due("true", DUE)],
    )
    answer = project.run("simulate", *PERIOD, "--execute", "--fake-time", "--name", "leap")
    assert answer.code == 0, answer.err
    assert "faked/app | 2028-02-29 04:05" in answer.out
    assert "true/app  | 2028" not in answer.out
    assert "alpine:latest has no libfaketime.so.1: it sees this machine's clock" in answer.err
    assert answer.err.count("libfaketime.so.1") == 1
