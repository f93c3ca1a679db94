/** Reviews a built file: whether it is readable, and whether it can run code from elsewhere. */
import { parseAst } from "rolldown/parseAst"

interface Node {
  readonly type: string
  readonly start: number
  readonly [field: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "start" in value

/** All nodes of the code, each with its parent. */
const nodesIn = (code: string): ReadonlyArray<readonly [node: Node, parent: Node]> => {
  const program: unknown = parseAst(code)
  const found: Array<readonly [Node, Node]> = []
  const waiting = isNode(program) ? [program] : []
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    for (const node of Object.values(parent).flat().filter(isNode)) {
      found.push([node, parent])
      waiting.push(node)
    }
  }
  return found
}

const nameOf = (value: unknown): ReadonlyArray<string> =>
  isNode(value) && value.type === "Identifier" && typeof value["name"] === "string" ? [value["name"]] : []

/** The marks of minified or packed code. In readable code, lines have 30 to 60 characters and 1 name in 10 is short. */
export const marksOf = (code: string): ReadonlyArray<string> => {
  const names = nodesIn(code).flatMap(([{ id, params }]) => [id, params].flat().flatMap(nameOf))
  const short = names.filter((name) => name.length <= 2)
  return [
    ...(code.length / code.split("\n").length > 80 ? ["long lines"] : []),
    ...(short.length > names.length / 2 ? ["short names"] : []),
    ...(/[\w+/=]{500}/u.test(code) ? ["encoded data"] : [])
  ]
}

/** The expressions that can run code from elsewhere, or bypass Node's loader or HTTP client. */
export const escapesIn = (code: string): ReadonlyArray<string> => [
  ...new Set(
    nodesIn(code).flatMap(([node, parent]) =>
      escapeOf(node, parent).map((escape) => `${moduleAt(code, node.start)}: ${escape}`)
    )
  )
]

const escapeOf = (node: Node, parent: Node): ReadonlyArray<string> => {
  if (node.type === "ImportExpression") {
    return isNode(node["source"]) && node["source"].type === "Literal" ? [] : ["import of an expression"]
  }
  const text = node.type === "Literal" ? String(node["value"]) : ""
  if (/^(?:node:)?vm$|^undici/u.test(text)) return [text]
  // Keys and properties of these names are harmless, except for the private method of Node's modules.
  const isKey = parent["computed"] !== true && (parent["key"] === node || parent["property"] === node)
  return nameOf(node).filter((name) =>
    isKey
      ? name === "_compile"
      : ["eval", "WebAssembly"].includes(name) || (name === "Function" && !isOnlyCompared(parent))
  )
}

/** Whether this is `Function.prototype` or `… instanceof Function`. */
const isOnlyCompared = ({ operator, property }: Node): boolean =>
  operator === "instanceof" || nameOf(property).includes("prototype")

/** The module that a position is from, by the bundler's comments. */
const moduleAt = (code: string, position: number): string =>
  Array.from(code.slice(0, position).matchAll(/^\/\/ (\S+\.[cm]?[jt]s)$/gmu), ([, path = ""]) => path)
    .at(-1)
    ?.replace(/^.*node_modules\//u, "") ?? "no module"
