"""`enable` and `disable`: what a person says here stands before the files."""

import json

from tests.cli.conftest import PROJECT, Cli


def test_a_disabled_rule_stays_so_until_it_is_enabled(cli: Cli) -> None:
    assert cli("disable", "daily", project=PROJECT).screen == (
        "daily is DISABLED here; the files say ENABLED\nexit code 0\n"
    )
    told = cli("rules", columns=60)
    assert "  state         DISABLED\n" in told.out
    assert told.err == "daily is DISABLED here; the files say ENABLED\n"
    (rule,) = json.loads(cli("rules", "--format", "json").out)
    assert (rule["state"], rule["declaredState"], rule["next"]) == ("DISABLED", "ENABLED", None)
    assert cli("disable", "daily").out == "daily was DISABLED already\n"
    assert cli("enable", "daily").out == "daily is ENABLED, as the files say\n"
    assert cli("rules").err == ""


def test_run_refuses_when_every_rule_is_disabled_here(cli: Cli) -> None:
    cli("disable", "daily", project=PROJECT)
    told = cli("run", "--for", "1s")
    assert (told.code, told.err.splitlines()[0]) == (
        2,
        "ecs-local: error: no rule is enabled, so nothing would ever fire",
    )


def test_run_refuses_where_no_rule_has_a_schedule(cli: Cli) -> None:
    told = cli("run", "--for", "1s", project=PROJECT.partition("rules:")[0])
    assert (told.code, told.err) == (
        2,
        (
            "ecs-local: error: no rule has a schedule, so nothing would ever fire\n"
            "  hint: `ecs-local rules` tells which rules there are, or what is left out\n"
        ),
    )


def test_local_rules_say_whether_a_rule_fires_here(cli: Cli) -> None:
    project = PROJECT + "local:\n  rules:\n    daily: {enabled: false}\n"
    told = cli("rules", columns=60, project=project)
    assert "  state         DISABLED\n" in told.out
    assert told.err == "daily is DISABLED here; the files say ENABLED\n"
    assert cli("enable", "daily").out == "daily is ENABLED, as the files say\n"
    assert "  state         ENABLED\n" in cli("rules", columns=60).out


def test_a_rule_that_is_not_there_cannot_be_switched(cli: Cli) -> None:
    told = cli("disable", "weekly", project=PROJECT)
    assert told.screen == (
        "ecs-local: error: no rule 'weekly'\n  hint: rules here: daily\nexit code 2\n"
    )


def test_a_misspelled_rule_of_events_is_hinted_at_as_any(cli: Cli) -> None:
    pattern = "  - name: on-order\n    eventPattern: {source: [shop]}\n    taskDefinition: daily\n"
    told = cli("disable", "on-oder", project=PROJECT + pattern)
    assert told.err == "ecs-local: error: no rule 'on-oder'\n  hint: did you mean 'on-order'?\n"
