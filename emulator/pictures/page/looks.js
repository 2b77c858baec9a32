"use strict";
// Colours, patterns and shapes of outcomes.

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
  const scale = sharpness ?? Math.max(1, devicePixelRatio || 1);
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
