"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const BAR = ["lane", "kind", "created", "started", "end", "due", "id", "exit", "code", "reason",
    "family", "attempt", "retryOf", "containers", "log"];
  const COLOURS = data.kinds.map((kind) => kind.replace(/ /g, ""));
  const [SUCCEEDED, FAILED, NOT_STARTED, STOPPED, RUNNING, MISSED, SKIPPED, INVOCATION_FAILED,
    EXPECTED] = data.kinds.keys();
  // The gravest last, so that nothing hides it.
  const ORDER = [SUCCEEDED, RUNNING, STOPPED, NOT_STARTED, FAILED];
  const GRAVEST = [INVOCATION_FAILED, FAILED, NOT_STARTED, STOPPED, MISSED, SKIPPED, RUNNING,
    SUCCEEDED, EXPECTED];
  const LANE = 18, TIGHT = 150, GAP = 3, PAD = 8, SHORTEST_ROW = 48, NARROWEST_BAR = 3, NEAR = 5;
  const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
  const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120,
    300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2419200,
    7862400, 31449600].map((s) => s * SECOND);
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  // -- what there is -------------------------------------------------------------------------

  const rows = data.rows.map((row, index) => {
    const bars = row.bars.map((values) => {
      const bar = { row: index };
      BAR.forEach((name, place) => { bar[name] = values[place]; });
      bar.stop = bar.end ?? Math.max(data.now, bar.created);
      return bar;
    });
    const marks = row.marks.map(([at, kind, detail]) => (
      { row: index, mark: true, created: at, stop: at, kind, detail, lane: 0 }));
    const lanes = Array.from({ length: row.lanes }, () => []);
    for (const bar of bars) lanes[bar.lane].push(bar);
    const all = [...bars, ...marks].sort((a, b) => a.created - b.created);
    return { ...row, index, bars, marks, lanes, all, top: 0, height: 0 };
  });
  const counts = data.kinds.map((_, kind) => (
    rows.reduce((sum, row) => sum + row.all.filter((item) => item.kind === kind).length, 0)));
  const hidden = new Set();
  const view = { from: 0, to: data.length };
  let shown = rows, current = null, kept = false, colours = {}, patterns = [], queued = false;
  let scale = 1;

  // -- time ----------------------------------------------------------------------------------

  const formats = new Map();
  function format(zone, options) {
    const key = `${zone}|${JSON.stringify(options)}`;
    if (!formats.has(key)) {
      formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
    }
    return formats.get(key);
  }
  const LOCAL = data.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const two = (value, width = 2) => String(value).padStart(width, "0");
  function wall(offset, zone) {
    // A time as a clock on the wall of a zone shows it, as if that were UTC.
    const at = new Date(data.since + offset);
    if (zone === "UTC") return at;
    const parts = {};
    const options = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric",
      minute: "numeric", second: "numeric", hourCycle: "h23" };
    for (const part of format(zone, options).formatToParts(at)) parts[part.type] = +part.value;
    return new Date(Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute,
      parts.second, at.getUTCMilliseconds()));
  }
  const shift = (offset, zone) => wall(offset, zone) - (data.since + offset);
  const date = (at) => `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
  const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  function clock(at, step) {
    const base = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
    if (step >= MINUTE) return base;
    const seconds = `${base}:${two(at.getUTCSeconds())}`;
    return step >= SECOND ? seconds : `${seconds}.${two(at.getUTCMilliseconds(), 3)}`;
  }
  // Which zones have a short name depends on the language: JST is one in Japanese alone.
  const LANGUAGES = ["en-US", "en-GB", "ja-JP", "en-AU", "en-IN"];
  const zoneFormats = LANGUAGES.map((language) => (
    new Intl.DateTimeFormat(language, { timeZone: LOCAL, timeZoneName: "short" })));
  function zoneName(offset) {
    if (LOCAL === "UTC") return "UTC";
    const names = zoneFormats.map((each) => each.formatToParts(new Date(data.since + offset))
      .find((part) => part.type === "timeZoneName").value);
    return names.find((name) => !/^(GMT|UTC)[+-]/.test(name)) ?? names[0];
  }
  const sameZone = () => shift(view.from, LOCAL) === 0 && shift(view.to, LOCAL) === 0;
  function full(offset, zone) {
    const at = wall(offset, zone);
    return `${date(at)} ${clock(at, 1)}`;
  }
  function length(ms) {
    if (ms < SECOND) return `${Math.round(ms)} ms`;
    if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
    if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.round(ms % MINUTE / SECOND)} s`;
    if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor(ms % HOUR / MINUTE)} min`;
    return `${Math.floor(ms / DAY)} d ${Math.floor(ms % DAY / HOUR)} h`;
  }

  // -- looks ---------------------------------------------------------------------------------

  function hatch(kind, colour, paper) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.fillStyle = colour;
    pen.strokeStyle = paper;
    pen.fillRect(0, 0, 8, 8);
    if (kind === FAILED) {
      pen.globalAlpha = 0.4;
      pen.lineWidth = 2;
      for (const x of [-8, 0, 8]) { pen.moveTo(x, 8); pen.lineTo(x + 8, 0); }
      pen.stroke();
    } else if (kind === STOPPED) {
      pen.globalAlpha = 0.5;
      pen.fillStyle = paper;
      pen.fillRect(1, 1, 2, 2);
      pen.fillRect(5, 5, 2, 2);
    } else if (kind === NOT_STARTED) {
      pen.globalAlpha = 0.45;
      pen.lineWidth = 1.5;
      pen.beginPath();
      pen.moveTo(0, 0); pen.lineTo(8, 8); pen.moveTo(8, 0); pen.lineTo(0, 8);
      pen.stroke();
    } else if (kind === RUNNING) {
      pen.globalAlpha = 0.3;
      pen.fillStyle = paper;
      pen.fillRect(0, 0, 3, 8);
    }
    return pen.createPattern(tile, "repeat");
  }

  function readColours() {
    const style = getComputedStyle(document.documentElement);
    const names = ["ground", "panel", "stripe", "ink", "soft", "line", "grid", "accent", "onbar",
      ...COLOURS];
    colours = Object.fromEntries(names.map((n) => [n, style.getPropertyValue(`--${n}`).trim()]));
    patterns = data.kinds.map((_, kind) => (
      kind === SUCCEEDED ? colours.succeeded
        : hatch(kind, colours[COLOURS[kind]], colours.panel)));
  }

  function sized(canvas, width, height) {
    scale = Math.max(1, devicePixelRatio || 1);
    const wide = Math.max(1, Math.round(width * scale)), high = Math.max(1, Math.round(height * scale));
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    return pen;
  }

  function mark(pen, kind, x, y, size) {
    const r = size / 2;
    pen.strokeStyle = pen.fillStyle = colours[COLOURS[kind]];
    pen.lineWidth = 1.75;
    pen.beginPath();
    if (kind === EXPECTED) {
      pen.setLineDash([2, 2]);
      pen.moveTo(x, y - r);
      pen.lineTo(x, y + r);
      pen.stroke();
      pen.setLineDash([]);
    } else if (kind === MISSED) {
      pen.arc(x, y, r * 0.7, 0, 7);
      pen.stroke();
    } else if (kind === SKIPPED) {
      for (const left of [-0.6, 0.1]) {
        pen.moveTo(x + left * r, y - r * 0.6);
        pen.lineTo(x + (left + 0.5) * r, y);
        pen.lineTo(x + left * r, y + r * 0.6);
      }
      pen.stroke();
    } else {
      pen.moveTo(x, y - r); pen.lineTo(x + r, y); pen.lineTo(x, y + r); pen.lineTo(x - r, y);
      pen.closePath();
      pen.fill();
      pen.fillStyle = colours.onbar;
      pen.fillRect(x - 0.9, y - r * 0.5, 1.8, r * 0.6);
      pen.fillRect(x - 0.9, y + r * 0.28, 1.8, 1.8);
    }
  }

  function sample(kind) {
    const canvas = document.createElement("canvas");
    const pen = sized(canvas, 22, 14);
    if (kind > RUNNING) {
      mark(pen, kind, 11, 7, 13);
    } else {
      box(pen, kind, 1, 1, 20, 12);
    }
    return canvas;
  }

  function box(pen, kind, x, y, width, height) {
    pen.fillStyle = patterns[kind];
    pen.beginPath();
    if (width > 4) pen.roundRect(x, y, width, height, Math.min(4, height / 2, width / 2));
    else pen.rect(x, y, width, height);
    pen.fill();
    if (kind === SUCCEEDED || width < 5) return;
    pen.lineWidth = 1.25;
    pen.strokeStyle = colours[COLOURS[kind]];
    pen.stroke();
  }

  // -- places --------------------------------------------------------------------------------

  const width = () => $("chart").clientWidth;
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
    redraw();
  }

  function label() {
    $("labels").replaceChildren(...shown.map((row, index) => {
      const item = document.createElement("li");
      item.style.top = `${row.top}px`;
      item.style.height = `${row.height}px`;
      item.className = index % 2 ? "odd" : "";
      item.title = [row.name, row.about, row.schedule].filter(Boolean).join("\n");
      const name = document.createElement("strong");
      name.append(isolated(row.name));
      const about = document.createElement("span");
      const tasks = row.bars.length === 1 ? "1 task" : `${row.bars.length} tasks`;
      about.append(isolated([row.about, row.schedule].filter(Boolean).join(" · ") || tasks));
      const bad = row.bars.filter((b) => [FAILED, NOT_STARTED, STOPPED].includes(b.kind)).length
        + row.marks.filter((m) => m.kind === INVOCATION_FAILED).length;
      if (bad) {
        const badge = document.createElement("em");
        badge.textContent = bad;
        badge.title = `${bad} of ${tasks} not well`;
        item.append(badge);
      }
      item.append(name, about);
      return item;
    }));
  }

  function isolated(text) {
    const element = document.createElement("bdi");
    element.textContent = text;
    return element;
  }

  // -- drawing -------------------------------------------------------------------------------

  function redraw() {
    if (queued) return;
    queued = true;
    requestAnimationFrame(() => { queued = false; draw(); });
  }

  function draw() {
    const scroll = $("scroll"), wide = width();
    const printing = document.documentElement.classList.contains("printing");
    const total = shown.reduce((sum, row) => sum + row.height, 0);
    const high = printing ? Math.min(total, 15000) : Math.min(scroll.clientHeight, total);
    const top = printing ? 0 : scroll.scrollTop;
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
      if (left > -8 && left < wide + 8) mark(pen, item.kind, left, first + high / 2, Math.max(9, high - 3));
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
    if (begun !== null && begun - left > 3 && begun < right) {
      // Made, not begun: the image is pulled, the network made.
      pen.globalAlpha = 0.35;
      box(pen, bar.kind, from, y + high / 4, Math.max(begun, from) - from + 3, high / 2);
      pen.globalAlpha = 1;
      start = Math.max(begun, from);
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

  function ticksOf(apart) {
    const wanted = (view.to - view.from) / width() * apart;
    const step = STEPS.find((s) => s >= wanted) ?? STEPS.at(-1);
    const ticks = [];
    // Round in the zone that is read; its distance to UTC may change on the way.
    let offset = view.from - mod(data.since + view.from + shift(view.from, LOCAL), step);
    for (let n = 0; n < 500 && offset <= view.to + step; n++, offset += step) {
      const moved = shift(offset, LOCAL) - shift(view.from, LOCAL);
      ticks.push({ offset: step >= HOUR ? offset - moved % step : offset, step });
    }
    return ticks;
  }
  const mod = (value, by) => ((value % by) + by) % by;

  function drawScale(ticks, wide) {
    const pen = sized($("scale").firstElementChild, wide, 45);
    const family = getComputedStyle(document.body).fontFamily;
    pen.textBaseline = "middle";
    const zones = sameZone() ? ["UTC"] : [LOCAL, "UTC"];
    $("zones").replaceChildren(...zones.map((zone) => {
      const line = document.createElement("div"), name = document.createElement("b");
      name.textContent = zone === "UTC" ? "UTC" : zoneName(view.from);
      const first = wall(view.from, zone);
      line.append(name, `${WEEKDAYS[first.getUTCDay()]} ${date(first)}`);
      return line;
    }));
    zones.forEach((zone, index) => {
      const y = zones.length === 1 ? 22 : [14, 32][index];
      let day = date(wall(view.from, zone)), free = 2;
      for (const tick of ticks) {
        const left = x(tick.offset);
        if (left < 0 || left > wide) continue;
        const then = wall(tick.offset, zone);
        const today = date(then), fresh = today !== day;
        const short = `${WEEKDAYS[then.getUTCDay()]} ${today.slice(5)}`;
        const midnight = then.getUTCHours() + then.getUTCMinutes() + then.getUTCSeconds() === 0;
        const text = tick.step >= DAY || (fresh && midnight) ? short
          : fresh ? `${short} ${clock(then, tick.step)}` : clock(then, tick.step);
        pen.font = `${fresh ? 600 : 400} 12px ${family}`;
        pen.fillStyle = fresh ? colours.ink : colours.soft;
        const size = pen.measureText(text).width;
        if (left + 4 < free || left + 4 + size > wide) continue;
        day = today;
        pen.fillText(text, left + 4, y);
        free = left + size + 14;
      }
    });
    pen.fillStyle = colours.line;
    for (const tick of ticks) pen.fillRect(Math.round(x(tick.offset)), 38, 1, 8);
  }

  function drawOverview() {
    const wide = width(), high = 52;
    const pen = sized($("overview").firstElementChild, wide, high);
    const bins = Math.max(1, Math.floor(wide / 4));
    const stacks = Array.from({ length: bins }, () => new Array(data.kinds.length).fill(0));
    const bin = (offset) => Math.min(bins - 1, Math.max(0, Math.floor(offset / data.length * bins)));
    for (const row of shown) {
      for (const item of row.all) {
        if (item.kind === EXPECTED || hidden.has(item.kind)) continue;
        for (let n = bin(item.created); n <= bin(item.stop); n++) stacks[n][item.kind] += 1;
      }
    }
    const most = Math.max(1, ...stacks.map((s) => s.reduce((a, b) => a + b, 0)));
    stacks.forEach((stack, n) => {
      let y = high - 4;
      for (const kind of GRAVEST) {
        if (!stack[kind]) continue;
        const size = Math.max(1.5, stack[kind] / most * (high - 14));
        pen.fillStyle = colours[COLOURS[kind]];
        pen.fillRect(n * wide / bins, y - size, Math.max(1, wide / bins - 1), size);
        y -= size;
      }
    });
  }

  function drawWindow() {
    const wide = width(), from = view.from / data.length * wide, to = view.to / data.length * wide;
    const all = view.from <= 0 && view.to >= data.length;
    $("window").hidden = all;
    $("window").style.left = `${from}px`;
    $("window").style.width = `${Math.max(3, to - from)}px`;
  }

  // -- moving --------------------------------------------------------------------------------

  function look(from, to) {
    const span = Math.min(Math.max(to - from, 10), data.length);
    const middle = (from + to) / 2;
    view.from = Math.min(Math.max(middle - span / 2, 0), data.length - span);
    view.to = view.from + span;
    redraw();
  }
  function zoom(factor, around) {
    const pivot = around ?? (view.from + view.to) / 2;
    look(pivot - (pivot - view.from) * factor, pivot + (view.to - pivot) * factor);
  }
  function pan(by) {
    look(view.from + by, view.to + by);
  }

  // -- pointing ------------------------------------------------------------------------------

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
    card.style.left = `${fit(left, size.width, innerWidth)}px`;
    card.style.top = `${fit(top, size.height, innerHeight)}px`;
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

  // -- keys ----------------------------------------------------------------------------------

  function step(by) {
    const row = current ? rows[current.row] : shown.find((r) => r.all.length);
    if (!row) return;
    const items = row.all.filter((item) => !hidden.has(item.kind));
    const place = current ? items.indexOf(current) + by : items.findIndex((i) => i.stop >= view.from);
    go(items[Math.min(Math.max(place, 0), items.length - 1)]);
  }
  function climb(by) {
    if (!current) { step(0); return; }
    let place = shown.indexOf(rows[current.row]) + by;
    for (; shown[place]; place += by) {
      const items = shown[place].all.filter((item) => !hidden.has(item.kind));
      if (!items.length) continue;
      const away = (item) => Math.abs(item.created - current.created);
      go(items.reduce((best, item) => (away(item) < away(best) ? item : best)));
      return;
    }
  }
  function go(item) {
    if (!item) return;
    const row = rows[item.row], scroll = $("scroll");
    if (row.top < scroll.scrollTop) scroll.scrollTop = row.top;
    if (row.top + row.height > scroll.scrollTop + scroll.clientHeight) {
      scroll.scrollTop = row.top + row.height - scroll.clientHeight;
    }
    if (item.created < view.from || item.created > view.to) {
      pan(item.created - (view.from + view.to) / 2);
    }
    draw();
    const chart = $("chart").getBoundingClientRect();
    const left = Math.min(Math.max(extent(item)[0], 0), chart.width);
    show(item, chart.left + left, chart.top + row.top - scroll.scrollTop + row.height);
    $("spoken").textContent = `${row.name}: ${title(item)}. ${$("card").querySelector("dl").innerText.replace(/\n+/g, ", ")}`;
  }
  const KEYS = {
    ArrowRight: () => step(1), ArrowLeft: () => step(-1), ArrowDown: () => climb(1),
    ArrowUp: () => climb(-1), "+": () => zoom(0.6), "=": () => zoom(0.6), "-": () => zoom(1 / 0.6),
    0: () => look(0, data.length), Home: () => pan(-data.length), End: () => pan(data.length),
    Escape: () => show(null),
    Enter: () => { if (current) { kept = !kept; $("card").classList.toggle("kept", kept); } },
  };

  // -- tables --------------------------------------------------------------------------------

  function* everyTask() {
    for (const row of shown) for (const bar of row.bars) if (!hidden.has(bar.kind)) yield [row, bar];
  }
  let pending = null;
  function more() {
    const body = $("bytask").querySelector("tbody");
    for (let n = 0; n < 500; n++) {
      const next = pending.next();
      if (next.done) { $("more").hidden = true; return; }
      const [row, bar] = next.value;
      const line = body.insertRow();
      const instant = (offset) => (offset === null ? "" : `${full(offset, "UTC")}Z`.replace(" ", "T"));
      for (const text of [row.name, data.kinds[bar.kind], instant(bar.due), instant(bar.started),
        instant(bar.end), bar.started === null ? "" : length(bar.stop - bar.started), bar.exit ?? "",
        bar.id, data.texts[bar.reason]]) line.insertCell().textContent = text;
    }
  }
  function table() {
    if (!$("bytask").open) return;
    $("bytask").querySelector("tbody").replaceChildren();
    $("more").hidden = false;
    pending = everyTask();
    more();
  }

  // -- the beginning -------------------------------------------------------------------------

  function legend() {
    $("legend").replaceChildren(...GRAVEST.filter((kind) => counts[kind]).map((kind) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", String(!hidden.has(kind)));
      const count = document.createElement("b");
      count.textContent = counts[kind].toLocaleString("en");
      button.append(sample(kind), count, data.kinds[kind]);
      button.addEventListener("click", () => {
        if (!hidden.delete(kind)) hidden.add(kind);
        button.setAttribute("aria-pressed", String(!hidden.has(kind)));
        everything();
        table();
      });
      return button;
    }));
  }
  function everything() {
    readColours();
    drawOverview();
    draw();
  }

  function listen() {
    const chart = $("chart"), overview = $("overview");
    let held = null, moved = false;
    chart.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      held = { x: event.clientX, from: view.from, to: view.to };
      moved = false;
      chart.setPointerCapture(event.pointerId);
    });
    chart.addEventListener("pointermove", (event) => {
      if (held) {
        const by = (held.x - event.clientX) / width() * (held.to - held.from);
        moved = moved || Math.abs(event.clientX - held.x) > 4;
        if (moved) look(held.from + by, held.to + by);
      }
      if (kept) return;
      const item = held && moved ? null : found(event);
      if (item !== current || item) show(item, event.clientX, event.clientY);
    });
    chart.addEventListener("pointerup", (event) => {
      held = null;
      if (moved) return;
      const item = found(event);
      kept = item !== null && !(kept && item === current);
      show(item, event.clientX, event.clientY);
    });
    chart.addEventListener("pointercancel", () => { held = null; });
    chart.addEventListener("pointerleave", () => { if (!kept && document.activeElement !== chart) show(null); });
    chart.addEventListener("blur", () => { if (!kept) show(null); });
    chart.addEventListener("dblclick", (event) => zoom(0.4, at(event.clientX - chart.getBoundingClientRect().left)));
    chart.addEventListener("wheel", (event) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoom(Math.exp(event.deltaY / 300), at(event.clientX - chart.getBoundingClientRect().left));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        pan((event.deltaX || event.deltaY) / width() * (view.to - view.from));
      }
    }, { passive: false });
    chart.addEventListener("keydown", (event) => {
      const act = KEYS[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") show(null); });
    let drawn = null;
    const over = (event) => (event.clientX - overview.getBoundingClientRect().left) / width() * data.length;
    overview.addEventListener("pointerdown", (event) => {
      drawn = over(event);
      overview.setPointerCapture(event.pointerId);
    });
    overview.addEventListener("pointermove", (event) => {
      const to = over(event);
      if (drawn !== null && Math.abs(to - drawn) > data.length / 300) look(Math.min(drawn, to), Math.max(drawn, to));
    });
    overview.addEventListener("pointerup", (event) => {
      const to = over(event), span = view.to - view.from;
      if (drawn !== null && Math.abs(to - drawn) <= data.length / 300) look(to - span / 2, to + span / 2);
      drawn = null;
    });
    $("in").addEventListener("click", () => zoom(0.6));
    $("out").addEventListener("click", () => zoom(1 / 0.6));
    $("fit").addEventListener("click", () => look(0, data.length));
    $("search").addEventListener("input", () => { show(null); place(); drawOverview(); table(); });
    $("scroll").addEventListener("scroll", draw);
    $("bytask").addEventListener("toggle", table);
    $("more").addEventListener("click", more);
    new ResizeObserver(everything).observe(chart);
    addEventListener("resize", everything);
    const again = () => { readColours(); legend(); everything(); };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    addEventListener("beforeprint", () => { document.documentElement.classList.add("printing"); again(); });
    addEventListener("afterprint", () => { document.documentElement.classList.remove("printing"); again(); });
  }

  document.querySelector("main").hidden = false;
  document.querySelector(".tools").hidden = false;
  document.querySelector(".keys").hidden = false;
  $("bytask").hidden = false;
  $("byrule").open = false;
  const dates = (zone) => `${full(0, zone).slice(0, 19)} – ${full(data.length, zone).slice(0, 19)}`;
  $("period").textContent = sameZone() ? `${dates("UTC")} UTC`
    : `${dates(LOCAL)} ${zoneName(0)} · ${dates("UTC")} UTC`;
  const tasks = rows.reduce((sum, row) => sum + row.bars.length, 0);
  const total = document.createElement("b");
  total.textContent = tasks === 1 ? "1 task" : `${tasks.toLocaleString("en")} tasks`;
  $("total").append(total, rows.length === 1 ? "of 1 rule" : `of ${rows.length.toLocaleString("en")} rules`);
  document.querySelector("footer").hidden = !rows.length;
  readColours();
  legend();
  listen();
  place();
  everything();
  document.documentElement.dataset.ready = "yes";
})();
