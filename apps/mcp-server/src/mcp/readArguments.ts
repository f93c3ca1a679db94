/**
 * Reads a tool's arguments leniently: clients send `null` for an absent argument, numbers and booleans in strings, and
 * arguments of the client itself.
 */

/** The part of a tool's JSON Schema that decides how its arguments are read. */
export interface Advertised {
  readonly properties?: Readonly<Record<string, { readonly type?: unknown }>>
  readonly required?: ReadonlyArray<string>
}

/** The strings that are read as another type. */
const EXACT: Readonly<Record<string, RegExp>> = {
  integer: /^(?:0|-?[1-9]\d{0,14})$/u,
  boolean: /^(?:true|false)$/u
}

const exact = (type: unknown, value: unknown): unknown =>
  typeof value === "string" && EXACT[String(type)]?.test(value) === true ? JSON.parse(value) : value

const folded = (name: string): string => name.replace(/[-_]/gu, "").toLowerCase()

export const readArguments = ({ properties = {}, required = [] }: Advertised, given: object) => {
  const names = new Map(Object.keys(properties).map((name) => [folded(name), name]))
  const matches = Object.entries(given).flatMap(([key, value]: [string, unknown]) => {
    const name = names.get(folded(key))
    return name === undefined || (value === null && !required.includes(name)) ? [] : [{ key, name, value }]
  })
  return {
    values: Object.fromEntries(
      matches.map(({ name, value }) => [name, exact(properties[name]?.type, value)])
    ),
    /** Names that differ from a known name only in case, `-` or `_`. These are mistakes, not arguments of the client. */
    misnamed: matches.flatMap(({ key, name }) => (key === name ? [] : [{ given: key, known: name }]))
  }
}
