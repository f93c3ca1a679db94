/**
 * A process of its own for every part that must not disturb another one's figures: it does what it is asked, over
 * Node's channel between parent and child.
 */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"

export interface Child<Question, Answer> {
  readonly ask: (question: Question) => Promise<Answer>
  readonly stop: () => Promise<void>
}

interface Message {
  readonly answer?: unknown
  readonly failure?: string
}

/** Starts `children/{name}.ts` with that word as its argument. */
export const start = async <Question, Answer>(
  name: string,
  argument: string,
  execArgv: ReadonlyArray<string> = []
): Promise<Child<Question, Answer>> => {
  const file = fileURLToPath(new URL(`children/${name}.ts`, import.meta.url))
  const child = fork(file, [argument], {
    execArgv: [...execArgv],
    stdio: ["ignore", "inherit", "inherit", "ipc"]
  })
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", resolve)
  })
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
    stop: async () => {
      child.kill()
      await ended
    }
  }
}

/** In the child: says that it is ready, and answers one question after the other. */
export const answer = <Question, Answer>(to: (question: Question) => Promise<Answer>): void => {
  process.on("message", ({ question }: { readonly question: Question }) => {
    to(question).then(
      (answer) => process.send?.({ answer }),
      (error: unknown) => process.send?.({ failure: error instanceof Error ? error.stack : String(error) })
    )
  })
  process.send?.({ answer: "ready" })
}

/** Runs with a child that is gone afterwards. */
export const using = async <Question, Answer, A>(
  started: Promise<Child<Question, Answer>>,
  run: (child: Child<Question, Answer>) => Promise<A>
): Promise<A> => {
  const child = await started
  try {
    return await run(child)
  } finally {
    await child.stop()
  }
}
