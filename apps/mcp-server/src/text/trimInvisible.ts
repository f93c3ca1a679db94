/** White space, and characters that render as nothing, at either end. */
const AROUND =
  /^[\p{White_Space}\p{Cf}\p{Default_Ignorable_Code_Point}]+|[\p{White_Space}\p{Cf}\p{Default_Ignorable_Code_Point}]+$/gu

/** Far more than an ID has with all that was pasted along; the pattern's time is quadratic. */
const MAX_LENGTH = 1_000

/** Returns the text without the white space and the invisible characters around it, as a pasted ID often carries. */
export const trimInvisible = (text: string): string =>
  text.length > MAX_LENGTH ? text : text.replace(AROUND, "")
