// Talks to the service. Every failure comes out as a `Problem` with words for people.

export class Problem extends Error {
  constructor(message, hint = "") {
    super(message);
    this.hint = hint;
  }
}

export function ask({ question, publisher, since, until }, signal) {
  const body = { question };
  if (publisher) body.publishers = [publisher];
  if (since) body.since = since;
  if (until) body.until = until;
  return call("v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}

export function article(id, signal) {
  return call(`v1/articles/${encodeURIComponent(id)}`, { signal });
}

export function articles({ limit, offset }) {
  return call(`v1/articles?limit=${limit}&offset=${offset}`, {});
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("Quoth does not answer.", "Is it still running?");
  }
  const content = await response.json().catch(() => null);
  if (response.ok && content !== null) return content;
  throw new Problem(
    content?.detail ?? `The service answered with status ${response.status}.`,
    content?.hint,
  );
}
