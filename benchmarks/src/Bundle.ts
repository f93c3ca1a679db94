/**
 * Peers bundled like the server: by the same bundler, into unminified ES modules.
 */
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Bundles a file, named relative to this folder without its extension, and returns the path of the entry. */
export const bundled = async (name: string): Promise<string> => {
  const dir = at(`../dist/${name.replaceAll(/\W+/gu, "-")}`)
  await using bundle = await rolldown({
    input: at(`${name}.ts`),
    platform: "node",
    external: [/^node:/u],
    logLevel: "warn"
  })
  await bundle.write({ dir, format: "esm", cleanDir: true, entryFileNames: "main.js" })
  return `${dir}/main.js`
}
