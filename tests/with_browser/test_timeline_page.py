"""The timeline's page in a real browser: drawn, pointed at, walked through by keys, printed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from emulator.cli import main
from emulator.state.records import Firing
from tests.builders import NOON
from tests.pictures.seeding import Seed, busy_day, fill
from tests.with_browser.browser import Browser

MINUTE = timedelta(minutes=1)
EVIL = "</script><script>document.title='owned'</script>\u202e"
SEEDS = [
    Seed(
        rule="夜間バッチ", due=NOON, seconds=600, wait=0, pull=0, log=("開始します", "終了しました")
    ),
    Seed(rule="夜間バッチ", due=NOON + 20 * MINUTE, seconds=600, code=3, log=("ValueError: 金額",)),
    Seed(rule="夜間バッチ", due=NOON + 40 * MINUTE, seconds=1),
    Seed(rule=EVIL, due=NOON + 30 * MINUTE, seconds=900, reason=EVIL, code=9, log=(EVIL,)),
]
SUCCEEDED_PIXEL = 0xFF5C8023
"""#23805c as a browser keeps it: opaque, blue, green, red."""

FIRINGS = [Firing("夜間バッチ", NOON + 50 * MINUTE, "missed", NOON, "眠っていた")]

Show = Callable[..., Path]


@pytest.fixture
def show(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Path]]:
    """Seed a state directory, write its page by the command line, and open it."""
    monkeypatch.chdir(tmp_path)

    def seeded(seeds: list[Seed], firings: list[Firing] | None = None, **window: Any) -> Path:
        fill(tmp_path / "state", seeds, firings or ())
        page = tmp_path / "timeline.html"
        words = ["timeline", "--state-dir", "state", "--html", "timeline.html"]
        period = ["--since", "2026-11-24T12:00:00Z", "--until", "2026-11-24T13:00:00Z"]
        assert main([*words, *period, "--timezone", "Asia/Tokyo"]) == 0
        browser.open(page, **window)
        return page

    yield seeded
    # Whatever a test did: no error, no broken policy, nothing fetched but the page itself.
    assert browser.messages == []
    assert len(browser.requests) == 1


def _chart(browser: Browser) -> tuple[float, float, float]:
    """Return left edge, top and width of the chart, which shows an hour."""
    box = browser.value(
        "(() => { const b = document.getElementById('chart')"
        ".getBoundingClientRect(); return [b.left, b.top, b.width]; })()"
    )
    return box[0], box[1], box[2]


def _card(browser: Browser) -> str | None:
    """Return what the details show, None while they are hidden."""
    card = "document.getElementById('card')"
    text: str | None = browser.value(f"{card}.hidden ? null : {card}.innerText")
    return text


def _row(browser: Browser, name: str) -> float:
    """Return the middle of a rule's row."""
    find = (
        "(name => { const b = [...document.querySelectorAll('#labels li')]"
        ".find(li => li.innerText.includes(name)).getBoundingClientRect();"
        " return b.top + b.height / 2; })"
    )
    middle: float = browser.value(f"{find}({name!r})")
    return middle


def _at(browser: Browser, minute: float, name: str = "夜間バッチ") -> tuple[float, float]:
    left, _, width = _chart(browser)
    return left + width * minute / 60, _row(browser, name)


def _colour(browser: Browser, x: float, y: float) -> tuple[int, ...]:
    left, top, _ = _chart(browser)
    # Through a canvas of its own: reading from the chart's would slow it down.
    pixel = browser.value(
        "(() => { const pen = new OffscreenCanvas(1, 1).getContext('2d', "
        "{ willReadFrequently: true }); pen.drawImage(document.querySelector('#chart canvas'), "
        f"{x - left}, {y - top}, 1, 1, 0, 0, 1, 1);"
        " return Array.from(pen.getImageData(0, 0, 1, 1).data); })()"
    )
    return tuple(pixel[:3])


def test_bars_lie_where_tasks_ran_in_the_colour_of_their_outcome(
    browser: Browser, show: Show
) -> None:
    show(SEEDS, FIRINGS)
    red, green, _ = _colour(browser, *_at(browser, 9))
    assert green > red
    red, green, _ = _colour(browser, *_at(browser, 29))
    assert red > green
    assert _colour(browser, *_at(browser, 15)) in {(255, 255, 255), (250, 251, 252)}


@pytest.mark.parametrize("seconds", [0, 600])
def test_what_a_task_waited_for_before_it_began_is_paler_than_what_it_ran(
    browser: Browser, show: Show, seconds: float
) -> None:
    show([Seed(rule="pulls", due=NOON, seconds=seconds, wait=0, pull=1200)])
    waited = _colour(browser, *_at(browser, 10, "pulls"))
    ran = _colour(browser, *_at(browser, 20 + seconds / 120 - 0.1, "pulls"))
    assert (ran[0] < 60, waited[0] > 120) == (True, True), (waited, ran)


