/**
 * Small changes of a module. A test should notice each of them.
 */
import { parseSync } from "rolldown/utils"

export interface Mutant {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A node of the syntax tree. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "start" in value && "end" in value

const SWAPPED: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "&&": "||",
  "||": "&&",
  "+=": "-=",
  "-=": "+=",
  min: "max",
  max: "min",
  some: "every",
  every: "some",
  true: "false",
  false: "true"
}

/** Methods whose call can be left out. */
const OPTIONAL = /^(?:filter|flat|map|slice|toReversed|toSorted|toLowerCase|toWellFormed|trim|replaceAll)$/u

/** Re-exports have no mutants: the compiler checks the module's name. */
const isReexport = ({ source, type }: Node): boolean => type.startsWith("Export") && isNode(source)

/** Returns the mutants of a module, in the order of the source. */
export const mutantsOf = (file: string, source: string): ReadonlyArray<Mutant> => {
  const found: Array<Mutant> = []
  const replace = ({ end, start }: Pick<Node, "start" | "end">, text: string): void => {
    if (source.slice(start, end) !== text) found.push({ start, end, text })
  }
  const textOf = ({ end, start }: Node): string => source.slice(start, end)

  const mutate = (node: Node): void => {
    const { argument, arguments: given, body, callee, left, operator, property, right, test } = node
    switch (node.type) {
      case "AssignmentExpression":
      case "BinaryExpression":
      case "LogicalExpression": {
        if (!isNode(left) || !isNode(right)) return
        const swapped = SWAPPED[String(operator)]
        const between = source.slice(left.end, right.start).replace(String(operator), swapped ?? "")
        if (swapped !== undefined) replace({ start: left.end, end: right.start }, between)
        if (operator === "??") replace(node, textOf(left))
        return
      }
      case "UnaryExpression":
        if (operator === "!" && isNode(argument)) replace(node, textOf(argument))
        return
      case "ConditionalExpression":
      case "IfStatement":
        if (!isNode(test)) return
        replace(test, "true")
        replace(test, "false")
        return
      case "Literal":
        if (typeof node["value"] === "boolean") replace(node, String(!node["value"]))
        if (typeof node["value"] === "number") replace(node, String(node["value"] + 1))
        if (typeof node["value"] === "string") replace(node, '""')
        if ("regex" in node) {
          replace(node, textOf(node).replace("/^", "/"))
          replace(node, textOf(node).replace(/\$(\/\w*)$/u, "$1"))
        }
        return
      case "TemplateLiteral":
        return replace(node, "``")
      case "ArrayExpression":
        return replace(node, "[]")
      case "ObjectExpression":
        return replace(node, "{}")
      case "ExpressionStatement":
        return replace(node, ";")
      case "ArrowFunctionExpression":
        if (isNode(body)) replace(body, body.type === "BlockStatement" ? "{}" : "undefined")
        return
      case "CallExpression": {
        if (!isNode(callee) || callee.type !== "MemberExpression" || !Array.isArray(given)) return
        const { object, property: name } = callee
        if (!isNode(object) || !isNode(name)) return
        if (OPTIONAL.test(textOf(name))) replace(node, textOf(object))
        if (textOf(name) !== "pipe" || given.length < 2) return
        for (const step of given.filter(isNode)) replace(step, "(same) => same")
        return
      }
      case "MemberExpression":
        if (isNode(property) && Object.hasOwn(SWAPPED, textOf(property))) {
          replace(property, SWAPPED[textOf(property)] ?? "")
        }
    }
  }

  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (!isNode(value) || value.type === "ImportDeclaration" || isReexport(value)) return
    // Types are erased.
    if (value.type.startsWith("TS")) return visit(value["expression"])
    mutate(value)
    for (const [name, child] of Object.entries(value)) if (name !== "key") visit(child)
  }
  visit(parseSync(file, source).program)
  return found.toSorted((a, b) => a.start - b.start || a.end - b.end)
}
