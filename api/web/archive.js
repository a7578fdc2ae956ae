// The archive's view: its articles, narrowed by title and publisher, and a place to add more.

import { archiveAddress } from "./address.js";
import { ArticleList, counted } from "./article_list.js";
import { el } from "./elements.js";
import { UploadPlace } from "./upload.js";

const TYPING_MILLISECONDS = 250;

export class ArchiveView {
  /** `go(address)` changes the address, `open(span, opener)` shows an article, `changed()` is told
   *  when articles came. */
  constructor({ place, go, open, changed }) {
    this.place = place;
    this.go = go;
    this.list = new ArticleList({ open, page: 25, label: "Articles" });
    this.total = el("div", { className: "count", role: "status", id: "archive-count" });
    this.title = el("input", { type: "search", id: "archive-title-words", placeholder: "Words of the title", dir: "auto" });
    this.publisher = el("select", { id: "archive-publisher" }, el("option", { value: "" }, "All publishers"));
    this.upload = new UploadPlace({ dropPlace: place, arrived: () => { this.reload(); changed(); } });
    this.shown = null;
    this.listen();
    place.append(
      el("h1", { className: "title", id: "archive-title" }, "Archive"),
      this.upload.element,
      el(
        "form",
        { className: "narrowing", role: "search", onsubmit: (event) => event.preventDefault() },
        el("label", {}, "Search titles", this.title),
        el("label", {}, "Publisher", this.publisher),
      ),
      this.total,
      this.list.element,
    );
  }

  listen() {
    let typing = 0;
    this.title.oninput = () => {
      clearTimeout(typing);
      typing = setTimeout(() => this.narrow(), TYPING_MILLISECONDS);
    };
    this.publisher.onchange = () => this.narrow();
  }

  narrow() {
    const narrowed = { title: this.title.value.trim(), publisher: this.publisher.value };
    this.go(archiveAddress(narrowed), { replace: true });
  }

  /** Let these publishers be chosen. */
  offer(publishers) {
    const known = new Set([...this.publisher.options].map((option) => option.value));
    for (const { publisher, articles } of publishers) {
      if (!publisher || known.has(publisher)) continue;
      this.publisher.append(el("option", { value: publisher }, `${publisher} (${articles.toLocaleString("en-GB")})`));
    }
  }

  /** Follow the address. */
  async show({ title, filters }) {
    const publisher = filters.publishers[0] ?? "";
    const key = JSON.stringify([title, publisher]);
    if (key === this.shown) return;
    this.shown = key;
    if (this.title.value.trim() !== title) this.title.value = title;
    if (publisher) this.offer([{ publisher, articles: 0 }]);
    this.publisher.value = publisher;
    await this.load({ contains: title, publisher });
  }

  async load(narrowed) {
    this.narrowed = narrowed;
    const total = await this.list.show(narrowed);
    const some = narrowed.contains || narrowed.publisher;
    this.total.textContent = total || !some ? counted(total) : "No article has these words in its title.";
  }

  async reload() {
    if (this.narrowed) await this.load(this.narrowed);
  }
}
