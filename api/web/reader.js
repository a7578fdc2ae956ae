// The article beside the answer (over it, where there is no room), with the quoted words marked.

import { articleDetails } from "./article_details.js";
import { article, Problem, version } from "./client.js";
import { markedBlocks } from "./codepoints.js";
import { button, el } from "./elements.js";
import { byline } from "./sources.js";

const NARROW = window.matchMedia("(max-width: 63.99rem)");

export class Reader {
  /** `behind` are the elements that lie under the article where it covers the page; `close()` has
   *  it closed, `open(span)` shows another version, `deleted()` is told when it is gone. */
  constructor({ place, desk, behind, close, open, deleted }) {
    this.place = place;
    this.desk = desk;
    this.behind = behind;
    this.close = close;
    this.actions = { open, deleted };
    this.key = "";
    this.opener = null;
    this.loading = new AbortController();
    NARROW.addEventListener("change", () => this.cover());
  }

  get isOpen() {
    return !this.place.hidden;
  }

  /** Follow the address: show what it names, or nothing. */
  async show(wanted) {
    const key = wanted ? JSON.stringify(wanted) : "";
    if (key === this.key) return;
    this.key = key;
    this.loading.abort();
    if (!wanted) return this.leave();
    this.loading = new AbortController();
    const { signal } = this.loading;
    try {
      const { id } = wanted;
      const content = await (wanted.version ? version(id, wanted.version, signal) : article(id, signal));
      this.fill(content, wanted);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof Problem)) throw error;
      this.tell(error);
    }
  }

  /** Have the next `show` bring the same words into view again, and remember where to go back. */
  expect(opener) {
    this.key = "";
    if (opener && !this.place.contains(opener)) this.opener = opener;
  }

  fill(content, { start, end, words, version: wantedVersion }) {
    const title = el("h2", { className: "reader-title", dir: "auto", tabIndex: -1 }, content.title);
    const text = el("div", { className: "reader-text" });
    for (const pieces of markedBlocks(content.text, { start, end }, words)) {
      text.append(el("p", { dir: "auto" }, ...line(pieces)));
    }
    this.place.replaceChildren(
      this.bar(title),
      byline(content),
      authors(content),
      wantedVersion ? this.olderVersion(content) : "",
      text,
      articleDetails(content, this.actions),
    );
    this.uncover();
    const mark = text.querySelector("mark");
    if (mark) bringIntoView(this.place, mark);
    else this.showTop(title);
  }

  tell(problem) {
    this.place.replaceChildren(
      this.bar(el("h2", { className: "reader-title" }, "Not to be had")),
      el("p", { className: "problem" }, problem.message, " ", problem.hint ?? ""),
    );
    this.uncover();
    this.showTop(this.place.querySelector("button"));
  }

  olderVersion({ article_id: id, version: number }) {
    const now = () => this.actions.open({ id });
    return el(
      "p",
      { className: "notice" },
      `This is version ${number} of the article. `,
      button("plain", "Read it as it is now", now),
    );
  }

  leave() {
    if (this.place.hidden) return;
    this.place.hidden = true;
    this.place.replaceChildren();
    this.desk.classList.remove("reading");
    this.cover();
    if (this.opener?.isConnected) this.opener.focus();
    this.opener = null;
  }

  uncover() {
    this.place.hidden = false;
    this.desk.classList.add("reading");
    this.cover();
  }

  /** What lies under the article cannot be reached. */
  cover() {
    for (const element of this.behind) element.inert = this.isOpen && NARROW.matches;
    document.documentElement.classList.toggle("covered", this.isOpen && NARROW.matches);
  }

  /** Stays in view, so that it is always plain which article this is. */
  bar(title) {
    const more = { title: "Close (Esc)", aria: { keyshortcuts: "Escape" } };
    return el("header", { className: "reader-bar" }, title, button("small-button", "Close", this.close, more));
  }

  showTop(focused) {
    this.place.scrollTop = 0;
    focused.focus({ preventScroll: true });
  }
}

/** The pieces of a line: what is quoted in one `mark`, the answering words in it set off. */
function line(pieces) {
  const nodes = [];
  for (const { text, marked, answering } of pieces) {
    const content = answering ? el("strong", {}, text) : text;
    const mark = nodes.at(-1);
    if (marked && mark instanceof Element) mark.append(content);
    else nodes.push(marked ? el("mark", {}, content) : content);
  }
  return nodes;
}

function authors(content) {
  const names = content.authors.join(", ");
  return names ? el("p", { className: "authors", dir: "auto" }, `By ${names}`) : "";
}

function bringIntoView(place, mark) {
  mark.tabIndex = -1;
  mark.focus({ preventScroll: true });
  const offset = mark.getBoundingClientRect().top - place.getBoundingClientRect().top;
  place.scrollTop += offset - place.clientHeight / 3; // below the bar, with words before it
}
