// The sections of the page. A line of cells is drawn when it comes near the view and let go when it is far from it.

const sections = new Map();
let order = [];
let printing = false;

const SLICE = 9;
const LOW = 11;
const waiting = new Set();
let draining = null;

const near = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.isIntersecting) waiting.add(entry.target);
    else {
      waiting.delete(entry.target);
      if (!printing) empty(entry.target, entry.boundingClientRect.height);
    }
  }
  if (waiting.size) draining ??= requestAnimationFrame(drain);
}, { rootMargin: "100% 0px" });

// Draw the lines that came near, those on the screen first, a few milliseconds in each frame.
function drain() {
  draining = null;
  const until = performance.now() + SLICE;
  const away = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top > innerHeight ? top - innerHeight : bottom < 0 ? -bottom : 0;
  };
  const lines = [...waiting].map((element) => [away(element), element]).sort(([one], [two]) => one - two);
  for (const [, element] of lines) {
    waiting.delete(element);
    if (element.isConnected) fill(element);
    if (performance.now() > until) break;
  }
  if (waiting.size) draining = requestAnimationFrame(drain);
}

function drawSections() {
  const wanted = new Set(campaign.nodes.map((node) => node.name));
  for (const [name, section] of sections) {
    if (wanted.has(name)) continue;
    section.element.remove();
    sections.delete(name);
  }
  for (const node of campaign.nodes) {
    const former = sections.get(node.name);
    if (former) former.node = node;
    else sections.set(node.name, { node, choice: null, ...sectionElement(node) });
    const section = sections.get(node.name);
    section.head.replaceChildren(...headOf(node));
  }
  const inOrder = campaign.nodes.map((node) => sections.get(node.name).element);
  if (inOrder.some((element, place) => part("sections").children[place] !== element)) part("sections").append(...inOrder);
  part("nodes").replaceChildren(...campaign.nodes.map((node) => make("li", {},
    make("a", { href: `#node-${node.name}`, class: node.deliverable ? "final" : null }, words(node.name)))));
  arrange();
}

function sectionElement(node) {
  const head = make("header", { class: "node-head" });
  const layout = make("div", { class: "layout" });
  const body = make("div", { class: "grid" });
  const name = `node-${node.name}`;
  const element = make("section", { class: "node", id: name, "aria-labelledby": `title-${node.name}` }, make("div", { class: "node-top" }, head, layout), body);
  return { element, head, layout, body };
}

function headOf(node) {
  const by = make("p", { class: "by" },
    ...node.intents.map((intent) => make("span", { class: "intent" }, words(intent))),
    ...node.made_by.map((one) => make("span", {}, words(one))),
    make("span", { class: "count" }, node.summary));
  return [
    make("p", { class: "eyebrow" }, node.deliverable ? "Deliverable" : "Made on the way"),
    make("h2", { id: `title-${node.name}` }, words(node.name)),
    by,
    ...(node.description ? [make("p", { class: "about", dir: "auto" }, node.description)] : []),
  ];
}

// Lay everything out anew: after a change of the data, the filter, a choice or the width.
function arrange() {
  const focused = document.activeElement?.closest("#sections .cell[data-id]");
  const control = focused ? [...focused.querySelectorAll("button, input")].indexOf(document.activeElement) : -1;
  order = [];
  const shown = filtered();
  near.disconnect();
  waiting.clear();
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  for (const section of sections.values()) arrangeSection(section, shown, rem);
  const empty = campaign.cells.length > 0 && order.length === 0;
  part("nothing").hidden = !empty;
  told(order.length);
  for (const section of sections.values()) for (const line of section.body.querySelectorAll(".line")) near.observe(line);
  fillView();
  if (focused) refocus(focused.dataset.id, control);
}

// Give the focus back to a cell that was drawn anew, without moving the page.
function refocus(id, control) {
  const line = lineOf(id);
  if (!line) return;
  fill(line);
  const item = [...line.querySelectorAll(".cell[data-id]")].find((one) => one.dataset.id === id);
  item?.querySelectorAll("button, input")[control]?.focus({ preventScroll: true });
}

function arrangeSection(section, shown, rem) {
  const { node, element, body } = section;
  const cells = campaign.byNode.get(node.name) || [];
  section.choice ||= sensible(node, cells);
  const style = getComputedStyle(body);
  const width = body.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const { columns, lines, perLine } = arranged(node, cells, shown, section.choice, rem, width || innerWidth - 2 * rem);
  element.className = `node ${shapeOf(node)}${node.deliverable ? " final" : ""}`;
  element.hidden = lines.length === 0;
  const single = !columns && lines.length === 1 && lines[0].places.length === 1;
  body.className = `grid ${columns ? "columns" : "flowing"}${columns && columns.ids.length > 5 ? " many" : ""}${single ? " single" : ""}`;
  body.style.setProperty("--columns", perLine);
  section.perLine = perLine;
  const height = estimated(section, columns, perLine, rem, width);
  const elements = lines.map((line) => lineElement(section, line, line.low ? LOW * rem : height));
  if (columns) elements.unshift(columnHeads(columns));
  body.replaceChildren(...elements);
  section.layout.replaceChildren(...controls(section));
  for (const line of lines) for (const place of line.places) if (place.cell) order.push(place.cell.id);
}

