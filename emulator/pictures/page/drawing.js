"use strict";
// Where rows and bars lie, and how they are drawn.

const width = () => (sharpness ? PAPER : $("chart").clientWidth);
const x = (offset) => (offset - view.from) / (view.to - view.from) * width();
const at = (place) => view.from + place / width() * (view.to - view.from);
const laneHeight = (row) => Math.min(LANE, Math.max(3, Math.floor(TIGHT / row.lanes.length)));
function extent(item) {
  const left = x(item.created);
  if (item.mark) return [left - 5, left + 5];
  return [left, Math.max(x(item.stop), left + NARROWEST_BAR)];
}

function place() {
  const wanted = $("search").value.trim().toLowerCase();
  shown = rows.filter((row) => `${row.name}\n${row.about}`.toLowerCase().includes(wanted));
  let top = 0;
  for (const row of shown) {
    row.top = top;
    row.height = Math.max(SHORTEST_ROW,
      2 * PAD + row.lanes.length * (laneHeight(row) + (laneHeight(row) > 6 ? GAP : 1)));
    top += row.height;
  }
  $("rows").style.height = `${top}px`;
  const empty = !rows.some((row) => row.all.length);
  $("nothing").hidden = shown.length > 0 && !empty;
  $("nothing").textContent = empty ? "Nothing is recorded in this period."
    : `No rule is called “${$("search").value}”.`;
  label();
  count();
  redraw();
}

function count() {
  const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  const tasks = document.createElement("b");
  tasks.textContent = counted(shown.reduce((sum, row) => sum + row.bars.length, 0), "task");
  const found = shown.length < rows.length ? `${shown.length.toLocaleString("en")} of ` : "";
  $("total").replaceChildren(tasks, `of ${found}${counted(rows.length, "rule")}`);
}

function label() {
  $("labels").replaceChildren(...shown.map((row, index) => {
    const item = document.createElement("li");
    item.style.top = `${row.top}px`;
    item.style.height = `${row.height}px`;
    item.className = index % 2 ? "odd" : "";
    item.title = [row.name, row.about, row.schedule].filter(Boolean).join("\n");
    item.append(...labelled(row));
    return item;
  }));
}

function labelled(row) {
  const name = document.createElement("strong"), about = document.createElement("span");
  name.append(isolated(row.name));
  const tasks = row.bars.length === 1 ? "1 task" : `${row.bars.length} tasks`;
  about.append(isolated([row.about, row.schedule].filter(Boolean).join(" · ") || tasks));
  const bad = row.bars.filter((b) => [FAILED, NOT_STARTED, STOPPED].includes(b.kind)).length
    + row.marks.filter((m) => m.kind === INVOCATION_FAILED).length;
  if (!bad) return [name, about];
  // Beside the second line: in a narrow window the name needs all of the first.
  const badge = document.createElement("em");
  badge.textContent = bad;
  badge.title = `${bad} of ${tasks} not well`;
  return [name, badge, about];
}

function isolated(text) {
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}


function redraw() {
  if (queued) return;
  queued = true;
  requestAnimationFrame(() => { queued = false; draw(); });
}

function draw() {
  const scroll = $("scroll"), wide = width(), top = scroll.scrollTop;
  const total = shown.reduce((sum, row) => sum + row.height, 0);
  const high = Math.min(scroll.clientHeight, total);
  const pen = sized($("chart").firstElementChild, wide, high);
  const ticks = ticksOf(110);
  shown.forEach((row, index) => {
    if (row.top + row.height < top || row.top > top + high) return;
    ground(pen, row, index, row.top - top, wide, ticks);
  });
  const now = x(data.now);
  if (now > 0 && now < wide) {
    pen.fillStyle = colours.accent;
    pen.fillRect(Math.round(now), 0, 1, high);
  }
  for (const row of shown) {
    if (row.top + row.height < top || row.top > top + high) continue;
    drawRow(pen, row, row.top - top, wide);
  }
  drawScale(ticks, wide);
  drawWindow();
}

