/**
 * A syntax tree as far as a rewriting of code wants it, and the rewriting.
 */

export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly name?: string
  readonly [field: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "start" in value && "end" in value

/** The nodes in a field: none, one or many. */
export const nodesOf = (field: unknown): ReadonlyArray<Node> =>
  (Array.isArray(field) ? field : [field]).filter(isNode)

/** The name of an identifier; nothing of anything else. */
export const nameOf = (field: unknown): string => nodesOf(field)[0]?.name ?? ""

/** Visits a node and what is in it, outside in, until `visit` says to go no further. */
export const walk = (
  node: Node,
  visit: (node: Node, parents: ReadonlyArray<Node>) => boolean,
  parents: ReadonlyArray<Node> = []
): void => {
  if (!visit(node, parents)) return
  for (const child of Object.values(node).flatMap(nodesOf)) walk(child, visit, [...parents, node])
}

export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The code with some places of it replaced; what goes to the same place goes there in the order given. */
export const rewrite = (code: string, edits: ReadonlyArray<Edit>): string => {
  const parts: Array<string> = []
  let at = 0
  for (const { end, start, text } of edits.toSorted((a, b) => a.start - b.start)) {
    parts.push(code.slice(at, start), text)
    at = end
  }
  return parts.join("") + code.slice(at)
}
