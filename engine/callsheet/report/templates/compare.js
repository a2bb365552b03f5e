// Two to four cells side by side under one clock and one scrubber; two also as a wipe, one over the other.

const MOST_CHOSEN = 4;
const FRAME = 1 / 25;
const chosen = [];
const comparison = part("compare");
let clock = null;
let wiping = false;

function isChosen(id) {
  return chosen.includes(id);
}

function isComparable(cell) {
  return Boolean(cell?.outputs.length) && cell.outputs[0].kind !== "none";
}

// Take a cell into the comparison or out of it; a fifth one pushes out the first.
function choose(id, on) {
  if (!isComparable(campaign.byId.get(id))) return;
  const place = chosen.indexOf(id);
  if (on && place < 0) chosen.push(id);
  if (!on && place >= 0) chosen.splice(place, 1);
  if (chosen.length > MOST_CHOSEN) chosen.shift();
  drawTray();
  announce(chosen.length ? `${chosen.length} chosen for comparison` : "None chosen for comparison");
}

function drawTray() {
  for (let place = chosen.length - 1; place >= 0; place--) if (!campaign.byId.has(chosen[place])) chosen.splice(place, 1);
  part("tray").hidden = chosen.length === 0;
  part("chosen").replaceChildren(...between(chosen.map(words), () => " / "));
  part("compare-open").disabled = chosen.length < 2;
  part("compare-open").textContent = chosen.length < 2 ? "Choose one more" : `Compare ${chosen.length}`;
  for (const box of document.querySelectorAll(":is(.chooser, .check)[data-id] input, [data-id] .chooser input")) box.checked = isChosen(box.closest("[data-id]").dataset.id);
}

function openComparison() {
  if (chosen.length < 2) return;
  drawPanes();
  comparison.showModal();
  if (!still.matches) clock.play().then(drawPlay);
}

function drawPanes() {
  clock?.end();
  hush(part("panes"));
  wiping &&= chosen.length === 2;
  part("mode-wipe").hidden = chosen.length !== 2;
  part("mode-side").setAttribute("aria-pressed", String(!wiping));
  part("mode-wipe").setAttribute("aria-pressed", String(wiping));
  const cells = chosen.map((id) => campaign.byId.get(id));
  part("panes").className = `panes panes-${cells.length}${wiping ? " wipe" : ""}`;
  const panes = cells.map((cell, place) => pane(cell, unlike(cell, cells), place));
  part("panes").append(...panes, ...(wiping ? [divider()] : []));
  const media = [...part("panes").querySelectorAll("video, audio")];
  clock = new Clock(media, drawTime);
  part("transport").hidden = media.length === 0;
  const ranged = () => {
    if (!clock) return;
    part("scrub").max = clock.length || 1;
    drawTime(clock.now);
  };
  for (const one of media) one.addEventListener("durationchange", ranged);
  ranged();
  drawPlay();
}

function pane(cell, other, place) {
  const output = cell.outputs[0];
  const media = player(output, cell.id);
  if (output.kind !== "image") {
    for (const name of ["controls", "loop", "poster"]) media.removeAttribute(name);
    media.preload = "auto";
    media.muted = true;
  }
  const sound = output.kind === "image" ? [] : [button(`Sound`, () => hear(place), { class: "sound", "aria-pressed": "false", "aria-label": `Sound of ${cell.id}` })];
  const text = cell.prompt ? [make("p", { class: "text", dir: "auto" }, ...marked(cell.prompt, other?.prompt || cell.prompt))] : [];
  return make("figure", { class: "pane", "data-id": cell.id }, make("div", { class: "frame" }, media),
    make("figcaption", {}, make("p", { class: "pane-name" }, make("span", { class: "letter", "aria-hidden": "true" }, "ABCD"[place]), words(cell.id), ...sound), ...text));
}

// The first of the chosen cells that was asked for something else.
function unlike(cell, cells) {
  return cells.find((one) => one.prompt !== cell.prompt);
}

// One clip is heard at a time, and none at first.
function hear(place) {
  [...part("panes").querySelectorAll(".pane")].forEach((one, number) => {
    const media = one.querySelector("video, audio");
    if (!media) return;
    media.muted = number !== place || !media.muted;
    one.querySelector(".sound").setAttribute("aria-pressed", String(!media.muted));
  });
}

function divider() {
  const range = make("input", { type: "range", min: 0, max: 100, step: 0.5, value: 50, class: "divider", "aria-label": "Wipe: how much of A is seen" });
  const wipe = () => part("panes").style.setProperty("--wipe", `${range.value}%`);
  range.addEventListener("input", wipe);
  wipe();
  return make("div", { class: "divider-place" }, make("span", { class: "divider-line", "aria-hidden": "true" }), range);
}

function drawTime(seconds) {
  const scrub = part("scrub");
  scrub.value = seconds;
  const text = `${seconds.toFixed(2)} / ${(clock?.length || 0).toFixed(2)} s`;
  if (part("time").textContent === text) return;
  part("time").textContent = text;
  scrub.setAttribute("aria-valuetext", `${seconds.toFixed(2)} seconds of ${(clock?.length || 0).toFixed(2)}`);
}

function drawPlay() {
  const on = clock?.playing;
  part("play").setAttribute("aria-label", on ? "Pause" : "Play");
  part("play").firstElementChild.textContent = on ? "❚❚" : "▶";
}

function togglePlay() {
  if (clock.playing) clock.pause();
  else clock.play().then(drawPlay);
  drawPlay();
}

function nudge(by) {
  if (clock.playing) clock.pause();
  clock.moveTo(clock.now + by);
  drawPlay();
}

function wipeMode(on) {
  const at = clock ? clock.now : 0;
  const playing = clock?.playing;
  wiping = on;
  drawPanes();
  const fresh = clock;
  Promise.all(fresh.media.map(measured)).then(() => fresh.moveTo(at)).then(() => playing && clock === fresh && fresh.play()).then(drawPlay);
}

part("compare-open").addEventListener("click", openComparison);
part("compare-clear").addEventListener("click", () => {
  chosen.length = 0;
  drawTray();
  part("main").focus({ preventScroll: true });
});
part("compare-close").addEventListener("click", () => comparison.close());
part("mode-side").addEventListener("click", () => wipeMode(false));
part("mode-wipe").addEventListener("click", () => wipeMode(true));
part("play").addEventListener("click", togglePlay);
part("frame-back").addEventListener("click", () => nudge(-FRAME));
part("frame-on").addEventListener("click", () => nudge(FRAME));
part("scrub").addEventListener("input", () => {
  const to = Number(part("scrub").value);
  if (clock.playing) clock.pause();
  clock.moveTo(to);
  drawPlay();
});
comparison.addEventListener("close", () => {
  clock?.end();
  clock = null;
  hush(part("panes"));
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden && clock?.playing) { clock.pause(); drawPlay(); }
});