function columnHeads({ axis, ids }) {
  return make("ul", { class: "row heads", "aria-hidden": "true" }, make("li", { class: "corner" }),
    ...ids.map((id) => make("li", { class: "col-head" }, make("span", { class: "axis" }, axis), " ", words(id))));
}

// The height in pixels that a line will have, so that the page is as long as it will be.
function estimated({ node }, columns, perLine, rem, width) {
  const shape = shapeOf(node);
  const room = columns ? width - 8 * rem - perLine * 1.4 * rem : width - (perLine - 1) * 1.4 * rem;
  const most = columns ? MOST[shape] : FLOW[shape] * 1.7;
  const wide = Math.min(Math.max(room / perLine, columns ? LEAST[shape] * rem : 0), most * rem);
  return wide / node.ratio + 6.6 * rem;
}

function lineElement(section, line, height) {
  const element = make("div", { class: "line" });
  element.style.minHeight = `${Math.round(height)}px`;
  element.line = line;
  element.section = section;
  return element;
}

function fill(element) {
  if (element.childElementCount) return;
  const { line, section } = element;
  element.style.minHeight = "";
  if (line.group) {
    element.append(make("h3", { class: "group" }, ...between(line.group.map(([axis, id]) => named(axis, id)), () => " ")));
  }
  const tag = line.deep ? "h4" : "h3";
  const head = line.head?.length ? [make(tag, { class: "row-head" }, ...line.head.map(([axis, id]) => named(axis, id)))] : [];
  const row = make("div", { class: `row${head.length ? "" : " headless"}` }, ...head);
  const list = make("ul", { class: "cells" }, ...line.places.map((place) => drawnCell(place, ratioIn(element))));
  row.append(list);
  element.append(row);
  for (const item of list.querySelectorAll("[data-id].cell")) shownCell(item);
}

function ratioIn({ line, section }) {
  return line.low ? null : section.node.ratio;
}

function named(axis, id) {
  return make("span", { class: "label" }, make("span", { class: "axis" }, axis), " ", words(id));
}

function shownCell(item) {
  const id = item.dataset.id;
  item.dispatchEvent(new CustomEvent("callsheet:cell-shown", {
    bubbles: true, detail: { id, cell: campaign.byId.get(id), element: item, actions: item.querySelector(".actions") },
  }));
}

function empty(element, height) {
  if (!element.childElementCount || element.contains(document.activeElement)) return;
  if (height) element.style.minHeight = `${height}px`;
  hush(element);
}

// Draw what is on the screen at once, without waiting for the observer.
function fillView() {
  for (const section of sections.values()) {
    if (section.element.hidden) continue;
    const box = section.body.getBoundingClientRect();
    if (box.top > innerHeight) break;
    if (box.bottom < 0) continue;
    for (const element of section.body.querySelectorAll(".line")) {
      const at = element.getBoundingClientRect();
      if (at.top > innerHeight) break;
      if (at.bottom >= 0) fill(element);
    }
  }
}

function lineOf(id) {
  const section = sections.get(campaign.byId.get(id)?.node);
  if (!section) return null;
  return [...section.body.querySelectorAll(".line")].find(({ line }) => line.places.some((place) => place.cell?.id === id));
}

// Bring a cell onto the screen, drawn, and give back its element.
function reveal(id) {
  const element = lineOf(id);
  if (!element) return null;
  fill(element);
  const item = [...element.querySelectorAll(".cell[data-id]")].find((one) => one.dataset.id === id);
  item?.scrollIntoView({ block: "nearest", inline: "nearest" });
  return item;
}

// Draw the cells anew whose data changed, where they stand.
function redraw(ids) {
  for (const section of sections.values()) {
    for (const element of section.body.querySelectorAll(".line")) {
      for (const place of element.line.places) {
        if (place.cell) place.cell = campaign.byId.get(place.cell.id) || place.cell;
        if (place.neighbour) place.neighbour = campaign.byId.get(place.neighbour.id) || place.neighbour;
      }
      element.line.low &&= isLow(element.line.places);
      if (!element.childElementCount) continue;
      for (const item of element.querySelectorAll(".cell[data-id]")) {
        if (!ids.has(item.dataset.id)) continue;
        const place = element.line.places.find((one) => one.cell?.id === item.dataset.id);
        const inside = item.contains(document.activeElement) ? [...item.querySelectorAll("button, input")].indexOf(document.activeElement) : -1;
        const fresh = drawnCell(place, ratioIn(element));
        item.replaceWith(fresh);
        shownCell(fresh);
        if (inside >= 0) fresh.querySelectorAll("button, input")[inside]?.focus({ preventScroll: true });
      }
    }
  }
}

addEventListener("beforeprint", () => {
  printing = true;
  for (const element of document.querySelectorAll(".line")) fill(element);
  for (const image of document.querySelectorAll(".line img")) image.loading = "eager";
});
addEventListener("afterprint", () => {
  printing = false;
  near.disconnect();
  for (const element of document.querySelectorAll(".line")) near.observe(element);
});
