"use strict";
// The scale in two zones, and the strip that shows the whole period.

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

const zonesShown = () => (sameZone() ? ["UTC"] : [LOCAL, "UTC"]);
function drawScale(ticks, wide) {
  const pen = sized($("scale").firstElementChild, wide, 45);
  pen.textBaseline = "middle";
  const zones = zonesShown();
  $("zones").replaceChildren(...zones.map((zone) => {
    const line = document.createElement("div"), name = document.createElement("b");
    name.textContent = zone === "UTC" ? "UTC" : zoneName(view.from);
    const first = wall(view.from, zone);
    const weekday = document.createElement("span");
    weekday.textContent = `${WEEKDAYS[first.getUTCDay()]} `;
    const day = document.createElement("div");
    day.append(weekday, date(first));
    line.append(name, day);
    return line;
  }));
  zones.forEach((zone, index) => {
    for (const { left, text, fresh } of written(ticks, wide, zone, pen)) {
      pen.font = scaleFont(fresh);
      pen.fillStyle = fresh ? colours.ink : colours.soft;
      pen.fillText(text, left, zones.length === 1 ? 22 : [14, 32][index]);
    }
  });
  pen.fillStyle = colours.line;
  for (const tick of ticks) pen.fillRect(Math.round(x(tick.offset)), 38, 1, 8);
}

// What is written at ticks in a zone: as many as there is room for.
const scaleFont = (fresh) => `${fresh ? 600 : 400} 12px ${getComputedStyle(document.body).fontFamily}`;
function written(ticks, wide, zone, pen) {
  const texts = [];
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
    pen.font = scaleFont(fresh);
    const size = pen.measureText(text).width;
    if (left + 4 < free || left + 4 + size > wide) continue;
    day = today;
    texts.push({ left: left + 4, text, fresh });
    free = left + size + 14;
  }
  return texts;
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
