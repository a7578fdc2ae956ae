// What questions may be answered from: publishers and days of publication.

import { el } from "./elements.js";
import { named, readableDay } from "./sources.js";

export class FilterFields {
  /** `changed(filters)` is told when somebody changes a field. */
  constructor({ details, summary, choices, since, until, changed }) {
    Object.assign(this, { details, summary, choices, since, until });
    this.boxes = new Map();
    details.addEventListener("change", () => {
      this.describe();
      changed(this.value);
    });
  }

  get value() {
    const publishers = [...this.boxes].filter(([, box]) => box.checked).map(([name]) => name);
    return { publishers, since: this.since.value, until: this.until.value };
  }

  set value({ publishers, since, until }) {
    for (const name of publishers) if (!this.boxes.has(name)) this.offer([{ publisher: name }]);
    for (const [name, box] of this.boxes) box.checked = publishers.includes(name);
    this.since.value = since;
    this.until.value = until;
    this.describe();
  }

  /** Let these publishers be chosen, as [{publisher, articles}]. */
  offer(publishers) {
    for (const { publisher, articles } of publishers) {
      if (!publisher || this.boxes.has(publisher)) continue;
      const box = el("input", { type: "checkbox", value: publisher });
      const count = articles ? el("span", { className: "count" }, articles.toLocaleString("en-GB")) : "";
      this.boxes.set(publisher, box);
      this.choices.append(el("label", { className: "choice-row" }, box, el("span", { dir: "auto" }, publisher), count));
    }
  }

  describe() {
    const { publishers, since, until } = this.value;
    const who = publishers.length ? `Only ${named(publishers)}` : "All publishers";
    this.summary.textContent = `${who}, ${days(since, until)}`;
    this.details.classList.toggle("narrowed", Boolean(publishers.length || since || until));
  }
}

function days(since, until) {
  if (since && until) return `${readableDay(since)} to ${readableDay(until)}`;
  if (since) return `from ${readableDay(since)} on`;
  if (until) return `until ${readableDay(until)}`;
  return "any date";
}
