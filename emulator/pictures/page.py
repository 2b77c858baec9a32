"""The timeline as one HTML file that needs nothing else: no network, no library, no server.

What strangers wrote (names, reasons, log lines) is only ever data: JSON in which no markup can
begin, shown by the script as text. A content security policy lets exactly the page's own script
and style run, by their digests, and nothing be loaded.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from html import escape
from importlib.resources import files
from typing import Any, Final

from emulator.clock import iso_instant
from emulator.model.task import NOTHING_IS_RUN
from emulator.pictures.timeline import Bar, Mark, MarkKind, Outcome, Row, Timeline
from emulator.pictures.visible_text import visible
from emulator.quantity import counted

LONGEST_TEXT: Final = 2_000
"""Characters of a name or a reason; a line of a log has at most half a thousand."""

_LONGEST_LINE: Final = 500
_SCRIPTS: Final = (
    *("records.js", "time.js", "looks.js", "drawing.js", "scale.js"),
    *("details.js", "moving.js", "tables.js", "paper.js", "start.js"),
)
"""The files of the script, in the order in which they run."""

_KINDS: Final = (*Outcome, *MarkKind)
_PLACE: Final = re.compile(r"\{\{(\w+)\}\}")
_MILLISECOND: Final = timedelta(milliseconds=1)


def render(timeline: Timeline, *, title: str, zone: str | None = None) -> str:
    """Return the page. `zone` is the time zone beside UTC; None: that of whoever looks at it."""
    style, script = _part("page.css"), _script()
    kinds = [kind for kind in _KINDS if any(row.counts[kind] for row in timeline.rows)]
    fake = timeline.fake_tasks
    values = {
        "title": escape(visible(title, longest=200)),
        "policy": (
            f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
        "period": f"{_seconds(timeline.since)} – {_seconds(timeline.until)}",
        "engine": f"{counted(fake, 'task')} by {NOTHING_IS_RUN}" if fake else "",
        "style": style,
        "script": script,
        "kinds": "".join(map(_heading, kinds)),
        "rules": "\n".join(_rule(row, kinds) for row in timeline.rows),
        "data": embedded(_document(timeline, title, zone)),
    }
    # In one pass: what is filled in may itself look like a place.
    return _PLACE.sub(lambda match: values[match[1]], _part("page.html"))


def embedded(document: Mapping[str, Any]) -> str:
    """Return JSON that may stand in a `script` element: nothing in it can end one, or begin one."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r"[<>&\u2028\u2029\ud800-\udfff]", lambda m: f"\\u{ord(m[0]):04x}", text)


class _Texts:
    """The texts of a page, each once; bars name them by number. Number 0 is the empty one."""

    def __init__(self) -> None:
        self.all: dict[str, int] = {"": 0}

    def number(self, text: str | None, longest: int = LONGEST_TEXT) -> int:
        return self.all.setdefault(visible(text or "", longest=longest), len(self.all))

    def lines(self, lines: tuple[str, ...]) -> int:
        shown = "\n".join(visible(line, longest=_LONGEST_LINE) for line in lines)
        return self.all.setdefault(shown, len(self.all))


def _document(timeline: Timeline, title: str, zone: str | None) -> dict[str, Any]:
    texts = _Texts()
    since = timeline.since
    rows = [
        {
            "name": visible(row.name, longest=LONGEST_TEXT),
            "about": visible(row.description, longest=LONGEST_TEXT),
            "schedule": visible(row.schedule, longest=LONGEST_TEXT),
            "lanes": row.lanes,
            "bars": [_bar(bar, since, texts) for bar in row.bars],
            "marks": [_mark(mark, since, texts) for mark in row.marks],
        }
        for row in timeline.rows
    ]
    return {
        "title": visible(title, longest=200),
        "since": round(since.timestamp() * 1000),
        "length": _offset(timeline.until, since),
        "now": _offset(timeline.now, since),
        "zone": zone,
        "kinds": [str(kind) for kind in _KINDS],
        "rows": rows,
        "texts": list(texts.all),
    }


def _bar(bar: Bar, since: datetime, texts: _Texts) -> list[Any]:
    """Return a bar as `page.js` unpacks it: offsets in milliseconds, texts by number."""
    return [
        bar.lane,
        _KINDS.index(bar.outcome),
        _offset(bar.created, since),
        None if bar.started is None else _offset(bar.started, since),
        None if bar.end is None else _offset(bar.end, since),
        None if bar.due is None else _offset(bar.due, since),
        bar.task_id,
        bar.exit_code,
        texts.number(bar.stop_code),
        texts.number(bar.reason),
        texts.number(bar.family),
        bar.attempt,
        bar.retry_of or 0,
        texts.lines(bar.containers),
        texts.lines(bar.log),
    ]


def _mark(mark: Mark, since: datetime, texts: _Texts) -> list[int]:
    return [_offset(mark.at, since), _KINDS.index(mark.kind), texts.number(mark.detail)]


def _heading(kind: Outcome | MarkKind) -> str:
    return f'<th scope="col">{kind.capitalize()}</th>'


def _rule(row: Row, kinds: Iterable[Outcome | MarkKind]) -> str:
    """Return a line of the table that is there without any script; kinds that there are of any."""
    counts = row.counts
    failure = row.last_failure
    cells = [
        visible(row.name, longest=LONGEST_TEXT),
        visible(row.schedule, longest=LONGEST_TEXT),
        f"{len(row.bars):,}",
        *(f"{counts[kind]:,}" for kind in kinds),
        "" if failure is None else f"{_seconds(failure.created)} {visible(failure.reason)}",
    ]
    head, *rest = (escape(cell) for cell in cells)
    told = "".join(f"<td>{cell}</td>" for cell in rest)
    return f'<tr><th scope="row"><bdi>{head}</bdi></th>{told}</tr>'


def _offset(instant: datetime, since: datetime) -> int:
    return round((instant - since) / _MILLISECOND)


def _seconds(instant: datetime) -> str:
    return iso_instant(instant.replace(microsecond=0))


def _part(name: str) -> str:
    return files("emulator.pictures").joinpath("page", name).read_text("utf-8")


def _script() -> str:
    """Return the one script that the files are: a block keeps their names to themselves."""
    return '"use strict";\n{\n' + "\n".join(map(_part, _SCRIPTS)) + "}\n"


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
