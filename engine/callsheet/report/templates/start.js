// The page begins here. Scripts beside it see `window.callsheetGallery`, and these events, each with `detail.id`:
// `callsheet:cell-shown` (a cell was drawn; `detail.actions` is its empty place for buttons), `callsheet:lightbox`,
// `callsheet:lightbox-closed`, and on the document `callsheet:ready` and `callsheet:updated`.

function drawAll() {
  drawSummary();
  drawFacets();
  drawSections();
  drawTray();
}

// Show other data in place of these: what stands stays where it is, and only what changed is drawn anew.
function update(data) {
  const former = campaign;
  campaign = known(data);
  const layout = ({ nodes, cells }) => JSON.stringify([nodes.map(({ name, axes, takes, deliverable, ratio }) => [name, axes, takes, deliverable, ratio]), cells.map(({ id }) => id)]);
  const changed = new Set(campaign.cells.filter((cell) => JSON.stringify(cell) !== JSON.stringify(former.byId.get(cell.id))).map((cell) => cell.id));
  drawSummary();
  if (layout(former) !== layout(campaign) || isFilteredAnew()) {
    drawFacets();
    drawSections();
  } else {
    for (const node of campaign.nodes) {
      const section = sections.get(node.name);
      if (JSON.stringify(section.node) !== JSON.stringify(node)) section.head.replaceChildren(...headOf(node));
      section.node = node;
    }
    redraw(changed);
  }
  drawTray();
  if (viewed !== null && changed.has(viewed)) refreshViewer(former.byId.get(viewed));
  document.dispatchEvent(new CustomEvent("callsheet:updated", { detail: { ids: [...changed] } }));
}

function refreshViewer(former) {
  const cell = campaign.byId.get(viewed);
  const file = (one) => one?.outputs[viewedFile]?.sha256;
  drawViewer(cell);
  if (file(former) !== file(cell) || !file(cell)) screen(cell);
}

// Change some cells alone: each of `cells` is an id with the fields that are other now.
function change(cells) {
  const fields = new Map(cells.map((cell) => [cell.id, cell]));
  update({ ...campaign, cells: campaign.cells.map((cell) => (fields.has(cell.id) ? { ...cell, ...fields.get(cell.id) } : cell)) });
}

window.callsheetGallery = {
  update,
  change,
  open: view,
  close: () => viewer.close(),
  reveal: (id) => reveal(id),
  announce,
  cell: (id) => campaign.byId.get(id),
  get data() { return campaign; },
  get viewed() { return viewed; },
  get order() { return [...order]; },
};

drawAll();
let width = innerWidth;
addEventListener("resize", () => requestAnimationFrame(() => {
  if (innerWidth === width) return;
  width = innerWidth;
  arrange();
}));
if (location.hash.startsWith("#cell=")) {
  try { view(decodeURIComponent(location.hash.slice(6))); } catch { /* an address that names no cell */ }
} else if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
document.dispatchEvent(new CustomEvent("callsheet:ready"));
