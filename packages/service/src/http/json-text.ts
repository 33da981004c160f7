/** No body here nests deeper; what does would exhaust the stack of whoever walks through it. */
const maxDepth = 100;
/** No object here has more properties; checking each of them takes its time. */
const maxProperties = 10_000;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** What makes a JSON text too large for its checks, found without reading it as JSON; undefined: nothing does. */
export function excessOf(text: string): string | undefined {
  // Of each bracket that is open: how many commas it has seen, or undefined for a list.
  const open: (number | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at);
        break;
      case openBracket:
      case openBrace:
        if (open.length >= maxDepth) return `nests deeper than ${maxDepth} levels`;
        open.push(text.charCodeAt(at) === openBrace ? 0 : undefined);
        break;
      case closeBracket:
      case closeBrace:
        open.pop();
        break;
      case comma: {
        const commas = open.at(-1);
        if (commas === undefined) break;
        if (commas + 2 > maxProperties) return `has an object of more than ${maxProperties} properties`;
        open[open.length - 1] = commas + 1;
        break;
      }
    }
  }
  return undefined;
}

/** The place of the quote that ends the string that begins there; the end of the text if none does. */
function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at !== -1 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at === -1 ? text.length : at;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === backslash) backslashes += 1;
  return backslashes % 2 === 1;
}
