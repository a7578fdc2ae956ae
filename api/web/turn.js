// One question of a conversation, and its answer while it arrives and once it is there.

import { answerParts, quotes, said } from "./answer.js";
import { answerActions } from "./answer_actions.js";
import { chat, Problem } from "./client.js";
import { button, el } from "./elements.js";
import { why } from "./explanation.js";

export class Turn {
  /** `told(words)` says how far it is, `aloud(words)` what a listener should hear, `open(span,
   *  opener)` shows an article, and `again()` asks once more. */
  constructor({ question, filters, told, aloud, open, again }) {
    this.question = question;
    this.filters = filters;
    this.answer = null;
    this.told = told;
    this.aloud = aloud;
    this.open = open;
    this.again = again;
    this.asking = new AbortController();
    this.asked = null;
    this.content = el("div", { className: "turn-content" });
    this.element = el(
      "article",
      { className: "turn", aria: { busy: "true" } },
      el("h2", { className: "asked", dir: "auto", tabIndex: -1 }, question),
      this.content,
    );
  }

  /** Ask, with the messages before the question; once only, unless it failed. Whether there is an
   *  answer then. */
  async ask(before) {
    this.asked ??= this.askNow(before);
    const answered = await this.asked;
    if (!answered) this.asked = null;
    return answered;
  }

  async askNow(before) {
    const messages = [...before, { role: "user", content: this.question }];
    const arrived = { sentences: [], citations: new Map() };
    this.element.setAttribute("aria-busy", "true");
    this.told("Reading the archive …");
    try {
      for await (const { name, data } of chat(messages, this.filters, this.asking.signal)) {
        if (name === "status") this.told(`${capitalised(data.message)} …`);
        else if (name === "sentence") this.arrive(arrived, () => arrived.sentences.push(data), data.text);
        else if (name === "citation") this.arrive(arrived, () => arrived.citations.set(data.n, data));
        else if (name === "answer") this.show(data, arrived.sentences.length > 0);
      }
    } catch (error) {
      if (error.name === "AbortError") return false;
      this.fail(error);
      return false;
    }
    return this.answer !== null;
  }

  stop() {
    this.asking.abort();
  }

  /** Say that it cannot be asked yet. */
  hold() {
    this.replace([el("p", { className: "standing" }, "Waits for an answer to the question before it.")]);
    this.element.setAttribute("aria-busy", "false");
  }

  arrive({ sentences, citations }, add, words = "") {
    add();
    if (words) this.aloud(words);
    const parts = [said(sentences, citations, this.open)];
    if (citations.size) parts.push(quotes([...citations.values()], this.open));
    this.replace(parts);
    this.content.querySelector(".sentence:last-of-type")?.classList.add("new");
  }

  /** Show the whole answer; `heard`: its sentences were said aloud when they came. */
  show(answer, heard = true) {
    this.answer = answer;
    const asked = answer.standalone_question;
    this.replace([
      asked === this.question ? null : el("p", { className: "understood", dir: "auto" }, `Understood as: ${asked}`),
      ...answerParts(answer, this.open),
      answerActions(answer),
      why(answer, this.filters, this.open),
    ].filter(Boolean));
    this.element.setAttribute("aria-busy", "false");
    if (!heard) this.aloud(answer.sentences.map((sentence) => sentence.text).join(" "));
    this.told(outcome(answer), true);
  }

  fail(error) {
    if (!(error instanceof Problem)) console.error(error);
    const words = error instanceof Problem ? error.message : "This page has a fault.";
    this.replace([
      el("p", { className: "problem", role: "alert" }, words, " ", error.hint ?? ""),
      button("plain", "Ask again", () => this.again()),
    ]);
    this.element.setAttribute("aria-busy", "false");
    this.told("", true);
  }

  /** Put other content in place; who was at a number stays at that number. */
  replace(parts) {
    const at = this.content.contains(document.activeElement)
      ? document.activeElement.closest("[data-quote]")?.dataset.quote
      : null;
    this.content.replaceChildren(...parts);
    if (at) this.content.querySelector(`.number[data-quote="${at}"]`)?.focus();
  }
}

function outcome(answer) {
  if (answer.outcome !== "answered") return "No answer in the archive.";
  const quoted = answer.citations.length;
  return quoted === 1 ? "Answered with one quote." : `Answered with ${quoted} quotes.`;
}

function capitalised(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
