/**
 * The parts that all soaks share: the end of the run, the calls under way, and the samples of the servers.
 */
import { setTimeout as sleep } from "node:timers/promises"
import * as Calls from "./Calls.ts"
import * as Dice from "./Dice.ts"
import type { Options } from "./Options.ts"
import type { ServerUnderLoad } from "./ServerUnderLoad.ts"
import type { Sample } from "./Trend.ts"

export class Run {
  readonly tally = new Calls.Tally()
  readonly #options: Options
  readonly #dice: Dice.Dice
  readonly #running = new Set<Promise<void>>()
  #began = performance.now()

  constructor(options: Options) {
    this.#options = options
    this.#dice = Dice.make(options.seed)
  }

  /** Starts the clock, once the servers run. */
  begin(): void {
    this.#began = performance.now()
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  get isOver(): boolean {
    const { maxCalls, seconds } = this.#options
    return maxCalls === undefined ? this.seconds >= seconds : this.tally.total >= maxCalls
  }

  /** Returns separate random choices for each loop, so that their timing does not change the choices. */
  fork(): Dice.Dice {
    return Dice.make(Math.floor(this.#dice.next() * 2 ** 31))
  }

  /** Makes calls at the rate of the options, except while there is no caller or too many of its calls are under way. */
  async load(
    caller: () => Calls.Caller | undefined,
    dice: Dice.Dice,
    { isOver = () => this.isOver, most = Infinity } = {}
  ): Promise<void> {
    let underWay = 0
    while (!isOver()) {
      const current = caller()
      if (current !== undefined && underWay < most) {
        underWay += 1
        const call = Calls.call(current, dice, this.tally)
        this.#running.add(call)
        void call.finally(() => {
          underWay -= 1
          this.#running.delete(call)
        })
      }
      await sleep((2 * dice.next() * 1000) / this.#options.load)
    }
  }

  /** Samples a server until the run is over or the server has ended. Calls to an ended server are reported as lost. */
  async watch({ sample }: ServerUnderLoad, samples: Array<Sample>): Promise<void> {
    while (!this.isOver) {
      const held = await sample()
      if (held === undefined) return
      samples.push({ at: this.seconds, ...held })
      await sleep(Math.min(5_000, (this.#options.seconds * 1000) / 20))
    }
  }

  /** Prints a line every 30 seconds. */
  async progress(print: (line: string) => void): Promise<void> {
    for (let next = 30; !this.isOver; next += 30) {
      while (!this.isOver && this.seconds < next) await sleep(200)
      const { lost, total } = this.tally
      print(
        `${Math.round(this.seconds)} s: ${total} calls ended, ${this.#running.size} running, ${lost.length} lost`
      )
    }
  }

  /** The calls so far, for the report. */
  get calls() {
    const { lost, outcomes, total } = this.tally
    return {
      calls: total,
      seconds: this.#options.maxCalls === undefined ? this.#options.seconds : Math.round(this.seconds),
      outcomes: Object.fromEntries([...outcomes].toSorted(([a], [b]) => a.localeCompare(b, "en"))),
      lost
    }
  }

  /** Waits until no call is under way. */
  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }
}
