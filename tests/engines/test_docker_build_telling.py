"""What a person hears of a build, and what is remembered for its failure."""

from emulator.engines.docker_build_telling import BuildTelling, needs_buildkit
from emulator.model.image_builds import ImageBuild


def test_a_build_that_fails_tells_its_step_and_the_last_words_of_that() -> None:
    said: list[str] = []
    build = ImageBuild(
        context="/src", dockerfile="/src/batch", target="run", args={"KEY": "s3cret"}
    )
    telling = BuildTelling(build, said.append)
    for line in ("Step 1/2 : FROM alpine\n", " ---> 01\n", "Step 2/2 : RUN make\n", "no rule\n"):
        telling.tell(line)
    failed = telling.failure("returned a non-zero code: 2")
    assert failed.message == (
        "building from /src failed at Step 2/2 : RUN make: returned a non-zero code: 2"
    )
    assert failed.hint == (
        "its last words:\n    no rule\n"
        "  by hand: docker build -f /src/batch --target run --build-arg KEY /src"
    )
    assert said == [
        "building src: Step 1/2 : FROM alpine",
        "building src: Step 2/2 : RUN make",
    ]


def test_what_buildkit_writes_is_told_by_its_steps() -> None:
    said: list[str] = []
    telling = BuildTelling(ImageBuild(context="/src"), said.append)
    for line in (
        "#1 [internal] load build definition from Dockerfile",
        "#1 DONE 0.0s",
        "#5 [stage-0 2/2] RUN make",
        "#5 sha256:955f2521",
        "#5 0.324 no rule",
        "#5 ERROR: exit code: 2",
        "------",
    ):
        telling.tell(line)
    assert said == ["building src: #5 [stage-0 2/2] RUN make"]
    failed = telling.failure("exit code: 2")
    assert failed.message == "building from /src failed at #5 [stage-0 2/2] RUN make: exit code: 2"
    assert str(failed.hint).startswith(
        "its last words:\n    #5 0.324 no rule\n    #5 ERROR: exit code: 2\n  by hand: "
    )


def test_what_only_buildkit_knows_is_told_from_other_failures() -> None:
    assert needs_buildkit("the --mount option requires BuildKit. Refer to ...")
    assert needs_buildkit("Dockerfile parse error line 2: unknown instruction: EOF")
    assert not needs_buildkit("The command '/bin/sh -c make' returned a non-zero code: 2")
