/**
 * Builds the command into one file, `dist/main.js`: what an assistant starts has nothing to resolve and
 * nothing to install. `@sailpoint-bulk-upload/core`, Effect and the MCP SDK are in it, so their licences go
 * along in `dist/THIRD_PARTY_LICENSES.txt`.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"
import { asText } from "./asText.ts"

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const bundle = await rolldown({
  input: at("src/main.ts"),
  platform: "node",
  external: [/^node:/u],
  plugins: [await asText("redis", ["createClient", "SocketTimeoutError"])],
  logLevel: "warn"
})
const { output } = await bundle.write({
  file: at("dist/main.js"),
  format: "esm",
  codeSplitting: false,
  minify: true,
  sourcemap: false
})
await bundle.close()

/** The folder of the package that a module is of: the nearest one above with a named manifest. */
const packageOf = (module: string): string | undefined => {
  for (let folder = dirname(module); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, "package.json")
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name !== undefined) return folder
  }
  return undefined
}

const licenceOf = (folder: string): string => {
  const { license, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/iu.test(entry))
  const text = file === undefined ? "" : `\n\n${readFileSync(join(folder, file), "utf8").trim()}`
  return `${name} ${version} (${license})${text}`
}

const modules = output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []))
const folders = new Set(
  modules.filter((id) => id.includes("node_modules")).flatMap((id) => packageOf(id) ?? [])
)
writeFileSync(
  at("dist/THIRD_PARTY_LICENSES.txt"),
  `${[...folders]
    .map(licenceOf)
    .toSorted()
    .join(`\n\n${"-".repeat(80)}\n\n`)}\n`
)
