/** What the documents tell to type, to set, to paste and to click is there, and does what they say. */
import { assert, describe, it } from "@effect/vitest"
import { Environment, Sandbox } from "@sailpoint-bulk-upload/sandbox"
import * as Effect from "effect/Effect"
import * as Yaml from "effect/encoding/Yaml"
import { execFile, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { glob, readFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { help, SERVER } from "../src/BuiltServer.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))

interface Document {
  readonly file: string
  readonly text: string
}

const documents = await Promise.all(
  (await Array.fromAsync(glob(["*.md", "docs/*.md", "examples/*.md", "packages/*/*.md"], { cwd: root }))).map(
    async (file): Promise<Document> => ({ file, text: await readFile(join(root, file), "utf8") })
  )
)

const blocks = (language: string) =>
  documents.flatMap(({ file, text }) =>
    Array.from(
      text.matchAll(new RegExp(`^ *\`\`\`${language}\n(.*?)^ *\`\`\`$`, "gmsu")),
      ([, code = ""]) => ({ file, code })
    )
  )

const inBlocks = blocks("sh").flatMap(({ code, file }) =>
  code
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => ({
      file,
      line: line
        .replace(/ *#.*$/u, "")
        .trim()
        .replaceAll(/\s+/gu, " ")
    }))
)

const run = async (file: string, ...args: ReadonlyArray<string>) =>
  (await promisify(execFile)(process.execPath, [file, ...args])).stdout

/** The settings in the help, written out: OTEL_{SIGNAL}_EXPORTER is one of each signal. */
const settingsIn = (text: string): ReadonlyArray<string> => {
  const names = text.match(/\b(?:SAIL|MCP|OTEL)_[A-Z{}_]+[A-Z]/gu) ?? []
  const endings = text.match(/(?<=, )_[A-Z]+/gu) ?? []
  return names.flatMap((name) =>
    name.includes("{SIGNAL}")
      ? ["TRACES", "METRICS", "LOGS"].flatMap((signal) => {
          const full = name.replace("{SIGNAL}", signal)
          return [full, ...endings.map((ending) => full.replace(/_ENDPOINT$/u, ending))]
        })
      : [name]
  )
}

describe("the documents", { timeout: 60_000 }, () => {
  it("name only settings that the server has", async () => {
    const known = settingsIn(await help())
    for (const { file, text } of documents) {
      for (const [name] of text.matchAll(/\b(?:SAIL|MCP|OTEL)_[A-Z_]+[A-Z]\b/gu)) {
        assert.include(known, name, file)
      }
    }
  })

  it("tell only commands, scripts and options that there are", async () => {
    const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>
    }
    const helps = new Map([
      ["sailpoint-bulk-upload-mcp", await help()],
      ["sailpoint-bulk-upload-sandbox", await run(join(root, "packages/sandbox/src/main.ts"), "--help")]
    ])
    const pnpm = ["install", "run", "exec", "dlx", "add", "pack", ...Object.keys(scripts)]
    let checked = 0
    for (const { file, line: typed } of inBlocks) {
      const line = typed.replace("node apps/mcp-server/dist/main.js", "sailpoint-bulk-upload-mcp")
      const [, script] = /^(?:npx --yes )?pnpm(?:@[\d.]+)? (?:--(?:filter|dir) \S+ )*(\S+)/u.exec(line) ?? []
      const [command = "", ...args] = line.split(" ")
      const text = helps.get(command)
      if (script !== undefined) assert.include(pnpm, script, file)
      for (const arg of text === undefined ? [] : args) {
        if (/^(?:--[a-z-]+|stdio|http|check)$/u.test(arg)) assert.include(text, arg, file)
      }
      if (script !== undefined || text !== undefined) checked += 1
    }
    assert.isAbove(checked, 10)
  })

  it("have JSON and YAML that can be read", () => {
    for (const { code, file } of blocks("json")) assert.doesNotThrow(() => JSON.parse(code), file)
    for (const { code, file } of blocks("yaml").flatMap(parts)) {
      assert.doesNotThrow(() => Yaml.parse(code), file)
    }
  })

  it("link only files that there are", () => {
    for (const { file, text } of documents) {
      for (const [, link = ""] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/gu)) {
        assert.isTrue(existsSync(join(root, dirname(file), link)), `${file} links to ${link}`)
      }
    }
  })

  it.live(
    "have a manifest for Kubernetes whose server starts, answers its probes, and has time to end",
    () =>
      Effect.gen(function* () {
        const [{ spec: deployment }, { spec: service }] = manifests()
        const [container] = deployment.template.spec.containers
        const [port] = container.ports
        assert.strictEqual(container.args[container.args.indexOf("--port") + 1], String(port.containerPort))
        assert.strictEqual(service.ports[0].targetPort, port.name)
        const [, grace] = /MCP_SHUTDOWN_GRACE.+default: (\d+)/u.exec(yield* Effect.promise(help)) ?? []
        // After that time, running calls have 10 seconds to end, and then one second to be answered as canceled.
        const { terminationGracePeriodSeconds } = deployment.template.spec
        assert.isAbove(terminationGracePeriodSeconds, Number(grace) + 11)
        const sandbox = yield* Sandbox.Sandbox
        const url = yield* serving(
          container.args.map((arg: string) => (arg === String(port.containerPort) ? "0" : arg)),
          { ...Environment.variables(sandbox), MCP_BEARER_TOKEN: "0".repeat(32) }
        )
        for (const probe of [container.livenessProbe, container.readinessProbe]) {
          assert.strictEqual(probe.httpGet.port, port.name)
          const { status } = yield* Effect.promise(() => fetch(`${url}${probe.httpGet.path}`))
          assert.strictEqual(status, 200)
        }
      }).pipe(Effect.scoped, Effect.provide(Sandbox.layer())),
    30_000
  )
})

const parts = ({ code, file }: { readonly code: string; readonly file: string }) =>
  code.split(/^---$/mu).map((part) => ({ file, code: part }))

/** The manifests of the deployment and the service. */
const manifests = () => {
  const files = blocks("yaml").filter(({ code }) => code.includes("kind: Deployment"))
  return files.flatMap(parts).map(({ code }) => JSON.parse(JSON.stringify(Yaml.parse(code))))
}

/** The built server with these arguments, for as long as the scope lives; where it can be reached from here. */
const serving = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [SERVER, ...args], { env, stdio: ["ignore", "ignore", "pipe"] })
    ),
    (server) => Effect.sync(() => server.kill())
  ).pipe(
    Effect.flatMap((server) =>
      Effect.promise(async () => {
        for await (const line of createInterface(server.stderr)) {
          const [, port] = /Serving MCP at http:\/\/\S+:(\d+)\/mcp/u.exec(line) ?? []
          if (port !== undefined) return `http://127.0.0.1:${port}`
        }
        throw new Error("The server ended before it served.")
      })
    )
  )
