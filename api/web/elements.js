// Builds elements. Strings become text nodes and nothing else, so that an article can never put
// markup of its own into this page.

/** An element with properties (`className`, `onclick`, `dir` …), `aria` and `data` attributes. */
export function el(tag, { aria = {}, data = {}, ...properties } = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(`aria-${name}`, value);
  for (const [name, value] of Object.entries(data)) element.dataset[name] = value;
  element.append(...children.filter(Boolean));
  return element;
}

/** A button that is not a form's. */
export function button(className, label, onclick, more = {}) {
  return el("button", { type: "button", className, onclick, ...more }, label);
}

/** The same child again and again, with a separator between them. */
export function joined(children, separator) {
  return children
    .filter(Boolean)
    .flatMap((child, index) => (index ? [separator, child] : [child]));
}
