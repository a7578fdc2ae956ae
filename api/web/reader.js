// Shows an article beside the answer, with the quoted words marked.

import { markedBlocks } from "./codepoints.js";
import { button, el } from "./elements.js";
import { byline } from "./sources.js";

/** Fill `place` with the article and bring the code points from `start` to `end` into view. */
export function showArticle(place, article, { start = 0, end = 0 }, close) {
  const title = el("h2", { className: "reader-title", dir: "auto", tabIndex: -1 }, article.title);
  const text = el("div", { className: "reader-text" });
  for (const pieces of markedBlocks(article.text, start, end)) {
    const nodes = pieces.map((piece) => (piece.marked ? el("mark", {}, piece.text) : piece.text));
    text.append(el("p", { dir: "auto" }, ...nodes));
  }
  place.replaceChildren(bar(title, close), byline(article), authors(article), text);
  place.hidden = false;
  const mark = text.querySelector("mark");
  if (mark) bringIntoView(place, mark);
  else showTop(place, title);
}

export function showArticleProblem(place, problem, close) {
  place.replaceChildren(
    bar(el("h2", { className: "reader-title" }, "Not to be had"), close),
    el("p", { className: "problem" }, problem.message, " ", problem.hint ?? ""),
  );
  place.hidden = false;
  showTop(place, place.querySelector("button"));
}

/** Stays in view, so that it is always plain which article this is. */
function bar(title, close) {
  const closing = button("close", "Close", close, { title: "Close (Esc)", aria: { keyshortcuts: "Escape" } });
  return el("header", { className: "reader-bar" }, title, closing);
}

function authors(article) {
  const names = article.authors.join(", ");
  return names ? el("p", { className: "authors", dir: "auto" }, `By ${names}`) : "";
}

function showTop(place, focused) {
  place.scrollTop = 0;
  focused.focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest" });
}

function bringIntoView(place, mark) {
  mark.tabIndex = -1;
  mark.focus({ preventScroll: true });
  const scrolls = getComputedStyle(place).overflowY !== "visible";
  if (scrolls) {
    // Beside the answer, only the article moves.
    const offset = mark.getBoundingClientRect().top - place.getBoundingClientRect().top;
    place.scrollTop += offset - place.clientHeight / 3; // below the bar, with words before it
    place.scrollIntoView({ block: "nearest" });
  } else {
    mark.scrollIntoView({ block: "center" });
  }
}
