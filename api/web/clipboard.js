// Copying. Browsers offer `navigator.clipboard` on localhost and over https only.

import { button } from "./elements.js";

const SHOWN_MILLISECONDS = 1800;

async function copied(text) {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  const focused = document.activeElement;
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}

/** A button that copies what `text()` gives, and says so. */
export function copyButton(label, text, more = {}) {
  const press = async (event) => {
    const pressed = event.currentTarget;
    pressed.textContent = (await copied(text())) ? "Copied" : "Not allowed to copy";
    setTimeout(() => (pressed.textContent = label), SHOWN_MILLISECONDS);
  };
  return button("plain", label, press, more);
}
