/** What the README tells to paste into an assistant is read as the assistant reads it, and started. */
import { assert, describe, it } from "@effect/vitest"
import { Client } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import * as Toml from "effect/encoding/Toml"
import * as Yaml from "effect/encoding/Yaml"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readFile } from "node:fs/promises"
import { SERVER } from "../src/BuiltServer.ts"

const NAME = "sailpoint-bulk-upload"
const at = (path: string) => new URL(`../../../${path}`, import.meta.url)

const readme = await readFile(at("README.md"), "utf8")
const manifest = JSON.parse(await readFile(at("apps/mcp-server/package.json"), "utf8"))

const Entry = Schema.Struct({
  command: Schema.String,
  args: Schema.Array(Schema.String),
  env: Schema.Record(Schema.String, Schema.String)
})
type Entry = typeof Entry.Type
const decode = Schema.decodeUnknownSync(Entry)

interface Block {
  readonly language: string
  readonly text: string
}

/** The part of one assistant, and the blocks in it. */
const part = (client: string) => {
  const text = new RegExp(`<summary>${client}</summary>\n(.*?)</details>`, "su").exec(readme)?.[1]
  assert.isDefined(text, client)
  const blocks = Array.from(
    (text ?? "").matchAll(/^```(\w+)\n(.*?)\n```$/gmsu),
    ([, language = "", text = ""]): Block => ({ language, text })
  )
  return { text: text ?? "", blocks }
}

/** What such a block has the assistant start. */
const toEntry = ({ language, text }: Block): Entry => {
  switch (language) {
    case "json": {
      const { context_servers, mcpServers, servers } = JSON.parse(text)
      return decode((mcpServers ?? servers ?? context_servers)[NAME])
    }
    case "toml": {
      const { mcp_servers } = JSON.parse(JSON.stringify(Result.getOrThrow(Toml.parse(text))))
      return decode(mcp_servers[NAME])
    }
    case "yaml": {
      const { extensions } = JSON.parse(JSON.stringify(Yaml.parse(text)))
      const { args, cmd, envs, type } = extensions[NAME]
      assert.strictEqual(type, "stdio")
      return decode({ command: cmd, args, env: envs })
    }
    case "sh": {
      const words = text.split(" ")
      const [command = "", ...args] = words.slice(words.indexOf("--") + 1)
      const env = words.flatMap((word, index) => (words[index - 1] === "--env" ? [word.split("=", 2)] : []))
      const beforeName = words[words.indexOf(NAME) - 1] ?? ""
      if (words[0] === "claude")
        assert.notInclude(beforeName, "=", "--env would take the name for a variable")
      return decode({ command, args, env: Object.fromEntries(env) })
    }
    default:
      throw new Error(`No assistant reads ${language}.`)
  }
}

const entriesOf = (client: string): ReadonlyArray<Entry> =>
  part(client)
    .blocks.filter(({ language }) => language !== "text")
    .map(toEntry)

/** Those that start a program. */
const CLIENTS = ["Claude Code", "Claude Desktop", "VS Code", "Cursor", "Codex", "Zed", "Goose"]

const NPX = ["npx", "-y", manifest.name]

