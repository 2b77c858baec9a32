"use strict";
// The picture on paper: a table with a row a rule, none of which a page cuts, below a scale that
// each page repeats.

function layOut() {
  sharpness = shown.length > MOST_SHARP ? 1 : 2;
  const ticks = ticksOf(110), table = $("paper");
  const head = document.createElement("thead"), body = document.createElement("tbody");
  const pen = document.createElement("canvas").getContext("2d");
  for (const zone of zonesShown()) head.append(paperScale(written(ticks, PAPER, zone, pen), zone));
  shown.forEach((row, index) => {
    const canvas = document.createElement("canvas"), drawing = sized(canvas, PAPER, row.height);
    ground(drawing, row, index, 0, PAPER, ticks);
    drawRow(drawing, row, 0, PAPER);
    body.append(paperRow(labelled(row), [canvas]));
  });
  const caption = document.createElement("caption");
  caption.textContent = $("total").innerText.replace(/\n/g, " ");
  table.replaceChildren(caption, head, body);
  sharpness = null;
}

// Elements, not a canvas: browsers leave those out where they repeat the head of a table.
function paperScale(texts, zone) {
  const name = document.createElement("b");
  name.textContent = zone === "UTC" ? "UTC" : zoneName(view.from);
  return paperRow([name, ` ${date(wall(view.from, zone))}`], texts.map(({ left, text, fresh }) => {
    const place = document.createElement(fresh ? "b" : "i");
    place.style.left = `${left / PAPER * 100}%`;
    place.textContent = text;
    return place;
  }));
}

function paperRow(label, drawn) {
  const line = document.createElement("tr"), name = document.createElement("th");
  name.append(...label);
  line.append(name);
  line.insertCell().append(...drawn);
  return line;
}

function print(begins) {
  const root = document.documentElement;
  if (root.classList.contains("printing") === begins) return;
  root.classList.toggle("printing", begins);
  readColours();
  legend();
  if (begins) layOut();
  else { $("paper").replaceChildren(); everything(); }
}
