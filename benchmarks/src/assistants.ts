/**
 * `pnpm run assistants`: installs assistant CLIs, adds the built server to each in a temporary home without a network, and
 * prints as a table whether it connects. It adds the server twice: with `--sandbox`, and with the settings of a sandbox.
 */
import * as Environment from "@sailpoint-bulk-upload/sandbox/Environment"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { mkdir, mkdtempDisposable, readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import {
  type Assistant,
  ASSISTANTS,
  type Connection,
  type Entry,
  type Installed,
  run
} from "./assistants/Assistant.ts"
import { OURS } from "./McpServer.ts"

const FOLDER = fileURLToPath(new URL("../.assistants/", import.meta.url))

const HEAD = ["assistant", "version", "with `--sandbox`", "with settings", "tools"]

/** Returns the folder of the newest version of a package. */
const install = async (name: string): Promise<string> => {
  const folder = `${FOLDER}${name}/`
  await mkdir(folder, { recursive: true })
  await promisify(execFile)("npm", [
    "install",
    "--no-audit",
    "--no-fund",
    "--prefix",
    folder,
    `${name}@latest`
  ])
  return `${folder}node_modules/`
}

/** Nothing listens on port 9, so a client that respects the proxy reaches loopback only. */
const offline = (home: string): Installed["env"] => ({
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  HTTPS_PROXY: "http://127.0.0.1:9",
  HTTP_PROXY: "http://127.0.0.1:9",
  NO_PROXY: "127.0.0.1,localhost",
  // Gemini CLI connects to servers only in a trusted folder.
  GEMINI_CLI_TRUST_WORKSPACE: "true"
})

/** Adds the entry, and returns its state as a user sees it. */
const addAndConnect = async (
  { add, connection }: Assistant,
  installed: Installed,
  entry: Entry
): Promise<{ readonly result: string; readonly tools?: Connection["tools"] }> => {
  try {
    await run(installed, add(entry))
    const shown = await connection(installed, entry)
    if (shown === undefined) return { result: "added; connects only after a login" }
    if (shown.connected) return { result: "added, connected", tools: shown.tools }
    throw new Error("The assistant does not connect.")
  } catch (error) {
    process.stderr.write(`${entry.command.join(" ")}: ${String(error)}\n`)
    process.exitCode = 1
    return { result: "FAILED" }
  }
}

const row = async (
  assistant: Assistant,
  settings: Readonly<Record<string, string>>
): Promise<ReadonlyArray<string>> => {
  const folder = await install(assistant.package)
  const { version }: { readonly version: string } = JSON.parse(
    await readFile(`${folder}${assistant.package}/package.json`, "utf8")
  )
  await using home = await mkdtempDisposable(`${tmpdir()}/assistant-`)
  const installed = { file: `${folder}.bin/${assistant.bin}`, cwd: home.path, env: offline(home.path) }
  const command = [process.execPath, OURS]
  const sandboxed = await addAndConnect(assistant, installed, {
    name: "with-sandbox",
    command: [...command, "--sandbox"],
    env: {}
  })
  const configured = await addAndConnect(assistant, installed, {
    name: "with-settings",
    command,
    env: settings
  })
  const tools = configured.tools?.toSorted().join(", ") ?? ""
  return [assistant.title, version, sandboxed.result, configured.result, tools]
}

const print = (cells: ReadonlyArray<string>): void => {
  process.stdout.write(`| ${cells.join(" | ")} |\n`)
}

await Effect.gen(function* () {
  const sandbox = yield* Sandbox.make()
  print(HEAD)
  print(HEAD.map(() => "---"))
  for (const assistant of ASSISTANTS) {
    print(yield* Effect.promise(() => row(assistant, Environment.variables(sandbox))))
  }
}).pipe(Effect.scoped, Effect.runPromise)
