// Recent conversations. Only this browser keeps them, and of each only its questions and filters:
// whoever takes one up again gets answers from the archive as it is then.

import { conversationAddress } from "./address.js";
import { button, el } from "./elements.js";
import { readableTime } from "./sources.js";

const KEPT = "quoth-recent";
const AT_MOST = 30;

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => Array.isArray(each?.questions) && Array.isArray(each.filters?.publishers)) : [];
  } catch {
    return []; // storage is switched off, or holds what is not ours
  }
}

function write(conversations) {
  try {
    if (conversations.length) localStorage.setItem(KEPT, JSON.stringify(conversations.slice(0, AT_MOST)));
    else localStorage.removeItem(KEPT);
  } catch {
    // Storage is switched off: nothing is kept, and nothing is lost by it.
  }
}

/** Keep a conversation as far as it has come; it takes the place of what it began as. */
export function keep(questions, filters) {
  const address = conversationAddress(questions, filters);
  const begunAs = questions.map((_, index) => conversationAddress(questions.slice(0, index + 1), filters));
  const others = read().filter((each) => {
    const known = conversationAddress(each.questions, each.filters);
    return known !== address && !begunAs.includes(known);
  });
  write([{ questions, filters, at: new Date().toISOString() }, ...others]);
}

/** The list for the first page, or null where nothing is kept. `go(address)` takes one up again. */
export function recentList(go, changed) {
  const kept = read();
  if (!kept.length) return null;
  const forgetAll = () => {
    write([]);
    changed();
  };
  return el(
    "section",
    { className: "recent", aria: { label: "Recent conversations" } },
    el("h2", {}, "Recent conversations"),
    el("ul", { className: "plain-rows", data: { arrows: "" } }, ...kept.map((each) => row(each, kept, go, changed))),
    el(
      "p",
      { className: "fine-print" },
      "Kept in this browser only, and only the questions. ",
      button("plain", "Forget all", forgetAll),
    ),
  );
}

function row({ questions, filters, at }, kept, go, changed) {
  const address = conversationAddress(questions, filters);
  const followUps = questions.length - 1;
  const more = followUps ? `${followUps === 1 ? "one follow-up" : `${followUps} follow-ups`} · ` : "";
  const follow = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(address);
  };
  const forget = () => {
    write(kept.filter((each) => conversationAddress(each.questions, each.filters) !== address));
    changed();
  };
  return el(
    "li",
    {},
    el("a", { className: "row-link", href: address, onclick: follow, dir: "auto", data: { stop: "" } }, questions[0]),
    el("span", { className: "row-note" }, `${more}${readableTime(at)}`),
    button("plain forget", "Forget", forget, { aria: { label: `Forget “${questions[0]}”` } }),
  );
}
