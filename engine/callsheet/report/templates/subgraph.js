// How a cell was made, as a small picture: what it is made from, left of it, in as many layers as that takes.

const MOST_BOXES = 40;
const BOX = { width: 132, height: 44, across: 28, down: 10 };
const SMALLEST = 0.8;

// The picture of a cell's producers and their files; null where there are none. `go` is told which one is chosen.
function subgraph(cell, go) {
  const graph = upstream(cell);
  if (graph.boxes.size < 2) return null;
  const layers = layered(graph);
  const tallest = Math.max(...layers.map((layer) => layer.length));
  const places = new Map();
  layers.forEach((layer, column) => layer.forEach((id, row) => places.set(id, {
    x: 1 + column * (BOX.width + BOX.across),
    y: 1 + (row + (tallest - layer.length) / 2) * (BOX.height + BOX.down),
  })));
  const width = layers.length * (BOX.width + BOX.across) - BOX.across + 2;
  const height = tallest * (BOX.height + BOX.down) - BOX.down + 2;
  const name = `${cell.id} is made from ${[...graph.boxes.keys()].filter((id) => id !== cell.id).join(", ")}`;
  const picture = draw("svg", { class: "subgraph", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": name });
  for (const [from, to] of graph.edges) picture.append(edge(places.get(from), places.get(to)));
  for (const [id, box] of graph.boxes) picture.append(boxElement(id, box, places.get(id), id === cell.id, go));
  picture.style.width = `${width / 16}rem`;
  picture.style.minWidth = `${(width * SMALLEST) / 16}rem`;
  const frame = make("div", { class: "graph", tabindex: 0, role: "group", "aria-label": "How it was made" }, picture);
  return graph.left ? [frame, make("p", { class: "note" }, `and ${graph.left} more`)] : [frame];
}

function upstream(cell) {
  const boxes = new Map([[cell.id, { cell }]]);
  const edges = [];
  const open = [cell];
  let left = 0;
  while (open.length) {
    const one = open.shift();
    const sources = [...one.needs.map((id) => [id, { cell: campaign.byId.get(id) }]), ...assets(one)];
    for (const [id, box] of sources) {
      if (!boxes.has(id)) {
        if (boxes.size >= MOST_BOXES) { left++; continue; }
        boxes.set(id, box);
        if (box.cell) open.push(box.cell);
      }
      edges.push([id, one.id]);
    }
  }
  return { boxes, edges, left };
}

function assets(cell) {
  const values = Object.values(cell.input).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return values
    .map((value) => value && typeof value === "object" && (value.asset || value.url))
    .filter(Boolean)
    .map((path) => [`file ${path}`, { file: path }]);
}

// Each box as far left of the cell as its longest way to it, the farthest layer first.
function layered({ boxes, edges }) {
  const depth = new Map([...boxes.keys()].map((id) => [id, 0]));
  for (let round = 0; round < boxes.size; round++) {
    let moved = false;
    for (const [from, to] of edges) {
      if (depth.get(from) < depth.get(to) + 1) { depth.set(from, depth.get(to) + 1); moved = true; }
    }
    if (!moved) break;
  }
  const deepest = Math.max(...depth.values());
  return Array.from({ length: deepest + 1 }, (_, layer) => [...boxes.keys()].filter((id) => depth.get(id) === deepest - layer)).filter((layer) => layer.length);
}

function edge(from, to) {
  const x1 = from.x + BOX.width, y1 = from.y + BOX.height / 2, x2 = to.x, y2 = to.y + BOX.height / 2;
  const bend = BOX.across / 2;
  return draw("path", { class: "edge", d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` });
}

function boxElement(id, { cell, file }, { x, y }, self, go) {
  const title = file ? file.split("/").pop() : cell ? cell.node : id.split("[")[0];
  const small = file ? "file" : cell ? labels(cell).join(" · ") || (cell.step || "") : "not on this page";
  const group = draw("g", { class: `node-box${self ? " self" : ""}${file ? " asset" : ""}${cell && !cell.outputs.length ? " open-end" : ""}` },
    draw("title", {}, file || id),
    draw("rect", { x, y, width: BOX.width, height: BOX.height, rx: 7 }),
    draw("text", { x: x + 10, y: y + 18, class: "strong", direction: "ltr" }, cut(title, 17)),
    draw("text", { x: x + 10, y: y + 34, direction: "ltr" }, cut(small, 21)));
  if (!cell || self) return group;
  filled(group, { tabindex: 0, role: "button", "aria-label": `Show ${id}` }, []);
  group.addEventListener("click", () => go(id));
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    go(id);
  });
  return group;
}

function cut(text, most) {
  const inert = text.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/g, "");
  const letters = [...inert];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : inert;
}
