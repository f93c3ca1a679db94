/**
 * Builds an app: a few readable ES modules in `dist/`, source maps that embed the sources, and the licenses and the bill of
 * materials of the packages in them.
 */
import { realpathSync, writeFileSync } from "node:fs"
import { join, sep } from "node:path"
import { rolldown } from "rolldown"
import { billOfMaterials, licenses, packagesOf, readPackage } from "./packages.ts"

/**
 * Bundles `src/main.ts` of the app's folder. A chunk contains the modules or folders that it names, with their static
 * imports; a module that several chunks import is in the first of them. Modules of the app replace those in `alias`.
 */
export const bundle = async (
  folder: string,
  chunks: Readonly<Record<string, ReadonlyArray<string>>>,
  alias: Readonly<Record<string, string>> = {}
): Promise<void> => {
  const groups = Object.entries(chunks).map(([name, paths]) => {
    const beginnings = paths.map((path) => realpathSync(join(folder, path)))
    return { name, test: (id: string) => beginnings.some((path) => id === path || id.startsWith(path + sep)) }
  })
  const build = await rolldown({
    // Comments in the output name each module by its path in the repository.
    cwd: join(folder, "../.."),
    input: { main: join(folder, "src/main.ts") },
    platform: "node",
    resolve: {
      alias: Object.fromEntries(Object.entries(alias).map(([from, to]) => [from, join(folder, to)]))
    },
    // Effect reads an environment that some bundlers add to `import.meta`; this one adds none.
    checks: { emptyImportMeta: false }
  })
  const { output } = await build.write({
    dir: join(folder, "dist"),
    cleanDir: true,
    chunkFileNames: "[name].js",
    minifyInternalExports: false,
    // The source maps contain the comments; more than half of Effect's text is comments, and a start would read them.
    comments: { annotation: false, jsdoc: false },
    sourcemap: true,
    codeSplitting: { groups }
  })
  const packages = packagesOf(output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : [])))
  const bill = billOfMaterials(readPackage(folder), packages)
  writeFileSync(join(folder, "dist/THIRD_PARTY_LICENSES.txt"), licenses(packages))
  writeFileSync(join(folder, "dist/sbom.cdx.json"), `${JSON.stringify(bill, null, 2)}\n`)
}
