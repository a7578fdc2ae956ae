// The page's state is its address, so that every state can be shared and walked back to:
//   ?q=…&q=…            a conversation: its questions, oldest first
//   &publisher=…&since=…&until=…   what they may be answered from (publisher: any number of times)
//   &article=…&at=start-end&words=start-end,…&version=n   an article that lies open
//   ?view=archive&title=…&publisher=…   the archive's list, narrowed
//   ?view=status

const SPAN = /^(\d{1,9})-(\d{1,9})$/;
const OF_ARTICLE = ["article", "at", "words", "version"];

/** What the address says now. */
export function readAddress() {
  const parameters = new URLSearchParams(location.search);
  const view = parameters.get("view");
  return {
    view: view === "archive" || view === "status" ? view : "ask",
    questions: parameters.getAll("q").filter((question) => question.trim()),
    filters: filtersOf(parameters),
    title: parameters.get("title") ?? "",
    article: articleOf(parameters),
  };
}

function filtersOf(parameters) {
  return {
    publishers: parameters.getAll("publisher").filter(Boolean),
    since: parameters.get("since") ?? "",
    until: parameters.get("until") ?? "",
  };
}

function articleOf(parameters) {
  const id = parameters.get("article");
  if (!id) return null;
  const version = Number(parameters.get("version"));
  return {
    id,
    ...(span(parameters.get("at")) ?? { start: 0, end: 0 }),
    words: (parameters.get("words") ?? "").split(",").map(span).filter(Boolean),
    version: Number.isInteger(version) && version > 0 ? version : null,
  };
}

function span(text) {
  const [, start, end] = SPAN.exec(text ?? "") ?? [];
  return start === undefined ? null : { start: Number(start), end: Number(end) };
}

/** The address of a conversation, such as `?q=…&since=…`. */
export function conversationAddress(questions, filters) {
  const parameters = new URLSearchParams(questions.map((question) => ["q", question]));
  for (const publisher of filters.publishers) parameters.append("publisher", publisher);
  if (filters.since) parameters.set("since", filters.since);
  if (filters.until) parameters.set("until", filters.until);
  return asAddress(parameters);
}

/** The address of the archive's list. */
export function archiveAddress({ title, publisher }) {
  const parameters = new URLSearchParams({ view: "archive" });
  if (title) parameters.set("title", title);
  if (publisher) parameters.set("publisher", publisher);
  return asAddress(parameters);
}

/** This address with an article open: {id, start, end, words: [{start, end}], version}. */
export function withArticle({ id, start = 0, end = 0, words = [], version = null }) {
  const parameters = withoutArticleParameters();
  parameters.set("article", id);
  if (end > start) parameters.set("at", `${start}-${end}`);
  if (words.length) parameters.set("words", words.map((w) => `${w.start}-${w.end}`).join(","));
  if (version) parameters.set("version", String(version));
  return asAddress(parameters);
}

/** This address with no article open. */
export function withoutArticle() {
  return asAddress(withoutArticleParameters());
}

function withoutArticleParameters() {
  const parameters = new URLSearchParams(location.search);
  for (const name of OF_ARTICLE) parameters.delete(name);
  return parameters;
}

function asAddress(parameters) {
  const search = parameters.toString();
  return search ? `?${search}` : location.pathname;
}
