import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.definitions.copilot.substitution import Substitution
from emulator.definitions.nodes import Problems
from emulator.definitions.yaml_text import parse_yaml
from emulator.errors import Severity
from tests.definitions.test_yaml_text import plain

OWN = {"COPILOT_APPLICATION_NAME": "shop", "COPILOT_ENVIRONMENT_NAME": "prod"}


def put(text: str, environ: dict[str, str], problems: Problems) -> object:
    return plain(Substitution(OWN, environ, problems).value(parse_yaml(text, "manifest.yml")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: ${TAG}", {"a": "v3"}),
        ("- x-${TAG}-${COPILOT_ENVIRONMENT_NAME}", ["x-v3-prod"]),
        ("${TAG}: 1", {"${TAG}": 1}),
        (r"a: \${TAG} ${TAG}", {"a": "${TAG} v3"}),
        ("a: $TAG ${1} ${a-b} ${}", {"a": "$TAG ${1} ${a-b} ${}"}),
        ("a: ${LIST}", {"a": ["b", "c"]}),
        ("a: ${NUMBERS}", {"a": "[1]"}),
        ("a: ${TWICE}", {"a": "${TAG}"}),
        ("a: '[\"b\"]'", {"a": ["b"]}),
        ('a: |\n  ["b"]\n', {"a": '["b"]\n'}),
        ("a: '[]'", {"a": "[]"}),
        ("a: 1.10", {"a": 1.1}),
    ],
)
def test_variables_are_put_into_texts_as_copilot_does(text: str, expected: object) -> None:
    problems = Problems()
    environ = {"TAG": "v3", "LIST": '["b", "c"]', "NUMBERS": "[1]", "TWICE": "${TAG}"}
    assert put(text, environ, problems) == expected
    assert problems.found == []


def test_a_variable_that_is_not_set_is_told_at_its_line() -> None:
    problems = Problems()
    put("a: 1\nb: [x, '${TAG}']\n", {}, problems)
    assert "".join(map(str, problems.found)) == (
        'manifest.yml:2: environment variable "TAG" is not defined\n'
        "  hint: set TAG, then try again; \\${TAG} stays as it is"
    )


@pytest.mark.parametrize(("lenient", "severity"), [(False, "error"), (True, "warning")])
def test_the_shell_says_nothing_else_of_what_copilot_says(lenient: bool, severity: str) -> None:
    problems = Problems(lenient)
    found = put("a: ${COPILOT_ENVIRONMENT_NAME}", {"COPILOT_ENVIRONMENT_NAME": "test"}, problems)
    assert found == {"a": "prod"}
    (problem,) = problems.found
    assert problem.severity is Severity(severity)
    assert problem.message.startswith('predefined environment variable "COPILOT_ENVIRONMENT_NAME"')


@given(st.text(alphabet=st.sampled_from('${}\\["]AB_, \n')))
def test_any_text_is_a_text_a_list_or_told(value: str) -> None:
    problems = Problems()
    environ = {"A": value, "B": ""}
    node = parse_yaml("a: b", "manifest.yml")
    assert isinstance(node.value, dict)
    node.value["a"].value = value
    found = plain(Substitution({}, environ, problems).value(node))
    assert isinstance(found, dict)
    assert isinstance(found["a"], str | list)
    assert ("${A_}" in value) <= bool(problems.found) or "\\${A_}" in value
