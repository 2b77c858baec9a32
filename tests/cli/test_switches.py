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


def test_what_was_disabled_stays_so_though_another_group_has_a_schedule_of_its_name(
    cli: Cli,
) -> None:
    project = PROJECT.partition("rules:")[0] + "rules:\n" + _schedule("default")
    cli("disable", "nightly", project=project)
    project += _schedule("reports")
    assert _states(cli, project) == {"default/nightly": "DISABLED", "reports/nightly": "DISABLED"}
    told = cli("enable", "default/nightly")
    assert told.out == "default/nightly is ENABLED, as the files say\n"
    assert _states(cli, project) == {"default/nightly": "ENABLED", "reports/nightly": "DISABLED"}


def test_what_was_enabled_lets_no_other_schedule_of_its_name_fire(cli: Cli) -> None:
    off = "    disabled: true\n"
    project = PROJECT.partition("rules:")[0] + "rules:\n" + _schedule("default") + off
    cli("enable", "nightly", project=project)
    states = _states(cli, project + _schedule("reports") + off)
    assert set(states.values()) == {"DISABLED"}


def test_a_rule_that_is_disabled_stops_no_schedule_of_its_name(cli: Cli) -> None:
    rule = "  - {name: nightly, scheduleExpression: rate(1 hour), taskDefinition: daily}\n"
    project = PROJECT.partition("rules:")[0] + "rules:\n" + rule + _schedule("default")
    cli("disable", "nightly", project=project)
    assert _states(cli, project) == {"nightly": "DISABLED", "default/nightly": "ENABLED"}


def _schedule(group: str) -> str:
    return (
        f"  - name: nightly\n    groupName: {group}\n    timezone: UTC\n"
        "    scheduleExpression: rate(1 hour)\n    taskDefinition: daily\n"
    )


def _states(cli: Cli, project: str) -> dict[str, str]:
    told = json.loads(cli("rules", "--format", "json", project=project).out)
    return {rule["name"]: rule["state"] for rule in told}
