"use strict";
// The legend, what the page listens to, and its first picture.

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
  $("search").addEventListener("input", () => {
    show(null);
    place();
    drawOverview();
    table();
    $("spoken").textContent = shown.length ? $("total").innerText : $("nothing").textContent;
  });
  $("scroll").addEventListener("scroll", draw);
  $("bytask").addEventListener("toggle", table);
  $("more").addEventListener("click", more);
  new ResizeObserver(everything).observe(chart);
  addEventListener("resize", everything);
  const again = () => { readColours(); legend(); everything(); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
}

document.querySelector("main").hidden = false;
document.querySelector(".tools").hidden = false;
document.querySelector(".keys").hidden = false;
$("bytask").hidden = false;
$("byrule").open = false;
const dates = (zone) => `${full(0, zone).slice(0, 19)} – ${full(data.length, zone).slice(0, 19)}`;
$("period").textContent = sameZone() ? `${dates("UTC")} UTC`
  : `${dates(LOCAL)} ${zoneName(0)} · ${dates("UTC")} UTC`;
document.querySelector("footer").hidden = !rows.length;
readColours();
legend();
listen();
place();
everything();
document.documentElement.dataset.ready = "yes";
