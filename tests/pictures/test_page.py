"""The page as text: self-contained, and nothing of what strangers wrote becomes part of it."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from emulator.pictures.page import embedded, render
from emulator.pictures.timeline import Bar, Mark, MarkKind, Outcome, Row, Timeline
from tests.builders import NOON

HOSTILE = "</script><script>alert(1)</script><!--\u2028{{data}}{{script}}\u202e\"'&"
BAR = Bar(
    task_id="0" * 32,
    family=HOSTILE,
    outcome=Outcome.FAILED,
    due=NOON,
    created=NOON,
    started=None,
    end=NOON,
    exit_code=3,
    reason=HOSTILE,
    log=(HOSTILE, "金額が負です"),
)
ROW = Row(
    name=HOSTILE,
    description=HOSTILE,
    schedule=HOSTILE,
    bars=(BAR,),
    marks=(Mark(NOON, MarkKind.MISSED, HOSTILE),),
)
TIMELINE = Timeline(since=NOON, until=NOON, now=NOON, rows=(ROW,))
TAME = Timeline(since=NOON, until=NOON, now=NOON, rows=(replace(ROW, name="夜間バッチ"),))


class _Elements(HTMLParser):
    """Counts elements, and collects attributes and what script and style elements hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: dict[str, list[str]] = {}
        self._inside: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style"):
            self.texts.setdefault(self._inside, []).append(data)


def test_hostile_names_reasons_and_log_lines_make_no_element() -> None:
    hostile = _Elements(render(TIMELINE, title=HOSTILE))
    tame = _Elements(render(TAME, title="a"))
    assert hostile.tags == tame.tags
    assert hostile.tags.count("script") == 2


def test_what_was_written_arrives_with_hidden_characters_shown() -> None:
    data, _ = _Elements(render(TIMELINE, title="a")).texts["script"]
    document = json.loads(data)
    shown = HOSTILE.replace("\u2028", "\\u2028").replace("\u202e", "\\u202e")
    assert document["rows"][0]["name"] == shown
    assert f"{shown}\n金額が負です" in document["texts"]


def test_only_the_pages_own_script_and_style_may_run_and_nothing_is_loaded() -> None:
    page = render(TIMELINE, title="a")
    elements = _Elements(page)
    policy = next(value for _, value in elements.attributes if value and "default-src" in value)
    assert policy.startswith("default-src 'none'; ")
    for kind in ("script", "style"):
        digest = hashlib.sha256(elements.texts[kind][-1].encode()).digest()
        assert f"{kind}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy


def test_the_page_refers_to_nothing_outside_itself() -> None:
    page = render(TAME, title="夜間")
    names = {name for name, _ in _Elements(page).attributes}
    assert names.isdisjoint({"src", "href", "srcset", "action", "style", "onclick", "onload"})
    assert re.findall(r"https?:|//\w+\.|@import|url\(|fetch\(|XMLHttpRequest|innerHTML", page) == []


def test_the_rules_are_a_table_without_any_script() -> None:
    page = render(TAME, title="a")
    assert '<th scope="row"><bdi>夜間バッチ</bdi></th>' in page


def test_the_table_of_rules_has_columns_of_what_there_is() -> None:
    page = render(TAME, title="a")
    heads = re.findall(r'<th scope="col">(.*?)</th>', page.partition("</thead>")[0])
    assert heads == ["Rule", "Schedule", "Tasks", "Failed", "Missed", "Last failure (UTC)"]


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_embedded_json_reads_back_and_holds_no_markup(document: dict[str, object]) -> None:
    text = embedded(document)
    assert not re.search(r"[<>&\u2028\u2029]", text)
    assert json.loads(text) == document
