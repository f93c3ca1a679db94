/** Draws a conversation as SVG, for light and for dark pages. */
import type { Turn } from "./Conversation.ts"

const THEMES = {
  light: {
    page: "#ffffff",
    line: "#d1d9e0",
    text: "#1f2328",
    dim: "#59636e",
    user: "#ddf4ff",
    call: "#f6f8fa"
  },
  dark: {
    page: "#0d1117",
    line: "#3d444d",
    text: "#f0f6fc",
    dim: "#9198a1",
    user: "#12304d",
    call: "#151b23"
  }
}

export type Theme = keyof typeof THEMES

const WIDTH = 760
const MARGIN = 20
const PADDING = 12
const GAP = 12

/** System fonts, with room for the wider ones. */
const FONTS = {
  prose: {
    family: "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif",
    size: 15,
    step: 8,
    leading: 22
  },
  code: {
    family: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
    size: 12,
    step: 7.5,
    leading: 18
  }
}

interface Line {
  readonly text: string
  readonly dim?: boolean
}

interface Box {
  readonly font: keyof typeof FONTS
  readonly lines: ReadonlyArray<Line>
  readonly fill: "page" | "user" | "call"
  readonly side: "left" | "right"
}

/** Breaks a text at spaces and after the commas of JSON, so that each line fits its box. */
const wrap = (text: string, limit: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let current = ""
  for (const word of text.split(/(?<=[ ,])/u)) {
    if (current !== "" && current.length + word.trimEnd().length > limit) {
      lines.push(current.trimEnd())
      current = ""
    }
    current += word
  }
  return [...lines, current.trimEnd()]
}

const columns = (font: keyof typeof FONTS, share: number): number =>
  Math.floor(((WIDTH - 2 * MARGIN) * share - 2 * PADDING) / FONTS[font].step)

const toBox = (turn: Turn): Box => {
  switch (turn._tag) {
    case "User":
    case "Assistant":
      return {
        font: "prose",
        lines: wrap(turn.text, columns("prose", 0.8)).map((text) => ({ text })),
        fill: turn._tag === "User" ? "user" : "page",
        side: turn._tag === "User" ? "right" : "left"
      }
    case "Call":
      return {
        font: "code",
        lines: [
          ...wrap(turn.call, columns("code", 1)).map((text) => ({ text })),
          ...wrap(turn.result, columns("code", 1)).map((text) => ({ text, dim: true }))
        ],
        fill: "call",
        side: "left"
      }
  }
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/gu, (character) => `&#${character.codePointAt(0)};`)

export const draw = (turns: ReadonlyArray<Turn>, theme: Theme): string => {
  const colors = THEMES[theme]
  let top = MARGIN
  const boxes = turns.map(toBox).map(({ fill, font, lines, side }) => {
    const { family, leading, size, step } = FONTS[font]
    const longest = Math.max(...lines.map(({ text }) => text.length))
    const width = font === "code" ? WIDTH - 2 * MARGIN : Math.ceil(longest * step) + 2 * PADDING
    const height = lines.length * leading + 2 * PADDING - 4
    const left = side === "left" ? MARGIN : WIDTH - MARGIN - width
    const first = top + PADDING + size
    top += height + GAP
    return [
      `<rect x="${left}" y="${first - PADDING - size}" width="${width}" height="${height}" rx="8" fill="${colors[fill]}" stroke="${colors.line}"/>`,
      ...lines.map(
        ({ dim = false, text }, index) =>
          `<text x="${left + PADDING}" y="${first + index * leading}" font-family="${family}" font-size="${size}" fill="${dim ? colors.dim : colors.text}" xml:space="preserve">${escape(text)}</text>`
      )
    ].join("\n")
  })
  const height = top - GAP + MARGIN
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>A conversation about a bulk upload</title>
<rect width="${WIDTH}" height="${height}" fill="${colors.page}"/>
${boxes.join("\n")}
</svg>
`
}
