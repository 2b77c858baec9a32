"""Which `.tfvars` files a hint names: those that set what is missing."""

import os
from pathlib import Path

import pytest

from emulator.definitions.files import Project
from emulator.definitions.terraform.variable_files import files_that_set


def found(root: Path, files: dict[str, str], *names: str) -> list[str]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return files_that_set(names, root, Project(root))


@pytest.mark.parametrize(
    "name",
    ["dev.tfvars", "dev/terraform.tfvars", "environments/dev/dev.tfvars", "vars/dev.tfvars.json"],
)
def test_a_file_is_found_where_people_keep_one_for_each_environment(
    tmp_path: Path, name: str
) -> None:
    text = '{"a": 1, "env": "dev"}' if name.endswith("json") else 'a   = 1\nenv = "dev"\n'
    assert found(tmp_path, {name: text}, "env") == [name]


@pytest.mark.parametrize(
    "text", ['environment = "dev"', '# env = "dev"', 'backend = "env"', 'other_env = "dev"', ""]
)
def test_a_file_that_does_not_set_the_variable_is_no_help(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, {"dev.tfvars": text}, "env") == []


def test_a_file_must_set_all_that_is_missing(tmp_path: Path) -> None:
    files = {"one.tfvars": 'env = "dev"', "two.tfvars": 'env = "dev"\nimage = "app"'}
    assert found(tmp_path, files, "env", "image") == ["two.tfvars"]


def test_hidden_and_deep_directories_and_links_are_not_looked_into(tmp_path: Path) -> None:
    root = tmp_path / "root"
    elsewhere = tmp_path / "elsewhere.tfvars"
    elsewhere.write_text('env = "dev"', "utf-8")
    root.mkdir()
    (root / "link.tfvars").symlink_to(elsewhere)
    (root / "loop").symlink_to(root)
    files = {".terraform/modules/a.tfvars": 'env = "a"', "a/b/c/deep.tfvars": 'env = "b"'}
    assert found(root, files, "env") == []


def test_what_cannot_be_read_is_no_help_and_no_failure(tmp_path: Path) -> None:
    (tmp_path / "bytes.tfvars").write_bytes(b'\xff\xfeenv = "dev"')
    os.mkfifo(tmp_path / "pipe.tfvars")
    (tmp_path / "folder.tfvars").mkdir()
    assert found(tmp_path, {"huge.tfvars": "env = 1\n" + "#" * 300_000}, "env") == []


def test_a_hint_costs_little_however_many_files_there_are(tmp_path: Path) -> None:
    files = {f"d{n:03}/x.tfvars": 'env = "dev"' for n in range(120)}
    assert len(found(tmp_path, files, "env")) < 60
