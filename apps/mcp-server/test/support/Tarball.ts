/** The packages, packed by pnpm from the existing build, because another build would disturb concurrent tests. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const run = promisify(execFile)

export const ROOT = fileURLToPath(new URL("../../../..", import.meta.url))

/** The folders of the packages that are published. */
export const PACKAGES = ["packages/core", "packages/sandbox", "apps/mcp-server", "apps/cli"] as const

export type PackageFolder = (typeof PACKAGES)[number]

/** Runs the pnpm that runs these tests, which is a script or a program, or otherwise one from npx. */
export const pnpm = (args: ReadonlyArray<string>, cwd: string) => {
  const { npm_execpath: self = "" } = process.env
  if (!self.includes("pnpm")) return run("npx", ["--yes", "pnpm@12.21.0", ...args], { cwd })
  return /\.[cm]?js$/u.test(self) ? run(process.execPath, [self, ...args], { cwd }) : run(self, args, { cwd })
}

/** A folder that is removed when the scope closes. */
export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "packed-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true }))
)

/** A folder into which npm has installed packages, each by its name and exact version. */
export const installed = (packages: ReadonlyArray<string>, flags: ReadonlyArray<string> = []) =>
  Effect.tap(temporaryFolder, (folder) =>
    Effect.promise(async () => {
      await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }))
      const usual = ["--no-audit", "--no-fund", "--prefer-offline"]
      await run("npm", ["install", ...usual, ...flags, ...packages], { cwd: folder })
    })
  )

/** Packs a package into a folder, and returns the path of its tarball. */
export const pack = (folder: PackageFolder, destination: string): Effect.Effect<string> =>
  Effect.promise(async () => {
    const { stdout } = await pnpm(
      ["pack", "--ignore-scripts", "--json", "--pack-destination", destination],
      join(ROOT, folder)
    )
    const { filename }: { readonly filename: string } = JSON.parse(stdout)
    return filename
  })

/** Unpacks a tarball into a folder, as an installation does. */
export const unpack = (tarball: string, into: string): Effect.Effect<void> =>
  Effect.promise(async () => {
    await mkdir(into, { recursive: true })
    await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", into])
  })

/** The files in a folder and below, as paths from there. */
export const filesIn = (folder: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.promise(async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => join(parentPath, name).slice(folder.length + 1))
      .toSorted()
  })

const packed = (folder: PackageFolder) =>
  Effect.gen(function* () {
    const home = yield* temporaryFolder
    const tarball = yield* pack(folder, home)
    const contents = join(home, "contents")
    yield* unpack(tarball, contents)
    return { tarball, folder: contents, files: yield* filesIn(contents) }
  })

type Packed = Effect.Success<ReturnType<typeof packed>>

/** All packages, packed once: the published file, the folder into which it is unpacked, and the files there. */
export class Tarballs extends Context.Service<Tarballs, Readonly<Record<PackageFolder, Packed>>>()(
  "test/Tarballs"
) {}

export const layer: Layer.Layer<Tarballs> = Layer.effect(
  Tarballs,
  Effect.all({
    "packages/core": packed("packages/core"),
    "packages/sandbox": packed("packages/sandbox"),
    "apps/mcp-server": packed("apps/mcp-server"),
    "apps/cli": packed("apps/cli")
  })
)
