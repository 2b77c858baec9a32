"""Mutations of definitions in every format, and bombs: a model or problems, within bounds."""

import json
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.definitions import files, load, read
from emulator.definitions.cdk import read_assembly
from emulator.definitions.cloudformation.template import Template, parse_template
from emulator.definitions.files import Project
from emulator.definitions.nodes import Problems, ValueBudget
from emulator.definitions.reading import Reading
from emulator.errors import DefinitionError
from tests.definitions.test_hostile_files import EDITS, mutated

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
FOLDERS = (
    "aws_cli/rules_and_targets",
    "aws_cli/schedule",
    "cdk/nested_stack",
    "cdk/two_stacks",
    "cloudformation/exports",
    "cloudformation/functions",
    "cloudformation/intrinsics",
    "cloudformation/json",
    "cloudformation/loops",
    "cloudformation/nested_stack",
    "cloudformation/unknown_values",
    "copilot/job",
    "copilot/overrides",
    "ecschedule/with_ecspresso",
)
TEXT = (".json", ".yaml", ".yml", ".tfstate")
INTRINSICS = st.sampled_from(
    [
        *("!Ref x", "!Sub '${a}'", "!If [a, b, c]", "!Select [9, !Split ['', a]]", "!GetAtt a.b"),
        *("Fn::ForEach::x", "!Ref AWS::NoValue", "!Cidr [a, 1, 999]", "!FindInMap [a]"),
        *("{Fn::Sub: [1, 2]}", "!Join", "!Transform x", "${", "@every 1h", "0 0 * * 1-5/2"),
    ]
)
FORMAT_EDITS = st.lists(
    st.tuples(st.integers(0, 10_000), INTRINSICS, st.booleans()), min_size=0, max_size=2
)


@settings(max_examples=150)
@given(folder=st.sampled_from(FOLDERS), file=st.integers(0, 20), edits=EDITS, more=FORMAT_EDITS)
def test_any_definitions_give_a_model_or_problems(
    folder: str, file: int, edits: list[tuple[int, str, bool]], more: list[tuple[int, str, bool]]
) -> None:
    with TemporaryDirectory() as directory:
        project = Path(directory) / "project"
        shutil.copytree(SCENARIOS / folder, project)
        files = sorted(path for path in project.rglob("*") if path.suffix in TEXT)
        chosen = files[file % len(files)]
        text = mutated(chosen.read_text("utf-8"), edits + more)
        chosen.write_text(text, "utf-8", errors="surrogatepass")
        _model_or_problems(project)


def _model_or_problems(project: Path) -> str:
    try:
        load((), directory=project, environ={"PREFIX": "p", "TAG": "t"})
    except DefinitionError as error:
        return str(error)
    return ""


def _template(tmp_path: Path, body: str) -> str:
    (tmp_path / "template.yaml").write_text(body, "utf-8")
    return _model_or_problems(tmp_path)


def _task(command: str) -> str:
    return (
        "Resources:\n"
        "  T:\n"
        "    Type: AWS::ECS::TaskDefinition\n"
        "    Properties:\n"
        "      Family: t\n"
        f"      ContainerDefinitions: [{{Name: a, Image: a, Memory: 6, Command: [{command}]}}]\n"
    )


def test_a_text_that_doubles_itself_is_stopped(tmp_path: Path) -> None:
    command = '"xxxxxxxxxx"'
    for _ in range(30):
        command = f'!Sub ["${{a}}${{a}}", {{a: {command}}}]'
    assert "more than 1000000 characters" in _template(tmp_path, _task(command))


def test_a_long_list_that_many_places_refer_to_is_stopped(tmp_path: Path) -> None:
    items = ",".join(f"i{number}" for number in range(5_000))
    given = f"Parameters: {{L: {{Type: CommaDelimitedList, Default: '{items}'}}}}\n"
    many = ", ".join('!Join ["", !Ref L]' for _ in range(150))
    assert "resolves more than" in _template(tmp_path, given + _task(many))


def test_loops_within_loops_are_stopped(tmp_path: Path) -> None:
    items = ", ".join(f"i{number}" for number in range(60))
    loop = "{x: 1}"
    for name in "ABCDE":
        loop = f"{{'Fn::ForEach::{name}': [{name}, [{items}], {{'k${{{name}}}': {loop}}}]}}"
    body = f"Transform: AWS::LanguageExtensions\n{_task('a')}  Loops: {loop}\n"
    assert "Fn::ForEach makes more than" in _template(tmp_path, body)


