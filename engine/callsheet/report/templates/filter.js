// Which cells are shown: by node, state, axis values and free text. Nothing chosen of a kind means all of it.

const MOST_CHIPS = 12;
const wanted = { text: "", facets: new Map() };
const haystacks = new WeakMap();

function filtered() {
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  const facets = [...wanted.facets].filter(([, values]) => values.size);
  const passes = (cell) =>
    facets.every(([facet, values]) => passesFacet(cell, facet, values)) && words.every((word) => haystack(cell).includes(word));
  return new Set(campaign.cells.filter(passes).map((cell) => cell.id));
}

function passesFacet(cell, facet, values) {
  const value = valueOf(cell, facet);
  if (value === undefined) return false;
  return values.has(value) || (values.part !== undefined && value.toLowerCase().includes(values.part));
}

function valueOf(cell, facet) {
  if (facet === "node") return cell.node;
  if (facet === "state") return cell.stale ? "stale" : cell.state;
  return cell.axes[facet.slice(5)];
}

function haystack(cell) {
  if (!haystacks.has(cell)) {
    const texts = [cell.id, cell.prompt, cell.route, cell.own_route, cell.step, cell.intent, cell.request_id, cell.key, cell.error?.message, ...cell.outputs.map((output) => output.path)];
    for (const value of Object.values(cell.input)) if (typeof value === "string") texts.push(value);
    haystacks.set(cell, texts.filter(Boolean).join("\n").toLowerCase());
  }
  return haystacks.get(cell);
}

function drawFacets() {
  const states = [...new Set(campaign.cells.map((cell) => valueOf(cell, "state")))];
  const kinds = [
    ["node", "Node", campaign.nodes.map((node) => node.name)],
    ["state", "State", states],
    ...[...campaign.axes].map(([axis, ids]) => [`axis:${axis}`, axis, ids]),
  ];
  part("facets").replaceChildren(...kinds.filter(([, , values]) => values.length > 1).map(facetElement));
}

function facetElement([facet, title, values]) {
  if (!wanted.facets.has(facet)) wanted.facets.set(facet, new Set());
  const chosen = wanted.facets.get(facet);
  const legend = make("legend", {}, words(title));
  if (values.length > MOST_CHIPS) {
    const input = make("input", { type: "search", "aria-label": `${title} contains`, placeholder: `${values.length.toLocaleString("en")} ids`, autocomplete: "off", spellcheck: "false" });
    input.value = chosen.part || "";
    input.addEventListener("input", () => {
      chosen.clear();
      chosen.part = input.value.toLowerCase();
      if (chosen.part) chosen.add(input.value);
      typed();
    });
    return make("fieldset", {}, legend, input);
  }
  const chips = values.map((value) => {
    const chip = button(words(value), () => {
      if (!chosen.delete(value)) chosen.add(value);
      chip.setAttribute("aria-pressed", String(chosen.has(value)));
      changedFilter();
    }, { class: "chip", "aria-pressed": String(chosen.has(value)) });
    return chip;
  });
  return make("fieldset", {}, legend, ...chips);
}

function changedFilter() {
  arrange();
  announce(part("found").textContent);
}

// Typing on is not waited for.
let typing = null;
function typed() {
  clearTimeout(typing);
  typing = setTimeout(changedFilter, campaign.cells.length > 500 ? 150 : 0);
}

function told(number) {
  const all = campaign.cells.length;
  const active = number < all;
  part("found").textContent = active ? `${number.toLocaleString("en")} of ${all.toLocaleString("en")} shown` : `${all.toLocaleString("en")} shown`;
  part("clear").hidden = !active;
  part("filter-count").textContent = active ? ` ${number.toLocaleString("en")}/${all.toLocaleString("en")}` : "";
}

function openFilter(open) {
  part("filter").hidden = !open;
  part("filter-open").setAttribute("aria-expanded", String(open));
  if (open) part("text").focus();
}

// Whether the filter lets other cells through than those that are shown.
function isFilteredAnew() {
  const shown = filtered();
  return shown.size !== order.length || order.some((id) => !shown.has(id));
}

part("filter-open").addEventListener("click", () => openFilter(part("filter").hidden));
part("filter").addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  openFilter(false);
  part("filter-open").focus();
});
part("filter").addEventListener("submit", (event) => event.preventDefault());
part("filter").addEventListener("reset", () => {
  wanted.text = "";
  for (const values of wanted.facets.values()) { values.clear(); delete values.part; }
  drawFacets();
  changedFilter();
  part("text").focus();
});
part("text").addEventListener("input", () => {
  wanted.text = part("text").value;
  typed();
});