describe("what the README tells to paste", () => {
  it("is there for every assistant, ChatGPT too", () => {
    const told = Array.from(readme.matchAll(/^<summary>(.+)<\/summary>$/gmu), ([, client]) => client)
    assert.deepStrictEqual(told, [...CLIENTS, "ChatGPT"])
    assert.match(part("ChatGPT").text, /HTTPS/u)
  })

  it.each(CLIENTS)("starts this package with its settings, on Windows too: %s", (client) => {
    const entries = entriesOf(client)
    const lines = entries.map(({ args, command }) => [command, ...args])
    assert.deepStrictEqual(lines.slice(-2), [NPX, ["cmd", "/c", ...NPX]])
    for (const line of lines.slice(0, -2)) assert.deepStrictEqual(line, NPX)
    for (const { env } of entries) {
      assert.deepStrictEqual(Object.keys(env), ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"])
    }
  })

  it("names a package with one command, so that npx knows which to run", () => {
    assert.deepStrictEqual(Object.values(manifest.bin), ["./dist/main.js"])
  })

  it("starts a server that offers its tools", { timeout: 30_000 }, async () => {
    const entries = CLIENTS.flatMap(entriesOf)
    // VS Code asks for the values; the others have them in the entry. The package is this one, built.
    const answers: Record<string, string> = { "sail-base-url": "https://acme.api.identitynow.com" }
    const started = new Set(
      entries.map(({ args, command, env }) => {
        const line = [command, ...args].join(" ")
        assert.include(line, NPX.join(" "))
        const rest = line.slice(line.indexOf(NPX.join(" ")) + NPX.join(" ").length).trim()
        const values = Object.entries(env).map(([name, value]) => [
          name,
          value.replace(/^\$\{input:(.+)\}$/u, (_, id: string) => answers[id] ?? "given")
        ])
        return JSON.stringify([rest === "" ? [] : rest.split(" "), Object.fromEntries(values)])
      })
    )
    for (const one of started) {
      const [args, env] = JSON.parse(one)
      const client = new Client({ name: "test", version: "1.0.0" })
      await client.connect(
        new StdioClientTransport({
          command: process.execPath,
          args: [SERVER, ...args],
          env,
          stderr: "ignore"
        })
      )
      const { tools } = await client.listTools()
      assert.include(
        tools.map(({ name }) => name),
        "get_bulk_upload_status"
      )
      await client.close()
    }
  })
})

const links = (client: string) =>
  Array.from(part(client).text.matchAll(/\]\((https:[^)]+)\)/gu), ([, url = ""]) => new URL(url))

describe("the links that install it", () => {
  it("of VS Code say what the file for macOS and Linux says", () => {
    const { inputs, servers } = JSON.parse(part("VS Code").blocks[0]?.text ?? "")
    const [stable, insiders] = links("VS Code")
    assert.strictEqual(stable?.origin, "https://vscode.dev")
    assert.strictEqual(insiders?.origin, "https://insiders.vscode.dev")
    assert.strictEqual(insiders?.searchParams.get("quality"), "insiders")
    for (const link of [stable, insiders]) {
      assert.strictEqual(link?.pathname, "/redirect/mcp/install")
      assert.strictEqual(link?.searchParams.get("name"), NAME)
      assert.deepStrictEqual(JSON.parse(link?.searchParams.get("inputs") ?? ""), inputs)
      assert.deepStrictEqual(JSON.parse(link?.searchParams.get("config") ?? ""), servers[NAME])
    }
  })

  it("of Cursor says what the file for macOS and Linux says", () => {
    const { mcpServers } = JSON.parse(part("Cursor").blocks[0]?.text ?? "")
    const [link] = links("Cursor")
    assert.strictEqual(`${link?.origin}${link?.pathname}`, "https://cursor.com/en/install-mcp")
    assert.strictEqual(link?.searchParams.get("name"), NAME)
    const config = Buffer.from(link?.searchParams.get("config") ?? "", "base64").toString()
    assert.deepStrictEqual(JSON.parse(config), mcpServers[NAME])
  })

  it("of Goose says what the file for macOS and Linux says", () => {
    const [link, file] = part("Goose").blocks
    const { searchParams } = new URL(link?.text ?? "")
    const entry = toEntry(file ?? { language: "", text: "" })
    assert.strictEqual(searchParams.get("cmd"), entry.command)
    assert.deepStrictEqual(searchParams.getAll("arg"), [...entry.args])
    assert.deepStrictEqual(
      searchParams.getAll("env"),
      Object.entries(entry.env).map(([name, value]) => `${name}=${value}`)
    )
    assert.strictEqual(searchParams.get("id"), NAME)
  })
})
