// Shows why an answer was given or withheld: a disclosure with the scores of every passage.

import { explain } from "./client.js";
import { button, el } from "./elements.js";
import { readableDay } from "./sources.js";

const digits = new Intl.NumberFormat("en", { minimumFractionDigits: 3, maximumFractionDigits: 3 });

/** The disclosure for an answer; what it shows is asked for when it is opened. `open(span, opener)`
 *  shows a span {id, start, end} in its article. */
export function why(answer, filters, open) {
  const found = answer.outcome === "answered";
  const summary = el("summary", {}, found ? "Why this answer?" : "Why no answer?");
  const place = el("div", { aria: { live: "polite" } });
  const details = el("details", { className: "explanation" }, summary, place);
  details.ontoggle = async () => {
    if (!details.open || place.firstChild) return;
    place.append(el("p", { className: "standing" }, "Looking at the scores …"));
    try {
      const { explanation } = await explain(answer, filters);
      place.replaceChildren(...explained(explanation, open));
    } catch (problem) {
      place.replaceChildren(el("p", { className: "problem" }, problem.message, " ", problem.hint ?? ""));
    }
  };
  return details;
}

function explained(explanation, open) {
  return [
    el("p", { className: "reason" }, explanation.reason),
    facts(explanation),
    ...(explanation.passages.length ? [scores(explanation.passages, open)] : []),
  ];
}

function facts({ asked_as, parts, models }) {
  const named = Object.entries(models).map(([role, name]) => `${role}: ${name}`);
  const rows = [
    ["Understood as", asked_as ? [asked_as] : []],
    ["Asked in parts", parts],
    ["Models", named],
  ];
  return el(
    "dl",
    {},
    ...rows
      .filter(([, values]) => values.length)
      .flatMap(([term, values]) => [
        el("dt", {}, term),
        ...values.map((value) => el("dd", { dir: "auto" }, value)),
      ]),
  );
}

function scores(passages, open) {
  const encoded = passages.some((passage) => passage.cross_encoder !== null);
  const columns = [
    ["Dense", (passage) => score(passage.dense)],
    ["Lexical", (passage) => score(passage.lexical)],
    ["Fused", (passage) => score(passage.fused)],
    ...(encoded ? [["Cross-encoder", (passage) => score(passage.cross_encoder)]] : []),
    ["Reading", (passage) => (passage.read ? score(passage.reading) : "not read")],
    ["Quotes", (passage) => passage.quoted.join(", ") || "none"],
  ];
  const head = ["Passage", ...columns.map(([name]) => name)];
  // Wider than a phone: it scrolls by itself, and the keyboard can reach it to do so.
  return el(
    "div",
    { className: "scores", tabIndex: 0, role: "region", aria: { label: "Scores of each passage" } },
    el(
      "table",
      {},
      el("caption", { className: "unseen" }, "Scores of each passage, in the order listed"),
      el("thead", {}, el("tr", {}, ...head.map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, ...passages.map((passage) => row(passage, columns, open))),
    ),
  );
}

function row(passage, columns, open) {
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, ...source(passage, open)),
    ...columns.map(([, value]) => el("td", {}, value(passage))),
  );
}

function source(passage, open) {
  const best = passage.best_sentence;
  const span = { id: passage.article_id, start: best?.start ?? 0, end: best?.end ?? 0 };
  const from = [passage.publisher, readableDay(passage.published_at)].filter(Boolean).join(", ");
  return [
    button("plain", passage.title, (event) => open(span, event.currentTarget), { dir: "auto" }),
    el("p", { className: "byline", dir: "auto" }, from),
    best ? el("p", { dir: "auto" }, `Best sentence: ${best.text}`) : null,
    ...passage.collapsed.map((copy) => el("p", { className: "byline" }, standsFor(copy))),
  ].filter(Boolean);
}

function standsFor(copy) {
  const name = copy.publisher || copy.title;
  if (copy.shared === null) return `Stands for a copy: ${name}`;
  return `Stands for a copy: ${name} (${Math.round(copy.shared * 100)}% of its words alike)`;
}

function score(value) {
  return value === null ? "–" : digits.format(value);
}
