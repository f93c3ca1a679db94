/**
 * Text from outside, made harmless to show: one line, bounded, and without anything that a terminal or a language model
 * reads as more than text. Every text of SailPoint that this library returns has passed through it.
 */

/**
 * Terminal control sequences (ECMA-48), each removed whole so that no `[31m` stays behind: CSI, such as a color, and the
 * strings that OSC, DCS and the like begin, such as a window's title or the target of a link.
 */
const ANSI_SEQUENCE =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|(?:\u001B[\]PX^_]|[\u0090\u0098\u009D-\u009F])[^\u0007\u001B\u0090-\u009F]*(?:\u0007|\u001B\\|\u009C)/gu

/**
 * Control, format (bidirectional marks, zero-width, tag characters), lone surrogates, private use, and the rest that
 * renders as nothing and could carry a hidden message: variation selectors and Hangul fillers.
 */
const INVISIBLE =
  // oxlint-disable-next-line no-misleading-character-class -- the selectors are meant one by one
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}\u115F\u1160\u3164\uFFA0]/gu

/** How many characters are read for one that is shown; the rest is dropped unread. */
const READ_PER_SHOWN = 8

/** Returns the text on one line, cut to `maxLength` characters; a cut is marked by an ellipsis. */
export const plainText = (text: string, maxLength = 500): string => {
  const clean = text
    .slice(0, maxLength * READ_PER_SHOWN)
    .replace(ANSI_SEQUENCE, "")
    .replace(/[\t\n\r\u0085\u2028\u2029]/gu, " ")
    .replace(INVISIBLE, "")
    .replace(/\s+/gu, " ")
    .trim()
  const characters = Array.from(clean)
  return characters.length <= maxLength ? clean : `${characters.slice(0, maxLength - 1).join("")}…`
}
