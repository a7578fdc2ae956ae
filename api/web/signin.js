// The field for an API key, where the service asks for one.

import { hasKey, onKeyWanted, useKey } from "./client.js";
import { button, el } from "./elements.js";

/** Have the field appear in `place` whenever a key is wanted; `signedIn()` is told when one was
 *  given, and tries again. */
export function installSignIn(place, signedIn) {
  onKeyWanted((problem) => {
    if (place.hidden || hasKey()) show(place, problem, signedIn);
  });
}

function show(place, problem, signedIn) {
  const had = hasKey();
  const leave = () => {
    place.hidden = true;
    place.replaceChildren(); // the key does not stay in the page
  };
  const key = el("input", { type: "password", id: "api-key", required: true, autocomplete: "off", spellcheck: false });
  const form = el(
    "form",
    { className: "signin", aria: { label: "Sign in" } },
    el("label", { htmlFor: "api-key" }, had ? "This API key does not do" : "This archive asks for an API key"),
    key,
    el("button", { className: "small-button" }, "Use it"),
    had ? button("plain", "Keep the one I have", leave) : null,
    el("p", { className: "fine-print" }, `${problem.message}. It is kept until this tab is closed, and sent nowhere else.`),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    useKey(key.value);
    leave();
    signedIn();
  };
  place.replaceChildren(form);
  place.hidden = false;
  key.focus();
}
