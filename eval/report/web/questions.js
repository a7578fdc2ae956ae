// The list of questions: filtered, sorted, a page at a time, each made when it is first shown.

const PAGE = 50;
const { passages, questions } = JSON.parse(document.getElementById("data").textContent);
const form = document.querySelector(".filters");
const list = document.querySelector(".rows");
const more = document.querySelector(".more");
const head = document.querySelector(".rows-head");
const status = document.querySelector(".status");
const collator = new Intl.Collator("en", { numeric: true });

for (const row of questions) {
  const words = [row.id, row.question, row.answer, row.short_answer, row.error, ...row.gold_answers];
  row.haystack = words.filter(Boolean).join("\n").toLocaleLowerCase();
}

let shown = [];

function chosen() {
  const fields = Object.fromEntries(new FormData(form));
  const words = fields.text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = questions.filter((row) =>
    words.every((word) => row.haystack.includes(word)) &&
    (!fields.right || String(row.correct) === fields.right) &&
    (!fields.stage || row.stage === fields.stage) &&
    (!fields.outcome || (row.outcome ?? "failed") === fields.outcome) &&
    (!fields.tag || row.tags.includes(fields.tag)));
  return fields.sort ? sorted(found, fields.sort, "descending" in fields) : found;
}

/** Sorted by a field; rows without it come last either way, ties keep the order of the set. */
function sorted(rows, field, descending) {
  const sign = descending ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [one[field], other[field]];
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * (typeof a === "string" ? collator.compare(a, b) : a - b);
  });
}

function update() {
  shown = chosen();
  list.replaceChildren();
  extend(PAGE);
  const some = shown.length === questions.length ? "" : `${shown.length} of `;
  status.textContent = `${some}${questions.length} question${questions.length === 1 ? "" : "s"}`;
  const stage = form.elements.stage.value;
  for (const button of document.querySelectorAll("button[data-stage]")) {
    button.setAttribute("aria-pressed", String(button.dataset.stage === stage));
  }
  for (const button of head.querySelectorAll("button")) {
    const sorts = form.elements.sort.value === button.dataset.sort;
    button.className = sorts ? (form.elements.descending.checked ? "down" : "up") : "";
    button.setAttribute("aria-pressed", String(sorts));
  }
}

function extend(count) {
  const from = list.childElementCount;
  list.append(...shown.slice(from, from + count).map(listRow));
  const left = shown.length - list.childElementCount;
  more.hidden = left === 0;
  more.textContent = `Show ${Math.min(PAGE, left)} more of ${left}`;
}

function listRow(row) {
  const details = element("details", { class: row.correct ? "row right" : "row wrong" },
    element("summary", {},
      element("span", { class: "tick", "aria-hidden": "true" }, row.correct ? "✓" : "✗"),
      quoted("span", "id", row.id),
      quoted("span", "question", row.question),
      element("span", { class: "verdict" }, row.verdict),
      listFigure("confidence", figure(row.confidence)),
      listFigure("rank", figure(row.evidence_rank, 0)),
      listFigure("F1", figure(row.f1)),
      listFigure("ms", figure(row.milliseconds, 0)),
    ));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) {
      details.append(questionDetails(row, passages), tagLine(row));
    }
  });
  return element("li", {}, details);
}

function listFigure(label, value) {
  return element("span", { class: value === "–" ? "figure none" : "figure" },
    element("span", { class: "label" }, `${label} `), value);
}

function tagLine(row) {
  const tags = row.tags.map((tag) =>
    element("button", { type: "button", class: "tag", "data-tag": tag, dir: "auto" }, tag));
  const address = `#q=${encodeURIComponent(row.id)}`;
  return element("p", { class: "tag-line" }, tags, element("a", { href: address }, "link to this question"));
}

function clear() {
  form.reset();
  update();
}

/** Show the questions that have this value in this field, and nothing but them. */
function only(field, value) {
  form.reset();
  form.elements[field].value = value;
  update();
  reveal(document.getElementById("questions-title"));
}

function reveal(target) {
  target.scrollIntoView({ block: "start" });
  target.focus({ preventScroll: true });
}

/** Open the question that the address names. */
function follow() {
  const wanted = location.hash.startsWith("#q=") && decodeURIComponent(location.hash.slice(3));
  if (wanted === false || !questions.some((row) => row.id === wanted)) return;
  clear();
  const place = shown.findIndex((row) => row.id === wanted);
  if (place >= list.childElementCount) extend(place + 1 - list.childElementCount);
  const details = list.children[place].firstElementChild;
  details.open = true;
  reveal(details.firstElementChild);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.stage) {
    if (button.getAttribute("aria-pressed") === "true") clear();
    else only("stage", button.dataset.stage);
  } else if (button?.dataset.tag) {
    only("tag", button.dataset.tag);
  } else if (button?.classList.contains("clear")) {
    clear();
  } else if (button?.dataset.sort) {
    const { sort, descending } = form.elements;
    descending.checked = sort.value === button.dataset.sort && !descending.checked;
    sort.value = button.dataset.sort;
    update();
  }
});
form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
more.addEventListener("click", () => {
  const place = list.childElementCount;
  extend(PAGE);
  list.children[place]?.querySelector("summary").focus();
});
addEventListener("beforeprint", () => extend(shown.length));
addEventListener("hashchange", follow);

form.hidden = head.hidden = false;
update();
follow();
