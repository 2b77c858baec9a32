"""The values of secrets, and what ECS says when there is none."""

import json
from pathlib import Path

import pytest

from emulator.ecs.secret_files import parse_lines
from emulator.ecs.secret_values import SecretUnavailableError, SecretValues
from emulator.ecs.task_secrets import SecretsMissingError, task_secrets
from emulator.errors import SourceRef
from emulator.model.definitions import Local
from emulator.model.environment import DeclaredSecret, Secret, SecretSource
from emulator.model.task_definition import LaunchType, LogConfiguration
from tests.builders import container, task_definition

ARN = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:prod/db-AbCdEf"
DOCUMENT = json.dumps({"username": "batch", "port": 5432})


def _values(**secrets: SecretSource) -> SecretValues:
    names = {name.replace("__", "/"): source for name, source in secrets.items()}
    return SecretValues(Local(secrets=names), {"PASSWORD": "from the environment"})


def _failure(values: SecretValues, value_from: str) -> SecretUnavailableError:
    with pytest.raises(SecretUnavailableError) as failure:
        values.value(value_from)
    return failure.value


def test_a_value_may_stand_in_the_project_or_in_the_environment() -> None:
    values = _values(prod__db=SecretSource(value="plain"), other=SecretSource(env="PASSWORD"))
    assert values.value(ARN) == "plain"
    assert values.value("other") == "from the environment"


def test_a_json_key_is_taken_out_of_the_document() -> None:
    values = _values(prod__db=SecretSource(value=DOCUMENT))
    assert values.value(ARN) == DOCUMENT
    assert values.value(f"{ARN}:username::") == "batch"
    assert values.value(f"{ARN}:port:AWSCURRENT:") == "5432"


def test_an_entry_for_the_whole_value_from_is_the_value_itself() -> None:
    values = SecretValues(Local(secrets={f"{ARN}:username::": SecretSource(value="me")}))
    assert values.value(f"{ARN}:username::") == "me"


def test_a_file_is_a_value_without_its_last_newline(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(b"line one\nline two\r\n")
    values = _values(key=SecretSource(file=str(tmp_path / "key.pem")))
    assert values.value("key") == "line one\nline two"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("s.json", '{"db": {"user": "u"}, "token": "t"}'),
        ("s.yaml", "db: {user: u}\ntoken: t\n"),
        ("s.env", '# comment\nexport token=\'t\'\ndb={"user": "u"}\n'),
    ],
)
def test_a_file_of_secrets_has_them_by_key(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    by_key = _values(x=SecretSource(file=str(tmp_path / name), key="token"))
    assert by_key.value("x") == "t"
    whole = SecretValues(Local(secrets_file=str(tmp_path / name)))
    assert whole.value("token") == "t"
    assert whole.value("arn:aws:secretsmanager:r:1:secret:db-AbCdEf:user::") == "u"


def test_lines_are_taken_as_shells_write_them() -> None:
    text = "A=1\nexport B = two words \nC='q # q'\n#D=1\nE\n=F\nG=\n"
    assert parse_lines(text) == {"A": "1", "B": "two words", "C": "q # q", "G": ""}


def test_the_hint_says_what_to_write() -> None:
    assert _failure(_values(), ARN).hint == (
        'write under local.secrets: "prod/db-AbCdEf": VALUE, or {env: VARIABLE}, or {file: PATH}'
    )


@pytest.mark.parametrize(
    "value_from", ["${Db.SecretArn}:password::", "${aws_db_instance.db.secret[0].arn}:password::"]
)
def test_what_only_aws_knows_is_given_by_its_placeholder(value_from: str) -> None:
    hint = _failure(_values(), value_from).hint
    name = json.loads(hint.removeprefix("write under local.secrets: ").partition(": VALUE")[0])
    assert name == value_from.removesuffix(":password::")
    given = _values(**{name: SecretSource(value='{"password": "x"}')})
    assert given.value(value_from) == "x"


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        (SecretSource(env="NONE"), "the environment variable NONE is not set"),
        (SecretSource(file="/nowhere"), "/nowhere cannot be read: No such file or directory"),
        (SecretSource(file="/"), "/ cannot be read: Is a directory"),
    ],
)
def test_a_source_that_cannot_be_had_is_named(source: SecretSource, hint: str) -> None:
    assert hint in _failure(_values(prod__db=source), ARN).hint


