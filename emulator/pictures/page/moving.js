"use strict";
// Zoom, pan, and the keys that go from task to task.

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
