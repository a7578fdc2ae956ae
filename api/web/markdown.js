// An answer as Markdown: its sentences with numbers, and the quotes behind the numbers.

const SPECIAL = /([\\`*_[\]<>#|~])/g;
const ADDRESS = /^https?:\/\/[^\s<>]+$/;

/** The question as a heading, the answer, and its numbered quotes with their sources. */
export function asMarkdown(answer) {
  const said = answer.sentences
    .map(({ text, citations }) => `${plain(text)}${citations.map((n) => ` [${n}]`).join("")}`)
    .join(" ");
  const parts = [`## ${plain(answer.question)}`, said || plain(answer.answer)];
  const sources = answer.citations.map(source);
  if (sources.length) parts.push(sources.join("\n"));
  return `${parts.join("\n\n")}\n`;
}

/** A quote with its source, in one line. */
export function quoted({ quote, title, publisher, published_at, url }) {
  const named = [title, publisher, published_at].filter(Boolean).map(plain).join(", ");
  const link = ADDRESS.test(url ?? "") ? `, <${url}>` : "";
  return `“${plain(quote)}” — ${named}${link}`;
}

function source(citation) {
  return `${citation.n}. ${quoted(citation)}`;
}

/** The text in one line, its characters meaning nothing but themselves. */
function plain(text) {
  return text.split(/\s+/).join(" ").trim().replace(SPECIAL, "\\$1");
}
