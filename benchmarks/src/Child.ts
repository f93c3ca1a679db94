/**
 * A separate process for each part of a measurement that must not disturb the others. It answers questions over Node's
 * channel between parent and child.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

export interface Child<Question, Answer> extends AsyncDisposable {
  readonly ask: (question: Question) => Promise<Answer>
}

interface Message {
  readonly answer?: unknown
  readonly failure?: string
}

/** Starts `children/{name}.ts`. */
export const start = async <Question, Answer>(
  name: string,
  {
    args = [],
    execArgv = []
  }: { readonly args?: ReadonlyArray<string>; readonly execArgv?: ReadonlyArray<string> } = {}
): Promise<Child<Question, Answer>> => {
  const file = fileURLToPath(new URL(`children/${name}.ts`, import.meta.url))
  const child = fork(file, args, { execArgv: [...execArgv], stdio: ["ignore", "inherit", "inherit", "ipc"] })
  const ended = once(child, "close")
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const gone = (code: number | null) => reject(new Error(`${name} ended with ${code}.`))
      child.once("close", gone)
      child.once("message", ({ answer, failure }: Message) => {
        child.off("close", gone)
        if (failure === undefined) resolve(answer)
        else reject(new Error(`${name}: ${failure}`))
      })
    })
  await next()
  return {
    ask: (question) => {
      const answer = next()
      child.send({ question })
      return answer as Promise<Answer>
    },
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await ended
    }
  }
}

/** In the child: reports that it is ready, then answers one question after the other. */
export const answer = <Question, Answer>(to: (question: Question) => Promise<Answer>): void => {
  process.on("message", ({ question }: { readonly question: Question }) => {
    to(question).then(
      (answer) => process.send?.({ answer }),
      (error: unknown) => process.send?.({ failure: error instanceof Error ? error.stack : String(error) })
    )
  })
  process.send?.({ answer: "ready" })
}
