// How sources are named: publisher, date, where the date comes from, link to the original.

import { el, joined } from "./elements.js";

const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

const TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });
const LIST = new Intl.ListFormat("en-GB");

const DATE_SOURCES = {
  url: "from the address",
  caption: "from a photo caption",
  age_label: "worked out from “… ago”",
  page_date: "as shown on the page",
  page_markup: "found in the page, unsure",
};

// Where a date is sure enough to need no word about it.
const SURE = new Set(["metadata", "published_line", "dateline"]);

/** `6 January 2026`, or null. */
export function readableDay(iso) {
  return iso ? DAY.format(new Date(`${iso}T00:00:00Z`)) : null;
}

/** The date as an element, with where it was found unless that goes without saying. */
export function dateOf({ published_at, published_at_source, published_at_confidence }) {
  if (!published_at) return el("span", { className: "undated" }, "no date");
  const time = el("time", { dateTime: published_at }, readableDay(published_at));
  const source = published_at_source;
  const sure = published_at_confidence ? published_at_confidence === "high" : SURE.has(source);
  if (sure || !source) return time;
  const words = DATE_SOURCES[source] ?? `from ${source.replaceAll("_", " ")}`;
  return el("span", {}, time, el("span", { className: "date-source" }, ` (${words})`));
}

/** `A, B and C`. */
export function named(names) {
  return LIST.format(names);
}

/** `7 March 2026, 08:30` in the reader's own time zone. */
export function readableTime(iso) {
  return TIME.format(new Date(iso));
}

/** Publisher, date and link, with dots between them. */
export function byline(source) {
  const publisher = el(
    "span",
    { className: "publisher", dir: "auto" },
    source.publisher || "Unknown publisher",
  );
  const parts = [publisher, dateOf(source), originalLink(source.url)];
  return el("p", { className: "byline" }, ...joined(parts, " · "));
}

/** A link to the original where the address is one of the web; null otherwise. `words` stand on it;
 *  null: the name of its host. */
export function originalLink(address, words = "Original") {
  if (!address || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  return el(
    "a",
    { href: url.href, target: "_blank", rel: "noopener noreferrer", title: url.href },
    words ?? url.hostname,
    el("span", { aria: { hidden: "true" } }, " ↗"),
  );
}
