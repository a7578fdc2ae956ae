// Elements are made from text, never from markup: whatever an article holds stays text.

/** An element with attributes and children; strings become text, what is null is left out. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== false));
  return made;
}

/** Words of others: they set their own direction. */
function quoted(name, className, text) {
  return element(name, { class: className, dir: "auto" }, text);
}

/** The text with the spans marked; spans are [start, end) in code points, ascending. */
function marked(text, spans) {
  if (!spans.length) return [text];
  const points = Array.from(text);
  const parts = [];
  let done = 0;
  for (const [start, end] of spans) {
    parts.push(points.slice(done, start).join(""));
    parts.push(element("mark", {}, points.slice(start, end).join("")));
    done = end;
  }
  parts.push(points.slice(done).join(""));
  return parts;
}

/** A short judgement: good, bad or neither. */
function badge(text, kind = "") {
  return element("span", { class: `badge ${kind}` }, text);
}

/** A link where the address is one of the web, else nothing. */
function webLink(address, text) {
  if (!/^https?:\/\//i.test(address ?? "")) return null;
  return element("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, text);
}

/** The number with so many digits; a dash where there is none. */
function figure(value, digits = 2) {
  return value === null || value === undefined ? "–" : value.toFixed(digits);
}
