"""What the Docker Engine API says, in our words."""

import pytest

from emulator.engines.docker_convert import image_info

MINE, OTHER = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"


@pytest.mark.parametrize(
    ("name", "digests", "expected"),
    [
        ("app:1", (), None),
        ("app:1", (f"app@{MINE}",), MINE),
        ("registry:5000/app:1", (f"app@{OTHER}", f"registry:5000/app@{MINE}"), MINE),
        ("docker.io/library/app", (f"other@{OTHER}", f"app@{MINE}"), MINE),
        (f"app@{MINE}", (f"other@{OTHER}", f"app@{MINE}"), MINE),
        ("app:dev", (f"registry/app@{MINE}", f"mirror/app@{OTHER}"), MINE),
    ],
)
def test_the_digest_of_an_image_is_that_of_the_repository_it_was_asked_from(
    name: str, digests: tuple[str, ...], expected: str | None
) -> None:
    answer = {"Id": "sha256:1", "Architecture": "amd64", "RepoDigests": list(digests)}
    assert image_info(answer, name).digest == expected
