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

/** The text's blocks (lines that are not empty) as lists of {text, marked} pieces, where the
 *  code points from `start` to `end` are marked. */
export function markedBlocks(text, start, end) {
  const from = utf16Index(text, start);
  const to = utf16Index(text, end);
  const blocks = [];
  let position = 0;
  for (const line of text.split("\n")) {
    if (line.trim()) blocks.push(markedPieces(line, from - position, to - position));
    position += line.length + 1;
  }
  return blocks;
}

function markedPieces(line, from, to) {
  const low = Math.min(Math.max(from, 0), line.length);
  const high = Math.min(Math.max(to, low), line.length);
  const pieces = [
    { text: line.slice(0, low), marked: false },
    { text: line.slice(low, high), marked: true },
    { text: line.slice(high), marked: false },
  ];
  return pieces.filter((piece) => piece.text);
}
