// Below an article: where it comes from, its versions, and a way to delete it.

import { deleteArticle, versions } from "./client.js";
import { confirmed } from "./confirm.js";
import { button, el } from "./elements.js";
import { dateOf, originalLink, readableTime } from "./sources.js";

/** A disclosure with the article's metadata. `open(span)` shows another version, `deleted(article)`
 *  is told when the article is gone. */
export function articleDetails(article, { open, deleted }) {
  const place = el("div", { className: "versions" });
  const details = el(
    "details",
    { className: "article-details" },
    el("summary", {}, "About this article"),
    facts(article),
    place,
    button("plain danger", "Delete from the archive …", () => remove(article, deleted, details)),
  );
  details.ontoggle = () => {
    if (details.open && !place.firstChild) showVersions(article, place, open);
  };
  return details;
}

function facts(article) {
  const rows = [
    ["Publisher", article.publisher],
    ["Authors", article.authors.join(", ")],
    ["Published", dateOf(article)],
    ["Taken in", readableTime(article.ingested_at)],
    ["From", article.origin],
    ["Original", originalLink(article.url, null)],
    ["Length", `${article.text.trim().split(/\s+/).length.toLocaleString("en-GB")} words`],
    ["Version", String(article.version)],
    ["Id", el("code", {}, article.article_id)],
  ];
  return el(
    "dl",
    { className: "facts" },
    ...rows
      .filter(([, value]) => value)
      .flatMap(([term, value]) => [el("dt", {}, term), el("dd", { dir: "auto" }, value)]),
  );
}

async function showVersions(article, place, open) {
  const id = article.article_id;
  try {
    const list = (await versions(id)).versions;
    if (list.length < 2) return;
    const newest = list[0].version;
    const rows = list.map((each) => {
      const span = each.version === newest ? { id } : { id, version: each.version };
      const shown = each.version === article.version;
      return el(
        "li",
        {},
        button("plain", `Version ${each.version}`, () => open(span), shown ? { aria: { current: "true" } } : {}),
        ` taken in ${readableTime(each.ingested_at)}, ${each.characters.toLocaleString("en-GB")} characters`,
      );
    });
    place.append(el("h3", {}, "Versions"), el("ol", {}, ...rows));
  } catch (problem) {
    place.append(el("p", { className: "problem" }, problem.message));
  }
}

async function remove(article, deleted, details) {
  const sure = await confirmed({
    title: "Delete this article?",
    words: `“${article.title}” and all its versions go from the archive, from rated answers and from saved conversations. This cannot be undone.`,
    action: "Delete",
  });
  if (!sure) return;
  try {
    await deleteArticle(article.article_id);
    deleted(article);
  } catch (problem) {
    details.append(el("p", { className: "problem", role: "alert" }, problem.message, " ", problem.hint ?? ""));
  }
}
