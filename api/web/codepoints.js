// Quoth counts Unicode code points; JavaScript strings count UTF-16 units, two for characters
// beyond U+FFFF (most emoji, some Chinese characters).

/** The UTF-16 index of the code point at `count`, or the length where the text is shorter. */
export function utf16Index(text, count) {
  let index = 0;
  for (let passed = 0; passed < count && index < text.length; passed += 1) {
    index += text.codePointAt(index) > 0xffff ? 2 : 1;
  }
  return index;
}

/** The text's blocks (lines that are not empty) as lists of pieces {text, marked, answering}: the
 *  code points of `quote` {start, end} are marked, and those of `words` in it are answering. */
export function markedBlocks(text, quote, words = []) {
  const inUnits = ({ start, end }) => [utf16Index(text, start), utf16Index(text, end)];
  const outer = inUnits(quote);
  const inner = words.map(inUnits);
  const blocks = [];
  let position = 0;
  for (const line of text.split("\n")) {
    if (line.trim()) blocks.push(pieces(line, shifted(outer, position), inner.map((w) => shifted(w, position))));
    position += line.length + 1;
  }
  return blocks;
}

/** A quote in pieces {text, answering}; `marks` are places in the article that it starts at. */
export function answeringPieces({ quote, start, marks = [] }) {
  const whole = [0, quote.length];
  const inner = marks.map((mark) => [
    utf16Index(quote, mark.start - start),
    utf16Index(quote, mark.end - start),
  ]);
  return pieces(quote, whole, inner);
}

function shifted([from, to], position) {
  return [from - position, to - position];
}

function pieces(line, outer, inner) {
  const bounds = [0, line.length, ...outer, ...inner.flat()];
  const cuts = bounds.map((at) => Math.min(Math.max(at, 0), line.length)).sort((a, b) => a - b);
  const within = (from, to, [low, high]) => low <= from && to <= high;
  return cuts.slice(1).flatMap((to, index) => {
    const from = cuts[index];
    if (from === to) return [];
    const marked = within(from, to, outer);
    const answering = marked && inner.some((words) => within(from, to, words));
    return [{ text: line.slice(from, to), marked, answering }];
  });
}
