"""Names of groups and streams as names of files: each can be one, and the name comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.logs.file_names import LONGEST_SEGMENT, file_names, name_of


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("jobs/夜間", ["jobs", "夜間"]),
        ("a//b", ["a", "~", "b"]),
        ("../.hidden", ["%2E.", "%2Ehidden"]),
        ("x~y/app.log", ["x%7Ey", "app%2Elog"]),
        ("n" * 201, ["n" * 200 + "~", "n"]),
    ],
)
def test_ordinary_parts_stay_and_others_are_escaped_or_go_on_below(
    name: str, files: list[str]
) -> None:
    assert file_names(name.split("/")) == files


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=300))
def test_every_name_comes_back_from_files_that_can_be(name: str) -> None:
    files = file_names(name.split("/"))
    assert name_of("/".join(files)) == name
    assert all(0 < len(file.encode()) <= LONGEST_SEGMENT + 1 for file in files)
    assert not any(file.startswith(".") or "/" in file or "\0" in file for file in files)
