/**
 * Every TypeScript snippet of the documents and docstrings compiles. Every snippet with a `program` runs on the sandbox, and
 * logs the texts of its comments.
 */
import { assert, describe, it, layer } from "@effect/vitest"
import { ApiClient, BulkUploads, NonEmployeeSources } from "@sailpoint-bulk-upload/core"
import { Environment, Sandbox, Source } from "@sailpoint-bulk-upload/sandbox"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { execFile } from "node:child_process"
import { glob, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, vi } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const folder = join(root, "examples/.snippets")
const TSC = join(root, "node_modules/typescript/bin/tsc")
const documents = ["README.md", "packages/*/README.md", "docs/*.md", "packages/*/src/**/*.ts"]

interface Snippet {
  readonly file: string
  readonly line: number
  readonly code: string
}

/** The fenced blocks of a file, without the asterisks of a docstring around them. */
const snippetsOf = (file: string, text: string): ReadonlyArray<Snippet> =>
  Array.from(
    text.matchAll(/^( *\* |)```ts\n(.*?)^\1```$/gmsu),
    ({ 1: prefix = "", 2: block = "", index }) => ({
      file,
      line: text.slice(0, index).split("\n").length,
      code: block
        .split("\n")
        .map((line) => (line.startsWith(prefix) ? line.slice(prefix.length) : line.replace(/^ *\*$/u, "")))
        .join("\n")
    })
  )

const files = await Array.fromAsync(glob(documents, { cwd: root }))
const found = files.toSorted().map(async (file) => snippetsOf(file, await readFile(join(root, file), "utf8")))
const snippets = (await Promise.all(found)).flat()

const TSCONFIG = {
  extends: "../../tsconfig.base.json",
  compilerOptions: {
    composite: false,
    incremental: false,
    noEmit: true,
    noUnusedLocals: false,
    rewriteRelativeImportExtensions: false,
    types: ["node"]
  },
  include: ["*.ts"]
}

const CSV = "accountName,firstName,lastName,email,manager\nw.lee,Wren,Lee,wren.lee@example.com,a.ortiz"

const isProgram = ({ code }: Snippet): boolean => /^const program\b/mu.test(code)

const pathOf = ({ file, line }: Snippet): string =>
  join(folder, `${file.replaceAll(/[/.]/gu, "-")}-${line}.ts`)

const programs = snippets.filter(isProgram)

/** The source whose ID the documents use. */
const documented: Source.Source = {
  sourceId: "e136567de87e4d029e60b3c3c55db56d",
  id: "e136567d-e87e-4d02-9e60-b3c3c55db56d",
  name: "In the documents",
  description: "A job that is COMPLETED.",
  status: "COMPLETED"
}

const Services = Layer.mergeAll(BulkUploads.layerApiClient, NonEmployeeSources.layerApiClient).pipe(
  Layer.provide(ApiClient.layerConfig()),
  Layer.provide(FetchHttpClient.layer)
)

/** One sandbox for all snippets, because Effect reads the environment of the process once. */
const Tenant = Environment.layer({
  sources: [...Source.seeded, documented],
  jobTiming: { pending: "100 millis", inProgress: "100 millis" }
})

type Program = Effect.Effect<unknown, unknown, Layer.Success<typeof Services> | Sandbox.Sandbox>

/** The logged texts, from the comments of the lines that log. */
const promised = (code: string): ReadonlyArray<string> =>
  Array.from(code.matchAll(/Effect\.log\(.*\) \/\/ (.+)$/gmu), ([, text = ""]) => text)

describe("snippets", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG))
    for (const snippet of snippets) {
      const exported = isProgram(snippet) ? "program" : ""
      await writeFile(pathOf(snippet), `${snippet.code}\nexport { ${exported} }\n`)
    }
  })

  afterAll(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })

  it("snippets and programs are found", () => {
    assert.isAbove(snippets.length, 30)
    assert.isAbove(programs.length, 8)
  })

  layer(Tenant, { excludeTestServices: true })((it) => {
    it.effect.each(programs)("a program runs: $file, line $line", (snippet) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.Sandbox
        // For snippets that run when they are imported.
        for (const [name, value] of Object.entries(Environment.variables(sandbox))) vi.stubEnv(name, value)
        const { program } = yield* Effect.promise(
          (): Promise<{ readonly program: Program }> => import(pathOf(snippet))
        )
        // A snippet with `since` waits for the end of this upload.
        if (snippet.code.includes("since:")) yield* sandbox.upload(documented.sourceId, CSV)
        const lines: Array<string> = []
        const logger = Logger.make(({ message }) => void lines.push(String(message)))
        yield* Effect.provide(program, Logger.layer([logger]))
        for (const text of promised(snippet.code)) assert.include(lines, text)
      }).pipe(
        // Each snippet gets new services.
        Effect.provide(Layer.fresh(Services))
      )
    )
  })

  it("every snippet compiles", async () => {
    const { stderr, stdout } = await promisify(execFile)(process.execPath, [TSC, "-p", folder]).catch(
      (failure: { readonly stdout: string; readonly stderr: string }) => failure
    )
    assert.deepStrictEqual([stdout, stderr], ["", ""])
  })
})