def test_pointing_at_a_task_shows_its_reason_exit_code_instants_and_log(
    browser: Browser, show: Show
) -> None:
    show(SEEDS, FIRINGS)
    browser.point(*_at(browser, 25))
    card = _card(browser)
    assert card is not None
    for text in (
        "failed, exit code 3",
        "夜間バッチ",
        "2026-11-24 21:20:00.000 JST",
        "12:20:00.000 UTC",
        "Essential container in task exited",
        "ValueError: 金額",
    ):
        assert text in card
    browser.point(*_at(browser, 15))
    assert _card(browser) is None


def test_a_job_of_a_second_in_an_hour_and_a_missed_firing_can_be_pointed_at(
    browser: Browser, show: Show
) -> None:
    show(SEEDS, FIRINGS)
    browser.point(*_at(browser, 40.02))
    assert "succeeded, exit code 0" in (_card(browser) or "")
    browser.point(*_at(browser, 50))
    assert (_card(browser) or "").startswith("missed")
    assert "眠っていた" in (_card(browser) or "")


def test_keys_go_from_task_to_task_and_say_what_they_find(browser: Browser, show: Show) -> None:
    show(SEEDS, FIRINGS)
    browser.value("document.getElementById('chart').focus()")
    browser.press("ArrowDown", "ArrowDown", "ArrowRight")
    spoken = browser.value("document.getElementById('spoken').textContent")
    assert spoken.startswith("夜間バッチ: ")
    browser.press("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowRight")
    assert "failed, exit code 3" in (_card(browser) or "")
    browser.press("Enter")
    browser.point(5, 5)
    assert "failed, exit code 3" in (_card(browser) or "")
    browser.press("Escape")
    assert _card(browser) is None


def test_the_wheel_zooms_dragging_moves_and_fit_goes_back(browser: Browser, show: Show) -> None:
    show(SEEDS, FIRINGS)
    there = _at(browser, 25)
    browser.wheel(*there, -600, ctrl=True)
    assert browser.value("document.getElementById('window').hidden") is False
    browser.point(*there)
    assert "failed, exit code 3" in (_card(browser) or "")
    browser.drag(there, (there[0] + 400, there[1]))
    browser.point(there[0] + 400, there[1])
    assert "failed, exit code 3" in (_card(browser) or "")
    browser.value("document.getElementById('fit').click()")
    browser.settle()
    assert browser.value("document.getElementById('window').hidden") is True


def test_an_outcome_can_be_hidden(browser: Browser, show: Show) -> None:
    show(SEEDS, FIRINGS)
    browser.value(
        "[...document.querySelectorAll('#legend button')]"
        ".find(b => b.innerText.includes('failed')).click()"
    )
    browser.point(*_at(browser, 25))
    assert _card(browser) is None


def test_hostile_text_stays_text(browser: Browser, show: Show) -> None:
    show(SEEDS, FIRINGS)
    assert browser.value("document.title") != "owned"
    assert browser.value("document.scripts.length") == 2
    browser.point(*_at(browser, 40, "</script>"))
    card = _card(browser) or ""
    assert card.count("</script><script>document.title='owned'</script>\\u202e") >= 2
    assert browser.value("document.querySelectorAll('#card script').length") == 0


def test_a_script_that_is_not_the_pages_own_does_not_run(browser: Browser, show: Show) -> None:
    show(SEEDS)
    browser.value(
        "(() => { const s = document.createElement('script');"
        " s.textContent = \"document.title = 'owned'\"; document.body.append(s); })()"
    )
    assert browser.value("document.title") != "owned"
    assert any("Content Security Policy" in message for message in browser.messages)
    browser.messages.clear()


def test_tasks_are_a_table_too(browser: Browser, show: Show) -> None:
    show(SEEDS)
    browser.value("document.getElementById('bytask').open = true")
    browser.settle()
    rows = browser.value("[...document.querySelectorAll('#bytask tbody tr')].map(r => r.innerText)")
    assert len(rows) == len(SEEDS)
    assert any("夜間バッチ\tfailed\t2026-11-24 12:20:00.000" in row for row in rows)


def test_no_length_of_time_has_sixty_of_a_part(browser: Browser, show: Show) -> None:
    lengths = {0.4: "400 ms", 59.94: "59.9 s", 59.96: "1 min 0 s", 119.7: "2 min 0 s"}
    lengths |= {3599.6: "1 h 0 min", 86_399.9: "1 d 0 h"}
    show([Seed(rule="r", due=NOON, seconds=seconds) for seconds in lengths])
    browser.value("document.getElementById('bytask').open = true")
    browser.settle()
    rows = browser.value("[...document.querySelectorAll('#bytask tbody tr')].map(r => r.innerText)")
    assert [text in row for row, text in zip(rows, lengths.values(), strict=True)] == [True] * 6


