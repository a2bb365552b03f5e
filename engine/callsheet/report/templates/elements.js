// Making elements. Text is only ever added as text: nothing here reads a string as markup.

const part = (id) => document.getElementById(id);
const words = (text) => make("bdi", { dir: "auto" }, String(text));
// A sentence of callsheet's own, in which names stand between backticks.
function sentence(text) {
  const pieces = String(text).split(/`([^`]*)`/);
  return make("bdi", { dir: "auto" }, ...pieces.map((piece, place) => (place % 2 ? make("code", {}, piece) : piece)));
}

const still = matchMedia("(prefers-reduced-motion: reduce)");

function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function draw(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

function button(name, does, attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, name);
  element.addEventListener("click", does);
  return element;
}

function between(parts, separator) {
  return parts.flatMap((one, place) => (place ? [separator(), one] : [one]));
}

function announce(text) {
  part("announce").textContent = text;
}

// What a person chose on this page, kept where the browser allows it.
const memory = {
  get(name) {
    try { return localStorage.getItem(`callsheet:${name}`); } catch { return null; }
  },
  set(name, value) {
    try { localStorage.setItem(`callsheet:${name}`, value); } catch { /* a page from disk may have no memory */ }
  },
};
