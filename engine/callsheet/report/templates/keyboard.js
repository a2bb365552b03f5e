// Everything by keyboard: arrows walk the grids and the lightbox, letters are short ways, `?` says which.

const KEYS = [
  ["Tab, Shift+Tab", "the next or the last control"],
  ["← → ↑ ↓", "on a clip: the clip that lies there; in the lightbox: the one before or after"],
  ["Home, End", "on a clip: the first or the last on the page"],
  ["Enter", "open the clip in the lightbox"],
  ["Esc", "close what is open, the filter too"],
  ["C", "take the clip into the comparison, or out of it"],
  ["V", "compare the chosen clips"],
  ["Space", "in the comparison: play or pause"],
  [", and .", "in the comparison: one frame back or on"],
  ["W", "in the comparison: wipe, or side by side"],
  ["1 to 4", "in the comparison: hear this clip alone, or none"],
  ["/", "filter"],
  ["T", "colours: as the system, light, dark"],
  ["?", "this help"],
];
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

part("help-body").append(make("dl", { class: "pairs" }, ...KEYS.flatMap(([keys, does]) =>
  [make("dt", {}, ...between(keys.split(/(?<=\S) (?=\S)/).map((key) => (/^(to|and)$/.test(key) ? key : make("kbd", {}, key.replace(/,$/, "") || ","))), () => " ")), make("dd", {}, does)])));
part("help-open").addEventListener("click", () => part("help").showModal());
part("help-close").addEventListener("click", () => part("help").close());
part("single-keys").checked = memory.get("single-keys") !== "off";
part("single-keys").addEventListener("change", () => memory.set("single-keys", part("single-keys").checked ? "on" : "off"));

// The clip that lies in a direction from the one that has the focus.
function walk(from, [right, down]) {
  const at = from.getBoundingClientRect();
  let best = null, least = Infinity;
  for (const open of document.querySelectorAll(".cell .open")) {
    const to = open.getBoundingClientRect();
    const x = to.left + to.width / 2 - at.left - at.width / 2;
    const y = to.top + to.height / 2 - at.top - at.height / 2;
    const ahead = x * right + y * down, aside = Math.abs(x * down + y * right);
    if (open !== from && ahead > 8 && ahead + aside * 3 < least) { best = open; least = ahead + aside * 3; }
  }
  best?.focus({ preventScroll: true });
  best?.scrollIntoView({ block: "nearest", inline: "nearest" });
  return Boolean(best);
}

function onPage(event) {
  const from = event.target;
  const onClip = from.matches?.(".cell .open");
  if (onClip && WAYS[event.key]) return walk(from, WAYS[event.key]);
  if (onClip && (event.key === "Home" || event.key === "End")) {
    reveal(event.key === "Home" ? order[0] : order.at(-1))?.querySelector(".open").focus();
    return true;
  }
  if (!singleKeys()) return false;
  const id = from.closest?.(".cell[data-id]")?.dataset.id;
  if (event.key === "c" && id) return choose(id, !isChosen(id)), true;
  if (event.key === "v" && chosen.length > 1) return openComparison(), true;
  if (event.key === "/") return openFilter(true), true;
  if (event.key === "t") return nextTheme(), true;
  if (event.key === "?") return part("help").showModal(), true;
  return false;
}

function inLightbox(event) {
  if (event.target.matches("video, audio, .graph, .graph *")) return false;
  if (event.key === "ArrowLeft") return step(-1), true;
  if (event.key === "ArrowRight") return step(1), true;
  if (singleKeys() && event.key === "c") return choose(viewed, !isChosen(viewed)), true;
  return false;
}

function inComparison(event) {
  const onButton = event.target.matches("button");
  if (event.key === " " && !onButton) return togglePlay(), true;
  if (!singleKeys()) return false;
  if (event.key === ",") return nudge(-FRAME), true;
  if (event.key === ".") return nudge(FRAME), true;
  if (event.key === "w" && chosen.length === 2) return wipeMode(!wiping), true;
  if (/^[1-4]$/.test(event.key) && Number(event.key) <= chosen.length) return hear(Number(event.key) - 1), true;
  return false;
}

function singleKeys() {
  return part("single-keys").checked;
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.target.matches?.("input:not([type=checkbox]):not([type=range]), select, textarea, [contenteditable]")) return;
  const open = document.querySelector("dialog[open]");
  const done = open === viewer ? inLightbox(event) : open === comparison ? inComparison(event) : open ? false : onPage(event);
  if (done) event.preventDefault();
});
