// Draws a block, goes where its links lead, and saves it as picture or table. No request leaves the page.

const SVG = "http://www.w3.org/2000/svg";

// On a phone the menu covers the page it has just led to.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-testid=stSidebarNavLink]") && innerWidth <= 768) {
    document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
  }
});

export default function ({ parentElement, data }) {
  const slot = parentElement.querySelector(".slot");
  if (slot.shown !== data.html) {
    const isNew = slot.shown === undefined;
    const held = slot.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    slot.innerHTML = data.html; // every text in it was escaped where it was made
    slot.shown = data.html;
    tell();
    movable(slot);
    if (held) slot.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
    // What a link has opened further down the page comes into sight.
    const opened = slot.querySelector("[data-arrive]");
    if (opened && (isNew || window.linkFollowed)) arriveAt(opened.closest(".exhibit") || opened);
    if (opened) window.linkFollowed = false;
    named(slot, data);
  }
  if (data.language) inTheReadersLanguage(data);
  findable(slot, data);
  // A link opened in a new tab, or copied, keeps the view it stands in.
  for (const link of slot.querySelectorAll("a[data-go]")) link.href = completed(link.dataset.go);
  const act = (event) => {
    const save = event.target.closest("[data-save]");
    const going = event.target.closest("[data-go]");
    const copy = event.target.closest("[data-copy]");
    const anchor = event.target.closest("[data-anchor]");
    if (anchor) {
      event.preventDefault();
      reveal(anchor.dataset.anchor);
    } else if (copy) copied(copy);
    else if (save) saveAs(save.dataset.save, slot, data);
    else if (going && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      go(completed(going.dataset.go));
    }
  };
  tellTips(slot);
  slot.onclick = act;
  slot.onkeydown = (event) => {
    const ownKeys = event.target.closest("a, button, summary, input, select");
    if (!ownKeys && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      act(event);
    }
  };
}

