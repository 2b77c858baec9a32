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
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.round(ms % MINUTE / SECOND)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor(ms % HOUR / MINUTE)} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor(ms % DAY / HOUR)} h`;
}