@pytest.mark.parametrize(
    "number", ["0" + "7" * 6000, "1" * 6000 + ":1", "1" + ":1" * 400_000, "0" * 6000 + "9"]
)
def test_a_word_that_is_a_number_of_very_many_digits_is_warned_of(
    tmp_path: Path, number: str
) -> None:
    body = f"Parameters: {{P: {{Type: String, Default: {number}}}}}\n{_task('a')}"
    (tmp_path / "template.yaml").write_text(body, "utf-8")
    found = load((), directory=tmp_path, environ={}).problems
    assert any("without quotes is" in problem.message for problem in found)


def test_names_that_refer_to_each_other_in_a_long_chain_are_stopped(tmp_path: Path) -> None:
    queue = "  Q{}: {{Type: AWS::SQS::Queue, Properties: {{QueueName: !GetAtt Q{}.QueueName}}}}\n"
    queues = "".join(queue.format(n, n + 1) for n in range(400))
    last = "  Q400: {Type: AWS::SQS::Queue}\n"
    found = _template(tmp_path, _task("!Ref Q0") + queues + last)
    assert "nest more than" in found


@pytest.mark.parametrize("deep", ["[" * 90 + "]" * 90, "!If [a, " * 40 + "b" + ", c]" * 40])
def test_deep_values_are_no_traceback(tmp_path: Path, deep: str) -> None:
    assert re.search("error|must|nest|unresolved|text", _template(tmp_path, _task(deep)))


def test_no_file_outside_of_the_project_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"family": "stolen", "containerDefinitions": []}', "utf-8")
    project = tmp_path / "project"
    project.mkdir()
    (project / "ecspresso.yml").write_text("task_definition: ../secret.json\n", "utf-8")
    assert "'../secret.json' lies outside of the project" in _model_or_problems(project)


def test_a_file_of_the_same_git_repository_may_be_referred_to(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    common = '{"family": "shared", "containerDefinitions": [{"name": "a", "image": "alpine"}]}'
    (tmp_path / "common.json").write_text(common, "utf-8")
    project = tmp_path / "job"
    project.mkdir()
    (project / "ecspresso.yml").write_text("task_definition: ../common.json\n", "utf-8")
    assert list(load((), directory=project, environ={}).task_definitions) == ["shared"]


def test_a_git_repository_that_a_stranger_made_around_the_project_shares_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "secret.json").write_text("{}", "utf-8")
    project = tmp_path / "job"
    project.mkdir()
    (project / "ecspresso.yml").write_text("task_definition: ../secret.json\n", "utf-8")
    # Only root may give a file away.
    monkeypatch.setattr(files, "_owner", lambda path: 1 if path.name == ".git" else 2)
    monkeypatch.setattr(os, "geteuid", lambda: 2)
    assert "'../secret.json' lies outside of the project" in _model_or_problems(project)


