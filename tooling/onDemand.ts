/**
 * Tools for only some commands and tests. A separate folder with its own lockfile contains them and is installed at the first
 * use. `node tooling/onDemand.ts NAME ...` runs the command of that name.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const FOLDER = fileURLToPath(new URL("on-demand/", import.meta.url))

/** pnpm's copy of the lockfile of the installed packages. */
const INSTALLED = `${FOLDER}node_modules/.pnpm/lock.yaml`

const read = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, "utf8") : undefined)

/** Installs the tools if they are missing or outdated. */
export const install = (): void => {
  if (read(INSTALLED) === read(`${FOLDER}pnpm-lock.yaml`)) return
  const args = ["--yes", "pnpm@12.21.0", "install", "--frozen-lockfile", "--dir", FOLDER]
  const { status } = spawnSync("npx", args, {
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32"
  })
  if (status !== 0)
    throw new Error("The tools could not be installed. Check the connection to the npm registry.")
}

/** Installs the tools if necessary, and returns the path of a file, for example `@scope/name/dist/main.js`. */
export const fileOf = (path: string): string => {
  install()
  return `${FOLDER}node_modules/${path}`
}

const COMMANDS: Readonly<Record<string, string>> = {
  changeset: "@changesets/cli",
  "effect-tsgo": "@effect/tsgo"
}

if (import.meta.main) {
  install()
  const [name = "", ...args] = process.argv.slice(2)
  const tool = COMMANDS[name]
  if (tool !== undefined) {
    const { bin }: { readonly bin: string | Readonly<Record<string, string>> } = JSON.parse(
      readFileSync(fileOf(`${tool}/package.json`), "utf8")
    )
    const file = fileOf(`${tool}/${typeof bin === "string" ? bin : bin[name]}`)
    const { status } = spawnSync(process.execPath, [file, ...args], { stdio: "inherit" })
    process.exitCode = status ?? 1
  }
}
