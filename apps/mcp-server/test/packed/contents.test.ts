/** What is in the packages, and what tools and people find there. */
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFile } from "node:fs/promises"
import { dirname, join, normalize, posix } from "node:path"
import { publint } from "publint"
import { BUILT_COMMAND } from "../support/BuiltCommand.ts"
import { filesIn, type PackageFolder, PACKAGES, ROOT, Tarballs, layer as packed } from "../support/Tarball.ts"

const TWO_LIBRARIES = ["packages/core", "packages/sandbox"] as const

const textOf = (...path: ReadonlyArray<string>) => Effect.promise(() => readFile(join(...path), "utf8"))

const read = (path: string) => Effect.promise(async () => new Uint8Array(await readFile(path)))

const tarballOf = (folder: PackageFolder) => Effect.map(Tarballs, (all) => all[folder])

const FOR_PEOPLE = ["LICENSE", "README.md", "package.json"]

/** What a module of the sources becomes. */
const builtFrom = (module: string): ReadonlyArray<string> =>
  [".js", ".js.map", ".d.ts", ".d.ts.map"].map((ending) => `dist/${module.replace(/\.ts$/u, ending)}`)

layer(packed, { timeout: "2 minutes" })("the tarball of", (it) => {
  it.effect.each(TWO_LIBRARIES)("%s holds each module, built and as its source, and nothing else", (folder) =>
    Effect.gen(function* () {
      const { files } = yield* tarballOf(folder)
      const modules = yield* filesIn(join(ROOT, folder, "src"))
      assert.deepStrictEqual(
        files,
        [...FOR_PEOPLE, ...modules.flatMap((module) => [`src/${module}`, ...builtFrom(module)])].toSorted()
      )
    })
  )

  it.effect(
    "apps/mcp-server holds the built command, with the licenses of what is in it, and nothing else",
    () =>
      Effect.gen(function* () {
        const { files } = yield* tarballOf("apps/mcp-server")
        assert.deepStrictEqual(files, [...FOR_PEOPLE, ...BUILT_COMMAND].toSorted())
      })
  )

  it.effect.each(TWO_LIBRARIES)(
    "%s has a map for each built file, and the maps lead to files beside them",
    (folder) =>
      Effect.gen(function* () {
        const { files, folder: root } = yield* tarballOf(folder)
        const built = files.filter((file) => /^dist\/.+\.(?:js|d\.ts)$/u.test(file))
        for (const file of built) {
          const [, map = ""] = /^\/\/# sourceMappingURL=(.+)$/mu.exec(yield* textOf(root, file)) ?? []
          const path = join(dirname(file), map)
          assert.include(files, path)
          const { sourceRoot = "", sources } = JSON.parse(yield* textOf(root, path))
          assert.lengthOf(sources, 1)
          assert.include(files, normalize(join(dirname(path), sourceRoot, sources[0])), path)
        }
      })
  )

  it.effect.each(PACKAGES)(
    "%s says who made it, where it lives, what it needs, and how it is published",
    (folder) =>
      Effect.gen(function* () {
        const { folder: root } = yield* tarballOf(folder)
        const manifest = JSON.parse(yield* textOf(root, "package.json"))
        assert.isAbove(manifest.description.length, 20)
        assert.include(manifest.keywords, "sailpoint")
        assert.strictEqual(manifest.license, "MIT")
        assert.strictEqual(manifest.author, "the sailpoint-bulk-upload authors")
        assert.include(yield* textOf(root, "LICENSE"), manifest.author)
        assert.strictEqual(manifest.engines.node, ">=22.19")
        assert.deepStrictEqual(manifest.publishConfig, { access: "public", provenance: true })
        assert.strictEqual(manifest.repository.directory, folder)
        // Provenance is refused for a package whose repository is not the one that publishes it.
        const [, repository] = /^git\+(https:.+)\.git$/u.exec(manifest.repository.url) ?? []
        assert.strictEqual(manifest.homepage, `${repository}#readme`)
        assert.strictEqual(manifest.bugs, `${repository}/issues`)
        assert.deepStrictEqual(manifest.scripts ?? {}, {}, "no script that needs what is not packed")
      })
  )

  it.effect(
    "packages/core has its peer as its only dependency, and hides the parts that the apps share",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* tarballOf("packages/core")
        const manifest = JSON.parse(yield* textOf(folder, "package.json"))
        assert.isUndefined(manifest.dependencies)
        assert.deepStrictEqual(Object.keys(manifest.peerDependencies), ["effect"])
        assert.sameMembers(Object.keys(manifest.exports), [
          ".",
          "./*",
          "./package.json",
          "./internal/*",
          "./index"
        ])
      })
  )

  it.effect.each(PACKAGES)(
    "%s satisfies publint in every respect",
    (folder) =>
      Effect.gen(function* () {
        const { tarball } = yield* tarballOf(folder)
        const data = yield* read(tarball)
        const { messages } = yield* Effect.promise(() =>
          publint({ pack: { tarball: data.buffer }, strict: true, level: "suggestion" })
        )
        assert.deepStrictEqual(messages, [])
      }),
    60_000
  )

  it.effect.each(TWO_LIBRARIES)(
    "%s gives every module's types to whoever can load it",
    (folder) =>
      Effect.gen(function* () {
        const { tarball } = yield* tarballOf(folder)
        const data = yield* read(tarball)
        const modules = (yield* filesIn(join(ROOT, folder, "src"))).map(
          (file) => `./${file.replace(".ts", "")}`
        )
        const { exports }: { exports: Readonly<Record<string, unknown>> } = JSON.parse(
          yield* textOf(ROOT, folder, "package.json")
        )
        const isPublic = (module: string) =>
          exports[module] !== null && exports[`${posix.dirname(module)}/*`] !== null

        const analysis = yield* Effect.promise(() =>
          checkPackage(createPackageFromTarballData(data), {
            entrypoints: [".", ...modules.filter(isPublic)]
          })
        )

        assert.isOk(analysis.types)
        // It is ESM alone, so CommonJS and resolvers that know no exports are left out, as attw's profile esm-only does.
        assert.deepStrictEqual(
          ("problems" in analysis ? analysis.problems : []).filter(
            (problem) =>
              !("resolutionKind" in problem) || ["node16-esm", "bundler"].includes(problem.resolutionKind)
          ),
          []
        )
      }),
    60_000
  )
})
