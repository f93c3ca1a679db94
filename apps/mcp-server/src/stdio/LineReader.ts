/**
 * Bytes, as they come, into lines. `node:readline` would also end a line where a JSON text has U+2028 in it, and
 * knows no longest line.
 */
export interface Lines {
  /** The lines that these bytes complete, without their ends; none that are blank. */
  readonly take: (chunk: Buffer) => ReadonlyArray<string>
  /** Whether a line was longer than allowed; no more are given then. */
  readonly overflowed: boolean
}

const LINE_FEED = 0x0a

/** `maxBytes` is for a line without its end. */
export const make = (maxBytes: number): Lines => {
  let begun: Array<Buffer> = []
  let length = 0
  let overflowed = false

  /** Whether it still is a line. */
  const keep = (part: Buffer): boolean => {
    length += part.length
    overflowed ||= length > maxBytes
    if (overflowed) begun = []
    else begun.push(part)
    return !overflowed
  }

  const complete = (): string => {
    const line = Buffer.concat(begun).toString("utf8")
    begun = []
    length = 0
    return line
  }

  const take = (chunk: Buffer): ReadonlyArray<string> => {
    const lines: Array<string> = []
    let rest = overflowed ? undefined : chunk
    while (rest !== undefined) {
      const end: number = rest.indexOf(LINE_FEED)
      const fits = keep(end === -1 ? rest : rest.subarray(0, end))
      if (fits && end !== -1) lines.push(complete())
      rest = fits && end !== -1 ? rest.subarray(end + 1) : undefined
    }
    return lines.filter((line) => line.trim() !== "")
  }

  return {
    take,
    get overflowed() {
      return overflowed
    }
  }
}
