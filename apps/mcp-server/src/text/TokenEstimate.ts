/**
 * Estimates the tokens of a text in JSON, rarely too low. Every model has a different tokenizer, of several megabytes, and
 * an estimate is enough to keep results short.
 */

/** Tokenizers work on bytes, so a text has at most as many tokens as bytes. */
const ofCharacter = (character: string): number => {
  // JSON escapes these with a backslash.
  if (character === '"' || character === "\\") return 2
  // English has at least four characters per token, and unusual words two; digits, capitals and signs have fewer.
  if (character === " " || (character >= "a" && character <= "z")) return 0.5
  return character < "\u0080" ? 0.75 : Buffer.byteLength(character)
}

export const estimate = (text: string): number => {
  let tokens = 0
  for (const character of text) tokens += ofCharacter(character)
  return Math.ceil(tokens)
}

const ELLIPSIS = "…"

/** Returns the text, or its beginning with that many tokens and an ellipsis. */
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
