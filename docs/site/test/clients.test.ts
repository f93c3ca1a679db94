import { assert, describe, it } from "@effect/vitest"
import * as Toml from "effect/encoding/Toml"
import * as Yaml from "effect/encoding/Yaml"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readFile } from "node:fs/promises"
import { type Entry, entryOf, linksOf, NAME, PUBLISHED } from "../src/sections/Clients.ts"

const read = (path: string): Promise<string> => readFile(new URL(`../../../${path}`, import.meta.url), "utf8")
const page = await read("docs/clients.md")
const readme = await read("README.md")

const decode = Schema.decodeUnknownSync(
  Schema.Struct({
    command: Schema.String,
    args: Schema.Array(Schema.String),
    env: Schema.Record(Schema.String, Schema.String)
  })
)

/** The first block of code under a heading. */
const block = (client: string): readonly [language: string, text: string] => {
  const [, section = ""] = new RegExp(`^### ${client}\n(.*?)(?=^### |^<!--|^## )`, "msu").exec(page) ?? []
  const [, language = "", text = ""] = /^```(\w+)\n(.*?)\n```$/msu.exec(section) ?? []
  return [language, text]
}

/** Reads a block as the assistant does. */
const parsed = (client: string) => {
  const [language, text] = block(client)
  if (language === "toml") return JSON.parse(JSON.stringify(Result.getOrThrow(Toml.parse(text))))
  return JSON.parse(language === "yaml" ? JSON.stringify(Yaml.parse(text)) : text)
}

/** Readers of the formats without `mcpServers`. */
const ELSEWHERE: Readonly<Record<string, (client: string) => unknown>> = {
  "VS Code": (client) => parsed(client).servers[NAME],
  Codex: (client) => parsed(client).mcp_servers[NAME],
  OpenCode: (client) => {
    const { command, environment, type } = parsed(client).mcp[NAME]
    assert.strictEqual(type, "local")
    return { command: command[0], args: command.slice(1), env: environment }
  },
  Continue: (client) => {
    const { mcpServers } = parsed(client)
    assert.strictEqual(mcpServers[0].name, NAME)
    return mcpServers[0]
  },
  Zed: (client) => parsed(client).context_servers[NAME],
  Goose: (client) => {
    const { args, cmd, envs, type } = parsed(client).extensions[NAME]
    assert.strictEqual(type, "stdio")
    return { command: cmd, args, env: envs }
  }
}

const entryIn = (client: string): Entry =>
  decode(ELSEWHERE[client]?.(client) ?? parsed(client).mcpServers[NAME])

/** The assistants that the page names. ChatGPT starts no program. */
const clients = Array.from(page.matchAll(/^### (.+)$/gmu), ([, client = ""]) => client).filter(
  (client) => client !== "ChatGPT"
)

describe("the entries for assistants", () => {
  it("the page has an entry in every tested format", () => {
    assert.includeMembers(clients, ["Claude Code", ...Object.keys(ELSEWHERE)])
  })

  it.each(clients)("the entry starts the server with its three settings: %s", (client) => {
    const { args, command, env } = entryOf(PUBLISHED)
    const entry = entryIn(client)
    assert.deepStrictEqual([entry.command, entry.args], [command, args])
    assert.deepStrictEqual(Object.keys(entry.env), Object.keys(env))
  })

  it("no entry has a secret on a command line", () => {
    assert.notMatch(`${page}\n${readme}`, /--env SAIL_CLIENT_SECRET=/u)
  })

  it("the page has npx and one-click links only if the packages are published", () => {
    const offers = /"npx"|vscode\.dev\/redirect|cursor\.com\/en\/install-mcp/u
    assert.strictEqual(offers.test(page), PUBLISHED)
  })

  it("one-click links have the entry of the published package", () => {
    const entry = entryOf(true)
    const links = linksOf(entry)
    const cursor = new URL(links["Cursor"] ?? "").searchParams.get("config") ?? ""
    assert.deepStrictEqual(JSON.parse(Buffer.from(cursor, "base64").toString()), entry)
    const code = JSON.parse(new URL(links["VS Code"] ?? "").searchParams.get("config") ?? "")
    assert.deepStrictEqual([code.command, code.args], [entry.command, entry.args])
  })

  it("the README has the same entry", () => {
    const [, text = ""] = /^```json\n(.*?)\n```$/msu.exec(readme) ?? []
    assert.deepStrictEqual(decode(JSON.parse(text).mcpServers[NAME]), entryOf(PUBLISHED))
  })
})
