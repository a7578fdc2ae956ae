// What can be done with an answer: copy it, share it, rate it.

import { rate } from "./client.js";
import { copyButton } from "./clipboard.js";
import { button, el } from "./elements.js";
import { asMarkdown } from "./markdown.js";
import { withoutArticle } from "./address.js";

export function answerActions(answer) {
  const link = () => new URL(withoutArticle(), location.href).href;
  return el(
    "div",
    { className: "answer-actions" },
    copyButton("Copy with citations", () => asMarkdown(answer)),
    copyButton("Copy link", link, { title: "Whoever opens it asks the same of this archive" }),
    rating(answer),
  );
}

/** “Was this right?” with two buttons; a “no” can be explained. */
function rating(answer) {
  const said = el("span", { className: "rated", role: "status" });
  const place = el("div", { className: "comment" });
  const send = async (verdict, comment) => {
    for (const each of choices) each.setAttribute("aria-pressed", String(each.dataset.verdict === verdict));
    try {
      await rate(answer.id, verdict, comment);
      said.textContent = comment ? "Thank you, noted." : "Thank you.";
    } catch (problem) {
      for (const each of choices) each.setAttribute("aria-pressed", "false");
      said.textContent = `${problem.message} ${problem.hint ?? ""}`;
    }
  };
  const choice = (verdict, label) =>
    button(
      "choice",
      label,
      async () => {
        place.replaceChildren();
        await send(verdict);
        if (verdict === "down") place.replaceChildren(commentForm(send, place));
      },
      { aria: { pressed: "false" }, data: { verdict } },
    );
  const choices = [choice("up", "Yes"), choice("down", "No")];
  return el(
    "div",
    {
      className: "rating",
      role: "group",
      aria: { label: "Was this right?" },
      title: "The question and the answer are kept with your rating; who you are is not",
    },
    el("span", { aria: { hidden: "true" } }, "Was this right?"),
    ...choices,
    said,
    place,
  );
}

function commentForm(send, place) {
  const words = el("input", { maxLength: 2000, dir: "auto", placeholder: "What is wrong with it?" });
  words.setAttribute("aria-label", "What is wrong with it?");
  const form = el("form", {}, words, el("button", { className: "small-button" }, "Send"));
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (!words.value.trim()) return;
    await send("down", words.value.trim());
    place.replaceChildren();
  };
  return form;
}
