// Everything known of one cell, for the side of the lightbox.

function details(cell, go) {
  const neighbour = neighbourOf(cell.id);
  return [
    ...trouble(cell),
    ...promptOf(cell, neighbour),
    ...picture(cell, go),
    heading("Facts"), pairs(factsOf(cell, neighbour, go)),
    ...(cell.before || []).flatMap(attempt),
    ...inputs(cell, neighbour, go),
    ...cell.outputs.flatMap(fileOf),
    ...(cell.warnings.length ? [heading("Warnings"), ...cell.warnings.map((text) => make("p", { class: "warning" }, sentence(text)))] : []),
  ];
}

function heading(text) {
  return make("h3", {}, text);
}

function trouble(cell) {
  const all = [];
  if (cell.error) {
    const hint = cell.error.hint ? [make("span", { class: "hint" }, sentence(cell.error.hint))] : [];
    all.push(make("p", { class: `verdict-line is-${cell.state}` }, make("strong", {}, verdict(cell)), sentence(cell.error.message), ...hint));
  } else if (cell.detail) all.push(make("p", { class: `verdict-line is-${cell.state}` }, make("strong", {}, verdict(cell)), words(cell.detail)));
  if (cell.stale) all.push(make("p", { class: "verdict-line" }, "Stale: the pipeline asks for something else now."));
  if (cell.stale_pick) all.push(make("p", { class: "verdict-line" }, "The pick was made on other footage and counts as none: pick again."));
  return all;
}

function promptOf(cell, neighbour) {
  if (!cell.prompt) return [];
  const other = neighbour && neighbour.prompt !== cell.prompt ? neighbour : null;
  const text = make("p", { class: "prompt", dir: "auto" }, ...(other ? marked(cell.prompt, other.prompt) : [cell.prompt]));
  const said = text.querySelector("mark") ? [make("mark", {}, "marked"), " is what differs from "] : ["altogether other than in "];
  const note = other ? [make("p", { class: "note" }, ...said, words(other.id))] : [];
  return [heading(cell.kind === "step" ? "Text" : "Prompt"), text, ...note];
}

function picture(cell, go) {
  const drawn = subgraph(cell, go);
  return drawn ? [heading("How it was made"), ...drawn] : [];
}

// What a run would do now, in a review.
function nextWords({ action, why, cost_usd: cost }) {
  return make("span", {}, `${action}: `, sentence(why), cost ? ` (${dollars(cost)})` : "");
}

function factsOf(cell, neighbour, go) {
  const why = cell.intent_why ? [make("br"), make("span", { class: "note" }, words(cell.intent_why))] : [];
  return [
    ["Instance", code(cell.id)], ...Object.entries(cell.axes),
    ["Route", cell.route], ["Step", cell.step], ["Intent", cell.intent && [words(cell.intent), ...why]],
    ["Instead of", isByFallback(cell) ? cell.own_route : null],
    ["Seed", cell.kind !== "route" || cell.seed === null ? null : neighbour && neighbour.seed !== cell.seed ? [make("mark", {}, String(cell.seed))] : cell.seed],
    ["Cost", cell.kind === "step" ? "made here, free" : cell.cost_usd === null ? null : `${dollars(cell.cost_usd)}${campaign.simulated ? ", had it been charged" : ""}`],
    ["Took", cell.seconds === null ? null : span(cell.seconds)],
    ["Next run", cell.next && [nextWords(cell.next)]],
    ["State", cell.stale ? `${cell.state}, stale` : cell.state],
    ["Picked", cell.picked === true ? "yes" : cell.picked === false ? "no" : null],
    ["Shares", cell.shared_with && [jump(cell.shared_with, go)]],
    ["Request", code(cell.request_id)], ["Key", code(cell.key)], ["Run", code(cell.run)],
  ];
}

// A route that was tried before another one took over.
function attempt({ route, request_id: request, cost_usd: cost, error }) {
  return [heading("Tried before"), pairs([
    ["Route", route], ["Failed", error && [sentence(error.message)]], ["Cost", cost === null ? null : dollars(cost)], ["Request", code(request)],
  ])];
}

function inputs(cell, neighbour, go) {
  const rows = Object.entries(cell.input).filter(([, value]) => value !== cell.prompt || !cell.prompt);
  if (!rows.length) return [];
  const differs = (name) => neighbour && JSON.stringify(neighbour.input[name]) !== JSON.stringify(cell.input[name]);
  return [heading("Input"), pairs(rows.map(([name, value]) => {
    const shown = inputValue(value, go);
    if (cell.defaults.includes(name)) shown.push(make("span", { class: "note" }, " (default)"));
    return [name, differs(name) ? [make("mark", {}, ...shown)] : shown];
  }))];
}

function inputValue(value, go) {
  const items = (Array.isArray(value) ? value : [value]).map((one) => {
    if (one === null || typeof one !== "object") return words(one);
    if (one.from) return jump(one.from, go);
    return one.asset || one.url ? words(one.asset || one.url) : record(one);
  });
  return between(items, () => make("br"));
}

// A value with parts, each in its own direction of writing.
function record(values) {
  const parts = Object.entries(values).map(([name, value]) =>
    make("span", {}, make("span", { class: "note" }, words(name), " "), words(value !== null && typeof value === "object" ? JSON.stringify(value) : value)));
  return make("span", {}, ...between(parts, () => " · "));
}

function fileOf(output) {
  const facts = [output.width && `${output.width} × ${output.height}`, output.seconds && `${output.seconds} s`, bytes(output.bytes)];
  return [heading(output.name), pairs([
    ["File", [make("a", { href: addressOf(output), download: embedded.get(output.sha256) ? output.path.split("/").pop() : null }, words(output.path))]],
    ["Size", facts.filter(Boolean).join(" · ")], ["Type", output.media_type], ["SHA-256", code(output.sha256)],
  ])];
}

function pairs(rows) {
  const list = make("dl", { class: "pairs" });
  for (const [name, value] of rows) {
    if (value === null || value === undefined || value === "") continue;
    list.append(make("dt", {}, words(name)), make("dd", {}, ...(Array.isArray(value) ? value : [words(value)])));
  }
  return list;
}

function code(text) {
  return text ? [make("bdi", { class: "code" }, text)] : null;
}

function jump(id, go) {
  return campaign.byId.has(id) ? button(words(id), () => go(id), { class: "link" }) : words(id);
}
