/**
 * Probes in the functions of a module: they record which test file calls which function, in any process.
 */
import { parseSync } from "rolldown/utils"
import { isNode, type Node } from "./mutants.ts"

type Range = Pick<Node, "start" | "end">

interface Body extends Range {
  readonly isBlock: boolean
}

const bodiesOf = (file: string, source: string): ReadonlyArray<Body> => {
  const found: Array<Body> = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (!isNode(value)) return
    const { body } = value
    if (/^(?:Arrow)?Function/u.test(value.type) && isNode(body)) {
      found.push({ start: body.start, end: body.end, isBlock: body.type === "BlockStatement" })
    }
    Object.values(value).forEach(visit)
  }
  visit(parseSync(file, source).program)
  return found
}

/** Names the innermost function around a range, or the module itself. */
export const functionAt = (file: string, source: string): ((range: Range) => string) => {
  const bodies = bodiesOf(file, source)
  return ({ end, start }) => {
    const around = bodies.filter((body) => body.start <= start && end <= body.end)
    const { start: name } = around.toSorted((a, b) => b.start - a.start)[0] ?? { start: 0 }
    return `${file}:${name}`
  }
}

/** Adds a probe to each function and to the end of the module. Each process appends its first hits to the log. */
export const withProbes = (file: string, source: string, log: string): string => {
  const inserted = bodiesOf(file, source).flatMap(({ end, isBlock, start }) => {
    const probe = `__probe(${JSON.stringify(`${file}:${start}`)})`
    if (isBlock) return [{ at: start + 1, text: `${probe};` }]
    return [
      { at: start, text: `(${probe}, ` },
      { at: end, text: ")" }
    ]
  })
  let text = source
  for (const { at, text: probe } of inserted.toSorted((a, b) => b.at - a.at)) {
    text = text.slice(0, at) + probe + text.slice(at)
  }
  return `${text}
;function __probe(id) {
  const seen = (globalThis.__probed ??= new Set())
  if (seen.has(id)) return
  seen.add(id)
  const kind = import.meta.url.includes("/dist/") ? "built" : "source"
  process.getBuiltinModule("node:fs").appendFileSync(${JSON.stringify(log)}, kind + " " + id + "\\n")
}
__probe(${JSON.stringify(`${file}:0`)})
`
}
