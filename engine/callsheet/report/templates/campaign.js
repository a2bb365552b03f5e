// The campaign as the page knows it: cells by id and by node, the ids of each axis in their order.

let campaign = known(JSON.parse(part("campaign").textContent));

const VERDICTS = {
  failed: "Failed", unknown: "Outcome unknown", cancelled: "Cancelled", held: "Held for a pick", blocked: "Blocked",
  skipped: "Not selected", succeeded: "Nothing published", cached: "Nothing published", planned: "Not made yet",
  waiting: "Waits for its inputs", queued: "In the queue", running: "Rendering", downloading: "Downloading", working: "Being made",
};

function known(data) {
  const byId = new Map();
  const byNode = new Map(data.nodes.map((node) => [node.name, []]));
  const axes = new Map();
  for (const cell of data.cells) {
    byId.set(cell.id, cell);
    byNode.get(cell.node)?.push(cell);
    for (const [axis, id] of Object.entries(cell.axes)) {
      if (!axes.has(axis)) axes.set(axis, new Set());
      axes.get(axis).add(id);
    }
  }
  return { ...data, byId, byNode, axes: new Map([...axes].map(([axis, ids]) => [axis, [...ids]])) };
}

// `take 1`, but `dawn`: a number alone says nothing.
function label(axis, id) {
  return /^\d+$/.test(id) ? `${axis} ${id}` : id;
}

function labels(cell) {
  return Object.entries(cell.axes).map(([axis, id]) => label(axis, id));
}

function verdict(cell) {
  if (cell.state === "queued" && cell.queue_position) return `In the queue, place ${cell.queue_position}`;
  return VERDICTS[cell.state] || cell.state;
}

// What is to be known about a cell at a glance: [word, kind] of each badge.
function badges(cell) {
  const all = [];
  const made = cell.outputs.length > 0;
  if (cell.picked) all.push(["picked", "picked"]);
  if (cell.stale_pick) all.push(["pick is stale", "stale"]);
  if (cell.stale) all.push(["stale", "stale"]);
  if (made && !["succeeded", "cached"].includes(cell.state)) all.push([verdict(cell).toLowerCase(), cell.state === "failed" ? "stale" : "quiet"]);
  if (made && cell.state === "cached") all.push(["cached", "quiet"]);
  if (isByFallback(cell)) all.push(["by fallback", "quiet"]);
  return all;
}

// Whether another route made it than the node's own.
function isByFallback(cell) {
  return Boolean(cell.own_route) && cell.outputs.length > 0 && cell.route !== cell.own_route;
}

// Whether a file of it may come at any moment.
function isUnderWay(cell) {
  return ["waiting", "queued", "running", "downloading", "working"].includes(cell.state);
}

function dollars(amount) {
  const rounded = Math.round(amount * 100) / 100;
  const digits = Math.abs(rounded - amount) < 0.00005 ? 2 : 4;
  return `${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: digits })} USD`;
}

function span(seconds) {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)} h` : `${minutes}:${two(whole % 60)} min`;
}

function bytes(size) {
  return size < 1e6 ? `${Math.max(1, Math.round(size / 1e3))} kB` : `${(size / 1e6).toFixed(1)} MB`;
}
