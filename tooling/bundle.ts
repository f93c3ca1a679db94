/**
 * Builds an app into `dist/`: a few readable ES modules, source maps that embed the sources, and the licenses of the
 * packages in them.
 */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"
import { licenses, packagesOf } from "./packages.ts"

const REPOSITORY = fileURLToPath(new URL("..", import.meta.url))

export interface App {
  /** The app's folder, as a file URL. Its entry is `src/main.ts`. */
  readonly folder: URL
  /**
   * The chunks, each with the modules or folders that it begins with. A chunk holds these and their static imports; a
   * module that several chunks reach is in the first of them.
   */
  readonly chunks: Readonly<Record<string, ReadonlyArray<string>>>
  /** Modules to use instead of others. */
  readonly alias?: Readonly<Record<string, string>>
}

export const bundle = async ({ alias = {}, chunks, folder }: App): Promise<void> => {
  const at = (path: string): string => fileURLToPath(new URL(path, folder))
  const groups = Object.entries(chunks).map(([name, paths], index, { length }) => {
    const beginnings = paths.map(at)
    return {
      name,
      test: (id: string) => beginnings.some((path) => id.startsWith(path)),
      priority: length - index
    }
  })
  const build = await rolldown({
    cwd: REPOSITORY,
    input: { main: at("src/main.ts") },
    platform: "node",
    external: [/^node:/u],
    resolve: { alias: Object.fromEntries(Object.entries(alias).map(([from, to]) => [from, at(to)])) },
    // Effect reads an environment that some bundlers add to `import.meta`; this one adds none.
    checks: { emptyImportMeta: false },
    logLevel: "warn"
  })
  const { output } = await build.write({
    dir: at("dist"),
    cleanDir: true,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    minifyInternalExports: false,
    sourcemap: true,
    codeSplitting: { groups }
  })
  await build.close()
  const packages = packagesOf(output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : [])))
  writeFileSync(at("dist/THIRD_PARTY_LICENSES.txt"), licenses(packages))
}
