import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.definitions.go_functions import Function
from emulator.definitions.go_template import calls_functions, render
from emulator.definitions.nodes import Problems

ENVIRON = {"STAGE": "prod", "EMPTY": "", "JP": "本番", "BYTES": "\udcff"}


def rendered(text: str) -> str:
    problems = Problems()
    result = render(text, "f.yaml", ENVIRON, problems)
    assert problems.found == []
    return result


def problems_of(text: str) -> str:
    problems = Problems()
    render(text, "f.yaml", ENVIRON, problems)
    return "\n".join(map(str, problems.found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{{ env "STAGE" "dev" }}', "prod"),
        ('{{ env "STAGE" }}', "prod"),
        ('{{ env "NONE" "dev" }}', "dev"),
        ('{{ env "NONE" }}', "NONE"),
        ('{{ env "NONE" "STAGE" }}', "prod"),
        ('{{ env "EMPTY" "dev" }}', "dev"),
        ('{{ env "NONE" "EMPTY" "" }}', ""),
        ("{{ env `NONE` `dev` }}", "dev"),
        ('{{env "STAGE"}}-{{ must_env "JP" }}', "prod-本番"),
        ('{{ must_env "EMPTY" }}', ""),
        ('{{ env "NONE" "a\\"b" }}', 'a"b'),
        ('{{ env "NONE" "}}" }}', "}}"),
        ("a{{/* a comment */}}b", "ab"),
        ('{{ or (env "NONE" "") (must_env "STAGE") }}', "prod"),
        ('{{ or (env "EMPTY" "") "" }}', ""),
        ("}} and { { stay", "}} and { { stay"),
        ('x {{- env "STAGE" -}} y', "xprody"),
        ("{{- /* a comment */ -}} b", "b"),
    ],
)
def test_env_and_must_env_as_ecschedule_has_them(text: str, expected: str) -> None:
    assert rendered(text) == expected


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ('env "STAGE"', True),
        ('env "NONE" ""', False),
        ('eq (env "STAGE") "dev" "prod"', True),
        ('eq "a" "b"', False),
        ('ne "a" "b"', True),
        ('not (eq "a" "b")', True),
        ('and "a" (eq "a" "b")', False),
        ('or (eq "a" "b") (env "STAGE")', True),
        ('env "NONE" "false"', True),
        ('or (env "STAGE") (must_env "NONE")', True),
        ('and (env "NONE" "") (must_env "NONE")', False),
        ('and (or "a" (and "b" (must_env "NONE"))) (eq "a" "b")', False),
    ],
)
def test_a_condition_holds_as_in_go(condition: str, holds: bool) -> None:
    text = f"{{{{ if {condition} }}}}yes{{{{ else }}}}no{{{{ end }}}}"
    assert rendered(text) == ("yes" if holds else "no")


def test_what_stands_under_no_condition_that_holds_leaves_empty_lines() -> None:
    text = """\
a:
{{- if eq (env "STAGE") "dev" }}
  b: {{ must_env "NONE" }}
{{- else if eq (env "STAGE") "prod" }}
  {{ if env "JP" }}b: 2{{ if eq "a" "b" }}0{{ end }}{{ end }}
{{- else if must_env "NONE" }}
  b: 3
{{- else }}
  b: 4
{{- end }}
c: 5
"""
    assert rendered(text).split("\n") == ["a:", *[""] * 3, "  b: 2", *[""] * 5, "c: 5", ""]


def test_lines_stay_where_they_are() -> None:
    assert rendered('a: 1\r\nb: {{ env "STAGE" }}\nc: 3\n') == "a: 1\r\nb: prod\nc: 3\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'a\n{{ must_env "NONE" }}',
            (
                "f.yaml:2: the environment has no NONE, which must_env asks for\n"
                "  hint: set NONE, then try again"
            ),
        ),
        (
            "{{ tfstate `a.b` }}",
            (
                "f.yaml:1: the template {{ tfstate `a.b` }} is not supported yet\n"
                '  hint: write {{ env "NAME" "default" }}, {{ must_env "NAME" }}, '
                "or the value itself"
            ),
        ),
        ('{{ env "A" | lower }}', "f.yaml:1: the template {{ env"),
        ("{{ or }}", "f.yaml:1: the template {{ or }} is not supported yet"),
        ('a: 1\n{{- env "A" }}', "f.yaml:2: a dash joins this template to another line"),
        ('{{ env "A" -}} \nb: 1', "f.yaml:1: a dash joins this template to another line"),
        ("{{ range $x := y }}a{{ end }}", "f.yaml:1: the template {{ range $x := y }} is not"),
        ("a\n{{ end }}", "f.yaml:2: {{ end }} stands behind no {{ if }}"),
        ("{{ else }}", "f.yaml:1: {{ else }} stands behind no {{ if }}"),
        ('\n{{ if env "STAGE" }}\n', "f.yaml:2: there is no {{ end }} to what begins here"),
        ('{{ if must_env "NONE" }}a{{ end }}', "f.yaml:1: the environment has no NONE"),
        ('{{ or "" (must_env "NONE") }}', "f.yaml:1: the environment has no NONE"),
        ('{{ and "a" (must_env "NONE") }}', "f.yaml:1: the environment has no NONE"),
        ('{{ or (or "a" "b") (lower "c") }}', "f.yaml:1: the template {{ or (or "),
        ('{{ eq "a" }}', 'f.yaml:1: the template {{ eq "a" }} is not supported yet'),
        ('{{ env "\\a" }}', "f.yaml:1: the template {{ env"),
        ('{{ must_env "A" "B" }}', "f.yaml:1: the template {{ must_env"),
        ("{{ }}", "f.yaml:1: the template {{  }} is not supported yet"),
        ("{{ env", "f.yaml:1: a template that begins with {{ does not end with }} in its line"),
        ('{{ env "A }}', "f.yaml:1: a template that begins with {{ does not end"),
        ('{{ must_env "BYTES" }}', "f.yaml:1: the environment's BYTES is not UTF-8"),
    ],
)
def test_what_cannot_be_rendered_is_told_with_its_line(text: str, expected: str) -> None:
    assert problems_of(text).startswith(expected)


