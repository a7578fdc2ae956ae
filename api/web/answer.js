// Shows an answer: its sentences with numbers, the quotes behind the numbers, what else was found.

import { copyButton } from "./clipboard.js";
import { answeringPieces } from "./codepoints.js";
import { button, el, joined } from "./elements.js";
import { quoted } from "./markdown.js";
import { byline, named, originalLink, readableDay } from "./sources.js";
import { timeline } from "./timeline.js";

/** The parts of an answer. `open(span, opener)` shows a span {id, start, end, words} in its
 *  article. */
export function answerParts(answer, open) {
  return answer.outcome === "answered" ? foundParts(answer, open) : notFoundParts(answer, open);
}

function foundParts(answer, open) {
  const byNumber = new Map(answer.citations.map((citation) => [citation.n, citation]));
  return [
    said(answer.sentences, byNumber, open, answer.short_answer),
    answer.notice ? el("p", { className: "notice" }, answer.notice) : null,
    standing(answer),
    ...answer.disagreements.map((each) => difference(each, byNumber, open)),
    quotes(answer.citations, open),
    timeline(answer.citations, open),
    otherPassages(uncited(answer), open),
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

/** The answer's words, each sentence followed by its numbers. */
export function said(sentences, byNumber, open, shortAnswer = null) {
  let toMark = shortAnswer;
  const content = sentences.flatMap((sentence, index) => {
    const cited = sentence.citations.filter((n) => byNumber.has(n)).map((n) => byNumber.get(n));
    const words = sentenceWords(sentence.text, cited, toMark);
    if (words.some((word) => word instanceof Element)) toMark = null; // once is enough
    const numbers = cited.map((citation) => el("sup", {}, number(citation, open)));
    const content = numbered(words, numbers);
    return [index ? " " : "", el("span", { className: "sentence", dir: "auto" }, ...content)];
  });
  return el("p", { className: "said", dir: "auto" }, ...content);
}

/** The sentence with its answering words set off: those of its quote, or else the short answer. */
function sentenceWords(text, cited, shortAnswer) {
  const verbatim = cited.find((citation) => citation.quote === text && citation.marks?.length);
  if (verbatim) return setOff(verbatim, "strong");
  const at = shortAnswer ? text.indexOf(shortAnswer) : -1;
  if (at < 0) return [text];
  const end = at + shortAnswer.length;
  return [text.slice(0, at), el("strong", {}, shortAnswer), text.slice(end)];
}

/** The words, and the numbers on one line with the last of them. */
function numbered(words, numbers) {
  const [, before, last] = /^(.*?)(\S{1,30})$/su.exec(words.at(-1)) ?? [];
  if (!numbers.length || typeof words.at(-1) !== "string" || !last) return [...words, ...numbers];
  return [...words.slice(0, -1), before, el("span", { className: "unbroken" }, last, ...numbers)];
}

function setOff(citation, tag) {
  return answeringPieces(citation).map(({ text, answering }) =>
    answering ? el(tag, {}, text) : text,
  );
}

function number(citation, open) {
  const label = `Quote ${citation.n}, ${citation.publisher || "unknown publisher"}`;
  return button("number", String(citation.n), (event) => open(spanOf(citation), event.currentTarget), {
    aria: { label },
    title: "Read it in its article",
    data: { quote: citation.n },
  });
}

function numbers(citations, byNumber, open) {
  return citations
    .filter((n) => byNumber.has(n))
    .map((n) => el("sup", {}, number(byNumber.get(n), open)));
}

/** Who says so, unless sources differ, when "so" would be one of several things; and how sure it is. */
function standing({ agreement, citations, confidence, disagreements = [] }) {
  const sure = `${Math.round(confidence * 100)}% sure that this answers the question`;
  if (disagreements.some(({ kind }) => kind === "differ")) {
    return el("p", { className: "standing" }, `Sources differ, see below · ${sure}`);
  }
  const publishers = agreement.independent_publishers;
  const names = agreement.publishers ?? [];
  const quoted = new Set(citations.map(({ publisher }) => publisher).filter(Boolean)).size;
  let who = quoted > 1 ? `Quotes of ${quoted} publishers` : "One publisher says so";
  if (publishers > 1) {
    who = `${publishers} publishers say so independently${names.length > 1 ? `: ${named(names)}` : ""}`;
  }
  return el("p", { className: "standing" }, `${who} · ${sure}`);
}

function difference({ kind, positions }, byNumber, open) {
  const updated = kind === "updated";
  const rows = positions.map((position, index) => {
    const when = readableDay(position.published_at);
    return el(
      "li",
      { className: updated && index ? "position earlier" : "position" },
      updated ? el("span", { className: "position-when" }, index ? "Earlier" : "Now") : null,
      el(
        "p",
        { className: "position-answer" },
        el("span", { dir: "auto" }, position.answer),
        ...numbers(position.citations, byNumber, open),
      ),
      el("p", { className: "byline", dir: "auto" }, [named(position.publishers), when].filter(Boolean).join(" · ")),
    );
  });
  const title = updated ? "Updated since" : "Sources differ";
  return el(
    "section",
    { className: updated ? "difference updated" : "difference", aria: { label: title } },
    el("h3", {}, title),
    el("ul", {}, ...rows),
  );
}

/** The quotes, in the order of their numbers. */
export function quotes(citations, open) {
  return el(
    "ol",
    { className: "quotes", aria: { label: "Quotes" }, data: { arrows: "" } },
    ...citations.map((citation) => quote(citation, open)),
  );
}

function quote(citation, open) {
  const read = (event) => open(spanOf(citation), event.currentTarget);
  const words = el("blockquote", { dir: "auto", title: "Read it in its article" }, ...setOff(citation, "b"));
  const readButton = button("plain", "Read in the article", read, {
    aria: { label: `Read in the article: quote ${citation.n}` },
    data: { stop: "" },
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
      copyButton("Copy", () => quoted(citation), {
        aria: { label: `Copy quote ${citation.n} with its source` },
      }),
      originalLink(citation.url),
    ),
  );
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

function otherPassages(list, open) {
  if (!list.length) return null;
  const title = "Other passages found";
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
    { className: "passages", aria: { label }, data: { arrows: "" } },
    ...list.map((passage) =>
      el(
        "li",
        {},
        button("title-button", passage.title, (event) => open(spanOf(passage), event.currentTarget), {
          dir: "auto",
          data: { stop: "" },
        }),
        byline(passage),
        el("p", { className: "passage-text", dir: "auto" }, passage.text),
      ),
    ),
  );
}

function spanOf({ article_id, start, end, marks = [] }) {
  return { id: article_id, start, end, words: marks };
}
