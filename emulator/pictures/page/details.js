"use strict";
// Finding what is pointed at, and telling about it.

function found(event) {
  const chart = $("chart").getBoundingClientRect();
  const px = event.clientX - chart.left, py = event.clientY - chart.top + $("scroll").scrollTop;
  const row = shown.find((r) => py >= r.top && py < r.top + r.height);
  if (!row) return null;
  const high = laneHeight(row), gap = high > 6 ? GAP : 1;
  const lane = Math.floor((py - row.top - row.first + gap / 2) / (high + gap));
  let best = null, distance = NEAR;
  const consider = (item) => {
    if (hidden.has(item.kind)) return;
    const [left, right] = extent(item);
    const away = Math.max(left - px, px - right, 0);
    const graver = best && away === distance && GRAVEST.indexOf(item.kind) < GRAVEST.indexOf(best.kind);
    if (away < distance || graver) { best = item; distance = away; }
  };
  (row.lanes[Math.min(Math.max(lane, 0), row.lanes.length - 1)] ?? []).forEach(consider);
  if (!best || distance > 0) row.marks.forEach(consider);
  return best;
}

function show(item, left, top) {
  current = item;
  const card = $("card");
  if (!item) {
    card.hidden = true;
    kept = false;
    redraw();
    return;
  }
  card.replaceChildren(...details(item));
  card.hidden = false;
  card.classList.toggle("kept", kept);
  const size = card.getBoundingClientRect();
  const fit = (wanted, own, room) => Math.max(12, wanted + 16 + own > room - 12
    ? Math.min(wanted - own - 16, room - own - 12) : wanted + 16);
  // Without the scroll bars, behind which it would end.
  const { clientWidth, clientHeight } = document.documentElement;
  card.style.left = `${fit(left, size.width, clientWidth)}px`;
  card.style.top = `${fit(top, size.height, clientHeight)}px`;
  redraw();
}

function title(item) {
  const kind = data.kinds[item.kind];
  if (item.mark) return item.kind === EXPECTED
    ? (item.created > data.now ? "will fire" : "expected, nothing recorded") : kind;
  const code = item.exit === null || item.exit === undefined ? "" : `, exit code ${item.exit}`;
  return kind + code;
}

function details(item) {
  const make = (tag, text, name) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (name) element.className = name;
    return element;
  };
  const head = make("h2");
  head.append(sample(item.kind), title(item));
  const rule = make("p", undefined, "rule");
  rule.append(isolated(rows[item.row].name));
  if (rows[item.row].about) rule.append(" — ", isolated(rows[item.row].about));
  const list = make("dl");
  const add = (name, value, soft) => {
    if (value === "" || value === null || value === undefined) return;
    const told = make("dd", String(value));
    if (soft) told.append(" ", make("small", soft));
    list.append(make("dt", name), told);
  };
  const when = (name, offset) => {
    if (offset === null || offset === undefined) return;
    if (sameZone()) add(name, `${full(offset, "UTC")} UTC`);
    else add(name, `${full(offset, LOCAL)} ${zoneName(offset)}`, `${full(offset, "UTC").slice(11)} UTC`);
  };
  when("due", item.mark ? item.created : item.due);
  if (item.mark) {
    add("reason", data.texts[item.detail]);
    return [head, rule, list];
  }
  when("created", item.created);
  when("started", item.started);
  when("ended", item.end);
  if (item.started !== null) add("took", length(item.stop - item.started));
  if (item.due !== null && item.started !== null) add("began", `${length(item.started - item.due)} after it was due`);
  if (item.attempt > 1) add("attempt", item.attempt, item.retryOf ? `of ${item.retryOf.slice(0, 8)}` : "");
  add("stop code", data.texts[item.code]);
  add("reason", data.texts[item.reason]);
  add("containers", data.texts[item.containers]);
  if (data.texts[item.family] !== rows[item.row].name) add("family", data.texts[item.family]);
  add("task", item.id);
  const parts = [head, rule, list];
  if (item.log) parts.push(make("pre", data.texts[item.log]));
  return parts;
}
