// The cited articles in the order of their publication.

import { button, el } from "./elements.js";
import { readableDay } from "./sources.js";

const DAY = 24 * 60 * 60 * 1000;

/** The timeline, or null where there are not two days to put in order. */
export function timeline(citations, open) {
  const articles = [...new Map(citations.map((each) => [each.article_id, each])).values()]
    .filter((each) => each.published_at)
    .sort((a, b) => a.published_at.localeCompare(b.published_at));
  const days = new Set(articles.map((each) => each.published_at));
  if (days.size < 2) return null;
  const rows = articles.map((each, index) => {
    const quotes = citations.filter((citation) => citation.article_id === each.article_id);
    return entry(each, articles[index - 1], quotes, open);
  });
  return el(
    "section",
    { className: "timeline", aria: { label: "Timeline" } },
    el("h3", {}, "Timeline"),
    el("ol", { data: { arrows: "" } }, ...rows),
  );
}

function entry(article, before, quotes, open) {
  const sameDay = before?.published_at === article.published_at;
  const span = { id: article.article_id, start: quotes[0].start, end: quotes[0].end, words: quotes[0].marks };
  return el(
    "li",
    { className: sameDay ? "event same-day" : "event", data: { quote: quotes[0].n } },
    before && !sameDay ? el("p", { className: "gap" }, later(before.published_at, article.published_at)) : null,
    el("time", { dateTime: article.published_at }, readableDay(article.published_at)),
    button("title-button", article.title, (event) => open(span, event.currentTarget), {
      dir: "auto",
      data: { stop: "" },
    }),
    el(
      "p",
      { className: "byline", dir: "auto" },
      `${article.publisher || "Unknown publisher"} · ${quotes.length === 1 ? "quote" : "quotes"} ${quotes.map((each) => each.n).join(", ")}`,
    ),
  );
}

function later(earlier, day) {
  const days = Math.round((Date.parse(day) - Date.parse(earlier)) / DAY);
  if (days < 60) return days === 1 ? "the next day" : `${days} days later`;
  if (days < 730) return `${Math.round(days / 30.44)} months later`;
  return `${Math.round(days / 365.25)} years later`;
}
