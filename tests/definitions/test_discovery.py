"""Which files of a directory are taken, which are left, and why."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from emulator import definitions
from emulator.definitions import Loaded, read
from emulator.definitions.files import Project
from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Node, Problems
from emulator.definitions.project_yaml import read_project
from emulator.definitions.raw_json import may_define
from emulator.definitions.reading import DirectoryFormat, FileFormat, Reading
from emulator.errors import SourceRef
from emulator.model.rules import Rule, Target

RULE = "rules:\n- name: nightly\n  scheduleExpression: rate(1 hour)\n  taskDefinition: batch\n"
CONTAINERS = '[{"name": "main", "image": "alpine:latest"}]'
FAMILY = f'{{"family": "batch", "containerDefinitions": {CONTAINERS}}}'


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def look(root: Path, *paths: Path) -> Loaded:
    return read(paths, Reading(Project(root), {}, Problems()))


def screen(loaded: Loaded, root: Path) -> list[str]:
    return [
        f"{found.path.relative_to(root)}: {found.reason or found.format}" for found in loaded.found
    ]


def messages(loaded: Loaded) -> list[str]:
    return [str(problem) for problem in loaded.definitions.problems]


def test_files_of_other_purposes_are_left_with_a_reason(tmp_path: Path) -> None:
    write(tmp_path, {"ecs.yaml": RULE, "batch.json": FAMILY, "package.json": '{"image": "x"}'})
    write(tmp_path, {"compose.yaml": 'services: {a: {"image": b}}', "tsconfig.json": "{}"})
    assert screen(look(tmp_path), tmp_path) == [
        "compose.yaml: is in no format known here",
        "ecs.yaml: ecs-local.yaml or ecschedule",
        "batch.json: task definition",
        "package.json: is in no format known here",
        "tsconfig.json: says nothing of ECS",
    ]


@pytest.mark.parametrize("named", [False, True])
def test_a_task_definition_in_yaml_is_a_part_of_what_refers_to_it(
    tmp_path: Path, named: bool
) -> None:
    task = f"family: batch\ncontainerDefinitions: {CONTAINERS}\n"
    other = task.replace("batch", "web")
    write(tmp_path, {"a-other.yaml": other, "a-task.yaml": task, "ecs.yaml": RULE})
    write(tmp_path, {"ecspresso.yml": "task_definition: a-task.yaml\n"})
    files = sorted(tmp_path.iterdir()) if named else []
    loaded = look(tmp_path, *files)
    assert screen(loaded, tmp_path) == [
        "ecs.yaml: ecs-local.yaml or ecschedule",
        "ecspresso.yml: ecspresso",
        "a-task.yaml: ecspresso",
        "a-other.yaml: task definition",
    ]
    assert not [text for text in messages(loaded) if "defined before" in text]
    assert sorted(loaded.definitions.task_definitions) == ["batch", "web"]


def test_a_project_with_a_manifest_of_its_own_is_no_cloud_assembly(tmp_path: Path) -> None:
    write(tmp_path, {"manifest.json": "{}", "ecs.yaml": RULE, "batch.json": FAMILY})
    write(tmp_path, {"cdk.out/cdk.out": "{}", "cdk.out/manifest.json": "{}"})
    assert list(look(tmp_path).definitions.task_definitions) == ["batch"]


def test_a_part_of_another_one_is_found_once_below(tmp_path: Path) -> None:
    task = f"family: batch\ncontainerDefinitions: {CONTAINERS}\n"
    write(tmp_path, {"ecs.yaml": RULE, "deploy/a-task.yaml": task})
    write(tmp_path, {"deploy/ecspresso.yml": "task_definition: a-task.yaml\n"})
    loaded = look(tmp_path)
    assert list(loaded.definitions.task_definitions) == ["batch"]
    assert not [text for text in messages(loaded) if "defined before" in text]


def test_the_task_definition_of_a_rule_is_found_below(tmp_path: Path) -> None:
    write(tmp_path, {"ecschedule.yaml": RULE, "deploy/task.json": FAMILY})
    write(tmp_path, {"deploy/other.json": FAMILY.replace("batch", "web")})
    loaded = look(tmp_path)
    assert screen(loaded, tmp_path) == [
        "ecschedule.yaml: ecs-local.yaml or ecschedule",
        "deploy/other.json: defines no family that is missing",
        "deploy/task.json: task definition",
    ]
    assert list(loaded.definitions.task_definitions) == ["batch"]


def test_a_project_that_is_complete_at_its_top_is_not_mixed_with_what_lies_below(
    tmp_path: Path,
) -> None:
    write(tmp_path, {"ecs.yaml": RULE, "batch.json": FAMILY})
    write(tmp_path, {"samples/one/ecs.yaml": RULE.replace("nightly", "other")})
    assert [rule.name for rule in look(tmp_path).definitions.rules] == ["nightly"]


def test_a_local_part_alone_applies_to_the_definitions_below(tmp_path: Path) -> None:
    write(tmp_path, {"ecs-local.yaml": "local:\n  env: {A: b}\n"})
    write(tmp_path, {"infra/ecs.yaml": RULE, "infra/batch.json": FAMILY})
    found = look(tmp_path).definitions
    assert [rule.name for rule in found.rules] == ["nightly"]
    assert found.local.env == {"A": "b"}


def test_directories_of_other_people_are_not_searched(tmp_path: Path) -> None:
    for directory in ("node_modules", ".git", ".terraform", "vendor", "cdk.out"):
        write(tmp_path, {f"{directory}/ecs.yaml": RULE, f"{directory}/batch.json": FAMILY})
    loaded = look(tmp_path)
    assert loaded.found == ()
    assert "no definitions here" in messages(loaded)[0]


def test_a_directory_format_takes_the_directory_and_its_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def claims(_directory: Path, names: Sequence[str]) -> bool:
        return "root.x" in names

    def read_root(directory: Path, _reading: Reading) -> Fragment:
        fragment = Fragment(files=[directory / "root.x", directory / "used.json"])
        rule = Rule(
            name=directory.name,
            schedule_expression="rate(1 hour)",
            targets=(Target(id="1", task_definition="batch"),),
        )
        fragment.add_rule(rule, Node({}, SourceRef("root.x", 1)))
        return fragment

    def includes(directory: Path, _names: Sequence[str]) -> list[Path]:
        return [directory / "../../modules/job"] if directory.parent.name == "envs" else []

    monkeypatch.setattr(
        definitions, "DIRECTORY_FORMATS", (DirectoryFormat("X", claims, read_root, includes),)
    )
    for place in ("envs/prod", "modules/job"):
        write(tmp_path, {f"{place}/root.x": "", f"{place}/used.json": FAMILY})
    write(tmp_path, {"envs/prod/batch.json": FAMILY})
    loaded = look(tmp_path)
    assert [rule.name for rule in loaded.definitions.rules] == ["prod"]
    assert screen(loaded, tmp_path) == [
        "envs/prod/root.x: X",
        "envs/prod/used.json: X",
        "envs/prod/batch.json: task definition",
    ]


def test_a_definition_that_yields_gives_way_to_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_dummy(path: Path, text: str, reading: Reading) -> Fragment:
        fragment = read_project(path, text, reading)
        fragment.yielding.add("batch")
        return fragment

    dummy = FileFormat("dummy", lambda path, _: path.suffix == ".yaml", read_dummy)
    monkeypatch.setattr(definitions, "FILE_FORMATS", (dummy, *definitions.FILE_FORMATS))
    inline = f"taskDefinitions: {{batch: {{containerDefinitions: {CONTAINERS}}}}}\n"
    write(tmp_path, {"ecs.yaml": RULE + inline.replace("alpine", "dummy")})
    alone = look(tmp_path).definitions.task_definitions["batch"]
    assert alone.container_definitions[0].image == "dummy:latest"
    write(tmp_path, {"deploy/task.json": FAMILY})
    real = look(tmp_path).definitions.task_definitions["batch"]
    assert real.container_definitions[0].image == "alpine:latest"


def test_a_pipe_or_device_is_refused_with_its_place(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert messages(look(tmp_path, tmp_path / "pipe.yaml")) == [
        "pipe.yaml: a named pipe, not a file"
    ]
    assert messages(look(tmp_path, Path("/dev/zero"))) == ["/dev/zero: a device, not a file"]


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    outside, project = tmp_path / "outside", tmp_path / "project"
    write(outside, {"batch.json": FAMILY})
    write(project, {"ecs.yaml": RULE})
    (project / "batch.json").symlink_to(outside / "batch.json")
    (project / "more").symlink_to(outside)
    loaded = look(project)
    assert "batch.json: is a link that leads out of the project" in screen(loaded, project)
    assert loaded.definitions.task_definitions == {}


def test_links_that_lead_in_a_circle_are_told_and_no_more(tmp_path: Path) -> None:
    write(tmp_path, {"ecs.yaml": RULE, "batch.json": FAMILY})
    (tmp_path / "one.yaml").symlink_to(tmp_path / "two.yaml")
    (tmp_path / "two.yaml").symlink_to(tmp_path / "one.yaml")
    told = f"cannot be read: {os.strerror(errno.ELOOP)}"
    loaded = look(tmp_path)
    assert f"one.yaml: {told}" in screen(loaded, tmp_path)
    assert "batch" in loaded.definitions.task_definitions
    assert messages(look(tmp_path, tmp_path / "one.yaml")) == [f"one.yaml: {told}"]


def test_a_directory_that_contains_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").symlink_to(tmp_path)
    assert "no definitions here" in messages(look(tmp_path))[0]


def test_a_name_that_is_no_utf8_is_told_escaped(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.json")
    (tmp_path / name).write_text(FAMILY.replace("batch", "not this"), "utf-8")
    [message] = [text for text in messages(look(tmp_path)) if "Family" in text]
    assert message.startswith("caf\\xe9.json:1: ")
    message.encode("utf-8")


def test_a_huge_directory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.definitions.levels.MOST_FILES", 3)
    for number in range(5):
        write(tmp_path, {f"{number}.json": "{}"})
    [message] = messages(look(tmp_path))
    assert message == (
        ".: more than 3 YAML and JSON files, or 100000 names\n"
        "  hint: name the definition files with -f"
    )


def test_a_search_that_is_too_wide_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.definitions.levels.MOST_DIRECTORIES", 3)
    for number in range(5):
        (tmp_path / str(number)).mkdir()
    write(tmp_path, {"0/ecs.yaml": RULE, "0/batch.json": FAMILY})
    loaded = look(tmp_path)
    assert messages(loaded) == [
        ".: more than 3 directories below: the rest is not read\n  hint: name files with -f"
    ]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"image": ' * 5000, "{", "\x00", "[1, 2]"])
def test_json_of_no_use_is_no_definition(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"x.json": text + '"image"'})
    assert "no definitions here" in messages(look(tmp_path))[0]


def test_a_state_beside_its_terraform_root_is_left_unless_it_is_named(tmp_path: Path) -> None:
    scenario = Path(__file__).parent.parent / "scenarios" / "terraform" / "state_file"
    state = (scenario / "terraform.tfstate").read_text("utf-8")
    group = 'resource "aws_cloudwatch_log_group" "batch" {\n  name = "/batch"\n}\n'
    write(tmp_path, {"main.tf": group, "terraform.tfstate": state})
    assert screen(look(tmp_path), tmp_path) == [
        "main.tf: Terraform",
        "terraform.tfstate: says again what the directory does: name it with -f to read it instead",
    ]
    named = look(tmp_path, tmp_path / "terraform.tfstate")
    assert screen(named, tmp_path) == ["terraform.tfstate: Terraform state"]


def test_a_template_beside_a_root_that_does_not_fill_it_in_is_left(tmp_path: Path) -> None:
    group = 'resource "aws_cloudwatch_log_group" "batch" {\n  name = "/batch"\n}\n'
    template = '[{"name": "main", "image": "${image}", "cpu": "${cpu}"}]'
    write(tmp_path, {"main.tf": group, "old.json": template})
    assert screen(look(tmp_path), tmp_path) == [
        "main.tf: Terraform",
        "old.json: is a template that nothing here fills in",
    ]


JOBS = """\
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Name: nightly
      ScheduleExpression: rate(1 hour)
      Targets:
      - {Id: a, Arn: "arn:aws:ecs:x:0:cluster/c", EcsParameters: {TaskDefinitionArn: !Ref Task}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: {Family: batch, ContainerDefinitions: [{Name: a, Image: b, Memory: 64}]}
"""
NETWORK = """\
Resources: {Cluster: {Type: "AWS::ECS::Cluster"}}
Outputs: {A: {Value: batch, Export: {Name: f}}}
"""
NESTING = "Resources:\n  Jobs:\n    Type: AWS::CloudFormation::Stack\n"


def nesting(place: str) -> str:
    return f"{NESTING}    Properties: {{TemplateURL: {place}}}\n"


def test_a_nested_template_is_read_only_as_a_part_of_the_other(tmp_path: Path) -> None:
    write(tmp_path, {"a_jobs.yaml": JOBS, "root.yaml": nesting("./a_jobs.yaml")})
    loaded = look(tmp_path)
    assert [rule.name for rule in loaded.definitions.rules] == ["nightly"]
    assert screen(loaded, tmp_path) == ["root.yaml: CloudFormation", "a_jobs.yaml: CloudFormation"]
    named = look(tmp_path, tmp_path / "a_jobs.yaml", tmp_path / "root.yaml")
    assert messages(named) == messages(loaded) == []


def test_a_nested_template_below_is_found_by_the_one_that_nests_it(tmp_path: Path) -> None:
    write(tmp_path, {"stacks/jobs.yaml": JOBS, "z/root.yaml": nesting("../stacks/jobs.yaml")})
    assert [rule.name for rule in look(tmp_path).definitions.rules] == ["nightly"]


def test_a_nested_template_that_is_not_used_is_left_with_a_reason(tmp_path: Path) -> None:
    never = (
        "Conditions: {Never: !Equals [a, b]}\n" + nesting("jobs.yaml") + "    Condition: Never\n"
    )
    write(tmp_path, {"jobs.yaml": JOBS, "root.yaml": never})
    assert screen(look(tmp_path), tmp_path) == [
        "jobs.yaml: is a part of another one",
        "root.yaml: CloudFormation",
    ]


def test_jsonnet_that_is_imported_is_read_only_as_a_part_of_the_other(tmp_path: Path) -> None:
    rule = "{name: 'a', role: 'r', scheduleExpression: 'rate(1 day)', taskDefinition: 'job'}"
    base = "{rules: [" + rule + "], taskDefinitions: {job: [{name: 'main', image: 'alpine'}]}}"
    other = base.replace("'a'", "'b'").replace("job", "another")
    importing = (
        "// not import 'other.jsonnet'\n(import 'base.jsonnet') + {cluster: 'c'}  // rules\n"
    )
    write(
        tmp_path,
        {"base.jsonnet": base, "ecschedule.jsonnet": importing, "other.jsonnet": other},
    )
    loaded = look(tmp_path)
    assert sorted(rule.name for rule in loaded.definitions.rules) == ["a", "b"]
    assert "base.jsonnet: is a part of another one" in screen(loaded, tmp_path)


def test_jsonnet_that_only_what_nobody_reads_imports_is_read_for_itself(tmp_path: Path) -> None:
    rule = "{name: 'a', role: 'r', scheduleExpression: 'rate(1 day)', taskDefinition: 'job'}"
    base = "{rules: [" + rule + "], taskDefinitions: {job: [{name: 'main', image: 'alpine'}]}}"
    write(tmp_path, {"base.jsonnet": base, "tool.jsonnet": "import 'base.jsonnet'\n"})
    assert [rule.name for rule in look(tmp_path).definitions.rules] == ["a"]


def test_templates_that_nest_each_other_are_told(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": nesting("b.yaml"), "b.yaml": nesting("a.yaml")})
    assert messages(look(tmp_path)) == ["b.yaml:4: a.yaml is nested in itself"]


def test_an_export_is_found_in_a_file_that_says_nothing_of_tasks(tmp_path: Path) -> None:
    write(tmp_path, {"a_net.yaml": NETWORK})
    write(tmp_path, {"jobs.yaml": JOBS.replace("Family: batch", "Family: !ImportValue f")})
    assert messages(look(tmp_path)) == []
    named = look(tmp_path, tmp_path / "a_net.yaml", tmp_path / "jobs.yaml")
    assert messages(named) == []
    assert screen(named, tmp_path) == ["jobs.yaml: CloudFormation", "a_net.yaml: CloudFormation"]


def test_an_export_of_a_nested_stack_is_found_too(tmp_path: Path) -> None:
    write(tmp_path, {"a_jobs.yaml": JOBS.replace("Family: batch", "Family: !ImportValue f")})
    write(tmp_path, {"net.yaml": NETWORK, "root.yaml": nesting("net.yaml")})
    assert messages(look(tmp_path)) == []


def test_files_are_looked_at_for_exports_once_however_many_are_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emulator.definitions.cloudformation import together

    looked: list[str] = []

    def real_path(path: Path) -> Path:
        looked.append(path.name)
        return path

    monkeypatch.setattr(together, "real_path", real_path)
    imports = ", ".join(f"!ImportValue e{n}" for n in range(20))
    command = f"Memory: 64, Command: [{imports}]"
    write(tmp_path, {"jobs.yaml": JOBS.replace("Memory: 64", command), "other.yaml": "a: 1\n"})
    look(tmp_path)
    assert 1 <= looked.count("other.yaml") <= 2


def test_a_template_that_nobody_imports_from_is_no_definition(tmp_path: Path) -> None:
    write(tmp_path, {"a_net.yaml": NETWORK.replace("batch", "!Ref Cluster"), "jobs.yaml": JOBS})
    (message,) = messages(look(tmp_path, tmp_path / "a_net.yaml", tmp_path / "jobs.yaml"))
    assert message.startswith("a_net.yaml: not recognised as definitions")


def test_the_project_file_may_be_json_and_say_nothing_of_rules(tmp_path: Path) -> None:
    write(tmp_path, {"ecs-local.json": '{"region": "eu-west-1", "local": {"env": {"A": "b"}}}'})
    write(tmp_path, {"jobs.yaml": RULE, "batch.json": FAMILY})
    loaded = look(tmp_path)
    assert loaded.definitions.region == "eu-west-1"
    assert loaded.definitions.local.env == {"A": "b"}
    assert screen(loaded, tmp_path)[0] == "ecs-local.json: ecs-local.yaml or ecschedule"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "ecs-local.yaml").write_bytes(RULE.encode(encoding))
    (message,) = messages(look(tmp_path))
    assert message.startswith("ecs-local.yaml: is UTF-16, not UTF-8\n  hint: save it as UTF-8")


def test_a_link_to_what_its_git_repository_shares_is_followed_and_none_out_of_that(
    tmp_path: Path,
) -> None:
    repository = tmp_path / "repository"
    write(tmp_path, {"outside.json": FAMILY})
    write(repository, {"shared.json": FAMILY, "job/ecs.yaml": RULE})
    (repository / ".git").mkdir()
    job = repository / "job"
    (job / "batch.json").symlink_to("../shared.json")
    (job / "other.json").symlink_to("../../outside.json")
    loaded = look(job)
    assert messages(loaded) == []
    assert len(loaded.definitions.task_definitions) == 1
    assert "other.json: is a link that leads out of the project" in screen(loaded, job)


def test_a_link_out_of_the_project_is_not_read_to_see_what_it_is(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_bytes("# 夜間\n".encode("cp932") + RULE.encode())
    project = tmp_path / "project"
    write(project, {"batch.json": FAMILY})
    (project / "jobs.yaml").symlink_to(outside)
    loaded = look(project)
    assert messages(loaded) == []
    assert "jobs.yaml: is a link that leads out of the project" in screen(loaded, project)


def test_more_definitions_than_are_parsed_in_time_are_told_and_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.definitions.allowance.MOST_TEXT", 2 * len(FAMILY))
    write(tmp_path, {f"{name}.json": FAMILY for name in "abcd"})
    (found,) = [message for message in messages(look(tmp_path)) if "before it" in message]
    assert found == (
        "c.json: more than 8 MB or 400,000 values of definitions were found before it: it is not "
        "read, nor are those behind it\n  hint: name files with -f"
    )


def test_many_short_values_count_as_much_text_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.definitions.allowance.MOST_VALUES", 2 * FAMILY.count(","))
    write(tmp_path, {f"{name}.json": FAMILY for name in "abcd"})
    told = [message for message in messages(look(tmp_path)) if "before it" in message]
    assert [message.partition(":")[0] for message in told] == ["c.json"]


@pytest.mark.parametrize(
    ("text", "may"),
    [
        (FAMILY, True),
        ('{"taskDefinition": {"family" : "batch", "containerDefinitions": []}}', True),
        ('{"family": "other", "containerDefinitions": [{"name": "batch"}]}', False),
        ('{"family": "{{ must_env `NAME` }}", "containerDefinitions": []}', True),
        ('{"family": "b\\u0061tch", "containerDefinitions": []}', True),
        (CONTAINERS, False),
    ],
)
def test_json_says_without_being_parsed_whether_it_may_define_a_family(
    text: str, may: bool
) -> None:
    assert may_define(Path("job.json"), text, frozenset({"batch", "more"})) is may
    assert may_define(Path("batch.json"), text, frozenset({"batch"}))


DESCRIBED = """\
taskDefinition:
  family: batch
  revision: 3
  containerDefinitions:
  - {name: main, image: alpine, memory: 64}
"""


@pytest.mark.parametrize(
    "name", [".aws/task-definition.json", ".github/task.json", "ecs/batch.yaml", "ecs/given.yml"]
)
def test_task_definitions_where_workflows_and_the_cli_put_them(tmp_path: Path, name: str) -> None:
    registered = DESCRIBED.partition("\n")[2].replace("\n  ", "\n")[2:].replace("revision: 3\n", "")
    text = {".json": FAMILY, ".yaml": DESCRIBED, ".yml": registered}[Path(name).suffix]
    rule = "{name: r, scheduleExpression: rate(1 day), taskDefinition: batch}"
    write(tmp_path, {name: text, "ecs-local.yaml": f"rules: [{rule}]\n", "other/a.yaml": "a: 1\n"})
    loaded = look(tmp_path)
    assert [m for m in messages(loaded) if "error" in m or "no task" in m] == []
    assert f"{name}: task definition" in screen(loaded, tmp_path)


def test_what_the_cli_keeps_at_home_is_not_looked_at(tmp_path: Path) -> None:
    rule = "{name: r, scheduleExpression: rate(1 day), taskDefinition: batch}"
    home = {".aws/credentials": "", ".aws/cache.json": FAMILY, ".aws/cli/cache/a.json": FAMILY}
    write(tmp_path, {**home, "ecs-local.yaml": f"rules: [{rule}]\n"})
    assert [line for line in screen(look(tmp_path), tmp_path) if ".aws" in line] == []
