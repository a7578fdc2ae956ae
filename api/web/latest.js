// The archive's newest articles, on the page before a question is asked.

import { articles } from "./client.js";
import { button, el } from "./elements.js";
import { byline } from "./sources.js";

const PAGE = 8;

export class Latest {
  constructor({ place, holdings, publishers, open }) {
    this.place = place;
    this.holdings = holdings;
    this.publishers = publishers;
    this.open = open;
    this.list = el("ul", { className: "passages" });
    this.more = button("plain", "Show more", () => this.load());
    this.known = new Set();
    this.shown = 0;
  }

  /** Add the next page of titles. */
  async load() {
    const page = await articles({ limit: PAGE, offset: this.shown });
    this.shown += page.articles.length;
    this.holdings.textContent = count(page.total);
    this.list.append(...page.articles.map((each) => this.row(each)));
    this.more.hidden = this.shown >= page.total;
    const content = page.total
      ? [el("h2", {}, "Latest in the archive"), this.list, this.more]
      : [el("h2", {}, "The archive is empty"), el("p", {}, "Add articles with ", el("code", {}, "quoth ingest FOLDER"), ".")];
    this.place.replaceChildren(...content);
  }

  row(summary) {
    if (summary.publisher && !this.known.has(summary.publisher)) {
      this.known.add(summary.publisher);
      this.publishers.append(el("option", { value: summary.publisher }));
    }
    const open = (event) => this.open({ id: summary.article_id }, event.currentTarget);
    return el(
      "li",
      {},
      button("title-button", summary.title, open, { dir: "auto" }),
      byline(summary),
    );
  }
}

function count(total) {
  return `${total.toLocaleString("en-GB")} ${total === 1 ? "article" : "articles"}`;
}