// A part of the page by the key of its block or its own name: in sight, opened, and where the keyboard goes on from.
function reveal(name) {
  const part = document.getElementById(name) || document.querySelector(`.st-key-${CSS.escape(name)}`);
  if (!part) return;
  if (part.tagName === "DETAILS") part.open = true;
  part.scrollIntoView({ block: "start" });
  const heading = part.querySelector("h2, h3, summary") || part;
  if (!heading.matches("summary")) heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

// What was opened begins near the top of the window, its heading below the bar. Parts of the page that are drawn after
// it move it or make room for it: it is brought there again until the page is still or the reader takes over.
function arriveAt(part) {
  if (inSight(part)) return;
  const bring = () => part.scrollIntoView({ block: "start" });
  const again = new ResizeObserver(bring);
  const leave = () => again.disconnect();
  bring();
  again.observe(document.querySelector(".stMainBlockContainer"));
  for (const act of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(act, leave, { once: true });
  setTimeout(leave, 3_000);
}

// The text beside the button. Works without a secure connection too, where navigator.clipboard does not exist;
// if the browser refuses, the text stays selected.
function copied(button) {
  button.parentElement.querySelector("textarea").select();
  if (document.execCommand("copy")) button.textContent = button.dataset.copy;
}

// A link is a step in the browser's history; Streamlit hears of it as it hears of Back, and runs the page it names.
function go(address) {
  if (address === location.href) return;
  window.linkFollowed = true; // what it opens on this page is looked for once it is drawn
  history.pushState({}, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
}

function completed(address) {
  const goal = new URL(address.startsWith("?") ? location.pathname + address : address, location.href);
  const query = new URLSearchParams(location.search);
  for (const [key, value] of goal.searchParams) value ? query.set(key, value) : query.delete(key);
  goal.search = query;
  return goal.href;
}

function inSight(element) {
  const { top } = element.getBoundingClientRect();
  return top >= 60 && top + 240 <= innerHeight;
}

// The document's language, and what a screen reader says of the elements that are not ours.
function inTheReadersLanguage({ language, named }) {
  document.documentElement.lang = language === "zh" ? "zh-CN" : language;
  const skip = document.querySelector("[data-testid=stSkipToContent]");
  if (skip) skip.textContent = named.skip;
  document.querySelector("[data-testid=stTopNav]")?.setAttribute("aria-label", named.pages);
  document.querySelector("[data-testid=stExpandSidebarButton]")?.setAttribute("aria-label", named.menu);
  for (const each of document.querySelectorAll(".stSelectbox button")) each.setAttribute("aria-label", named.options);
}

// Drawings and tables without a name of their own have that of their exhibit.
function named(slot, data) {
  const name = data.title || slot.querySelector("h2, h3, caption")?.textContent;
  if (!name) return;
  for (const each of slot.querySelectorAll("table:not([aria-label])")) if (!each.caption) each.setAttribute("aria-label", name);
  for (const each of slot.querySelectorAll("svg:not([aria-label], [aria-hidden], [role])")) {
    if (each.parentElement.closest("svg, [aria-label]")) continue;
    each.setAttribute("role", "img");
    each.setAttribute("aria-label", name);
  }
}

async function saveAs(form, slot, data) {
  if (form === "csv") return download(new Blob(["\ufeff", data.csv], { type: "text/csv" }), `${data.name}.csv`);
  const drawing = composed(slot, data);
  const text = new XMLSerializer().serializeToString(drawing);
  const picture = new Blob([text], { type: "image/svg+xml" });
  if (form === "svg") return download(picture, `${data.name}.svg`);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [drawing.width.baseVal.value * 2, drawing.height.baseVal.value * 2];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => download(blob, `${data.name}.png`), "image/png");
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// Title, the drawings where they stand on the screen, legend and source on white paper.
function composed(slot, data) {
  const chart = data.chart && document.querySelector(`.st-key-${CSS.escape(data.chart)} .js-plotly-plot`);
  const body = chart || slot.querySelector(".body");
  const frame = body.getBoundingClientRect();
  const width = Math.ceil(frame.width) + 32;
  const paper = element("svg", { xmlns: SVG, width, "font-family": getComputedStyle(slot).fontFamily });
  const white = paper.appendChild(element("rect", { width: "100%", height: "100%", fill: "#FFFFFF" }));
  let y = 10;
  if (data.finding) y = paragraph(paper, wrapped(data.finding, width - 32, 17), y, 17, "#1D1D1F", 600);
  const [size, weight] = data.finding ? [13, 400] : [15, 600];
  y = paragraph(paper, wrapped(data.title, width - 32, size), y, size, "#1D1D1F", weight);
  y += 6;
  // A drawing may hold drawings of its own: they go with it.
  const whole = [...body.querySelectorAll("svg")].filter((svg) => !svg.parentElement.closest("svg"));
  const drawings = chart ? [chart] : whole;
  const top = Math.min(...drawings.map((each) => each.getBoundingClientRect().top));
  for (const svg of chart ? chart.querySelectorAll(".main-svg") : whole) {
    const place = svg.getBoundingClientRect();
    const copy = paper.appendChild(svg.cloneNode(true));
    const at = { x: 16 + place.left - frame.left, y: y + place.top - top, width: place.width, height: place.height };
    for (const [name, value] of Object.entries(at)) copy.setAttribute(name, value);
    for (const mark of copy.querySelectorAll("[data-tip]")) mark.removeAttribute("data-tip");
    copy.removeAttribute("style");
  }
  y += Math.max(...drawings.map((each) => each.getBoundingClientRect().bottom - top)) + 8;
  y = legend(paper, slot.querySelectorAll(".legend li"), y, width);
  for (const text of [...slot.querySelectorAll(".src.told")].map(told).concat(data.source)) {
    y = paragraph(paper, wrapped(text, width - 32, 12), y, 12, "#5A5A5A", 400);
  }
  paper.setAttribute("height", Math.ceil(y + 10));
  paper.setAttribute("viewBox", `0 0 ${width} ${Math.ceil(y + 10)}`);
  white.setAttribute("height", Math.ceil(y + 10));
  return paper;
}

// What a note says beside the picture, without what can be pressed.
function told(note) {
  const copy = note.cloneNode(true);
  for (const each of copy.querySelectorAll(".print-hidden")) each.remove();
  return copy.textContent.trim();
}

function legend(paper, entries, y, width) {
  let x = 16;
  for (const entry of entries) {
    const swatch = entry.querySelector("i");
    const wide = measured(entry.textContent, 12) + (swatch ? 20 : 0);
    if (x > 16 && x + wide > width - 16) [x, y] = [16, y + 18];
    if (swatch) {
      const fill = getComputedStyle(swatch).backgroundColor;
      const hatched = swatch.classList.contains("hatched");
      paper.appendChild(element("rect", { x, y: y + 3, width: 14, height: 10, fill: hatched ? "url(#hatch)" : fill, stroke: "#999999", "stroke-width": 0.5 }));
    }
    const line = written(paper, entry.textContent, y, 12, "#444444", 400, x + (swatch ? 18 : 0));
    coloured(line, entry.querySelector("b"));
    x += wide + 10;
  }
  return entries.length ? y + 20 : y;
}

// A sign at the beginning of an entry keeps the colour it has on the marks.
function coloured(line, sign) {
  if (!sign || !line.textContent.startsWith(sign.textContent)) return;
  const rest = line.textContent.slice(sign.textContent.length);
  line.textContent = "";
  const first = line.appendChild(element("tspan", { fill: getComputedStyle(sign).color }));
  first.textContent = sign.textContent;
  line.append(rest);
}

function paragraph(paper, lines, y, size, fill, weight) {
  for (const line of lines) {
    written(paper, line, y, size, fill, weight);
    y += size * 1.45;
  }
  return y;
}

function written(paper, text, y, size, fill, weight, x = 16) {
  const line = paper.appendChild(element("text", { x, y: y + size, "font-size": size, "font-weight": weight, fill }));
  line.textContent = text;
  return line;
}

// What a line is broken between: ideographs, each with the signs that may not begin a line, and words.
const PIECES = /[\u2e80-\uffef\u{20000}-\u{3ffff}][，。；：、）”\s]*|[^\s\u2e80-\uffef\u{20000}-\u{3ffff}]+\s*|\s+/gu;

function wrapped(text, width, size) {
  const lines = [];
  let line = "";
  for (const piece of (text || "").match(PIECES) || []) {
    if (line && measured(line + piece.trimEnd(), size) > width) [lines[lines.length], line] = [line.trimEnd(), ""];
    line += piece;
  }
  return line ? [...lines, line] : lines;
}

function measured(text, size) {
  return [...text].reduce((sum, sign) => sum + (sign.codePointAt(0) > 0x2e80 ? size : size * 0.56), 0);
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (key !== "xmlns") made.setAttribute(key, value);
  return made;
}
