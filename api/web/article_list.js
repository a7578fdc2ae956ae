// A list of articles that grows page by page, newest publication first.

import { articles } from "./client.js";
import { button, el } from "./elements.js";
import { byline } from "./sources.js";

export class ArticleList {
  /** `open(span, opener)` shows an article; `page` is how many come at once. */
  constructor({ open, page, label }) {
    this.open = open;
    this.page = page;
    this.list = el("ul", { className: "plain-rows articles", aria: { label }, data: { arrows: "" } });
    this.more = button("plain", "Show more", () => this.showMore());
    this.more.hidden = true;
    this.element = el("div", {}, this.list, this.more);
    this.loading = new AbortController();
  }

  /** Begin anew with the articles of `publisher` whose title has `contains`; how many there are. */
  async show(narrowed = {}) {
    this.narrowed = narrowed;
    this.loading.abort();
    this.loading = new AbortController();
    const first = await this.load(0);
    this.list.replaceChildren(...first.rows);
    return first.total;
  }

  async showMore() {
    const { rows } = await this.load(this.list.childElementCount);
    this.list.append(...rows);
    rows[0]?.querySelector("button").focus();
  }

  async load(offset) {
    const found = await articles({ ...this.narrowed, limit: this.page, offset }, this.loading.signal);
    this.more.hidden = offset + found.articles.length >= found.total;
    return { total: found.total, rows: found.articles.map((each) => this.row(each)) };
  }

  row(article) {
    const open = (event) => this.open({ id: article.article_id }, event.currentTarget);
    const version = article.version > 1 ? el("span", { className: "badge" }, `version ${article.version}`) : null;
    return el(
      "li",
      { data: { article: article.article_id } },
      button("title-button", article.title, open, { dir: "auto", data: { stop: "" } }),
      el("div", { className: "row-facts" }, byline({ ...article, url: null }), version),
    );
  }
}

/** `1 article`, `2,000 articles`. */
export function counted(total) {
  return `${total.toLocaleString("en-GB")} ${total === 1 ? "article" : "articles"}`;
}
