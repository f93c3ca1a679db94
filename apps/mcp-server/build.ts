/**
 * Builds the command into one file, `dist/main.js`: what an assistant starts has nothing to resolve and
 * nothing to install. `@sailpoint-bulk-upload/core`, Effect and the MCP SDK are in it, so their licences go
 * along in `dist/THIRD_PARTY_LICENSES.txt`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { type InputOptions, type OutputOptions, rolldown } from "rolldown"
import { lazySchemas } from "./lazySchemas.ts"
import { leanUndici } from "./leanUndici.ts"
import { oneFile, staticallyImported } from "./oneFile.ts"

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What is bundled the same way for all of it. */
const options: InputOptions = {
  platform: "node",
  external: [/^node:/u],
  // Effect looks whether a bundler left an environment in it, and copes without.
  checks: { emptyImportMeta: false },
  logLevel: "warn"
}

/** Marks such as #__PURE__ are for a bundler, and this is the last one. */
const minified: OutputOptions = { minify: true, comments: { annotation: false } }

const prologue = await rolldown({ ...options, input: at("src/boot/prologue.ts") })
const { output: plain } = await prologue.generate({ format: "cjs", codeSplitting: false, ...minified })
await prologue.close()

const start = staticallyImported(({ isEntry }) => isEntry)
const calls = staticallyImported(({ id }) => id === at("src/handlers/handlers.ts"))
const bundle = await rolldown({
  ...options,
  input: at("src/main.ts"),
  resolve: { alias: { "@modelcontextprotocol/server/_shims": at("noJsonSchemaValidator.ts") } },
  plugins: [lazySchemas(), leanUndici(), start.plugin, calls.plugin]
})
const { output } = await bundle.generate({
  format: "cjs",
  codeSplitting: {
    groups: [
      { name: "start", test: start.includes, priority: 1 },
      // With undici, which its own package loads by itself.
      { name: "calls", test: (id) => calls.includes(id) || /[\\/](?:undici[\\/].*|Undici)\.js$/u.test(id) }
    ]
  },
  ...minified
})
await bundle.close()

const chunks = output.filter((chunk) => chunk.type === "chunk")
mkdirSync(at("dist"), { recursive: true })
writeFileSync(at("dist/main.js"), oneFile(plain[0].code, chunks))
// The package around it is one of ES modules.
writeFileSync(at("dist/package.json"), `${JSON.stringify({ type: "commonjs" })}\n`)

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

const modules = chunks.flatMap(({ moduleIds }) => moduleIds)
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
