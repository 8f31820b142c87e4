// A map that is moved and enlarged in its place: Ctrl and the wheel, two fingers, dragging, buttons, keys.
// The plain wheel and one finger scroll the page. Where it has been moved to outlives its being drawn anew.

const MOST = 16; // times enlarged
const STEP = 1.6;
const TYPE = 13; // pixels of a label, however much the map is enlarged
const LEAST = 12; // pixels of type a label's room is measured by
const STILL = 4; // pixels a pointer may move in a click

function movable(slot) {
  const frame = slot.querySelector("[data-zoom]");
  if (!frame) return;
  const svg = frame.querySelector("svg");
  const { x, y, width, height } = svg.viewBox.baseVal;
  const whole = { x, y, width, height };
  const views = (slot.views ??= {});
  const view = (views[frame.dataset.zoom] ??= { times: 1, x: x + width / 2, y: y + height / 2 });

  const draw = () => {
    const [wide, high] = [whole.width / view.times, whole.height / view.times];
    view.x = Math.min(Math.max(view.x, whole.x + wide / 2), whole.x + whole.width - wide / 2);
    view.y = Math.min(Math.max(view.y, whole.y + high / 2), whole.y + whole.height - high / 2);
    svg.setAttribute("viewBox", `${view.x - wide / 2} ${view.y - high / 2} ${wide} ${high}`);
    label(svg);
    frame.classList.toggle("enlarged", view.times > 1);
    for (const button of frame.querySelectorAll("[data-times]")) {
      button.disabled = view.times === (button.dataset.times > 1 ? MOST : 1);
    }
  };
  const zoom = (times, at) => {
    const before = view.times;
    view.times = Math.min(Math.max(before * times, 1), MOST);
    if (view.times < 1.01) view.times = 1;
    // The point under the pointer stays under it.
    if (at) for (const axis of "xy") view[axis] = at[axis] + ((view[axis] - at[axis]) * before) / view.times;
    draw();
  };
  const place = (clientX, clientY) => new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
  const pan = (across, down) => {
    const pixels = svg.getScreenCTM().a;
    [view.x, view.y] = [view.x - across / pixels, view.y - down / pixels];
    draw();
  };

  for (const button of frame.querySelectorAll("[data-times]")) {
    button.onclick = () => zoom(Number(button.dataset.times) || 1 / MOST);
  }
  svg.onwheel = (event) => {
    if (!event.ctrlKey && !event.metaKey) return hint(frame);
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), place(event.clientX, event.clientY));
  };
  dragged(svg, pan);
  pinched(svg, zoom, pan, place);
  walked(svg, frame, zoom, (unit) => {
    const { x, y, width, height } = unit.getBBox();
    const seen = svg.viewBox.baseVal;
    const [across, down] = [x + width / 2, y + height / 2];
    const outside = across < seen.x || across > seen.x + seen.width || down < seen.y || down > seen.y + seen.height;
    if (outside) draw(Object.assign(view, { x: across, y: down }));
  });
  slot.sized?.disconnect();
  slot.sized = new ResizeObserver(draw);
  slot.sized.observe(svg);
  draw();
}

// Labels keep their size on the screen; one is there once its area has room for it.
function label(svg) {
  const pixels = svg.getScreenCTM()?.a;
  if (!pixels) return;
  for (const each of svg.querySelectorAll("[data-room]")) {
    const [room, high, name, value] = each.dataset.room.split(" ").map(Number);
    const fits = (length, lines) => length * LEAST <= room * pixels && lines * LEAST * 0.8 <= high * pixels;
    const [first, second] = each.children;
    const both = fits(name * 0.95, 2) && fits(value, 2);
    first.setAttribute("display", both ? "inline" : "none");
    second.setAttribute("display", both || fits(value, 1) ? "inline" : "none");
    second.setAttribute("y", both ? 21 : 8);
    const [x, y] = each.dataset.at.split(" ");
    each.setAttribute("transform", `translate(${x} ${y}) scale(${TYPE / each.dataset.size / pixels})`);
  }
}

function hint(frame) {
  frame.classList.add("hinting");
  clearTimeout(frame.hinting);
  frame.hinting = setTimeout(() => frame.classList.remove("hinting"), 1500);
}

function dragged(svg, pan) {
  let [from, moved] = [null, false];
  svg.onpointerdown = (event) => {
    moved = false;
    from = event.pointerType !== "touch" && event.button === 0 ? [event.clientX, event.clientY] : null;
  };
  svg.onpointermove = (event) => {
    if (!from) return;
    const by = [event.clientX - from[0], event.clientY - from[1]];
    if (!moved && Math.hypot(...by) < STILL) return;
    moved = true;
    svg.setPointerCapture(event.pointerId);
    tell();
    pan(...by);
    from = [event.clientX, event.clientY];
  };
  svg.onpointerup = svg.onpointercancel = () => (from = null);
  // What ends a drag is no click on a unit.
  svg.addEventListener("click", (event) => moved && event.stopPropagation(), true);
}

function pinched(svg, zoom, pan, place) {
  let before = null;
  const middle = ([a, b]) => [(a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2];
  const apart = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  svg.ontouchstart = svg.ontouchmove = (event) => {
    if (event.touches.length !== 2) return (before = null);
    event.preventDefault();
    const now = { at: middle(event.touches), apart: apart(event.touches) };
    if (before) {
      pan(now.at[0] - before.at[0], now.at[1] - before.at[1]);
      zoom(now.apart / before.apart, place(...now.at));
    }
    before = now;
  };
  svg.ontouchend = () => (before = null);
}

// The map is one stop of the tabulator; arrows lead from a unit to the next in their direction.
function walked(svg, frame, zoom, show) {
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const keys = { "+": STEP, "=": STEP, "-": 1 / STEP, 0: 1 / MOST };
  const units = [...svg.querySelectorAll("[data-key]")];
  const middle = (unit) => {
    const { x, y, width, height } = unit.getBBox();
    return [x + width / 2, y + height / 2];
  };
  svg.addEventListener("focusin", ({ target }) => {
    for (const unit of units) unit.setAttribute("tabindex", unit === target ? 0 : -1);
    if (target.matches(":focus-visible")) show(target);
  });
  frame.onkeydown = (event) => {
    if (event.key in keys && !event.ctrlKey && !event.metaKey) return zoom(keys[event.key]);
    if (!(event.key in ways) || !units.includes(event.target)) return;
    event.preventDefault();
    const [[x, y], [across, down]] = [middle(event.target), ways[event.key]];
    const far = (unit) => {
      const [dx, dy] = [middle(unit)[0] - x, middle(unit)[1] - y];
      const along = dx * across + dy * down;
      return along > 0 ? along + 2 * Math.abs(dx * down + dy * across) : Infinity;
    };
    const next = units.reduce((one, other) => (far(other) < far(one) ? other : one));
    if (far(next) < Infinity) next.focus({ focusVisible: true });
  };
}
