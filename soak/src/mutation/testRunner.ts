/**
 * The child process that runs test files of a copy again and again, so that a mutant costs no start of vitest.
 */
import { createVitest } from "vitest/node"

export interface Question {
  /** The modules that have changed since the last run. */
  readonly changed: ReadonlyArray<string>
  readonly testFile: string
}

export interface Answer {
  readonly passed: boolean
  readonly millis: number
}

const vitest = await createVitest("test", {
  config: "vitest.workspace.ts",
  watch: false,
  bail: 1,
  maxWorkers: 1,
  reporters: [{}]
})

process.on("message", (question: Question) => {
  void run(question).then((answer) => process.send?.(answer))
})
process.once("disconnect", () => process.exit())

const run = async ({ changed, testFile }: Question): Promise<Answer> => {
  for (const file of changed) vitest.invalidateFile(file)
  vitest.state.filesMap.clear()
  vitest.state.errorsSet.clear()
  const files = await vitest.globTestSpecifications([testFile])
  const began = performance.now()
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(files)
  // With `bail`, a file of concurrent tests stays pending after a failure, so only these states count as passed.
  const passed =
    testModules.length > 0 &&
    unhandledErrors.length === 0 &&
    testModules.every((module) => ["passed", "skipped"].includes(module.state()))
  return { passed, millis: performance.now() - began }
}
