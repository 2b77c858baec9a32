"""Which entry stands for which secret."""

import pytest

from emulator.model.secret_names import find_entry, parse_value_from

ARN = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:prod/db-AbCdEf"
BARE = ARN.removesuffix("-AbCdEf")


def test_an_arn_of_secrets_manager_alone_is_the_whole_secret() -> None:
    found = parse_value_from(ARN)
    assert (found.secret, found.name, found.json_key) == (ARN, "prod/db-AbCdEf", "")
    assert (found.region, found.secrets_manager, found.malformed) == ("ap-northeast-1", True, False)


@pytest.mark.parametrize(
    ("tail", "parts"),
    [
        (":password::", ("password", "", "")),
        (":password:AWSPREVIOUS:", ("password", "AWSPREVIOUS", "")),
        ("::AWSPREVIOUS:", ("", "AWSPREVIOUS", "")),
        (":::abc-1", ("", "", "abc-1")),
    ],
)
def test_key_stage_and_version_follow_the_arn(tail: str, parts: tuple[str, str, str]) -> None:
    found = parse_value_from(ARN + tail)
    assert found.secret == ARN
    assert (found.json_key, found.version_stage, found.version_id) == parts


@pytest.mark.parametrize("tail", [":key", ":key:", ":key:stage:id:more"])
def test_any_other_number_of_parts_is_malformed(tail: str) -> None:
    assert parse_value_from(ARN + tail).malformed


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("/prod/db/password", "/prod/db/password"),
        ("password", "password"),
        ("arn:aws:ssm:us-east-1:123456789012:parameter/prod/db", "/prod/db"),
    ],
)
def test_everything_else_is_a_parameter(text: str, name: str) -> None:
    found = parse_value_from(text)
    assert (found.secrets_manager, found.name) == (False, name)


def test_a_placeholder_with_a_key_is_a_secret() -> None:
    found = parse_value_from("${aws_secretsmanager_secret.db.arn}:password::")
    assert (found.secrets_manager, found.json_key) == (True, "password")


@pytest.mark.parametrize(
    ("value_from", "names", "entry"),
    [
        (ARN + ":user::", [BARE, ARN, ARN + ":user::"], ARN + ":user::"),
        (ARN + ":user::", [BARE, ARN], ARN),
        (ARN, ["prod/db", BARE], BARE),
        (ARN, ["prod/db", "prod/db-AbCdEf"], "prod/db-AbCdEf"),
        (ARN, ["prod/db"], "prod/db"),
        (BARE, ["prod/db-AbCdEf"], "prod/db-AbCdEf"),
        (BARE, [ARN], ARN),
        (ARN, ["other", "prod/*", "*"], "prod/*"),
        (ARN, ["other"], None),
        ("/prod/key", ["*", "/prod/key"], "/prod/key"),
        ("arn:aws:ssm:us-east-1:1:parameter/prod/key", ["/prod/key"], "/prod/key"),
        ("arn:aws:ssm:us-east-1:1:parameter/key", ["key"], "key"),
        ("key", ["/key"], "/key"),
        ("/prod/key", ["prod/key"], None),
    ],
)
def test_the_most_exact_entry_stands_for_a_secret(
    value_from: str, names: list[str], entry: str | None
) -> None:
    assert find_entry(parse_value_from(value_from), names) == entry


def test_a_name_that_ends_like_a_suffix_is_first_taken_as_it_is() -> None:
    reference = parse_value_from(ARN.replace("prod/db-AbCdEf", "my-secret"))
    assert find_entry(reference, ["my", "my-secret"]) == "my-secret"
