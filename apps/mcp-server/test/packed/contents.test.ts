/** The contents and manifests of the packages. */
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { cp, readFile, symlink, writeFile } from "node:fs/promises"
import { basename, dirname, join, normalize, posix } from "node:path"
import { promisify } from "node:util"
import { publint } from "publint"
import { BUILT_COMMAND } from "../support/BuiltCommand.ts"
import {
  filesIn,
  type PackageFolder,
  PACKAGES,
  ROOT,
  Tarballs,
  layer as packed,
  temporaryFolder,
  unpack
} from "../support/Tarball.ts"

const TWO_LIBRARIES = ["packages/core", "packages/sandbox"] as const

const textOf = (...path: ReadonlyArray<string>) => Effect.promise(() => readFile(join(...path), "utf8"))

const read = (path: string) => Effect.promise(async () => new Uint8Array(await readFile(path)))

const tarballOf = (folder: PackageFolder) => Effect.map(Tarballs, (all) => all[folder])

const DOCUMENTS = ["LICENSE", "README.md", "package.json"]

const run = promisify(execFile)

/** Strict options of another project. */
const STRICT =
  "--strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --skipLibCheck --types node --target ES2023 --module NodeNext --lib ESNext,DOM,DOM.Iterable,DOM.AsyncIterable"

/** The built files of a module. */
const builtFrom = (module: string): ReadonlyArray<string> =>
  [".js", ".js.map", ".d.ts", ".d.ts.map"].map((ending) => `dist/${module.replace(/\.ts$/u, ending)}`)

layer(packed, { timeout: "2 minutes" })("the tarball of", (it) => {
  it.effect.each(TWO_LIBRARIES)("%s has each module's source and built files, and no other file", (folder) =>
    Effect.gen(function* () {
      const { files } = yield* tarballOf(folder)
      const modules = yield* filesIn(join(ROOT, folder, "src"))
      const expected = modules.flatMap((module) => [`src/${module}`, ...builtFrom(module)])
      assert.deepStrictEqual(files, [...DOCUMENTS, ...expected].toSorted())
    })
  )

  it.effect("apps/mcp-server has the built command with its licenses, and no other file", () =>
    Effect.gen(function* () {
      const { files } = yield* tarballOf("apps/mcp-server")
      assert.deepStrictEqual(files, [...DOCUMENTS, ...BUILT_COMMAND].toSorted())
    })
  )

  it.effect.each(TWO_LIBRARIES)("%s has a map for each built file, which leads to packed files", (folder) =>
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

  it.effect.each(PACKAGES)("%s has a manifest with author, repository, license and engines", (folder) =>
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
      // npm refuses provenance if the repository differs from the publishing one.
      const [, repository] = /^git\+(https:.+)\.git$/u.exec(manifest.repository.url) ?? []
      assert.strictEqual(manifest.homepage, `${repository}#readme`)
      assert.strictEqual(manifest.bugs, `${repository}/issues`)
      assert.deepStrictEqual(manifest.scripts ?? {}, {}, "no script, because its files are not packed")
    })
  )

  it.effect("packages/core has one peer and no dependency, and hides its internal modules", () =>
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
    "%s passes publint without a suggestion",
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
    "%s has types for every public module",
    (folder) =>
      Effect.gen(function* () {
        const { tarball } = yield* tarballOf(folder)
        const data = yield* read(tarball)
        const files = yield* filesIn(join(ROOT, folder, "src"))
        const modules = files.map((file) => `./${file.replace(".ts", "")}`)
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
        // The package has only ESM, so CommonJS and old resolvers are left out, as in the profile esm-only of attw.
        const problems = ("problems" in analysis ? analysis.problems : []).filter(
          (problem) =>
            !("resolutionKind" in problem) || ["node16-esm", "bundler"].includes(problem.resolutionKind)
        )
        assert.deepStrictEqual(problems, [])
      }),
    60_000
  )

  it.effect(
    "packages/core and packages/sandbox compile and run in a strict project",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const modules = join(folder, "node_modules")
        for (const library of TWO_LIBRARIES) {
          const { tarball } = yield* tarballOf(library)
          yield* unpack(tarball, join(modules, "@sailpoint-bulk-upload", basename(library)))
        }
        const { stderr, stdout } = yield* Effect.promise(async () => {
          for (const path of [
            "examples/node_modules/effect",
            "examples/node_modules/@effect",
            "node_modules/@types"
          ]) {
            await symlink(join(ROOT, path), join(modules, basename(path)))
          }
          await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }))
          await cp(join(ROOT, "examples/src/status.ts"), join(folder, "status.ts"))
          const tsc = join(ROOT, "node_modules/typescript/bin/tsc")
          await run(process.execPath, [tsc, ...STRICT.split(" "), "status.ts"], { cwd: folder })
          return run(process.execPath, [join(folder, "status.js")])
        })
        assert.match(stdout, /^COMPLETED: /u)
        assert.strictEqual(stderr, "")
      }),
    60_000
  )
})
