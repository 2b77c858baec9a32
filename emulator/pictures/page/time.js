"use strict";
// Instants, as offsets from the beginning of the period, in the words of two zones.

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
  // Rounded first: a part of it that is rounded up would be 60 of its kind.
  if (ms < SECOND) return `${ms} ms`;
  const tenths = Math.round(ms / (SECOND / 10));
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND), minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
