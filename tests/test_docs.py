"""The pages of docs/ are true: their examples load, and no key is missing."""

import configparser
import re
from pathlib import Path
from typing import Final

import pytest
import yaml

from emulator.cli.commands import COMMANDS, build_parser
from emulator.definitions import DIRECTORY_FORMATS, FILE_FORMATS, load
from emulator.definitions.nodes import Fields, Node
from emulator.errors import Severity
from emulator.model.definitions import Definitions

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = (ROOT / "docs" / "ecs-local-yaml.md").read_text(encoding="utf-8")
EVENTS: Final = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
EXAMPLES: Final = re.findall(r"^```yaml\n(.*?)^```$", PAGE + EVENTS, re.DOTALL | re.MULTILINE)
DESCRIBED: Final = re.compile(
    r"the project file|the rule|the target|the log group|the container override"
    r"|taskOverride|local|local\.rules\..+"
)
"""What the page describes key by key, as `Fields` calls it."""


def _load(example: str, directory: Path) -> Definitions:
    (directory / "ecs-local.yaml").write_text(example, encoding="utf-8")
    containers = "batch_container_definitions.json"
    (directory / containers).write_bytes((ROOT / containers).read_bytes())
    return load([directory / "ecs-local.yaml"], directory=directory, environ={})


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_loads_without_problems(example: str, tmp_path: Path) -> None:
    definitions = _load(example, tmp_path)

    assert [p for p in definitions.problems if p.severity is not Severity.NOTE] == []


def test_every_key_the_readers_ask_for_is_described(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    take = Fields.take

    def noted(fields: Fields, *names: str) -> Node | None:
        if DESCRIBED.fullmatch(fields._what):
            asked.add(names[0])
        return take(fields, *names)

    monkeypatch.setattr(Fields, "take", noted)
    for example in EXAMPLES:
        _load(example, tmp_path)

    described = set(re.findall(r"`(\w+)`", PAGE))
    # Both spellings of one key are taken with the same effect; the page says so once.
    assert {name for name in asked if name != "tracking_id"} - described == set()
    assert {"scheduleExpression", "targets", "overlap", "retentionInDays", "pull"} <= asked


def test_the_page_of_formats_has_each_of_them_once() -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?) \|", page, re.MULTILINE)[1:]
    names = {each.name for each in (*FILE_FORMATS, *DIRECTORY_FORMATS)}
    assert sorted(rows) == sorted(names)
    known = build_parser("config").parse_args(["config"]).parser.format_help()
    assert [option for option in re.findall(r"`(--[a-z-]+)", page) if option not in known] == []


PAGES: Final = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file_and_its_heading(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not _leads_somewhere(page, link)] == []


def _leads_somewhere(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """Return what GitHub calls the headings of a page in links."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}

    assert pages - set(re.findall(r"\]\(([^)#]+)", readme)) == set()


def test_the_table_of_the_readme_has_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z-]+)[` ]", readme.partition("## Commands")[2]))

    assert set(COMMANDS) - named == set()


OPERATING: Final = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def _block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", OPERATING, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def test_the_systemd_unit_says_what_systemd_knows_and_runs_a_command_there_is() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(_block("ini"))
    assert set(unit) == {"DEFAULT", "Unit", "Service", "Install"}
    assert set(unit["Service"]) <= SERVICE_KEYS
    program, *words = unit["Service"]["ExecStart"].split()
    assert program.endswith("/bin/ecs-local")
    assert build_parser(words[0]).parse_args(words).execute
    # Tasks keep their stop timeout of at most two minutes before systemd kills.
    assert int(unit["Service"]["TimeoutStopSec"]) > 120


def test_the_compose_file_is_one_and_its_commands_are_there() -> None:
    (service,) = yaml.safe_load(_block("yaml"))["services"].values()
    assert set(service) <= COMPOSE_KEYS
    kind, *check = service["healthcheck"].pop("test")
    assert (kind, set(service["healthcheck"])) == ("CMD", {"interval", "start_period"})
    for program, *words in (service["command"], check):
        assert program == "ecs-local"
        assert build_parser(words[0]).parse_args(words).execute
    assert "/var/run/docker.sock:/var/run/docker.sock" in service["volumes"]


SERVICE_KEYS: Final = {
    *("WorkingDirectory", "ExecStart", "ExecReload", "KillMode", "TimeoutStopSec", "Restart"),
    "Environment",
}
"""Keys of `man systemd.service` and `systemd.exec` that the page uses."""

COMPOSE_KEYS: Final = {
    *("image", "working_dir", "command", "volumes", "init", "stop_grace_period", "healthcheck"),
    *("restart", "environment"),
}
"""Keys of a service in the compose specification that the page uses."""
