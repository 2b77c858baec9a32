"""IAM policy documents become statements."""

from emulator.definitions.json_text import parse_json
from emulator.definitions.policies import read_statements, read_trust
from emulator.model.roles import Statement


def test_one_value_and_a_list_of_one_are_the_same() -> None:
    single = '{"Statement": {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*"}}'
    lists = '{"Statement": [{"Effect": "Allow", "Action": ["ecs:RunTask"], "Resource": ["*"]}]}'
    wanted = (Statement(actions=("ecs:RunTask",), resources=("*",)),)
    assert read_statements(parse_json(single, "p")) == wanted
    assert read_statements(parse_json(lists, "p")) == wanted


def test_conditions_keep_operator_key_and_values() -> None:
    text = """{"Statement": [{"Effect": "Deny", "NotAction": "iam:*", "NotResource": "a",
      "Condition": {"StringLike": {"iam:PassedToService": "ecs-tasks.amazonaws.com"},
                    "Bool": {"aws:SecureTransport": true}}}]}"""
    assert read_statements(parse_json(text, "p")) == (
        Statement(
            allow=False,
            not_actions=("iam:*",),
            not_resources=("a",),
            conditions={
                "StringLike": {"iam:PassedToService": ("ecs-tasks.amazonaws.com",)},
                "Bool": {"aws:SecureTransport": ("true",)},
            },
        ),
    )


def test_trust_names_every_principal_that_is_allowed() -> None:
    text = """{"Statement": [
      {"Effect": "Allow", "Principal": {"Service": ["events.amazonaws.com", "x"], "AWS": "1"}},
      {"Effect": "Deny", "Principal": {"Service": "no"}},
      {"Effect": "Allow", "Principal": "*"}]}"""
    assert read_trust(parse_json(text, "p")) == ("events.amazonaws.com", "x", "1", "*")


def test_what_is_no_policy_says_nothing() -> None:
    for text in ("[]", "1", '"x"', "{}", '{"Statement": 7}', '{"Statement": [[], null]}'):
        document = parse_json(text, "p")
        assert all(s == Statement() for s in read_statements(document))
        assert read_trust(document) == ()
