// The lightbox: one cell at full size beside everything known of it, and the way to the next.

const viewer = part("viewer");
let viewed = null;
let viewedFile = 0;

function neighbourOf(id) {
  return lineOf(id)?.line.places.find((place) => place.cell?.id === id)?.neighbour;
}

function view(id) {
  const cell = campaign.byId.get(id);
  if (!cell) return;
  viewed = id;
  viewedFile = 0;
  drawViewer(cell);
  screen(cell);
  part("details").scrollTop = 0;
  if (!viewer.open) viewer.showModal();
  viewer.scrollTop = 0;
  remember(`#cell=${encodeURIComponent(id)}`);
}

// The side of the lightbox; what plays is left alone.
function drawViewer(cell) {
  const names = labels(cell);
  part("viewer-node").replaceChildren(words(names.length ? cell.node : "Node"));
  part("viewer-title").replaceChildren(...(names.length ? between(names.map(words), () => " · ") : [words(cell.node)]));
  const place = order.indexOf(cell.id);
  part("back").disabled = place <= 0;
  part("on").disabled = place < 0 || place >= order.length - 1;
  part("tabs").replaceChildren(...(cell.outputs.length > 1 ? cell.outputs.map((output, number) => tab(cell, output, number)) : []));
  part("details-body").replaceChildren(...badgeLine(cell), ...compareLine(cell), ...details(cell, goTo));
  const actions = part("viewer-actions");
  actions.dataset.id = cell.id;
  actions.replaceChildren();
  viewer.dispatchEvent(new CustomEvent("callsheet:lightbox", { bubbles: true, detail: { id: cell.id, cell, element: viewer, actions } }));
}

function badgeLine(cell) {
  const all = badges(cell);
  return all.length ? [make("p", { class: "badges" }, ...all.map(([word, kind]) => make("span", { class: `badge ${kind}` }, word)))] : [];
}

function compareLine(cell) {
  if (!isComparable(cell)) return [];
  const box = make("input", { type: "checkbox" });
  box.checked = isChosen(cell.id);
  box.addEventListener("change", () => choose(cell.id, box.checked));
  return [make("label", { class: "check", "data-id": cell.id }, box, "Compare")];
}

function tab(cell, output, number) {
  return button(output.name, () => {
    viewedFile = number;
    for (const [place, other] of [...part("tabs").children].entries()) other.setAttribute("aria-pressed", String(place === number));
    screen(cell);
  }, { "aria-pressed": String(number === viewedFile) });
}

function screen(cell) {
  hush(part("screen"));
  const output = cell.outputs[viewedFile];
  if (!output) {
    part("screen").append(make("p", {}, make("strong", {}, verdict(cell)), make("br"), sentence(cell.error?.message || cell.detail || "There is no file.")));
    return;
  }
  const media = player(output, cell.prompt || cell.id);
  part("screen").append(media);
  if (media.play && !still.matches) media.play().catch(() => {});
}

function goTo(id) {
  view(id);
  part("close").focus();
}

function step(by) {
  const next = order[order.indexOf(viewed) + by];
  if (next !== undefined && viewed !== null) view(next);
}

function remember(hash) {
  try { history.replaceState(null, "", hash || location.pathname + location.search); } catch { /* some places allow no history */ }
}

part("back").addEventListener("click", () => step(-1));
part("on").addEventListener("click", () => step(1));
part("close").addEventListener("click", () => viewer.close());
viewer.addEventListener("click", (event) => event.target === part("screen") && viewer.close());
viewer.addEventListener("close", () => {
  hush(part("screen"));
  const id = viewed;
  viewed = null;
  remember("");
  viewer.dispatchEvent(new CustomEvent("callsheet:lightbox-closed", { bubbles: true, detail: { id } }));
  reveal(id)?.querySelector(".open")?.focus({ preventScroll: true });
});
