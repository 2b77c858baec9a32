"use strict";
// Tasks as a table, a part at a time.

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
    const instant = (offset) => (offset === null ? "" : full(offset, "UTC"));
    for (const [text, looks] of [[row.name, ""], [data.kinds[bar.kind], "whole"],
      [instant(bar.due), "whole"], [instant(bar.started), "whole"], [instant(bar.end), "whole"],
      [bar.started === null ? "" : length(bar.stop - bar.started), "whole"], [bar.exit ?? "", ""],
      [bar.id.slice(0, 8), "whole id"], [data.texts[bar.reason], ""]]) {
      const cell = line.insertCell();
      cell.className = looks;
      cell.textContent = text;
    }
  }
}
function table() {
  if (!$("bytask").open) return;
  $("bytask").querySelector("tbody").replaceChildren();
  $("more").hidden = false;
  pending = everyTask();
  more();
}
