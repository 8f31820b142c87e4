// Narrows a list as one types: every word must be found in an entry, itself or one that means the same.
// Nothing is asked of the server; the address keeps what was looked for, so that Back leads to it again.

function findable(slot, data) {
  const field = slot.querySelector("[data-find]");
  if (!field || field.oninput) return;
  const parts = [...slot.querySelectorAll("[data-part]")].map((part) => ({
    part,
    folded: part.tagName === "DETAILS" && !part.open,
    entries: [...part.querySelectorAll("[data-entry]")].map((entry) => ({
      entry,
      text: `${part.dataset.part} ${entry.textContent}`.toLowerCase(),
    })),
  }));
  const look = () => narrow(slot, parts, field.value, data.synonyms || []);
  field.oninput = () => {
    look();
    remembered(field.value.trim());
  };
  look();
}

function narrow(slot, parts, wanted, synonyms) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean).map((word) => alike(word, synonyms));
  let found = 0;
  for (const { part, entries, folded } of parts) {
    const hits = entries.filter(({ text }) => words.every((any) => any.some((word) => text.includes(word))));
    for (const each of entries) each.entry.hidden = words.length > 0 && !hits.includes(each);
    part.hidden = words.length > 0 && !hits.length;
    if (folded) part.open = words.length > 0 && hits.length > 0;
    const leads = slot.querySelector(`[data-anchor="${CSS.escape(part.id)}"]`);
    if (leads) leads.parentElement.hidden = part.hidden;
    found += hits.length;
  }
  for (const group of slot.querySelectorAll("[data-group]")) group.hidden = !group.querySelector("li:not([hidden])");
  const said = slot.querySelector("[data-found]");
  said.textContent = !words.length ? "" : (found ? said.dataset.found : said.dataset.none).replace("{count}", found);
  highlighted(slot, words.flat());
}

// The word, and what it becomes with a word that means the same in the place of its part.
function alike(word, synonyms) {
  const within = synonyms.flatMap((line) => line.filter((each) => word.includes(each)).map((each) => [each, line]));
  return [...new Set([word, ...within.flatMap(([each, line]) => line.map((other) => word.replace(each, other)))])];
}

// Marked without touching the text; a browser that cannot leaves it as it is.
function highlighted(slot, words) {
  if (!globalThis.Highlight) return;
  const marks = new Highlight();
  const walker = document.createTreeWalker(slot.querySelector("[data-parts]"), NodeFilter.SHOW_TEXT);
  while (words.length && walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest("[hidden]")) continue;
    const text = node.data.toLowerCase();
    for (const word of words) {
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        marks.add(range);
      }
    }
  }
  CSS.highlights.set("found", marks);
}

function remembered(wanted) {
  const address = new URL(location.href);
  if (wanted) address.searchParams.set("wanted", wanted);
  else address.searchParams.delete("wanted");
  history.replaceState(history.state, "", address);
}

// What is folded is printed too.
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details[data-part]:not([open])")) part.open = part.dataset.printed = true;
});
addEventListener("afterprint", () => {
  for (const part of document.querySelectorAll("details[data-printed]")) {
    part.open = false;
    delete part.dataset.printed;
  }
});

