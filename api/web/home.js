// What stands below the question field before anything is asked.

import { ArticleList, counted } from "./article_list.js";
import { el } from "./elements.js";
import { recentList } from "./recent.js";

export class Home {
  /** `go(address)` takes a conversation up again; `open(span, opener)` shows an article. */
  constructor({ place, go, open }) {
    this.place = place;
    this.go = go;
    this.recent = el("div", {});
    this.latest = el("section", { className: "latest", id: "latest", aria: { label: "Latest in the archive" } });
    this.list = new ArticleList({ open, page: 6, label: "Latest in the archive" });
    place.append(this.recent, this.latest);
  }

  async show() {
    this.showRecent();
    const total = await this.list.show();
    this.latest.replaceChildren(...(total ? this.heldParts(total) : emptyParts()));
  }

  showRecent() {
    this.recent.replaceChildren(...[recentList(this.go, () => this.showRecent())].filter(Boolean));
  }

  heldParts(total) {
    const title = el("h2", {}, "Latest in the archive");
    const held = el("span", { className: "count", id: "holdings" }, counted(total));
    return [el("div", { className: "heading-row" }, title, held), this.list.element];
  }
}

function emptyParts() {
  return [
    el("h2", {}, "The archive is empty"),
    el(
      "p",
      { className: "standing" },
      "Add articles in ",
      el("a", { href: "?view=archive" }, "the archive"),
      ", or with ",
      el("code", {}, "quoth ingest FOLDER"),
      ".",
    ),
  ];
}
