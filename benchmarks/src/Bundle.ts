/**
 * Peers bundled as the server is: by the same bundler, into one minified file.
 */
import { mkdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Bundles a file of this folder and gives the path of what became of it. */
export const bundled = async (name: string): Promise<string> => {
  mkdirSync(at("../dist"), { recursive: true })
  const file = at(`../dist/${name.replaceAll(/\W+/gu, "-")}.js`)
  const bundle = await rolldown({
    input: at(`${name}.ts`),
    platform: "node",
    external: [/^node:/u],
    logLevel: "warn"
  })
  await bundle.write({
    file,
    format: "esm",
    codeSplitting: false,
    minify: true,
    // Marks such as #__PURE__ are for a bundler, and this is the last one: other minifiers leave none.
    comments: { annotation: false },
    sourcemap: false
  })
  await bundle.close()
  return file
}
