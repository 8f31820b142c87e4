// What a mark says (data-tip, else its label): beside the pointer, after a tap, and where the keyboard is.

const NEAR = 24; // pixels: a small mark is meant by a pointer close to it

function tellTips(slot) {
  if (slot.tells) return;
  slot.tells = true;
  const byPointer = (event) => tell(meant(event), event.clientX, event.clientY);
  slot.addEventListener("pointermove", byPointer);
  slot.addEventListener("pointerdown", byPointer);
  slot.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && tell());
  slot.addEventListener("focusin", ({ target }) => {
    const { left, bottom, width } = target.getBoundingClientRect();
    if (target.matches("[data-tip]:focus-visible")) tell(target, left + width / 2, bottom);
  });
  slot.addEventListener("focusout", () => tell());
}

function meant(event) {
  const own = event.target.closest("[data-tip]");
  const chart = event.target.closest(".chart");
  if (own || !chart) return own;
  const distance = (mark) => {
    const { left, top, width, height } = mark.getBoundingClientRect();
    return Math.hypot(left + width / 2 - event.clientX, top + height / 2 - event.clientY);
  };
  const marks = [...chart.querySelectorAll("[data-tip]")].map((mark) => [distance(mark), mark]);
  const [away, mark] = marks.reduce((one, other) => (other[0] < one[0] ? other : one), [NEAR]);
  return away < NEAR ? mark : null;
}

function tell(mark, x, y) {
  let tip = document.querySelector("body > .tip");
  if (!mark) return tip?.remove();
  if (!tip) {
    tip = document.body.appendChild(document.createElement("div"));
    tip.className = "tip";
    tip.ariaHidden = "true"; // the mark's own label is what is read aloud
  }
  const [name, ...more] = (mark.dataset.tip || mark.ariaLabel).split("\n");
  tip.replaceChildren(Object.assign(document.createElement("b"), { textContent: name }), "\n" + more.join("\n"));
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - width - 4))}px`;
  tip.style.top = `${y + 18 + height > innerHeight ? Math.max(4, y - height - 12) : y + 18}px`;
}

addEventListener("scroll", () => tell(), { capture: true, passive: true });
