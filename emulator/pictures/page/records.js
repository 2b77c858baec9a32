"use strict";
// What is drawn: rows with their bars and marks, unpacked from the page's data.

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
// How wide the picture is on paper, and how many rules are drawn twice as sharp there.
const PAPER = 750, MOST_SHARP = 200;
let sharpness = null;
