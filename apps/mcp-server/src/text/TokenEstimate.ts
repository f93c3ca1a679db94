/**
 * How many tokens a model reads a text as, once it is in JSON, estimated from above. A tokenizer weighs
 * megabytes and every model has its own; for keeping results short it is enough hardly ever to guess too low.
 */

/** Tokenizers of today work on bytes: whatever the script, a text has no more tokens than bytes. */
const ofCharacter = (character: string): number => {
  // JSON writes them with a backslash before them.
  if (character === '"' || character === "\\") return 2
  // English has four characters a token or more, and odd words two; digits, capitals and signs have fewer.
  if (character === " " || (character >= "a" && character <= "z")) return 0.5
  return character < "\u0080" ? 0.75 : Buffer.byteLength(character)
}

export const estimate = (text: string): number => {
  let tokens = 0
  for (const character of text) tokens += ofCharacter(character)
  return Math.ceil(tokens)
}

const ELLIPSIS = "…"

/** The text, or as much of its beginning as has so many tokens; a cut is marked by an ellipsis. */
export const cutTo = (maxTokens: number, text: string): string => {
  if (estimate(text) <= maxTokens) return text
  let left = maxTokens - estimate(ELLIPSIS)
  let end = 0
  for (const character of text) {
    left -= ofCharacter(character)
    if (left < 0) break
    end += character.length
  }
  return text.slice(0, end) + ELLIPSIS
}
