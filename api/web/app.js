// The page's state is its address: `?q=…&publisher=…&since=…&until=…&article=…&at=start-end`.
// Asking and opening change the address; `render` makes the page follow it.

import { showAnswer } from "./answer.js";
import { article, ask, Problem } from "./client.js";
import { el } from "./elements.js";
import { Latest } from "./latest.js";
import { showArticle, showArticleProblem } from "./reader.js";

const FILTERS = ["publisher", "since", "until"];
const at = (id) => document.getElementById(id);
const [form, question, status, answer, latest, reader, desk] = [
  "ask", "question", "status", "answer", "latest", "reader", "desk",
].map(at);

let asked = "";
let opened = "";
let opener = null;
let asking = new AbortController();
let opening = new AbortController();

function address() {
  return new URLSearchParams(location.search);
}

function go(parameters) {
  const search = parameters.toString();
  const target = search ? `?${search}` : location.pathname;
  if (location.search !== (search ? target : "")) history.pushState(null, "", target);
  render();
}

function render() {
  const parameters = address();
  renderQuestion(parameters);
  renderArticle(parameters);
}

// --- the question

function submit() {
  if (!question.value.trim()) return;
  const parameters = new URLSearchParams({ q: question.value.trim() });
  for (const name of FILTERS) {
    const value = at(name).value.trim();
    if (value) parameters.set(name, value);
  }
  asked = ""; // the same question again is asked again
  go(parameters);
}

function renderQuestion(parameters) {
  const wanted = [parameters.get("q"), ...FILTERS.map((name) => parameters.get(name))];
  const key = parameters.get("q") ? JSON.stringify(wanted) : "";
  answer.hidden = !key;
  latest.hidden = Boolean(key);
  at("lede").hidden = Boolean(key);
  document.title = key ? `${parameters.get("q")} – Quoth` : "Quoth";
  if (key === asked && key) return;
  asked = key;
  asking.abort();
  busy(false);
  status.textContent = "";
  question.value = parameters.get("q") ?? "";
  for (const name of FILTERS) at(name).value = parameters.get(name) ?? "";
  at("filters").open ||= FILTERS.some((name) => parameters.has(name));
  if (key) askNow(parameters);
}

async function askNow(parameters) {
  asking = new AbortController();
  const { signal } = asking;
  const filters = Object.fromEntries(FILTERS.map((name) => [name, parameters.get(name)]));
  busy(true);
  answer.replaceChildren();
  try {
    const result = await ask({ question: parameters.get("q"), ...filters }, signal);
    showAnswer(answer, result, open);
    markOpened();
    // Said aloud to those who do not see the answer appear.
    status.textContent =
      result.outcome === "answered" ? spoken(result.citations.length) : "No answer in the archive.";
  } catch (error) {
    if (error.name === "AbortError") return;
    status.textContent = "";
    showProblem(error);
  }
  busy(false);
}

function spoken(quotes) {
  return quotes === 1 ? "Answered with one quote." : `Answered with ${quotes} quotes.`;
}

function busy(yes) {
  answer.setAttribute("aria-busy", String(yes));
  form.classList.toggle("busy", yes);
  if (yes) status.textContent = "Reading the archive …";
}

function showProblem(error) {
  if (!(error instanceof Problem)) console.error(error);
  const words = error instanceof Problem ? error.message : "This page has a fault.";
  answer.replaceChildren(
    el("p", { className: "problem", role: "alert" }, words, " ", error.hint ?? ""),
  );
  answer.hidden = false;
}

// --- the article

function open({ id, start, end }, from) {
  opener = from ?? null;
  const parameters = address();
  parameters.set("article", id);
  if (end > start) parameters.set("at", `${start}-${end}`);
  else parameters.delete("at");
  opened = ""; // the same quote again is brought into view again
  go(parameters);
}

function close() {
  const parameters = address();
  parameters.delete("article");
  parameters.delete("at");
  go(parameters);
}

async function renderArticle(parameters) {
  const id = parameters.get("article");
  const key = id ? `${id} ${parameters.get("at") ?? ""}` : "";
  if (key === opened) return;
  opened = key;
  opening.abort();
  markOpened();
  if (!id) return leaveArticle();
  opening = new AbortController();
  const { signal } = opening;
  try {
    const content = await article(id, signal);
    desk.classList.add("reading");
    showArticle(reader, content, span(parameters.get("at")), close);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Problem)) throw error;
    desk.classList.add("reading");
    showArticleProblem(reader, error, close);
  }
}

function leaveArticle() {
  if (reader.hidden) return;
  reader.hidden = true;
  reader.replaceChildren();
  desk.classList.remove("reading");
  (opener?.isConnected ? opener : question).focus();
  opener = null;
}

function span(text) {
  const [, start, end] = /^(\d{1,9})-(\d{1,9})$/.exec(text ?? "") ?? [];
  return start === undefined ? {} : { start: Number(start), end: Number(end) };
}

/** Show which quote is the one that lies open. */
function markOpened() {
  const number = opener?.closest("[data-quote]")?.dataset.quote;
  for (const element of answer.querySelectorAll("[data-quote]")) {
    const current = Boolean(opened) && element.dataset.quote === number;
    element.classList.toggle("open", current);
  }
}

// --- wiring

const archive = new Latest({
  place: latest,
  holdings: at("holdings"),
  publishers: at("publishers"),
  open,
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !reader.hidden) close();
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    question.focus();
  }
});
at("home").addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(new URLSearchParams());
  question.focus();
});
window.addEventListener("popstate", render);

render();
archive.load().catch((error) => {
  if (answer.hidden) showProblem(error);
});
