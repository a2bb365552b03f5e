// One cell of a grid: a poster that plays under the pointer or the focus, what it is called, what makes it different.

const WAVE = [10, 22, 16, 38, 54, 30, 62, 44, 70, 36, 58, 26, 46, 18, 32, 12];
const RESTS = 90;
let cellNumber = 0;

// A place in a grid is {cell, label, neighbour}; without a cell the campaign leaves this combination out. `ratio` is what
// a box without a picture has, null where it is as high as its words.
function drawnCell(place, ratio) {
  if (!place.cell) return absentCell(place, ratio);
  const { cell } = place;
  const output = cell.outputs[0];
  const item = make("li", { class: `cell is-${cell.state}${output ? "" : " open-end"}`, "data-id": cell.id });
  const name = make("span", { class: "unseen", id: `name-${cellNumber++}` }, "Open ", words(cell.id), output ? "" : `, ${verdict(cell)}`);
  const open = button("", () => view(cell.id), { class: "open", "aria-labelledby": name.id });
  open.append(output ? pictureBox(output, ratio) : troubleBox(cell, ratio));
  const actions = make("div", { class: "actions", "data-id": cell.id });
  item.append(open, caption(cell, place.label), ...textOf(place), name, actions);
  if (isComparable(cell)) item.append(chooser(cell));
  if (output?.kind === "video") playsNear(open, output);
  return item;
}

function absentCell(place, ratio) {
  const box = make("div", { class: "box empty" }, make("p", {}, place.hidden ? "filtered out" : "not in this campaign"));
  box.style.aspectRatio = ratio ?? "auto";
  return make("li", { class: "cell absent" }, box, make("p", { class: "caption" }, make("span", { class: "name" }, words(place.label))));
}

function pictureBox(output, ratio) {
  const box = make("span", { class: "box" });
  box.style.aspectRatio = output.width && output.height ? `${output.width} / ${output.height}` : ratio;
  const poster = posterOf(output);
  if (poster) {
    box.append(make("img", { class: "media", src: poster, alt: "", loading: "lazy", decoding: "async" }));
  } else if (output.kind === "video") {
    box.append(make("video", { class: "media first", src: `${addressOf(output)}#t=0.1`, muted: true, preload: "metadata", tabindex: -1, "aria-hidden": "true" }));
  } else if (output.kind === "audio") box.append(wave());
  else box.append(make("span", { class: "media file" }, (output.path.split(".").pop() || "file").toUpperCase()));
  if (output.kind === "video" || output.kind === "audio") box.append(make("span", { class: "play", "aria-hidden": "true" }));
  return box;
}

function wave() {
  return draw("svg", { class: "media wave", viewBox: "0 0 160 90", "aria-hidden": "true" },
    ...WAVE.map((height, place) => draw("rect", { x: 8 + place * 9, y: 45 - height / 2, width: 4, height, rx: 2 })));
}

function troubleBox(cell, ratio) {
  const box = make("span", { class: "box trouble" }, make("span", { class: "verdict" }, verdict(cell)));
  box.style.aspectRatio = ratio ?? "auto";
  const said = cell.error?.message || cell.detail;
  if (said) box.append(make("span", { class: "said" }, sentence(said)));
  if (cell.error?.hint) box.append(make("span", { class: "hint" }, sentence(cell.error.hint)));
  return box;
}

function caption(cell, text) {
  const facts = [];
  if (cell.outputs.length && cell.kind === "step") facts.push("made here");
  else if (cell.cost_usd !== null) facts.push(dollars(cell.cost_usd));
  if (cell.outputs[0]?.seconds) facts.push(span(cell.outputs[0].seconds));
  if (cell.outputs.length > 1) facts.push(`${cell.outputs.length} files`);
  return make("p", { class: "caption" },
    make("span", { class: "name" }, words(text || cell.node)),
    ...badges(cell).map(([word, kind]) => make("span", { class: `badge ${kind}` }, word)),
    make("span", { class: "fact" }, facts.join(" · ")));
}

function textOf({ cell, neighbour }) {
  if (!cell.prompt || !cell.outputs.length) return [];
  const other = neighbour ? neighbour.prompt : cell.prompt;
  return [make("p", { class: "text", dir: "auto" }, ...excerpt(cell.prompt, other))];
}

function chooser(cell) {
  const box = make("input", { type: "checkbox", "aria-label": `Compare ${cell.id}` });
  box.checked = isChosen(cell.id);
  box.addEventListener("change", () => choose(cell.id, box.checked));
  return make("label", { class: "chooser" }, box, make("span", { "aria-hidden": "true" }, "Compare"));
}

// A clip plays, without sound, while the pointer rests on it or the keyboard is there; its file is asked for only then.
function playsNear(open, output) {
  const box = open.firstElementChild;
  let video = null;
  let intent = null;
  const begin = () => {
    if (video || still.matches || !open.isConnected) return;
    video = make("video", { class: "media moving", src: addressOf(output), loop: true, playsinline: true, tabindex: -1, "aria-hidden": "true" });
    video.muted = true;
    video.addEventListener("playing", () => open.classList.add("playing"), { once: true });
    box.insertBefore(video, box.querySelector(".play"));
    video.play().catch(() => {});
  };
  const end = () => {
    clearTimeout(intent);
    if (!video) return;
    open.classList.remove("playing");
    video.pause();
    video.removeAttribute("src");
    video.load();
    video.remove();
    video = null;
  };
  open.addEventListener("pointerenter", (event) => {
    if (event.pointerType === "mouse") intent = setTimeout(begin, RESTS);
  });
  open.addEventListener("pointerleave", end);
  open.addEventListener("focus", () => open.matches(":focus-visible") && begin());
  open.addEventListener("blur", end);
  open.addEventListener("click", end);
}
