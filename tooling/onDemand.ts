/**
 * Tools that only some commands and tests need, in a folder with a separate lockfile that is installed when the first of
 * them is used. `node tooling/onDemand.ts NAME ...` runs the command of that name.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const FOLDER = fileURLToPath(new URL("on-demand/", import.meta.url))

/** The lockfile of what is installed, as pnpm keeps it. */
const INSTALLED = `${FOLDER}node_modules/.pnpm/lock.yaml`

const read = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, "utf8") : undefined)

/** Installs the tools unless they are installed. */
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

/** Returns the path of a file of the tools, such as `@scope/name/dist/main.js`, and installs them if necessary. */
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
