// Asks before something that cannot be undone.

import { button, el } from "./elements.js";

/** Whether the person is sure. */
export function confirmed({ title, words, action }) {
  return new Promise((resolve) => {
    const heading = el("h2", { id: "confirm-title" }, title);
    const dialog = el(
      "dialog",
      { className: "confirm", aria: { labelledby: "confirm-title" } },
      heading,
      el("p", { dir: "auto" }, words),
      el(
        "p",
        { className: "dialog-actions" },
        button("small-button", "Cancel", () => dialog.close(""), { autofocus: true }),
        button("small-button danger-button", action, () => dialog.close("yes")),
      ),
    );
    dialog.onclose = () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    };
    document.body.append(dialog);
    dialog.showModal();
  });
}
