// The status view: whether all is well, what is held, what was taken in of late.

import { ingests, Problem, readiness, status } from "./client.js";
import { el } from "./elements.js";
import { readableTime } from "./sources.js";
import { refusedList } from "./upload.js";

const count = (number) => number.toLocaleString("en-GB");

/** Fill `place` with how things are now. */
export async function showStatus(place) {
  const title = el("h1", { className: "title", id: "status-title" }, "Status");
  if (!place.firstChild) place.append(title, el("p", { className: "standing", role: "status" }, "Looking …"));
  const parts = await Promise.all([
    readiness().then(health, told),
    status().then(holdings, told),
    ingests().then(lastIngests, told),
  ]);
  place.replaceChildren(title, ...parts.flat());
}

function told(error) {
  if (!(error instanceof Problem)) throw error;
  const words =
    error.code === "scope_missing" ? "What was taken in is shown to API keys that may administer." : error.message;
  return [el("p", { className: "problem" }, words)];
}

function health({ ready, reasons, articles, passages }) {
  return [
    el(
      "p",
      { className: ready ? "health" : "health unwell", role: "status" },
      el("span", { className: "lamp", aria: { hidden: "true" } }),
      ready ? "Ready to answer" : "Not ready to answer",
    ),
    ...reasons.map((reason) => el("p", { className: "standing" }, reason)),
    el("dl", { className: "figures" }, ...figure("Articles", articles), ...figure("Passages", passages)),
  ];
}

function figure(name, number) {
  return [el("div", {}, el("dt", {}, name), el("dd", {}, count(number)))];
}

function holdings({ version, fingerprint, models, settings }) {
  const named = Object.entries(models).map(([role, name]) => [role, name]);
  const set = Object.entries(settings).map(([name, value]) => [name.replaceAll("_", " "), String(value ?? "–")]);
  return [
    el("h2", {}, "Answers depend on"),
    facts([["Quoth", version], ...named, ["Archive fingerprint", el("code", {}, fingerprint.slice(0, 16))]]),
    el("details", { className: "others" }, el("summary", {}, "Settings"), facts(set)),
  ];
}

function facts(rows) {
  return el(
    "dl",
    { className: "facts" },
    ...rows.flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]),
  );
}

function lastIngests({ ingests: runs }) {
  const title = el("h2", {}, "Last taken in");
  if (!runs.length) return [title, el("p", { className: "standing" }, "Nothing yet.")];
  return [title, el("ol", { className: "plain-rows runs", aria: { label: "Last taken in" } }, ...runs.map(run))];
}

function run({ started_at, seconds, added, updated, unchanged, refused }) {
  const outcome = [
    [added, "added"],
    [updated, "updated"],
    [unchanged, "unchanged"],
    [refused.length, "refused"],
  ]
    .filter(([number]) => number)
    .map(([number, word]) => `${count(number)} ${word}`);
  return el(
    "li",
    {},
    el("time", { dateTime: started_at }, readableTime(started_at)),
    el("p", { className: "byline" }, `${outcome.join(", ") || "nothing"} · ${duration(seconds)}`),
    refused.length
      ? el("details", {}, el("summary", {}, `${count(refused.length)} refused`), refusedList(refused))
      : null,
  );
}

function duration(seconds) {
  return seconds < 1 ? "under a second" : `${count(seconds)} ${seconds === 1 ? "second" : "seconds"}`;
}
