// Files: where they are (beside the page, or in it), and the elements that show them.

const embedded = new Map();

// The address of a file by its digest where the page holds it, else as it is given.
function address(digest, given, type) {
  if (!embedded.has(digest)) {
    const element = document.querySelector(`script[data-file="${CSS.escape(digest)}"]`);
    embedded.set(digest, element ? URL.createObjectURL(decoded(element.textContent, type)) : null);
    element?.remove();
  }
  return embedded.get(digest) || given;
}

function decoded(base64, type) {
  const text = atob(base64);
  const content = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place++) content[place] = text.charCodeAt(place);
  return new Blob([content], { type });
}

function addressOf(output) {
  return address(output.sha256, output.href, output.media_type);
}

function posterOf(output) {
  if (output.poster) return address(`poster-${output.sha256}`, output.poster, "image/jpeg");
  return output.kind === "image" ? addressOf(output) : null;
}

// A file at full size; `name` is said to those who can't see it.
function player(output, name) {
  const href = addressOf(output);
  let media;
  if (output.kind === "video") {
    media = make("video", { src: href, poster: posterOf(output), controls: true, loop: true, playsinline: true });
  } else if (output.kind === "audio") media = make("audio", { src: href, controls: true });
  else if (output.kind === "image") media = make("img", { src: href, alt: name });
  else media = make("a", { href, class: "file", download: output.path.split("/").pop() }, words(output.path.split("/").pop()));
  if (output.kind !== "image") media.setAttribute("aria-label", name);
  const shape = (wide, high) => wide && high && media.style.setProperty("--ratio", wide / high);
  shape(output.width, output.height);
  media.addEventListener("loadedmetadata", () => shape(media.videoWidth, media.videoHeight));
  media.addEventListener("load", () => shape(media.naturalWidth, media.naturalHeight));
  return media;
}

// Stops what plays in an element and lets its files go: a browser holds only so many.
function hush(element) {
  for (const media of element.querySelectorAll("video, audio")) {
    media.pause();
    media.removeAttribute("src");
    media.load();
  }
  element.replaceChildren();
}
