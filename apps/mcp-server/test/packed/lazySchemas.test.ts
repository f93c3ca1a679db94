import { assert, describe, it } from "@effect/vitest"
import { defer } from "../../lazySchemas.ts"

/** As the SDK has it, with a list of what was built in place of zod. */
const MODULE = `
export const built = []
const make = (name, shape = {}) => { built.push(name); return { name, shape } }
const NameSchema = make("Name")
const ToolSchema = make("Tool", { NameSchema, title: NameSchema })
const UnusedSchema = make("Unused", { tool: ToolSchema })
const KEYS = new Set(Object.keys(ToolSchema.shape))
function build() {
  const shared = { name: NameSchema }
  const PingSchema = make("Ping", shared)
  const requestSchemas = { ping: PingSchema, pong: make("pong") }
  return { PingSchema, PongSchema: make("Pong"), requestSchemas }
}
let memo
const all = () => memo ??= build()
function registry() {
  const s = all()
  return { requests: { ping: s.PingSchema, pong: s.PongSchema } }
}
const table = {}
function register(key, schema) { table[key] = schema }
for (const key of ["UnusedSchema"]) register(key, UnusedSchema)
export const isTool = (value) => value === ToolSchema.name
export const keys = () => [...KEYS]
export const ping = () => registry().requests.ping
export const both = () => [all().requestSchemas.ping === all().PingSchema, ToolSchema.shape.title === ToolSchema.shape.NameSchema]
`

interface Deferred {
  readonly built: ReadonlyArray<string>
  readonly isTool: (value: string) => boolean
  readonly keys: () => ReadonlyArray<string>
  readonly ping: () => { readonly shape: object }
  readonly both: () => ReadonlyArray<boolean>
}

let loads = 0
const load = (code: string): Promise<Deferred> =>
  import(`data:text/javascript,${encodeURIComponent(`${code}// ${++loads}`)}`)

describe("a schema of the SDK", () => {
  it("is built when it is first used, once, and with it only what it is made of", async () => {
    const { built, isTool, keys } = await load(defer(MODULE))
    assert.deepStrictEqual(built, [])
    assert.isTrue(isTool("Tool"))
    assert.deepStrictEqual(built, ["Name", "Tool"])
    assert.isFalse(isTool("Name"))
    assert.deepStrictEqual(keys(), ["NameSchema", "title"])
    assert.deepStrictEqual(built, ["Name", "Tool"])
  })

  it("of a protocol version is built without the others of that version", async () => {
    const { built, ping } = await load(defer(MODULE))
    assert.deepStrictEqual(Object.keys(ping().shape), ["name"])
    assert.deepStrictEqual(built, ["Name", "Ping"])
    assert.strictEqual(ping(), ping())
  })

  it("is the same one wherever it is mentioned", async () => {
    const { both } = await load(defer(MODULE))
    assert.deepStrictEqual(both(), [true, true])
  })

  it("would otherwise be built when the module is loaded", async () => {
    const { built } = await load(MODULE)
    assert.deepStrictEqual(built, ["Name", "Tool", "Unused"])
  })

  it("cannot share its name with a parameter", () => {
    assert.throws(() => defer("const ASchema = make()\nconst read = (ASchema) => ASchema"), /ASchema/u)
  })
})
