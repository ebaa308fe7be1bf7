// A name in the middle of a sentence: whichever way it is written, the words around it stay where they are.
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
