/** White space and invisible characters at either end. */
const AROUND =
  /^[\p{White_Space}\p{Cf}\p{Default_Ignorable_Code_Point}]+|[\p{White_Space}\p{Cf}\p{Default_Ignorable_Code_Point}]+$/gu

/** Far longer than any pasted ID; bounds the quadratic time of the pattern. */
const MAX_LENGTH = 1_000

/** Returns the text without the white space and the invisible characters around it, as a pasted ID often carries. */
export const trimInvisible = (text: string): string =>
  text.length > MAX_LENGTH ? text : text.replace(AROUND, "")
