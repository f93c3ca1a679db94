/**
 * The shell completion scripts, generated from the table of options.
 */
import * as Completions from "effect/cli/Completions"
import packageJson from "../../package.json" with { type: "json" }
import type { Shell } from "./CommandLine.ts"
import { COMMANDS, type Option, OPTIONS } from "./CommandLineOptions.ts"

const [NAME = ""] = Object.keys(packageJson.bin)

export const completions = (shell: Shell): string =>
  `${Completions.generate(NAME, shell, {
    name: NAME,
    description: packageJson.description,
    flags: flagsOf(undefined),
    arguments: [],
    subcommands: Object.entries(COMMANDS).map(([name, description]) => ({
      name,
      description,
      flags: [...flagsOf(name), ...flagsOf(undefined)],
      arguments: [],
      subcommands: []
    }))
  })}\n`

const flagsOf = (command: string | undefined): ReadonlyArray<Completions.FlagDescriptor> =>
  Object.entries<Option>(OPTIONS)
    .filter(([, { of }]) => of === command)
    .map(([name, option]) => ({
      name,
      aliases: option.short === undefined ? [] : [option.short],
      description: option.help,
      type: typeOf(option),
      negation: false
    }))

const typeOf = ({ choices, type }: Option): Completions.FlagType => {
  if (type === "boolean") return { _tag: "Boolean" }
  return choices === undefined ? { _tag: "String" } : { _tag: "Choice", values: choices }
}
