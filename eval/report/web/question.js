// A question opened: what was said, what should have been, and what was retrieved.

function questionDetails(row, passages) {
  return element("div", { class: "opened" },
    row.error !== null && section("Error", quoted("p", "error", row.error)),
    saidSection(row),
    quotesSection(row),
    goldSection(row),
    retrievedSection(row, passages),
    figuresSection(row),
  );
}

function section(title, ...children) {
  return element("section", {}, element("h4", {}, title), ...children);
}

function saidSection(row) {
  if (row.outcome === null) return null;
  const title = row.outcome === "not_found" ? "Withheld" : "Answer";
  const short = row.short_answer !== null &&
    element("p", { class: "short" }, "In short: ", quoted("strong", "", row.short_answer));
  const said = row.sentences.length
    ? element("ol", { class: "sentences" }, row.sentences.map((one) => sentence(one, row)))
    : quoted("p", "said", row.answer ?? "");
  return section(title, short, said);
}

function sentence(one, row) {
  const numbers = one.citations.map((n) => `[${n}]`).join(" ");
  const judged = row.answerable && row.citations !== null;
  return element("li", {},
    quoted("span", "said", one.text), " ",
    element("span", { class: "numbers" }, numbers), " ",
    judged && badge(one.supported ? "supported" : "not supported", one.supported ? "good" : "bad"),
  );
}

function quotesSection(row) {
  if (!row.citations?.length) return null;
  return section("Quotes in context",
    element("ol", { class: "quotes" }, row.citations.map((one) => quote(one, row))));
}

function quote(one, row) {
  return element("li", {},
    element("p", { class: "context", dir: "auto" },
      one.before, element("mark", {}, one.quote), one.after),
    element("p", { class: "byline" },
      element("span", { class: "numbers" }, `[${one.n}]`), " ",
      quoted("span", "title", one.title ?? one.article ?? ""), " ",
      quoted("span", "", [one.publisher, one.published_at].filter(Boolean).join(", ")), " ",
      webLink(one.url, "article"), " ",
      row.answerable && badge(one.supporting ? "supports" : "does not support", one.supporting ? "good" : "bad"), " ",
      one.exact === false && badge("not in the article as quoted", "bad"),
      one.exact === true && badge("exact"),
    ),
  );
}

function goldSection(row) {
  if (!row.answerable) {
    const contradicted = row.evidence.length > 0;
    return section("Wanted",
      element("p", {}, contradicted
        ? "Nothing, or only what contradicts the question's premise:"
        : "Nothing: the articles do not answer this question."),
      contradicted &&
        element("ol", { class: "evidence" }, row.evidence.map((one) => evidence(one, row))),
    );
  }
  const answers = row.gold_answers.map((answer) => quoted("li", "", answer));
  return section("Wanted",
    answers.length > 0 && element("ul", { class: "gold-answers" }, answers),
    element("ol", { class: "evidence" }, row.evidence.map((one) => evidence(one, row))),
  );
}

function evidence(one, row) {
  return element("li", {},
    quoted("p", "context", one.quote),
    element("p", { class: "byline" },
      quoted("span", "title", one.article), " ",
      one.stored === false ? badge("not in the archive", "bad")
        : one.rank !== null ? badge(`retrieved at rank ${one.rank}`, "good")
          : row.retrieved !== null && badge(`not among the ${row.retrieved.length} retrieved`, "bad"),
    ),
  );
}

function retrievedSection(row, passages) {
  if (row.retrieved === null) return null;
  if (!row.retrieved.length) return section("Retrieved", element("p", {}, "Nothing."));
  return section("Retrieved",
    element("ol", { class: "retrieved" }, row.retrieved.map((one, position) =>
      retrievedPassage(one, passages[one.passage], position + 1))));
}

function retrievedPassage(one, passage, rank) {
  const covers = one.covers.map((place) => place + 1).join(", ");
  return element("li", {},
    element("details", { open: one.covers.length > 0 },
      element("summary", {},
        element("span", { class: "rank" }, `${rank}`), " ",
        quoted("span", "title", passage.title ?? passage.article ?? "passage"), " ",
        covers && badge(`holds evidence ${covers}`, "good"), " ",
        quoted("span", "byline", [passage.publisher, passage.published_at].filter(Boolean).join(", ")), " ",
        element("span", { class: "scores" },
          one.score !== null && `score ${figure(one.score, 3)}`, " ",
          one.reading !== null && `reading ${figure(one.reading, 3)}`)),
      element("p", { class: "context", dir: "auto" }, marked(passage.text, one.marks))));
}

function figuresSection(row) {
  const pairs = [
    ["confidence", figure(row.confidence, 3)], ["EM", figure(row.em, 0)], ["F1", figure(row.f1, 3)],
    ["list recall", figure(row.list_recall, 3)],
    ...Object.entries(row.retrieval ?? {}).map(([name, value]) => [name, figure(value, 3)]),
    ["ms", figure(row.milliseconds, 1)],
    ["ms, repeated", row.warm_milliseconds.map((ms) => figure(ms, 1)).join(", ") || "–"],
    ...Object.entries(row.usage ?? {}).map(([name, value]) => [name.replaceAll("_", " "), value === null ? "–" : `${value}`]),
    ...Object.entries(row.judgements).map(([name, value]) => [`judge: ${name}`, figure(value, 3)]),
  ].filter(([, value]) => value !== "–");
  if (!pairs.length) return null;
  return section("Figures", element("dl", { class: "row-figures" }, pairs.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value)))));
}
