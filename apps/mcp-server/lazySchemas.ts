/**
 * Has the MCP SDK build each of its zod schemas when it is first used. As published it builds some two hundred when it
 * is loaded, and as many again with the first message, those of a whole protocol version; a start needs two dozen.
 * Building the others was what a start took longest for.
 *
 * Only the time of building changes: `const XSchema = z.object(…)` becomes `const XSchema = __once(() => z.object(…))`,
 * and what mentions `XSchema` calls it.
 */
import type { Plugin } from "rolldown"
import { parseAst } from "rolldown/parseAst"
import { type Edit, nameOf, type Node, nodesOf, rewrite, walk } from "./syntax.ts"

export const lazySchemas = (): Plugin => ({
  name: "lazy-schemas",
  transform: {
    filter: { id: /@modelcontextprotocol[\\/](?:core|server)[\\/]dist[\\/].*\.mjs$/u },
    handler: (code) => ({ code: defer(code), map: null })
  }
})

/** How the SDK names a schema, a list of several, and a function that builds all of a protocol version. */
const SCHEMA = /^[A-Z]\w*Schema(?:\$\d+)?$/u
const LIST = /Schemas\d*$/u
const BUILD = /^build(?:\$\d+)?$/u

/** Hoisted, because modules of a bundle can use each other before they are evaluated. */
const HELPERS = `
function __once(make) { let made; return () => made ??= make() }
function __keep(owner, key, value) { Object.defineProperty(owner, key, { value }); return value }
`

/** The code of one module of the SDK, with its schemas built on first use. */
export const defer = (code: string): string => {
  const statements = nodesOf(parseAst(code).body)
  const names = new Set(
    statements
      .filter(({ type }) => type === "ImportDeclaration")
      .flatMap(({ specifiers }) => nodesOf(specifiers).map(({ local }) => nameOf(local)))
      .filter((name) => SCHEMA.test(name))
  )
  const builds = statements.filter(({ id, type }) => type === "FunctionDeclaration" && BUILD.test(nameOf(id)))
  const constants = [
    ...constantsOf(statements, (name, init) => SCHEMA.test(name) || mentions(init, names), names),
    ...builds.flatMap((build) => constantsOf(bodyOf(build), () => true, names))
  ]
  if (names.size === 0) return code

  const lists = new Set([
    ...constants.filter(({ id }) => LIST.test(nameOf(id))).flatMap(({ init }) => nodesOf(init)),
    ...builds.flatMap((build) => bodyOf(build).flatMap(({ argument }) => nodesOf(argument)))
  ])
  const [unwanted, wanted] = [true, false].map((is) =>
    statements.filter((one) => fillsTable(code, one) === is)
  )
  return (
    rewrite(code, [
      ...(unwanted ?? []).map(({ end, start }) => ({ start, end, text: "" })),
      // From the inside out, because that is the order in which brackets close.
      ...(wanted ?? []).flatMap((statement) => [
        ...calls(statement, names, lists),
        ...getters(statement, code, lists)
      ]),
      ...constants
        .flatMap(({ init }) => nodesOf(init))
        .flatMap((init) => [before(init, "/* @__PURE__ */ __once(() => ("), after(init, "))")])
    ]) + HELPERS
  )
}

const before = ({ start }: Node, text: string): Edit => ({ start, end: start, text })
const after = ({ end }: Node, text: string): Edit => ({ start: end, end, text })

/** The statements in a function. */
const bodyOf = (node: Node): ReadonlyArray<Node> => nodesOf(node["body"]).flatMap(({ body }) => nodesOf(body))

const isFunction = ({ type }: Node): boolean => type.includes("Function")

/** Whether one of the names is mentioned where it is evaluated at once, not in a function that is called later. */
const mentions = (node: Node, names: ReadonlySet<string>): boolean => {
  let found = false
  walk(node, (inner) => {
    found ||= inner.type === "Identifier" && names.has(nameOf(inner))
    return !isFunction(inner)
  })
  return found
}

/** The constants that become lazy; their names are added to those that are known. */
const constantsOf = (
  statements: ReadonlyArray<Node>,
  isOne: (name: string, init: Node) => boolean,
  names: Set<string>
): ReadonlyArray<Node> =>
  statements
    .filter(({ kind, type }) => type === "VariableDeclaration" && kind === "const")
    .flatMap(({ declarations }) => nodesOf(declarations))
    .filter(({ id, init }) => {
      const [value] = nodesOf(init)
      if (value === undefined || isFunction(value) || !isOne(nameOf(id), value)) return false
      names.add(nameOf(id))
      return true
    })

/** The tables of all schemas by name (`specTypeSchemas`), filled by loops that would build them all. Nobody here asks them. */
const fillsTable = (code: string, { end, start, type }: Node): boolean =>
  type === "ForOfStatement" && /\bregister\(/u.test(code.slice(start, end))

/** Calls what became lazy wherever it is mentioned. */
const calls = (
  statement: Node,
  names: ReadonlySet<string>,
  lists: ReadonlySet<Node>
): ReadonlyArray<Edit> => {
  const edits: Array<Edit> = []
  walk(statement, (node, parents) => {
    const parent = parents.at(-1)
    if (node.type === "ImportDeclaration" || node.type === "ExportSpecifier") return false
    if (node.type !== "Identifier" || parent === undefined || !names.has(nameOf(node))) return true
    if (isFunction(parent) && nodesOf(parent["params"]).includes(node)) {
      throw new Error(`${nameOf(node)} is a parameter too: which of the two is meant cannot be told.`)
    }
    if (parent.type === "VariableDeclarator" && parent["id"] === node) return true
    if (parent.type === "MemberExpression" && parent["property"] === node && parent["computed"] !== true)
      return true
    if (parent.type === "Property" && parent["key"] === node && parent["computed"] !== true) return true
    const [list] = parents.slice(-2)
    const key =
      parent["shorthand"] === true && !(list !== undefined && isList(list, parents.slice(0, -2), lists))
    edits.push(after(node, key ? `: ${nameOf(node)}()` : "()"))
    return true
  })
  return edits
}

/** Turns the properties of lists into getters that make their value when it is first read. */
const getters = (statement: Node, code: string, lists: ReadonlySet<Node>): ReadonlyArray<Edit> => {
  const edits: Array<Edit> = []
  walk(statement, (node, parents) => {
    if (!isList(node, parents, lists)) return true
    for (const { key, start, value } of nodesOf(node["properties"])) {
      for (const name of nodesOf(key)) {
        for (const made of nodesOf(value)) {
          const text = code.slice(name.start, name.end)
          const quoted = name.type === "Identifier" ? JSON.stringify(text) : text
          edits.push({ start, end: made.start, text: `get ${text}() { return __keep(this, ${quoted}, ` })
          edits.push(after(made, ") }"))
        }
      }
    }
    return true
  })
  return edits
}

/** Either known to be one, or such as `{ ping: s.PingRequestSchema, … }`; not a schema's shape, which is an argument. */
const isList = (node: Node, parents: ReadonlyArray<Node>, lists: ReadonlySet<Node>): boolean =>
  node.type === "ObjectExpression" &&
  (lists.has(node) ||
    (!parents.some(({ type }) => type === "CallExpression") &&
      nodesOf(node["properties"]).some(({ value }) =>
        nodesOf(value).some(
          ({ property, type }) => type === "MemberExpression" && SCHEMA.test(nameOf(property))
        )
      )))