function ground(pen, row, index, y, wide, ticks) {
  if (index % 2) {
    pen.fillStyle = colours.stripe;
    pen.fillRect(0, y, wide, row.height);
  }
  pen.fillStyle = colours.grid;
  for (const tick of ticks) pen.fillRect(Math.round(x(tick.offset)), y, 1, row.height);
  pen.fillRect(0, y + row.height - 1, wide, 1);
}

function drawRow(pen, row, y, wide) {
  const high = laneHeight(row), gap = high > 6 ? GAP : 1;
  const used = row.lanes.length * (high + gap) - gap;
  const first = y + Math.max(PAD, (row.height - used) / 2);
  row.first = first - y;
  if (!hidden.has(EXPECTED)) drawMarks(pen, row, first, high, wide, true);
  for (const kind of ORDER) {
    if (hidden.has(kind)) continue;
    for (const bar of row.bars) {
      if (bar.kind === kind) drawBar(pen, bar, first + bar.lane * (high + gap), high, wide);
    }
  }
  drawMarks(pen, row, first, high, wide, false);
  if (current && current.row === row.index) outline(pen, current, first, high, gap);
}

function drawMarks(pen, row, first, high, wide, expected) {
  for (const item of row.marks) {
    if ((item.kind === EXPECTED) !== expected || hidden.has(item.kind)) continue;
    const left = x(item.created);
    if (left < -8 || left > wide + 8) continue;
    if (!expected) {
      // Bars may lie below.
      pen.fillStyle = colours.panel;
      pen.beginPath();
      pen.arc(left, first + high / 2, Math.max(9, high - 3) / 2 + 2, 0, 7);
      pen.fill();
    }
    mark(pen, item.kind, left, first + high / 2, Math.max(9, high - 3));
  }
}

function drawBar(pen, bar, y, high, wide) {
  const [left, right] = extent(bar);
  if (right < 0 || left > wide) return;
  const from = Math.max(left, -6), to = Math.min(right, wide + 6);
  const begun = bar.started === null ? null : x(bar.started);
  if (bar.due !== null) {
    const due = Math.max(x(bar.due), -6);
    if (from - due > 2) {
      pen.fillStyle = colours.soft;
      pen.fillRect(due, y + high / 2 - 0.5, from - due, 1);
      pen.fillRect(due, y + high / 4, 1, high / 2);
    }
  }
  let start = from;
  if (begun !== null && begun - left > 3) {
    // Made, not begun: the image is pulled, the network made. What then takes no time is seen, too.
    start = Math.max(Math.min(begun, right - NARROWEST_BAR), from);
    pen.globalAlpha = 0.35;
    box(pen, bar.kind, from, y + high / 4, start - from + 3, high / 2);
    pen.globalAlpha = 1;
  }
  box(pen, bar.kind, start, y, Math.max(to - start, NARROWEST_BAR), high);
  const text = caption(bar);
  if (high >= 14 && to - start > 7 * text.length + 14) {
    pen.font = `600 11px ${getComputedStyle(document.body).fontFamily}`;
    pen.textBaseline = "middle";
    const place = Math.max(start, 0) + 7;
    if (bar.kind !== SUCCEEDED) {
      pen.fillStyle = colours[COLOURS[bar.kind]];
      pen.beginPath();
      pen.roundRect(place - 4, y + 2, pen.measureText(text).width + 8, high - 4, 3);
      pen.fill();
    }
    pen.fillStyle = colours.onbar;
    pen.fillText(text, place, y + high / 2 + 0.5);
  }
}

function caption(bar) {
  if (bar.kind === RUNNING) return "running";
  if (bar.kind === NOT_STARTED) return "not started";
  if (bar.kind === STOPPED) return "stopped";
  if (bar.kind === FAILED) return `✗ exit ${bar.exit ?? "?"}`;
  return length(bar.stop - (bar.started ?? bar.created));
}

function outline(pen, item, first, high, gap) {
  const [left, right] = extent(item);
  pen.strokeStyle = colours.ink;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.roundRect(left - 2.5, first + item.lane * (high + gap) - 2.5, right - left + 5, high + 5, 6);
  pen.stroke();
}
