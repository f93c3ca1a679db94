/** Commands, variables, snippets and links in the documents exist and work. */
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
import manifest from "../../../package.json" with { type: "json" }
import { help, SERVER } from "../src/BuiltServer.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))

const files = glob(["*.md", "docs/*.md", "examples/*.md", "{apps,packages}/*/*.md"], { cwd: root })
const documents = await Array.fromAsync(files, async (file) => ({
  file,
  text: await readFile(join(root, file), "utf8")
}))

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
    .replaceAll(/ *#.*$/gmu, "")
    .split("\n")
    .map((line) => ({ file, line: line.trim().replaceAll(/\s+/gu, " ") }))
)

const run = promisify(execFile)

const COMMANDS = {
  "sailpoint-bulk-upload": {
    built: "apps/cli/dist/main.js",
    subcommands: [[], ["status"], ["wait"], ["sources"], ["explain"]]
  },
  "sailpoint-bulk-upload-mcp": { built: "apps/mcp-server/dist/main.js", subcommands: [[]] },
  "sailpoint-bulk-upload-sandbox": { built: "packages/sandbox/dist/main.js", subcommands: [[]] }
}
/** The start of a built file, without its arguments. */
const BUILT = /(?:npx --yes pnpm@[\d.]+ exec )?\bnode (\S+\/dist\/main\.js)/u
const commandOf = (built: string): string =>
  Object.entries(COMMANDS).find(([, command]) => command.built === built)?.[0] ?? built
const ARGUMENT = /(?<= |^)(?:--[a-z-]+|stdio|http|check|status|wait|sources|explain)(?= |$)/gu
const TOOLS = ["", "cd", "docker", "export", "git", "jq", "npm", "npx", "pnpm", "read", ".ci/run"]
const PNPM = ["install", "exec", "pack"]
/** The script or command of pnpm, in a block or as inline code. */
const SCRIPT = /(?<=^|`|--yes )pnpm(?:@[\d.]+)? (?:run )?(?:--(?:filter|dir) \S+ )*([a-z][\w:]*)/gmu

/** The variables in the help, with OTEL_{SIGNAL}_EXPORTER as one variable for each signal. */
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
  it("the documents name only existing variables", async () => {
    const known = settingsIn(await help())
    for (const { file, text } of documents) {
      for (const [name] of text.matchAll(/\b(?:SAIL|MCP|OTEL)_[A-Z_]+[A-Z]\b/gu)) {
        assert.include(known, name, file)
      }
    }
  })

  it("the documents use scripts, commands and options that exist in a clone", async () => {
    const helps = new Map<string, string>()
    for (const [command, { built, subcommands }] of Object.entries(COMMANDS)) {
      const runs = subcommands.map((words) => run(process.execPath, [join(root, built), ...words, "--help"]))
      helps.set(command, (await Promise.all(runs)).map(({ stdout }) => stdout).join("\n"))
    }
    for (const { file, line } of inBlocks) {
      const [command = "", ...args] = line.replace(BUILT, (_, built) => commandOf(built)).split(" ")
      const text = helps.get(command)
      if (text === undefined) assert.include(TOOLS, command, file)
      else for (const [arg] of args.join(" ").matchAll(ARGUMENT)) assert.include(text, arg, file)
    }
    for (const { file, text } of documents) {
      for (const [, script] of text.matchAll(SCRIPT))
        assert.include([...PNPM, ...Object.keys(manifest.scripts)], script, file)
      // Nothing is published yet, so a guide with an installed command also has the command for a clone.
      const usesInstalled = /^sailpoint-bulk-upload/mu.test(text) && !file.endsWith("README.md")
      if (usesInstalled) assert.match(text, BUILT, file)
    }
  })

  it("documents and sources have no placeholders", async () => {
    const files = glob(["*.md", "{apps,benchmarks,docs,examples,packages,soak,tooling}/**/*.{ts,md,yml}"], {
      cwd: root,
      exclude: (name) => /(?:^|\/)(?:node_modules|dist)$/u.test(name)
    })
    for await (const file of files) {
      assert.notMatch(await readFile(join(root, file), "utf8"), /\b(?:X{2,}|[T]ODO|[F]IXME|[T]BD)\b/u, file)
    }
  })

  it("the JSON and YAML of the documents is valid", () => {
    for (const { code, file } of blocks("json")) assert.doesNotThrow(() => JSON.parse(code), file)
    for (const { code, file } of blocks("yaml").flatMap(parts)) {
      assert.doesNotThrow(() => Yaml.parse(code), file)
    }
  })

  it("the documents link only to existing files", () => {
    for (const { file, text } of documents) {
      for (const [, link = ""] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/gu)) {
        assert.isTrue(existsSync(join(root, dirname(file), link)), `${file} links to ${link}`)
      }
    }
  })

  it("each threat in SECURITY.md has a defense and existing tests", () => {
    const { text = "" } = { ...documents.find(({ file }) => file === "SECURITY.md") }
    const rows = Array.from(text.matchAll(/^\| (?!Threat |-)(.+?) +\| (.+?) +\| (.+?) +\|$/gmu))
    assert.isAbove(rows.length, 15)
    for (const [, threat, defense = "", tests = ""] of rows) {
      assert.isAbove(defense.length, 20, threat)
      const files = Array.from(tests.matchAll(/`([^`]+)`/gu), ([, file = ""]) => file)
      assert.isNotEmpty(files, threat)
      for (const file of files) assert.isTrue(file.endsWith(".test.ts") && existsSync(join(root, file)), file)
    }
  })

  it.live("the server of the Kubernetes manifest starts, answers its probes, and has time to end", () =>
    Effect.gen(function* () {
      const [{ spec: deployment }, { spec: service }] = manifests()
      const [container] = deployment.template.spec.containers
      const [port] = container.ports
      assert.strictEqual(container.args[container.args.indexOf("--port") + 1], String(port.containerPort))
      assert.strictEqual(service.ports[0].targetPort, port.name)
      const [, grace] = /MCP_SHUTDOWN_GRACE.+default: (\d+)/u.exec(yield* Effect.promise(help)) ?? []
      // After the grace period, running calls have 10 s to end, and then 1 s to be canceled.
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
    }).pipe(Effect.scoped, Effect.provide(Sandbox.layer()))
  )
})

const parts = ({ code, file }: { readonly code: string; readonly file: string }) =>
  code.split(/^---$/mu).map((part) => ({ file, code: part }))

/** The manifests of the deployment and the service. */
const manifests = () => {
  const files = blocks("yaml").filter(({ code }) => code.includes("kind: Deployment"))
  return files.flatMap(parts).map(({ code }) => JSON.parse(JSON.stringify(Yaml.parse(code))))
}

/** Starts the built server until the scope closes, and returns its URL. */
const serving = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, [SERVER, ...args], { env })),
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