@pytest.mark.parametrize("name", ["s.json", "s.yaml"])
def test_a_file_that_cannot_be_parsed_is_not_quoted(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"token": "hunter2', "utf-8")
    failure = _failure(SecretValues(Local(secrets_file=str(tmp_path / name))), "token")
    assert str(tmp_path / name) in failure.hint
    assert "hunter2" not in failure.hint


def test_a_document_that_is_none_is_not_quoted() -> None:
    failure = _failure(_values(prod__db=SecretSource(value="hunter2")), f"{ARN}:key::")
    assert "hunter2" not in f"{failure.hint} {failure.complaint}"


def test_what_the_files_declare_stands_in_for_what_the_local_part_does_not_say() -> None:
    declared = (
        DeclaredSecret(name="/db/user", value="declared"),
        DeclaredSecret(name="/db/password", value="declared"),
        DeclaredSecret(name="prod/db", secrets_manager=True, value=DOCUMENT),
    )
    own = {"/db/pass*": SecretSource(value="from the local part")}
    values = SecretValues(Local(secrets=own, declared_secrets=declared))
    assert values.value("arn:aws:ssm:eu-west-1:123456789012:parameter/db/user") == "declared"
    assert values.value("/db/password") == "from the local part"
    assert values.value(f"{ARN}:port::") == "5432"


def test_a_file_of_secrets_goes_before_what_is_declared(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text('{"one": "from the file"}', "utf-8")
    declared = tuple(DeclaredSecret(name=name, value="declared") for name in ("one", "two"))
    local = Local(secrets_file=str(tmp_path / "s.json"), declared_secrets=declared)
    assert [SecretValues(local).value(name) for name in ("one", "two")] == [
        "from the file",
        "declared",
    ]


def test_a_parameter_is_no_secret_of_the_same_name() -> None:
    values = SecretValues(Local(declared_secrets=(DeclaredSecret(name="prod/db", value="one"),)))
    assert values.value("prod/db") == "one"
    assert "write under local.secrets" in _failure(values, ARN).hint


def test_a_secret_that_is_declared_without_its_value_says_where() -> None:
    declared = DeclaredSecret(name="token", source=SourceRef("main.tf", 7))
    failure = _failure(SecretValues(Local(declared_secrets=(declared,))), "token")
    assert failure.hint.startswith("main.tf:7 declares it without a value that is known here")


@pytest.mark.parametrize(
    ("value_from", "launch_type", "reason"),
    [
        (
            ARN,
            LaunchType.FARGATE,
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution "
                "resource retrieval failed: unable to retrieve secret from asm: service "
                "call has been "
                f"retried 1 time(s): failed to fetch secret {ARN} from secrets manager: "
                "ResourceNotFoundException: Secrets Manager can't find the specified secret."
            ),
        ),
        (
            "/prod/key",
            LaunchType.FARGATE,
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution "
                "resource retrieval failed: unable to retrieve secrets from ssm: service "
                "call has been "
                "retried 1 time(s): invalid ssm parameters: /prod/key,/prod/second"
            ),
        ),
        (
            "/prod/key",
            LaunchType.EC2,
            (
                "Fetching secret data from SSM Parameter Store in ap-northeast-1: invalid "
                "parameters: "
                "/prod/key,/prod/second"
            ),
        ),
        (
            "known:key",
            LaunchType.EC2,
            "Retrieved secret from Secrets Manager did not contain json key key",
        ),
        (
            "known:key",
            LaunchType.FARGATE,
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution "
                "resource retrieval failed: unable to retrieve secret from asm: service "
                "call has been "
                "retried 1 time(s): retrieved secret from Secrets Manager did not contain "
                "json key key"
            ),
        ),
    ],
)
def test_a_missing_secret_is_told_as_ecs_does(
    value_from: str, launch_type: LaunchType, reason: str
) -> None:
    known = ARN.replace("prod/db", "known")
    value_from = f"{known}:key::" if value_from == "known:key" else value_from
    secrets = (
        Secret(name="A", value_from=value_from),
        Secret(name="B", value_from="/prod/second"),
    )
    values = _values(known=SecretSource(value="{}"))
    definition = task_definition(container(secrets=secrets))
    with pytest.raises(SecretsMissingError) as missing:
        task_secrets(definition, values, launch_type, "ap-northeast-1")
    assert missing.value.reason == reason
    assert len(missing.value.hints) == 2


def test_secrets_of_the_log_driver_must_be_there_too() -> None:
    log = LogConfiguration(
        log_driver="splunk", secret_options=(Secret(name="splunk-token", value_from="token"),)
    )
    definition = task_definition(container(log_configuration=log))
    with pytest.raises(SecretsMissingError):
        task_secrets(definition, _values(), LaunchType.FARGATE, "us-east-1")
    values = _values(token=SecretSource(value="t"))
    assert task_secrets(definition, values, LaunchType.FARGATE, "us-east-1") == {"app": {}}


def test_no_representation_shows_a_value() -> None:
    values = _values(prod__db=SecretSource(value="hunter2"), other=SecretSource(env="PASSWORD"))
    assert "hunter2" not in repr(values)
    assert "from the environment" not in repr(values)
