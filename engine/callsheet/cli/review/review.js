// What a reviewer has besides the gallery: buttons to pick, reject and comment, what the next run would do, and the run
// that goes on. The server is told of every change with the revision that was seen, and refuses one that came too late.
"use strict";

const gallery = window.callsheetGallery;
const part = (id) => document.getElementById(id);
let known = { version: 0, cells: [] };
let asking = null;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}
const words = (text) => make("bdi", { dir: "auto" }, String(text));
const sentence = (text) => make("bdi", { dir: "auto" }, ...String(text).split(/`([^`]*)`/).map((piece, place) => (place % 2 ? make("code", {}, piece) : piece)));
const money = (amount) => `${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })} USD`;
const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

function button(name, does, attributes) {
  const element = make("button", { type: "button", ...attributes }, name);
  element.addEventListener("click", does);
  return element;
}

// What the server says

async function refresh() {
  if (asking) { asking.again = true; return asking.done; }
  asking = { again: false };
  asking.done = (async () => {
    do {
      asking.again = false;
      const answer = await fetch(`/_review/state?since=${known.version}`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error((await answer.json()).error.message);
      taken(await answer.json());
    } while (asking.again);
  })().finally(() => { asking = null; });
  return asking.done;
}

function taken(state) {
  const { version, whole, cells, ...page } = state;
  const fresh = new Map(cells.map((cell) => [cell.id, cell]));
  known = { ...page, version, cells: whole ? cells : known.cells.map((cell) => fresh.get(cell.id) || cell) };
  gallery.update(known);
  drawNext();
  if (whole) for (const place of document.querySelectorAll(".cell .actions[data-id]")) drawActions(place, gallery.cell(place.dataset.id));
}

// Ask for a change; gives true where it was made. Whoever was quicker is told, and what they said is shown.
async function change(what, fields) {
  let answer;
  try {
    answer = await fetch(`/_review/${what}`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-Callsheet-Review": "1" },
      body: JSON.stringify(fields),
    });
  } catch {
    lost();
    return false;
  }
  const said = await answer.json();
  await refresh();
  if (answer.ok) return true;
  tell(`Not done: ${said.error.message}.`, true);
  return false;
}

// Buttons

function drawActions(place, cell) {
  if (!place || !cell) return;
  const buttons = [];
  if (cell.take !== null && cell.outputs.length) buttons.push(picker(cell));
  if (cell.take !== null) buttons.push(rejecter(cell));
  const item = place.closest(".cell");
  if (item) item.classList.toggle("is-rejected", cell.rejected !== null);
  place.replaceChildren(...buttons, ...saidOf(cell, Boolean(item)));
}

function picker(cell) {
  const is = cell.picked === true;
  return button(is ? "Picked" : "Pick", () => pick(cell.id), {
    class: "mark picks", "aria-pressed": String(is), "aria-label": `Pick ${cell.id}`, disabled: Boolean(cell.stale) || !cell.key,
    title: cell.stale ? "The pipeline asks for something else now: run it first" : null,
  });
}

function rejecter(cell) {
  const is = cell.rejected !== null;
  return button(is ? "Rejected" : "Reject", () => reject(cell.id), {
    class: "mark rejects", "aria-pressed": String(is), "aria-label": `Reject ${cell.id}`,
  });
}

function saidOf(cell, small) {
  const all = [];
  if (cell.rejected) all.push(make("p", { class: "said-of" }, "Rejected: ", words(cell.rejected)));
  if (cell.note && small) all.push(make("p", { class: "said-of" }, "“", words(cell.note), "”"));
  return all;
}

async function pick(id) {
  const cell = gallery.cell(id);
  if (!cell || cell.take === null || !cell.key || !cell.outputs.length) return;
  const done = cell.picked === true
    ? await change("clear", { instance: id, seen: cell.revision })
    : await change("pick", { instance: id, key: cell.key, seen: cell.revision });
  if (done) tell(cell.picked === true ? `No take of ${cell.group} is picked. ${nextWords()}` : `Picked take ${cell.take} of ${cell.group}. ${nextWords()}`);
}

async function reject(id) {
  const cell = gallery.cell(id);
  if (!cell || cell.take === null) return;
  const why = cell.rejected === null ? "" : null;
  if (await change("reject", { instance: id, why, seen: cell.revision })) tell(`Take ${cell.take} of ${cell.group} is ${why === null ? "not rejected any more" : "rejected"}. ${nextWords()}`);
}

// In the lightbox there is room for words.
function drawLightbox(place, cell) {
  drawActions(place, cell);
  if (cell.rejected !== null && cell.take !== null) {
    place.append(field("Why it is rejected", "why", cell.rejected, 2000, (text) => change("reject", { instance: cell.id, why: text, seen: gallery.cell(cell.id).revision })));
  }
  place.append(field(`Comment on ${cell.group}`, "note", cell.note || "", 4000, async (text) => {
    if (await change("comment", { instance: cell.id, note: text, seen: gallery.cell(cell.id).revision })) tell("The comment is kept.");
  }));
  if (typing?.id !== cell.id) return;
  const again = place.querySelector(`[data-field="${typing.key}"]`);
  if (!again) return;
  again.value = typing.text;
  again.focus();
}

// What is being written stays when the cell is drawn anew around it.
let typing = null;

function field(name, key, value, most, keep) {
  const input = make(key === "note" ? "textarea" : "input", { "data-field": key, maxlength: most, dir: "auto", rows: key === "note" ? 2 : null });
  input.value = value;
  input.addEventListener("input", () => { typing = { id: gallery.viewed, key, text: input.value }; });
  input.addEventListener("blur", () => {
    if (!input.isConnected) return;
    typing = null;
    if (input.value !== value) keep(input.value);
  });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && (key !== "note" || event.ctrlKey || event.metaKey)) input.blur();
  });
  return make("label", { class: "review-note" }, make("span", {}, words(name)), input);
}

// What the next run would do

const panel = make("aside", { class: "next", "aria-label": "Next run" });
const line = make("div");
const told = make("p", { role: "status", id: "review-told" });
panel.append(part("tray"), line);
document.body.append(panel);
const due = make("details", {}, make("summary", {}, "Instance by instance"), make("div", { class: "due", tabindex: "0", role: "region", "aria-label": "What the next run would do" }));

function nextWords() {
  const { totals } = known.next;
  const parts = [];
  if (totals.render) parts.push(counted(totals.render, "render"));
  if (totals.local) parts.push(counted(totals.local, "local step"));
  if (totals.attach) parts.push(`${counted(totals.attach, "request")} to wait for`);
  if (!parts.length) return totals.held ? "The next run would make nothing: the rest waits for picks." : "The next run would make nothing: all is there.";
  const cost = !totals.render ? "at no cost" : totals.cost_estimate_usd === null ? "price unknown" : known.simulated ? `${money(totals.cost_estimate_usd)} if it were not simulated` : money(totals.cost_estimate_usd);
  const held = totals.held ? `, ${counted(totals.held, "instance")} held for a pick${totals.held_cost_estimate_usd ? ` (${money(totals.held_cost_estimate_usd)})` : ""}` : "";
  return `The next run would make ${parts.join(" and ")}: ${cost}${held}.`;
}

function drawNext() {
  const run = known.run_now;
  const rows = [];
  if (run && run.lives) {
    const states = Object.entries(run.states).filter(([state]) => !["succeeded", "cached"].includes(state)).map(([state, number]) => `${number} ${state}`);
    rows.push(make("p", { class: "run-now" }, make("progress", { max: run.jobs, value: run.over, "aria-label": "The run that goes on" }),
      `A run goes on: ${run.over} of ${run.jobs} done${states.length ? `, ${states.join(", ")}` : ""}${run.cost_usd ? ` · ${money(run.cost_usd)}` : ""}`));
  } else {
    rows.push(make("p", { id: "next-words" }, nextWords()));
    if (known.next.instances.length) rows.push(make("code", {}, known.next.command));
  }
  for (const notice of run?.lives ? run.notices : []) rows.push(make("p", {}, sentence(notice)));
  for (const problem of known.problems) rows.push(make("p", { class: "wrong" }, sentence(problem)));
  if (known.next.held_behind.length) rows.push(make("p", { class: "behind" }, "Waits for a pick: ", ...known.next.held_behind.flatMap(behind)));
  rows.push(told);
  if (known.next.instances.length) {
    due.lastChild.replaceChildren(dueTable(known.next));
    rows.push(due);
  }
  line.replaceChildren(...rows);
}

// What waits for one pick, and the way to its takes.
function behind({ pick: group, instances, cost_estimate_usd: cost }, place) {
  const first = known.cells.find((cell) => cell.group === group && cell.take !== null);
  const there = () => gallery.reveal(first.id)?.querySelector(".open").focus();
  const name = first ? button(words(group), there, { class: "link" }) : words(group);
  return [...(place ? [", "] : []), name, ` (${counted(instances, "instance")}${cost ? `, ${money(cost)}` : ""})`];
}

function dueTable(next) {
  const row = (one) => make("tr", {}, make("th", { scope: "row" }, words(one.id)), make("td", {}, one.action), make("td", {}, sentence(one.why)), make("td", {}, one.cost_usd ? money(one.cost_usd) : ""));
  const head = make("thead", {}, make("tr", {}, ...["instance", "would be", "since", "costs"].map((name) => make("th", { scope: "col" }, name))));
  const rows = next.instances.map(row);
  if (next.more) rows.push(make("tr", {}, make("td", { colspan: 4 }, `and ${next.more} more`)));
  return make("table", {}, head, make("tbody", {}, ...rows));
}

function tell(text, wrong = false) {
  told.classList.toggle("wrong", wrong);
  told.textContent = text;
}

function lost() {
  tell("The review server does not answer any more: start `callsheet review` again and open its new link.", true);
}

// What happens on the page

document.addEventListener("callsheet:cell-shown", ({ detail }) => drawActions(detail.actions, detail.cell.group ? detail.cell : gallery.cell(detail.id)));
document.addEventListener("callsheet:lightbox", ({ detail }) => drawLightbox(detail.actions, detail.cell));
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing || !part("single-keys").checked) return;
  if (event.target.matches?.("input:not([type=checkbox]), select, textarea")) return;
  const id = gallery.viewed ?? (document.querySelector("dialog[open]") ? null : event.target.closest?.(".cell[data-id]")?.dataset.id);
  if (!id) return;
  if (event.key === "p") pick(id);
  else if (event.key === "x") reject(id);
  else if (event.key === "n" && gallery.viewed !== null) part("viewer-actions").querySelector("textarea")?.focus();
  else return;
  event.preventDefault();
});
for (const [keys, does] of [["P", "pick the take, or take the pick back"], ["X", "reject the take, or take that back"], ["N", "in the lightbox: comment"]]) {
  part("help-body").firstElementChild?.append(make("dt", {}, make("kbd", {}, keys)), make("dd", {}, does));
}

const news = new EventSource("/_review/events");
news.addEventListener("version", ({ data }) => { if (Number(data) !== known.version) refresh().catch(lost); });
news.addEventListener("error", () => { if (news.readyState === EventSource.CLOSED) lost(); });
addEventListener("pagehide", () => news.close());
refresh().catch(lost);
