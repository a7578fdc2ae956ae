// Shows an answer: its sentences with numbers, the quotes behind the numbers, what else was found.

import { button, el, joined } from "./elements.js";
import { byline, originalLink, readableDay } from "./sources.js";

/** Fill `place` with the answer. `open(span, opener)` shows a span {id, start, end} in its
 *  article. */
export function showAnswer(place, answer, open) {
  const found = answer.outcome === "answered";
  place.replaceChildren(
    el("h1", { className: "unseen" }, answer.question),
    ...(found ? foundParts(answer, open) : notFoundParts(answer, open)),
  );
}

function foundParts(answer, open) {
  const byNumber = new Map(answer.citations.map((citation) => [citation.n, citation]));
  return [
    el("p", { className: "said", dir: "auto" }, ...sentences(answer, byNumber, open)),
    standing(answer),
    differences(answer.disagreements, byNumber, open),
    el(
      "ol",
      { className: "quotes", aria: { label: "Quotes" } },
      ...answer.citations.map((citation) => quote(citation, open)),
    ),
    passages("Other passages found", uncited(answer), open),
  ].filter(Boolean);
}

function notFoundParts(answer, open) {
  const nearest = answer.retrieved.slice(0, 5);
  return [
    el("p", { className: "silence" }, "The archive does not say."),
    el(
      "p",
      { className: "standing" },
      nearest.length
        ? "No article held here answers this. These passages come nearest; they are not an answer."
        : "No article held here comes near this question.",
    ),
    nearest.length ? passageList(nearest, open, "Nearest passages") : null,
  ].filter(Boolean);
}

function sentences(answer, byNumber, open) {
  let marked = false;
  return answer.sentences.flatMap((sentence, index) => {
    const at = marked || !answer.short_answer ? -1 : sentence.text.indexOf(answer.short_answer);
    marked ||= at >= 0;
    const numbers = sentence.citations
      .filter((n) => byNumber.has(n))
      .map((n) => el("sup", {}, number(byNumber.get(n), open)));
    const words = at < 0 ? [sentence.text] : emphasised(sentence.text, at, answer.short_answer);
    return [index ? " " : "", el("span", { className: "sentence", dir: "auto" }, ...words), ...numbers];
  });
}

function emphasised(text, at, words) {
  const end = at + words.length;
  return [text.slice(0, at), el("strong", {}, words), text.slice(end)];
}

function number(citation, open) {
  const label = `Quote ${citation.n}, ${citation.publisher || "unknown publisher"}`;
  return button("number", String(citation.n), (event) => open(spanOf(citation), event.target), {
    aria: { label },
    title: "Read it in its article",
    data: { quote: citation.n },
  });
}

function standing(answer) {
  const publishers = answer.agreement.independent_publishers;
  const who =
    publishers > 1 ? `${publishers} publishers say so independently` : "One publisher says so";
  const sure = `${Math.round(answer.confidence * 100)}% sure that this answers the question`;
  return el("p", { className: "standing" }, `${who} · ${sure}`);
}

function differences(disagreements, byNumber, open) {
  if (!disagreements.length) return null;
  const positions = disagreements.map((each) =>
    el(
      "li",
      { dir: "auto" },
      each.positions.join(" – "),
      ...each.citations
        .filter((n) => byNumber.has(n))
        .map((n) => el("sup", {}, number(byNumber.get(n), open))),
    ),
  );
  return el(
    "div",
    { className: "differences" },
    el("h2", {}, "Sources differ"),
    el("ul", {}, ...positions),
  );
}

function quote(citation, open) {
  const read = (event) => open(spanOf(citation), event.currentTarget);
  const words = el("blockquote", { dir: "auto", title: "Read it in its article" }, citation.quote);
  const readButton = button("plain", "Read in the article", read, {
    aria: { label: `Read quote ${citation.n} in the article` },
  });
  // A click on the words themselves opens the article too, unless it ends a selection.
  words.onclick = () => {
    if (window.getSelection().isCollapsed) open(spanOf(citation), readButton);
  };
  return el(
    "li",
    { className: "quote", data: { quote: citation.n } },
    el("span", { className: "quote-number", aria: { hidden: "true" } }, String(citation.n)),
    words,
    el("p", { className: "quote-title", dir: "auto" }, citation.title),
    byline({ ...citation, url: null }),
    carriers(citation.also_carried_by, open),
    el(
      "p",
      { className: "actions" },
      readButton,
      copyButton(citation),
      originalLink(citation.url),
    ),
  );
}

function copyButton(citation) {
  // Browsers offer the clipboard on localhost and over https only.
  if (!navigator.clipboard) return null;
  const source = [citation.title, citation.publisher, readableDay(citation.published_at)];
  const text = `“${citation.quote}” (${source.filter(Boolean).join(", ")})`;
  return button("plain", "Copy", async (event) => {
    const pressed = event.currentTarget;
    await navigator.clipboard.writeText(text);
    pressed.textContent = "Copied";
    setTimeout(() => (pressed.textContent = "Copy"), 1500);
  }, { aria: { label: `Copy quote ${citation.n} with its source` } });
}

function carriers(others, open) {
  if (!others.length) return null;
  const buttons = others.map((other) =>
    button(
      "plain",
      other.publisher || other.title,
      (event) => open({ id: other.article_id }, event.currentTarget),
      { title: other.title, dir: "auto" },
    ),
  );
  return el("p", { className: "carriers" }, "Also carried by ", ...joined(buttons, ", "));
}

function uncited(answer) {
  const cited = new Set(answer.citations.map((citation) => citation.passage_id));
  return answer.retrieved.filter((passage) => !cited.has(passage.passage_id));
}

function passages(title, list, open) {
  if (!list.length) return null;
  return el(
    "details",
    { className: "others" },
    el("summary", {}, `${title} (${list.length})`),
    passageList(list, open, title),
  );
}

function passageList(list, open, label) {
  return el(
    "ul",
    { className: "passages", aria: { label } },
    ...list.map((passage) =>
      el(
        "li",
        {},
        button("title-button", passage.title, (event) => open(spanOf(passage), event.target), {
          dir: "auto",
        }),
        byline(passage),
        el("p", { className: "passage-text", dir: "auto" }, passage.text),
      ),
    ),
  );
}

function spanOf({ article_id, start, end }) {
  return { id: article_id, start, end };
}
