// Server-sent events of a POST, which `EventSource` cannot send (WHATWG HTML, section 9.2).

/** The events of a response body, as {id, event, data, retry}, until it ends. */
export async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += value;
      const blocks = rest.split(/\r?\n\r?\n/);
      rest = blocks.pop();
      yield* blocks.map(parsed);
    }
  } finally {
    reader.cancel().catch(() => {}); // the connection may be gone already
  }
}

function parsed(block) {
  const event = { id: null, event: "message", data: "", retry: null };
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "data") data.push(value);
    else if (field === "id" || field === "event" || field === "retry") event[field] = value;
  }
  event.data = data.join("\n");
  return event;
}
