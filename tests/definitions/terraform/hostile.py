"""Roots that want more time or memory than there is, and what is said of each."""

from typing import Final

RULE: Final = """
resource "aws_cloudwatch_event_rule" "r" {
  name                = substr(VALUE, 0, 10)
  schedule_expression = "rate(1 minute)"
}
"""


def _rule(value: str, locals_: str = "") -> dict[str, str]:
    return {"main.tf": f"locals {{\n{locals_}\n}}\n" + RULE.replace("VALUE", value)}


def _doubling(step: str, first: str, count: int = 60) -> str:
    lines = [f"a0 = {first}"]
    lines += [f"a{n + 1} = " + step.replace("X", f"local.a{n}") for n in range(count)]
    return "\n".join(lines)


HOSTILE: Final = {
    "nested lists": ({"main.tf": "a = " + "[" * 50_000}, "nested more than"),
    "nested blocks": ({"main.tf": "a {\n" * 50_000}, "nested more than"),
    "nested parentheses": ({"main.tf": "a = " + "(" * 50_000 + "1"}, "nested more than"),
    "nested interpolations": ({"main.tf": 'a = "' + '${"' * 50_000}, "nested more than"),
    "many unary operators": ({"main.tf": "a = " + "!" * 50_000 + "true"}, "nested more than"),
    "long sum": ({"main.tf": "a = 1" + " + 1" * 50_000}, "in a row"),
    "long traversal": ({"main.tf": "a = b" + ".c" * 50_000}, "steps in a reference"),
    "nested directives": (
        {"main.tf": "a = <<E\n" + "%{ if true }" * 5_000 + "\nE\n"},
        "nested more than",
    ),
    "misspelled arguments": (
        {
            "main.tf": RULE.replace("VALUE", '"a"')[:-2]
            + "\n".join(f"a{n} = 1" for n in range(2_000))
            + "\n}\n"
        },
        "takes too long",
    ),
    "doubled text": (_rule("local.a60", _doubling('"${X}${X}"', '"aaaaaaaa"')), "too much text"),
    "doubled list": (
        _rule('join("", local.a60)', _doubling("concat(X, X)", '["a", "b"]')),
        "takes too long",
    ),
    "doubled structure": (
        _rule("jsonencode(local.a60)", _doubling("[X, X]", '["a"]')),
        "takes too long",
    ),
    "doubled comparison": (
        _rule("tostring(local.a60 == local.a60)", _doubling("[X, X]", '["a"]')),
        "takes too long",
    ),
    "squared number": (_rule("tostring(local.a60)", _doubling("X * X", "10")), "too large"),
    "product of sets": (
        _rule(
            'join("", flatten(setproduct(local.s, local.s, local.s, local.s)))',
            "s = [for n in range(1000) : tostring(n)]",
        ),
        "takes too long",
    ),
    "loops in loops": (
        _rule(
            "tostring(length(local.l))",
            "r = range(1000)\nl = [for a in local.r : [for b in local.r : "
            "[for c in local.r : a + b + c]]]",
        ),
        "takes too long",
    ),
    "replacements that grow": (
        _rule("local.a60", _doubling('replace(X, "a", X)', '"aaaaaaaa"')),
        "too much text",
    ),
    "types that double": (
        _rule("true ? local.a60 : [local.a60]", _doubling("[X, X]", "[1]")),
        "takes too long",
    ),
    "types of empty lists that double": (
        _rule(
            "tostring(length(local.a40))",
            _doubling("slice(tolist([{ a = X, b = X }]), 0, 0)", 'tolist(["a"])', 40),
        ),
        "takes too long",
    ),
    "lists and sets of many types": (
        _rule(
            "tostring(length(tolist(concat(local.l, local.s))))",
            'l = [for i in range(80) : tolist([{ for k in range(i + 1) : "${i} ${k}" => 1 }])]\n'
            's = [for i in range(80) : toset([{ for k in range(i + 1) : "${i} ${k}" => 1 }])]',
        ),
        "no single type",
    ),
    "numbers that square": (_rule('"${local.a60}"', _doubling("X * X", "3.7")), "too large"),
    "wide format": (_rule('format("%9999s", local.a60)', _doubling("X", '"a"')), ""),
    "indentation": (
        _rule("local.a60", _doubling('indent(1000, "${X}\\n")', '"a\\n"')),
        "too much text",
    ),
    **{
        f"{name} in a loop": (
            _rule(
                f"tostring(length([for n in range(1000) : {expression}]))",
                _doubling('"${X}${X}"', f'"{letter * 100}"', 13),
            ),
            "takes too long",
        )
        for name, expression, letter in (
            ("the length of a text", "length(local.a13)", "a"),
            ("the length of a Japanese text", "length(local.a6)", "日"),
            ("a part of a text", "substr(local.a13, 0, 1)", "a"),
            ("capitals", "upper(local.a9) == n", "é"),
            ("the format of a text", 'format("%.1s", local.a6)', "日"),
            ("the digits of a small number", 'length("${n}${1e-1000}")', "a"),
            ("the comparison of small numbers", "1e-1000 == 1e-1000 + n", "a"),
            ("the format of small numbers", 'format("%v", 1e-1000 / 3)', "a"),
            (
                "a number of many digits",
                f'[for m in range(20) : parseint("{"z" * 99}", 62)]',
                "a",
            ),
            ("a network", '[for m in range(9) : cidrhost("fd00::/8", n)]', "a"),
            ("another pattern", r'can(regex("(\\pL{1,100}){1,10}${n}", "x"))', "a"),
            ("many groups", f'replace("aaaa", "/a/", "{"$${1}" * 1000}")', "a"),
            ("the format of a day", f'formatdate("{"YYYY-" * 99}", "2020-01-01T00:00:00Z")', "a"),
            ("a duration", f'timeadd("2020-01-01T00:00:00Z", "{"1s" * 99}")', "a"),
            ("a file", '[for m in range(9) : fileexists("main.tf")]', "a"),
            ("a large map", 'lookup({ for k in range(1000) : k => "" }, "1", "")', "a"),
        )
    },
    "attributes that are not there": (
        _rule(
            "tostring(length([for n in range(1000) : try(local.m.zzz, n)]))",
            'm = merge({ for k in range(1000) : k => k }, { for k in range(1000) : "a${k}" => k })',
        ),
        "takes too long",
    ),
    "searches that go on to the end": (
        _rule(
            'tostring(length(regexall("a.*b|a", local.a13)))',
            _doubling('"${X}${X}"', f'"{"a" * 100}"', 13),
        ),
        "takes too long",
    ),
    "a long replacement": (
        _rule(
            'replace(local.a13, "/(a+)/", local.new)',
            _doubling('"${X}${X}"', f'"{"a" * 100}"', 13) + f'\nnew = "{"$1" * 1000}"',
        ),
        "too much text",
    ),
    "many marks on one letter": (
        _rule("local.a60", _doubling('"${X}${X}"', '"\u0301\u0323"')),
        "too much text",
    ),
    "a long separator": (
        _rule("join(local.a13, range(1000))", _doubling('"${X}${X}"', f'"{"a" * 100}"', 13)),
        "too much text",
    ),
    "verbs of one format": (
        _rule(
            'format(local.verbs, "a")',
            'verbs = join("", [for n in range(1000) : join("", [for m in range(200) : "%[1]s"])])',
        ),
        "takes too long",
    ),
    "long chain": (
        _rule("local.a1999", _doubling("X", '"a"', 1999)),
        "too deeply",
    ),
    "circle": (_rule("local.a", "a = local.b\nb = local.a"), "refers to itself"),
    "regular expression": (
        _rule('replace(local.a15, "/^(a+)+$/", "x")', _doubling('"${X}${X}"', '"a"', 15)),
        "",
    ),
    "many instances": (
        {
            "main.tf": 'resource "aws_cloudwatch_event_rule" "r" {\n  count = 100000000\n'
            '  name = "r${count.index}"\n  schedule_expression = "rate(1 minute)"\n}\n'
        },
        "count is 0 to",
    ),
    "module that calls itself": (
        {
            "main.tf": 'module "a" {\n  source = "./a"\n}\n',
            "a/main.tf": 'module "a" {\n  source = "../a"\n}\nmodule "b" {\n  source = "../a"\n}\n',
        },
        "more than 12 deep",
    ),
    "modules that multiply": (
        {
            "main.tf": 'module "a" {\n  source = "./a"\n  count = 1000\n}\n',
            "a/main.tf": 'module "b" {\n  source = "../b"\n  count = 1000\n}\n',
            "b/main.tf": 'module "c" {\n  source = "../c"\n  count = 1000\n}\n',
            "c/main.tf": RULE.replace("VALUE", '"x"'),
        },
        "takes too long",
    ),
    "templates that call each other": (
        {**_rule('templatefile("a.tftpl", {})'), "a.tftpl": '${templatefile("a.tftpl", {})}'},
        "too deeply",
    ),
    "file that is a device": (_rule('file("device")'), "outside of the project"),
    "huge number": ({"main.tf": "a = " + "9" * 100_000}, "too large"),
    "unfinished comment": ({"main.tf": "/* " * 50_000}, "no end"),
    "unfinished heredocs": ({"main.tf": "a = <<E\n" * 20_000}, "no E line"),
}
