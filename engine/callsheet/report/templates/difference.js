// What differs between two texts, word by word.

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "word" }) : null;
const MOST_STEPS = 250_000;

// [[piece, whether it differs], ...] of `text`, seen from `other`; pieces joined give the text again.
function differing(text, other) {
  if (text === other) return [[text, false]];
  const mine = pieces(text), theirs = pieces(other);
  let head = 0;
  while (head < mine.length && head < theirs.length && mine[head] === theirs[head]) head++;
  let tail = 0;
  while (tail < mine.length - head && tail < theirs.length - head && mine.at(-1 - tail) === theirs.at(-1 - tail)) tail++;
  const middle = mine.slice(head, mine.length - tail);
  const same = inCommon(middle, theirs.slice(head, theirs.length - tail));
  const flags = mine.map((_, place) => place >= head && place < mine.length - tail && !same.has(place - head));
  return joined(mine, flags);
}

function pieces(text) {
  return segmenter && !/^[\x20-\x7e\s]*$/.test(text) ? Array.from(segmenter.segment(text), (one) => one.segment) : text.match(/\s+|\w+|[^\s\w]/gu) || [];
}

// The places in `mine` of a longest common subsequence; none where finding it would take too long.
function inCommon(mine, theirs) {
  const found = new Set();
  if (mine.length * theirs.length > MOST_STEPS) return found;
  const wide = theirs.length + 1;
  const longest = new Uint16Array((mine.length + 1) * wide);
  for (let row = mine.length - 1; row >= 0; row--) {
    for (let column = theirs.length - 1; column >= 0; column--) {
      longest[row * wide + column] = mine[row] === theirs[column]
        ? longest[(row + 1) * wide + column + 1] + 1
        : Math.max(longest[(row + 1) * wide + column], longest[row * wide + column + 1]);
    }
  }
  let row = 0, column = 0;
  while (row < mine.length && column < theirs.length) {
    if (mine[row] === theirs[column]) { found.add(row); row++; column++; }
    else if (longest[(row + 1) * wide + column] >= longest[row * wide + column + 1]) row++;
    else column++;
  }
  return found;
}

// Neighbouring pieces of one kind as one; blanks between two that differ belong to them.
function joined(all, flags) {
  const marked = flags.map((flag, place) => flag || (!all[place].trim() && Boolean(flags[place - 1] && flags[place + 1])));
  const result = [];
  all.forEach((piece, place) => {
    if (result.length && result.at(-1)[1] === marked[place]) result.at(-1)[0] += piece;
    else result.push([piece, marked[place]]);
  });
  return result;
}

// The text with what differs marked; where nearly all of it does, marks would say nothing.
function marked(text, other) {
  return withMarks(differing(text, other));
}

function withMarks(parts) {
  const length = (some) => some.reduce((sum, [piece]) => sum + piece.trim().length, 0);
  const plain = length(parts.filter(([, differs]) => !differs)) < length(parts) / 4;
  return parts.map(([piece, differs]) => (differs && piece.trim() && !plain ? make("mark", {}, piece) : piece));
}

// The same, begun shortly before the first difference where that is far into the text.
function excerpt(text, other) {
  const parts = differing(text, other);
  const [first] = parts;
  if (parts.length > 1 && !first[1] && first[0].length > 56) {
    const from = first[0].lastIndexOf(" ", first[0].length - 28);
    parts[0] = [`…${first[0].slice(from < 0 ? first[0].length - 28 : from)}`, false];
  }
  return withMarks(parts);
}
