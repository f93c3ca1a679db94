/**
 * Assistant CLIs from the npm registry: how each one adds a server, and how it shows that it connects.
 */
import { execFile } from "node:child_process"
import { promisify, stripVTControlCharacters } from "node:util"
import * as CodexAppServer from "./CodexAppServer.ts"

export interface Assistant {
  readonly title: string
  readonly package: string
  readonly bin: string
  /** Returns the arguments that add an entry. */
  readonly add: (entry: Entry) => ReadonlyArray<string>
  /** Returns nothing if the assistant lists the entry, but connects only after a login. */
  readonly connection: (installed: Installed, entry: Entry) => Promise<Connection | undefined>
}

/** An assistant's entry for a server. */
export interface Entry {
  readonly name: string
  readonly command: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
}

export interface Installed {
  readonly file: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

export interface Connection {
  readonly connected: boolean
  /** The names of the tools, if the assistant shows them. */
  readonly tools?: ReadonlyArray<string>
}

/** Returns the output of the command. Rejects if the command fails or runs for two minutes. */
export const run = async ({ cwd, env, file }: Installed, args: ReadonlyArray<string>): Promise<string> => {
  const running = promisify(execFile)(file, args, { cwd, env, timeout: 120_000, killSignal: "SIGKILL" })
  running.child.stdin?.end()
  const { stderr, stdout } = await running
  return stripVTControlCharacters(stdout + stderr)
}

/** Claude Code, Gemini CLI, OpenCode and Qwen Code connect to each server of the list, and mark the line of a connected one. */
const marked = async (installed: Installed, { name }: Entry): Promise<Connection> => ({
  connected: (await run(installed, ["mcp", "list"]))
    .split("\n")
    .some((line) => line.includes(name) && /[✓✔]/u.test(line))
})

const listed = async (installed: Installed, { name }: Entry): Promise<undefined> => {
  const printed = await run(installed, ["mcp", "list"])
  if (!printed.includes(name)) throw new Error(`The list lacks the entry ${name}: ${printed}`)
}

const variables = ({ env }: Entry): ReadonlyArray<string> =>
  Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`])

const dashesBeforeCommand =
  (...options: ReadonlyArray<string>): Assistant["add"] =>
  (entry) => ["mcp", "add", entry.name, ...options, ...variables(entry), "--", ...entry.command]

const dashesAfterProgram: Assistant["add"] = (entry) => {
  const [program = "", ...args] = entry.command
  return ["mcp", "add", entry.name, program, "--scope", "user", ...variables(entry), "--", ...args]
}

export const ASSISTANTS: ReadonlyArray<Assistant> = [
  {
    title: "Claude Code",
    package: "@anthropic-ai/claude-code",
    bin: "claude",
    add: dashesBeforeCommand("--scope", "user"),
    connection: marked
  },
  {
    title: "Codex",
    package: "@openai/codex",
    bin: "codex",
    add: dashesBeforeCommand(),
    connection: CodexAppServer.connection
  },
  {
    title: "Gemini CLI",
    package: "@google/gemini-cli",
    bin: "gemini",
    add: dashesAfterProgram,
    connection: marked
  },
  {
    title: "OpenCode",
    package: "opencode-ai",
    bin: "opencode",
    add: dashesBeforeCommand(),
    connection: marked
  },
  {
    title: "Qwen Code",
    package: "@qwen-code/qwen-code",
    bin: "qwen",
    add: dashesAfterProgram,
    connection: marked
  },
  {
    title: "Copilot CLI",
    package: "@github/copilot",
    bin: "copilot",
    add: dashesBeforeCommand(),
    connection: listed
  }
]