def test_japanese_has_glyphs(browser: Browser, show: Show) -> None:
    show(SEEDS)
    draw = (
        "(text => { const c = document.createElement('canvas'); c.width = c.height = 40;"
        " const p = c.getContext('2d'); p.font = '32px ' + getComputedStyle(document.body)"
        ".fontFamily; p.fillText(text, 2, 34); return c.toDataURL(); })"
    )
    night, batch = (browser.value(f"{draw}({text!r})") for text in "夜間")
    assert night != batch


def test_both_themes_differ_and_paper_is_light(browser: Browser, show: Show) -> None:
    page = show(SEEDS)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = browser.value(ground)
    browser.open(page, dark=True)
    dark = browser.value(ground)
    assert light != dark
    assert browser.pdf().startswith(b"%PDF-")
    browser.value("dispatchEvent(new Event('beforeprint'))")
    assert browser.value(ground) == light
    browser.value("dispatchEvent(new Event('afterprint'))")
    assert browser.value(ground) == dark


def test_paper_has_every_rule_whole_below_a_scale(browser: Browser, show: Show) -> None:
    show([replace(SEEDS[0], rule=f"夜間バッチ-{number}") for number in range(30)], width=1280)
    browser.call("Emulation.setEmulatedMedia", media="print")
    browser.resize(960, 700)
    browser.value("dispatchEvent(new Event('beforeprint'))")
    lines = "[...document.querySelectorAll('#paper tbody tr')]"
    inked = (
        "(c => new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height)"
        f".data.buffer).some(pixel => pixel === {SUCCEEDED_PIXEL}))"
    )
    assert browser.value(f"{lines}.length") == 30
    assert browser.value(f"{lines}.every(line => {inked}(line.querySelector('canvas')))")
    assert browser.value("document.getElementById('paper').offsetWidth <= 960")
    assert browser.value("document.querySelector('main').offsetHeight") == 0
    scale = browser.value(
        "[...document.querySelectorAll('#paper thead tr')].map(line => [...line.querySelectorAll("
        "'td > *')].map(text => text.getBoundingClientRect()).map(box => [box.left, box.right]))"
    )
    assert [len(places) > 3 for places in scale] == [True, True]
    for places in scale:
        assert all(end < begin for (_, end), (begin, _) in pairwise(places))
    browser.value("dispatchEvent(new Event('afterprint'))")
    assert browser.value(f"{lines}.length") == 0


def test_a_narrow_window_leaves_names_dates_and_details_whole(browser: Browser, show: Show) -> None:
    browser.open(show(SEEDS[:3]), width=400, height=700)
    browser.value("document.body.style.minHeight = '2000px'")
    whole = "(e => e.scrollWidth <= e.clientWidth)"
    assert browser.value(f"[...document.querySelectorAll('#zones > div')].every({whole})")
    failed = "[...document.querySelectorAll('#labels li')].filter(li => li.querySelector('em'))"
    assert browser.value(f"{failed}.map(li => li.querySelector('strong')).every({whole})")
    browser.click(*_at(browser, 4))
    assert _card(browser) is not None
    edges = "document.getElementById('card').getBoundingClientRect().right"
    assert browser.value(f"{edges} < document.documentElement.clientWidth")


def test_searching_counts_what_it_finds_and_says_so(browser: Browser, show: Show) -> None:
    show(SEEDS)
    total = "document.getElementById('total').innerText"
    assert browser.value(total) == "4 tasks\nof 2 rules"
    browser.value("document.getElementById('search').focus()")
    browser.press("夜")
    assert browser.value(total) == "3 tasks\nof 1 of 2 rules"
    spoken = "document.getElementById('spoken').textContent"
    assert browser.value(spoken) == "3 tasks\nof 1 of 2 rules"
    browser.press("x")
    assert browser.value(spoken) == "No rule is called “夜x”."


def test_ten_thousand_tasks_are_drawn_and_found(browser: Browser, show: Show) -> None:
    show([replace(seed, log=()) for seed in busy_day(30, 10_000, hours=1)])
    assert "9,9" in browser.value("document.getElementById('total').innerText")
    browser.value("document.getElementById('chart').focus()")
    browser.press("+", "+", "+", "ArrowRight")
    assert _card(browser) is not None


def test_a_period_without_anything_says_so(browser: Browser, show: Show) -> None:
    show([])
    assert browser.value("document.getElementById('nothing').innerText") == (
        "Nothing is recorded in this period."
    )
