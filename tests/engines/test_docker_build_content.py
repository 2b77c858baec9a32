"""What goes into a build, and when it is another one."""

import os
import tarfile
from pathlib import Path

import pytest

from emulator.engines.base import ImageUnavailableError
from emulator.engines.docker_build import build_tag
from emulator.engines.docker_build_content import BuildContent, FileDigests
from emulator.model.image_builds import ImageBuild


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A directory that an image is built of."""
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM alpine\n", "utf-8")
    (folder / "main.py").write_text("one", "utf-8")
    return folder


def _files(build: ImageBuild) -> dict[str, str]:
    with BuildContent(build).archive() as archive, tarfile.open(fileobj=archive) as tar:
        return {
            member.name: member.linkname or tar.extractfile(member).read().decode()  # type: ignore[union-attr]
            for member in tar
            if not member.isdir()
        }


def test_a_link_goes_in_as_a_link_and_what_is_ignored_stays_out(source: Path) -> None:
    (source / "secret").symlink_to("/etc/hostname")
    (source / "out").symlink_to("/etc", target_is_directory=True)
    (source / "node_modules").mkdir()
    (source / "node_modules" / "big").write_text("x", "utf-8")
    (source / ".dockerignore").write_text("# comment\n\nnode_modules\n!main.py\n", "utf-8")
    assert _files(ImageBuild(context=str(source))) == {
        ".dockerignore": "# comment\n\nnode_modules\n!main.py\n",
        "Dockerfile": "FROM alpine\n",
        "main.py": "one",
        "out": "/etc",
        "secret": "/etc/hostname",
    }


def test_a_dockerfile_outside_of_its_context_goes_in_too(source: Path, tmp_path: Path) -> None:
    outside = tmp_path / "batch.Dockerfile"
    outside.write_text("FROM scratch\n", "utf-8")
    build = ImageBuild(context=str(source), dockerfile=str(outside))
    assert BuildContent(build).dockerfile == ".ecs-local.Dockerfile"
    assert _files(build)[".ecs-local.Dockerfile"] == "FROM scratch\n"
    inside = ImageBuild(context=str(source), dockerfile=str(source / "docker" / "batch"))
    assert BuildContent(inside).dockerfile == "docker/batch"


def test_the_name_of_an_image_changes_with_all_that_goes_into_it(
    source: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "batch.Dockerfile"
    outside.write_text("FROM scratch\n", "utf-8")
    digests = FileDigests()

    def tag(platform: str | None = None, **more: object) -> str:
        build = ImageBuild(context=str(source), **more)  # type: ignore[arg-type]
        return build_tag(BuildContent(build), platform, digests)

    first = tag()
    assert (
        first
        == tag()
        == build_tag(BuildContent(ImageBuild(context=str(source))), None, FileDigests())
    )
    tags = [first, tag("linux/arm64"), tag(target="a"), tag(args={"A": "b"})]
    tags.append(tag(dockerfile=str(outside)))
    outside.write_text("FROM alpine\n", "utf-8")
    tags.append(tag(dockerfile=str(outside)))
    (source / "main.py").write_text("two", "utf-8")
    tags.append(tag())
    (source / "main.py").chmod(0o755)
    tags.append(tag())
    (source / "link").symlink_to("main.py")
    tags.append(tag())
    (source / "empty").mkdir()
    tags.append(tag())
    assert len(set(tags)) == len(tags)
    (source / ".dockerignore").write_text("main.py", "utf-8")
    hidden = tag()
    (source / "main.py").write_text("three", "utf-8")
    assert tag() == hidden


def test_only_files_that_were_written_to_are_read_again(source: Path) -> None:
    digests, path = FileDigests(), source / "main.py"
    before = digests.of(path)
    path.chmod(0o000)
    path.chmod(0o644)
    status = path.stat()
    assert digests.of(path) == before
    path.write_text("six", "utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert digests.of(path) != before


@pytest.mark.parametrize(
    ("name", "content"), [("gone", None), (".dockerignore", b"\xff"), ("main.py", None)]
)
def test_a_context_that_cannot_be_read_is_told_with_its_place(
    name: str, content: bytes | None, source: Path
) -> None:
    if content is not None:
        (source / name).write_bytes(content)
        wanted = "cannot be read"
    else:
        wanted = "No such file" if name == "gone" else "Not a directory"
    context = source if content is not None else source / name
    with pytest.raises(ImageUnavailableError, match=wanted) as told:
        build_tag(BuildContent(ImageBuild(context=str(context))), None, FileDigests())
    assert str(context) in told.value.message


def test_what_ecs_local_writes_is_in_no_image_and_makes_no_other_one(source: Path) -> None:
    state = source / "work" / ".ecs-local"
    state.mkdir(parents=True)
    (source / "work" / ".ecs-local.yaml").write_text("x", "utf-8")
    (source / ".dockerignore").write_text("!work/.ecs-local\n", "utf-8")
    build = ImageBuild(context=str(source))
    tags = []
    for text in ("one", "two"):
        (state / "history.sqlite3").write_text(text, "utf-8")
        tags.append(build_tag(BuildContent(build, state), None, FileDigests()))
    assert tags[0] == tags[1] != build_tag(BuildContent(build), None, FileDigests())
    with BuildContent(build, state).archive() as archive, tarfile.open(fileobj=archive) as tar:
        assert sorted(tar.getnames()) == [
            *(".dockerignore", "Dockerfile", "main.py", "work", "work/.ecs-local.yaml")
        ]


def test_a_directory_built_from_within_another_state_directory_is_whole(
    source: Path, tmp_path: Path
) -> None:
    build = ImageBuild(context=str(source))
    names = {"Dockerfile", "main.py"}
    for elsewhere in (tmp_path, source, tmp_path / "state"):
        with BuildContent(build, elsewhere).archive() as made, tarfile.open(fileobj=made) as tar:
            assert set(tar.getnames()) == names