def test_no_workspace_of_copilot_outside_of_the_project_is_read(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("application: stolen\n", "utf-8")
    job = tmp_path / "project" / "copilot" / "job"
    job.mkdir(parents=True)
    manifest = (
        "name: job\ntype: Scheduled Job\nimage: {location: alpine}\non: {schedule: '@daily'}\n"
    )
    (job / "manifest.yml").write_text(f"{manifest}cpu: 256\nmemory: 512\n", "utf-8")
    (job.parent / ".workspace").symlink_to(tmp_path / "elsewhere")
    told = _model_or_problems(tmp_path / "project")
    assert ".workspace: is a link that leads out of the project" in told
    assert "stolen" not in told


def test_stacks_that_multiply_at_each_level_end_with_a_place(tmp_path: Path) -> None:
    for level in range(8):
        resources = "".join(
            f"  S{n}: {{Type: AWS::CloudFormation::Stack, Properties: "
            f"{{TemplateURL: {level + 1}.yaml}}}}\n"
            for n in range(12)
        )
        (tmp_path / f"{level}.yaml").write_text(f"Resources:\n{resources}", "utf-8")
    (tmp_path / "8.yaml").write_text("Resources: {}\n", "utf-8")
    loaded = read([tmp_path / "0.yaml"], Reading(Project(tmp_path), {}, Problems()))
    texts = [str(problem) for problem in loaded.definitions.problems]
    assert texts == ["7.yaml:11: more than 500 nested stacks"]


def _nesting(directory: Path, parts: Sequence[str]) -> list[str]:
    """Return what is told of a template that nests others."""
    resources = "".join(
        f"  S{n}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {part}}}}}\n"
        for n, part in enumerate(parts)
    )
    (directory / "app.yaml").write_text(f"Resources:\n{resources}", "utf-8")
    loaded = read([directory / "app.yaml"], Reading(Project(directory), {}, Problems()))
    return [str(problem) for problem in loaded.definitions.problems]


def test_one_large_template_that_is_nested_many_times_is_parsed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = []

    def counted(text: str, path: str, budget: ValueBudget | None = None) -> Template:
        parsed.append(path)
        return parse_template(text, path, budget)

    monkeypatch.setattr("emulator.definitions.cloudformation.stacks.parse_template", counted)
    (tmp_path / "part.yaml").write_text(f"Resources: {{}}\n#{'x' * 300_000}\n", "utf-8")
    assert _nesting(tmp_path, ["part.yaml"] * 400) == []
    assert parsed == ["app.yaml", "part.yaml"]


def test_much_text_in_nested_templates_ends_with_a_place(tmp_path: Path) -> None:
    for n in range(4):
        text = f"Resources: {{}}\n#{'x' * 5_000_000}\n"
        (tmp_path / f"{n}.yaml").write_text(text, "utf-8")
    assert _nesting(tmp_path, ["0.yaml", "1.yaml", "2.yaml", "3.yaml", "0.yaml"]) == [
        "app.yaml:5: the templates of nested stacks have more than 16 MB together"
    ]


def test_many_values_in_nested_templates_end_with_a_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.definitions.cloudformation.opening.MOST_VALUES", 20)
    for n in range(4):
        (tmp_path / f"{n}.yaml").write_text(f"Resources: {{}}\nMetadata:\n  A: [{n}]\n", "utf-8")
    assert _nesting(tmp_path, ["0.yaml", "1.yaml", "2.yaml", "3.yaml"]) == [
        "2.yaml:3: the templates of nested stacks have more than 20 values"
    ]


def test_exports_that_need_each_other_in_a_long_chain_end_with_a_place(tmp_path: Path) -> None:
    export = (
        "Resources: {{}}  # AWS::\n"
        "Outputs:\n"
        "  O:\n"
        "    Value: !ImportValue e{}\n"
        "    Export: {{Name: e{}}}\n"
    )
    for n in range(100):
        (tmp_path / f"e{n}.yaml").write_text(export.format(n + 1, n), "utf-8")
    (tmp_path / "task.yaml").write_text(_task("!ImportValue e0"), "utf-8")
    loaded = read([tmp_path], Reading(Project(tmp_path), {}, Problems()))
    texts = [str(problem) for problem in loaded.definitions.problems]
    assert texts == ["e84.yaml:4: references and values nest more than 90 deep"]


def test_stages_that_name_each_other_over_and_over_are_read_once_each(tmp_path: Path) -> None:
    for name, following in (("cdk.out", "a"), ("cdk.out/a", "../b"), ("cdk.out/b", "../a")):
        stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": following}}
        (tmp_path / name).mkdir()
        manifest = {"artifacts": {f"Stage{n}": stage for n in range(3)}}
        (tmp_path / name / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (tmp_path / "cdk.out" / "cdk.out").write_text("{}", "utf-8")
    fragment = read_assembly(tmp_path / "cdk.out", Reading(Project(tmp_path), {}, Problems()))
    names = [str(path.resolve().relative_to(tmp_path)) for path in fragment.files]
    assert names == [f"cdk.out/{part}manifest.json" for part in ("", "a/", "b/")]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "ecschedule.jsonnet",
            "local a = import 'a\0b'; {rules: []}",
            "ecschedule.jsonnet: Jsonnet: embedded null character",
        ),
        (
            "ecs-local.json",
            '{"local": {"envFiles": {"arn:aws:s3:::b/a": "a\\u0000b"}}}',
            "ecs-local.json:1: local.envFiles.arn:aws:s3:::b/a: 'a\\x00b' is not a path within",
        ),
    ],
    ids=["imported", "for an object of S3"],
)
def test_what_no_file_can_be_called_is_told_with_its_place(
    tmp_path: Path, name: str, text: str, expected: str
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    loaded = read([tmp_path], Reading(Project(tmp_path), {}, Problems()))
    assert [str(p)[: len(expected)] for p in loaded.definitions.problems] == [expected]


def test_a_value_that_is_not_utf_8_is_refused_before_a_pattern_sees_it(tmp_path: Path) -> None:
    declared = 'Parameters: {A: {Type: String, AllowedPattern: ".*", MinLength: 9}}\n'
    (tmp_path / "task.yaml").write_text(declared + _task("!Ref A"), "utf-8")
    reading = Reading(Project(tmp_path), {}, Problems(), parameters={"A": "\udcff"})
    loaded = read([tmp_path], reading)
    assert "task.yaml:1: parameter A: '\\udcff' is not UTF-8" in [
        str(problem) for problem in loaded.definitions.problems
    ]
