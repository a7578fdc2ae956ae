// Puts the page together. Its state is its address (`address.js`): whatever somebody does changes
// the address, and `render` makes the page follow it.

import { ArchiveView } from "./archive.js";
import { conversationAddress, readAddress, withArticle, withoutArticle } from "./address.js";
import { Problem, publishers } from "./client.js";
import { el } from "./elements.js";
import { FilterFields } from "./filters.js";
import { Home } from "./home.js";
import { installKeys } from "./keyboard.js";
import { Reader } from "./reader.js";
import { keep } from "./recent.js";
import { installSignIn } from "./signin.js";
import { showStatus } from "./status.js";
import { Thread } from "./thread.js";

const at = (id) => document.getElementById(id);
const [form, question, status, column] = ["ask", "question", "status", "column"].map(at);
const TITLES = { archive: "Archive – Quoth", status: "Status – Quoth" };

// --- going somewhere

function go(address, { replace = false } = {}) {
  const here = `${location.pathname}${location.search}`;
  const there = new URL(address, location.href);
  if (`${there.pathname}${there.search}` !== here) {
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
  }
  render();
}

function open(span, opener = null) {
  reader.expect(opener);
  markOpened(opener);
  go(withArticle(span));
}

function render() {
  const wanted = readAddress();
  for (const view of ["ask", "archive", "status"]) at(`${view}-view`).hidden = view !== wanted.view;
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === wanted.view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = TITLES[wanted.view] ?? (wanted.questions.length ? `${wanted.questions.at(-1)} – Quoth` : "Quoth");
  if (wanted.view === "ask") renderAsking(wanted);
  if (wanted.view === "archive") {
    archive.show(wanted).catch(problemIn(() => archive.total));
    offerPublishers();
  }
  if (wanted.view === "status") showStatus(at("status-view")).catch(problemIn(() => at("status-view")));
  if (!wanted.article) markOpened(null);
  reader.show(wanted.article);
}

// --- asking

function renderAsking({ questions, filters }) {
  const talking = questions.length > 0;
  at("ask-view").classList.toggle("talking", talking);
  at("home").hidden = talking;
  question.placeholder = talking ? "Ask a follow-up …" : "Who said what, when, how many …";
  fields.value = filters;
  if (!talking && !home.shown) {
    home.shown = true;
    home.show().catch(problemIn(() => home.latest));
  }
  if (!talking) home.showRecent();
  thread.show(questions, filters);
}

function submit() {
  const asked = question.value.trim();
  if (!asked) return;
  const { questions } = readAddress();
  question.value = "";
  go(conversationAddress([...questions, asked], fields.value));
  thread.turns.at(-1)?.element.scrollIntoView({ block: "start" });
}

function told(words, done = false) {
  status.textContent = words;
  form.classList.toggle("busy", !done);
}

function aloud(words) {
  at("said-aloud").append(el("p", {}, words));
}

/** Say in the place of what could not be shown why it could not. */
function problemIn(place) {
  return (error) => {
    if (error.name === "AbortError") return;
    if (!(error instanceof Problem)) console.error(error);
    const words = error instanceof Problem ? error.message : "This page has a fault.";
    place().replaceChildren(el("p", { className: "problem", role: "alert" }, words, " ", error.hint ?? ""));
  };
}

/** Show which quote is the one that lies open. */
function markOpened(opener) {
  const turn = opener?.closest(".turn");
  const number = opener?.closest("[data-quote]")?.dataset.quote;
  for (const element of at("thread").querySelectorAll("[data-quote]")) {
    element.classList.toggle("open", turn?.contains(element) && element.dataset.quote === number);
  }
}

// --- parts

const reader = new Reader({
  place: at("reader"),
  desk: at("desk"),
  behind: [column, at("masthead")],
  close: () => go(withoutArticle()),
  open,
  deleted() {
    home.shown = false;
    thread.forget(); // answers may quote it
    go(withoutArticle());
    archive.reload().catch(problemIn(() => archive.total));
  },
});
const thread = new Thread({
  place: at("thread"),
  told,
  aloud,
  open,
  answered: keep,
});
const home = new Home({ place: at("home"), go, open });
const archive = new ArchiveView({
  place: at("archive-view"),
  go,
  open,
  changed() {
    home.shown = false;
    offered = false;
    offerPublishers();
  },
});
const fields = new FilterFields({
  details: at("filters"),
  summary: at("filters-summary"),
  choices: at("publishers"),
  since: at("since"),
  until: at("until"),
  changed(filters) {
    const { questions } = readAddress();
    if (questions.length) go(conversationAddress(questions, filters));
  },
});

let offered = false;

/** Let the publishers be chosen, once somebody comes to where that is done. */
async function offerPublishers() {
  if (offered) return;
  offered = true;
  try {
    const found = (await publishers()).publishers;
    fields.offer(found);
    archive.offer(found);
  } catch (error) {
    offered = false;
    if (!(error instanceof Problem)) throw error; // the view itself tells of it
  }
}

// --- wiring

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-view]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.getAttribute("href") === "." ? location.pathname : link.getAttribute("href"));
  if (readAddress().view === "ask") question.focus();
});
at("filters").addEventListener("toggle", () => at("filters").open && offerPublishers());
installKeys({
  field: () => (readAddress().view === "archive" ? at("archive-title-words") : question),
  escape() {
    if (!reader.isOpen) return false;
    go(withoutArticle());
    return true;
  },
});
installSignIn(at("signin"), () => {
  home.shown = false;
  thread.forget();
  archive.shown = null;
  reader.key = "";
  render();
});
window.addEventListener("popstate", render);

render();
if (!location.search) question.focus();
