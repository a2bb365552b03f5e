"use strict";
(() => {
  const cells = JSON.parse(document.getElementById("campaign").textContent).cells;
  const places = new Map(cells.map((cell, number) => [cell.id, number]));
  const opens = [...document.querySelectorAll("[data-cell]")];
  const part = (id) => document.getElementById(id);
  const viewer = part("viewer");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let shown = 0;

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }
  const words = (text) => make("bdi", { dir: "auto" }, String(text));

  // The page: play under the pointer or the focus, load as it comes near, walk with the arrow keys.
  function preview(open, on) {
    const video = open.querySelector("video");
    if (!video || still.matches) return;
    open.classList.toggle("playing", on);
    if (on) video.play().catch(() => open.classList.remove("playing"));
    else { video.pause(); video.currentTime = 0.1; }
  }
  for (const open of opens) {
    open.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && preview(open, true));
    open.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && preview(open, false));
    open.addEventListener("focus", () => open.matches(":focus-visible") && preview(open, true));
    open.addEventListener("blur", () => preview(open, false));
    open.addEventListener("click", () => { preview(open, false); view(Number(open.dataset.cell)); });
    const video = open.querySelector("video");
    if (video) video.addEventListener("loadedmetadata", () => {
      const box = open.querySelector(".r-unknown");
      if (box && video.videoWidth) box.style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
    });
  }
  // A browser holds only so many videos at once: those far from the view are let go.
  const sources = new Map([...document.querySelectorAll("[data-cell] video")].map((video) => [video, video.getAttribute("src")]));
  const near = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting && (!target.hasAttribute("src") || target.preload === "none")) {
        target.preload = "metadata";
        target.src = sources.get(target);
      } else if (!isIntersecting && target.hasAttribute("src")) {
        target.removeAttribute("src");
        target.load();
      }
    }
  }, { rootMargin: "900px" });
  if (part("main").hasAttribute("data-many")) for (const video of sources.keys()) near.observe(video);

  document.addEventListener("keydown", (event) => {
    if (viewer.open || event.altKey || event.ctrlKey || event.metaKey) return;
    const from = document.activeElement;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way || !from.matches("[data-cell]")) return;
    const at = from.getBoundingClientRect();
    let best = null, least = Infinity;
    for (const open of opens) {
      const to = open.getBoundingClientRect();
      const across = to.left + to.width / 2 - at.left - at.width / 2;
      const down = to.top + to.height / 2 - at.top - at.height / 2;
      const ahead = across * way[0] + down * way[1];
      const aside = Math.abs(across * way[1] + down * way[0]);
      if (open !== from && ahead > 8 && ahead + aside * 3 < least) { best = open; least = ahead + aside * 3; }
    }
    if (!best) return;
    event.preventDefault();
    best.focus();
    best.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  // The viewer: one instance at full size, and everything known of it.
  function view(number) {
    shown = number;
    const cell = cells[number];
    const axes = Object.entries(cell.axes).map(([axis, id]) => /^\d+$/.test(id) ? `${axis} ${id}` : id);
    part("viewer-node").replaceChildren(words(axes.length ? cell.node : "Node"));
    part("viewer-title").replaceChildren(...(axes.length ? axes.flatMap((id, place) => place ? [" · ", words(id)] : [words(id)]) : [words(cell.node)]));
    part("back").disabled = number === 0;
    part("on").disabled = number === cells.length - 1;
    part("tabs").replaceChildren(...(cell.outputs.length > 1 ? cell.outputs.map((output, place) => tab(cell, output, place)) : []));
    screen(cell, 0);
    part("details-body").replaceChildren(...details(cell));
    part("details-body").parentElement.scrollTop = 0;
    if (!viewer.open) viewer.showModal();
    viewer.scrollTop = 0;
  }
  function tab(cell, output, place) {
    const button = make("button", { type: "button", "aria-pressed": String(place === 0) }, output.name);
    button.addEventListener("click", () => {
      for (const other of part("tabs").children) other.setAttribute("aria-pressed", String(other === button));
      screen(cell, place);
    });
    return button;
  }
  function screen(cell, place) {
    const output = cell.outputs[place];
    hush();
    if (!output) {
      const error = cell.error || {};
      part("screen").replaceChildren(make("p", {}, words(error.message || `No file: ${cell.state}`)));
      return;
    }
    let media;
    if (output.kind === "video") media = make("video", { src: output.href, controls: "", loop: "", playsinline: "" });
    else if (output.kind === "audio") media = make("audio", { src: output.href, controls: "" });
    else if (output.kind === "image") media = make("img", { src: output.href });
    else media = make("a", { href: output.href, class: "file" }, output.href.split("/").pop());
    if (output.kind === "image") media.alt = cell.prompt || cell.id;
    else media.setAttribute("aria-label", cell.id);
    const ratio = (wide, high) => wide && high && media.style.setProperty("--ratio", wide / high);
    ratio(output.width, output.height);
    media.addEventListener("loadedmetadata", () => ratio(media.videoWidth, media.videoHeight));
    media.addEventListener("load", () => ratio(media.naturalWidth, media.naturalHeight));
    part("screen").replaceChildren(media);
    if (media.play) media.play().catch(() => {});
  }
  function hush() {
    const media = part("screen").querySelector("video, audio");
    if (media) { media.pause(); media.removeAttribute("src"); media.load(); }
    part("screen").replaceChildren();
  }
  function details(cell) {
    const all = [];
    if (cell.error) all.push(make("p", { class: "verdict-line" }, words(cell.error.message), ...(cell.error.hint ? [make("br"), words(cell.error.hint)] : [])));
    if (cell.prompt) all.push(make("h3", {}, cell.kind === "step" ? "Text" : "Prompt"), make("p", { class: "prompt", dir: "auto" }, cell.prompt));
    all.push(make("h3", {}, "How it was made"), pairs([
      ["Instance", code(cell.id)], ...Object.entries(cell.axes),
      ["Route", cell.route], ["Step", cell.step],
      ["Intent", cell.intent && [words(cell.intent), ...(cell.intent_why ? [make("br"), make("span", { class: "note" }, words(cell.intent_why))] : [])]],
      ["Seed", cell.kind === "route" ? cell.seed : null],
      ["Cost", cell.kind === "step" ? "made here, free" : cell.cost_usd === null ? null : `${cell.cost_usd} USD`],
      ["Took", cell.seconds === null ? null : `${cell.seconds.toFixed(1)} s`],
      ["State", cell.stale ? `${cell.state}, stale: the pipeline asks for something else now` : cell.state],
      ["Shares", cell.shared_with && [jump(cell.shared_with)]],
      ["Made from", cell.needs.length ? cell.needs.flatMap((id, place) => place ? [make("br"), jump(id)] : [jump(id)]) : null],
      ["Request", code(cell.request_id)], ["Key", code(cell.key)],
    ]));
    const inputs = Object.entries(cell.input).filter(([, value]) => value !== cell.prompt);
    if (inputs.length) all.push(make("h3", {}, "Input"), pairs(inputs.map(([name, value]) => [name, input(name, value, cell)])));
    for (const output of cell.outputs) all.push(make("h3", {}, output.name), pairs([
      ["File", [make("a", { href: output.href }, words(output.path))]],
      ["Size", [output.width && `${output.width} × ${output.height}`, output.seconds && `${output.seconds} s`, size(output.bytes)].filter(Boolean).join(" · ")],
      ["SHA-256", code(output.sha256)],
    ]));
    if (cell.warnings.length) all.push(make("h3", {}, "Warnings"), ...cell.warnings.map((text) => make("p", {}, words(text))));
    return all;
  }
  function pairs(rows) {
    const list = make("dl", { class: "pairs" });
    for (const [name, value] of rows) {
      if (value === null || value === undefined || value === "") continue;
      list.append(make("dt", {}, words(name)), make("dd", {}, ...(Array.isArray(value) ? value : [words(value)])));
    }
    return list;
  }
  const code = (text) => text ? [make("bdi", { class: "code" }, text)] : null;
  const size = (bytes) => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  function input(name, value, cell) {
    const some = (Array.isArray(value) ? value : [value]).flatMap((one, place) => [...(place ? [make("br")] : []), ...item(one)]);
    return cell.defaults.includes(name) ? [...some, make("span", { class: "note" }, " (default)")] : some;
  }
  function item(value) {
    if (value === null || typeof value !== "object") return [words(value)];
    if (value.from) return [jump(value.from)];
    return [words(value.asset || value.url || JSON.stringify(value))];
  }
  function jump(id) {
    const number = places.get(id);
    if (number === undefined) return words(id);
    const button = make("button", { type: "button", class: "link" }, words(id));
    button.addEventListener("click", () => { view(number); part("close").focus(); });
    return button;
  }
  function step(by) {
    if (cells[shown + by]) view(shown + by);
  }
  part("back").addEventListener("click", () => step(-1));
  part("on").addEventListener("click", () => step(1));
  part("close").addEventListener("click", () => viewer.close());
  viewer.addEventListener("click", (event) => event.target === part("screen") && viewer.close());
  viewer.addEventListener("close", () => {
    hush();
    const open = opens.find((one) => Number(one.dataset.cell) === shown);
    if (open) { open.focus({ preventScroll: true }); open.scrollIntoView({ block: "nearest" }); preview(open, false); }
  });
  viewer.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("video, audio")) return;
    if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
    else return;
    event.preventDefault();
  });
})();
