/**
 * A copy of the project in a temporary folder, with a process that runs its test files.
 */
import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process"
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Answer, Question } from "./testRunner.ts"

/** Milliseconds for a build, which takes about a second. */
const BUILD_LIMIT = 120_000

export class ProjectCopy {
  /** Whether the built files are those of a change. */
  isStale = false
  readonly folder = mkdtempSync(join(tmpdir(), "mutation-"))
  readonly #root: string
  #runner: ChildProcess | undefined
  #changed = new Set<string>()

  constructor(root: string) {
    this.#root = root
  }

  install(): void {
    const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], {
      cwd: this.#root,
      encoding: "utf8"
    })
    for (const file of files.split("\0")) {
      if (file !== "" && existsSync(join(this.#root, file))) {
        cpSync(join(this.#root, file), join(this.folder, file))
      }
    }
    // Tests of the packed packages need their build.
    for (const command of [
      ["install", "--frozen-lockfile", "--prefer-offline"],
      ["run", "build"]
    ]) {
      execFileSync("npx", ["--yes", "pnpm@12.21.0", ...command], { cwd: this.folder, stdio: "ignore" })
    }
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8")
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text)
    this.#changed.add(join(this.folder, file))
  }

  /** Builds the server and the command. Returns false if the build fails. */
  build(): Promise<boolean> {
    return new Promise((resolve) => {
      const started = spawn(
        process.execPath,
        ["--eval", 'import("./apps/mcp-server/build.ts").then(() => import("./apps/cli/build.ts"))'],
        { cwd: this.folder, stdio: "ignore", timeout: BUILD_LIMIT }
      )
      started.once("exit", (code) => resolve(code === 0))
    })
  }

  /** Runs a test file. Returns "timeout" and stops its processes if the run exceeds `limit` milliseconds. */
  run(testFile: string, limit: number): Promise<Answer | "timeout"> {
    const runner = (this.#runner ??= fork(join(this.folder, "soak/src/mutation/testRunner.ts"), {
      cwd: this.folder,
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "ipc"]
    }))
    const changed = [...this.#changed]
    this.#changed.clear()
    return new Promise((resolve) => {
      const end = (answer: Answer | "timeout"): void => {
        clearTimeout(timer)
        runner.removeAllListeners()
        resolve(answer)
      }
      const timer = setTimeout(() => {
        end("timeout")
        this.#stopRunner()
      }, limit)
      runner.once("message", end)
      runner.once("exit", () => {
        end({ passed: false, millis: 0 })
        this.#stopRunner()
      })
      runner.send({ changed, testFile } satisfies Question)
    })
  }

  remove(): void {
    this.#stopRunner()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #stopRunner(): void {
    const pid = this.#runner?.pid
    this.#runner = undefined
    try {
      if (pid !== undefined) process.kill(-pid, "SIGKILL")
    } catch {
      // The group has ended.
    }
  }
}
