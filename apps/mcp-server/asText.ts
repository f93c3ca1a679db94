/**
 * A CommonJS package inside the one built file, as compressed text that is compiled when it is first needed. Node
 * parses all code of a file: as code, node-redis made every start of the command a sixth slower, also where
 * it was never used.
 */
import { createRequire } from "node:module"
import { brotliCompressSync } from "node:zlib"
import { type Plugin, rolldown } from "rolldown"

/** The plugin that puts the package in, with those of its exports that are used. */
export const asText = async (name: string, exports: ReadonlyArray<string>): Promise<Plugin> => {
  const bundle = await rolldown({
    input: createRequire(import.meta.url).resolve(name),
    platform: "node",
    external: [/^node:/u],
    logLevel: "warn"
  })
  const { output } = await bundle.generate({ format: "cjs", codeSplitting: false, minify: true })
  await bundle.close()
  const [{ code }] = output
  const id = `\0${name} as text`
  return {
    name: "as-text",
    resolveId: (source) => (source === name ? id : null),
    load: (loaded) => (loaded === id ? moduleOf(code, exports) : null)
  }
}

/** The way Node itself makes a module of CommonJS code. */
const moduleOf = (code: string, exports: ReadonlyArray<string>): string => `
import { createRequire } from "node:module"
import { compileFunction } from "node:vm"
import { brotliDecompressSync } from "node:zlib"
const module = { exports: {} }
const code = brotliDecompressSync(Buffer.from("${brotliCompressSync(code).toString("base64")}", "base64"))
compileFunction(code.toString("utf8"), ["module", "exports", "require"])(
  module,
  module.exports,
  createRequire(import.meta.url)
)
export const { ${exports.join(", ")} } = module.exports
`