def test_what_is_missing_is_told_where_it_is_first() -> None:
    text = '{{ must_env "NONE" }}\n{{ must_env "NONE" }}\n{{ must_env "OTHER" }}'
    told = problems_of(text)
    assert [line[:8] for line in told.splitlines() if "f.yaml" in line] == ["f.yaml:1", "f.yaml:3"]


def test_a_text_that_is_in_no_file_has_no_lines() -> None:
    problems = Problems()
    render('\n{{ must_env "NONE" }}', "f.jsonnet", {}, problems, lines=False)
    assert [str(problem)[:14] for problem in problems.found] == ["f.jsonnet: the"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {{ ask `b` }}", 'a: "${b}"'),
        ("a: {{ ask `b` }} # why", 'a: "${b}" # why'),
        ("- {{ ask `b` }}\r", '- "${b}"\r'),
        ("a: [{{ ask `b` }}, {{ ask `c` }}]", 'a: ["${b}", "${c}"]'),
        ("a: {{ ask `b` }}/{{ ask `c` }}", "a: ${b}/${c}"),
        ("a: x{{ ask `b` }}", "a: x${b}"),
        ('{"a": "{{ ask `b` }}"}', '{"a": "${b}"}'),
        ('{"a": {{ ask `b` }}}', '{"a": "${b}"}'),
        ("a: {{ env `STAGE` }}", "a: prod"),
        ("a: {{ ask `b` }},{{ ask `c` }}", "a: ${b},${c}"),
        ("a: x:{{ ask `b` }}", "a: x:${b}"),
        ("a: x-{{ ask `b` }}", "a: x-${b}"),
        ("a: x,{{ ask `b` }}", "a: x,${b}"),
        ("a: ['x, {{ ask `b` }}, y']", "a: ['x, ${b}, y']"),
        ('["x:{{ ask `b` }},{{ ask `c` }}"]', '["x:${b},${c}"]'),
        ('"a": {{ ask `b` }},', '"a": "${b}",'),
        ("  {{ ask `b` }},", '  "${b}",'),
        ("a: [\n  {{ ask `b` }}, {{ ask `c` }},\n]", 'a: [\n  "${b}", "${c}",\n]'),
        ("- &x [ # [\n  y,{{ ask `b` }} ]", '- &x [ # [\n  y,"${b}" ]'),
        ("a: {\n  b: [x,\n    {{ ask `b` }}],\n  c: d}", 'a: {\n  b: [x,\n    "${b}"],\n  c: d}'),
        ("a: an [ in text\nb: x, {{ ask `b` }}", "a: an [ in text\nb: x, ${b}"),
        ("a: [\nb: x, {{ ask `b` }}", "a: [\nb: x, ${b}"),
        ("a: # [\n  x, {{ ask `b` }}", "a: # [\n  x, ${b}"),
        ("a: [x]\n  y, {{ ask `b` }}", "a: [x]\n  y, ${b}"),
    ],
)
def test_a_placeholder_that_is_a_whole_value_is_quoted(text: str, expected: str) -> None:
    functions: dict[str, Function] = {"ask": lambda names, _source: f"${{{names[0]}}}"}
    assert render(text, "f.yaml", ENVIRON, Problems(), functions) == expected


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ('{{ if env "A" "" }}', True),
        ('{{ if eq (must_env "A") "b" }}', True),
        ('{{- if not (env "A" "") }}', True),
        ('{{ must_env "A" }}', True),
        ("docker inspect -f '{{ if .State.Running }}up{{ end }}'", False),
        ("docker ps --format '{{ if or .Names .ID }}{{ .ID }}{{ end }}'", False),
        ('{{ if .A }} {{ x (env "A") }}', False),
    ],
)
def test_a_condition_of_ours_makes_a_text_a_template(text: str, calls: bool) -> None:
    assert calls_functions(text) is calls


@pytest.mark.parametrize(
    "bomb",
    [
        "{{" * 200_000,
        "{{" + " " * 400_000,
        '{{"' * 100_000,
        '{{ env "' + '\\"' * 200_000,
        "{{ env " + '"a" ' * 100_000 + "x }}",
        "{{ if " * 100_000,
        "x" * 4_000_000 + "{{ must_env `A` }}" * 10_000,
        ("[" + " " * 300) * 10_000 + "{{ must_env `A` }}",
    ],
    ids=[
        "openings",
        "blanks",
        "quotes",
        "escapes",
        "arguments",
        "conditions",
        "actions",
        "brackets",
    ],
)
def test_no_text_makes_a_template_slow(bomb: str) -> None:
    calls_functions(bomb)
    assert problems_of(bomb)


@given(st.text(alphabet=st.sampled_from('{}"`\\ -/*|envmust_ifdl \n')))
def test_any_text_is_rendered_or_refused(text: str) -> None:
    problems = Problems()
    result = render(text, "f.yaml", {}, problems)
    assert result.count("\n") == text.count("\n")
