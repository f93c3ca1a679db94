/** Real shells that load a completion script and print its completions. */
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

export interface Shell {
  readonly name: "bash" | "zsh" | "fish"
  /** Whether the tests of this shell are skipped; in CI they fail instead. */
  readonly isMissing: boolean
  /** The completions of the last word of each line after Tab. */
  readonly complete: (
    script: string,
    lines: ReadonlyArray<string>
  ) => Promise<ReadonlyArray<ReadonlyArray<string>>>
}

const isMissing = (name: string): boolean =>
  process.env["CI"] === undefined &&
  !(process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)))

/** Runs a program in a shell and returns the lines that it prints, without a description behind a tab. */
const linesOf = async (
  name: string,
  flags: ReadonlyArray<string>,
  code: string,
  script: string,
  line: string
) => {
  const env = {
    PATH: process.env["PATH"],
    HOME: join(script, ".."),
    TERM: "dumb",
    SCRIPT: script,
    LINE: line
  }
  const { stdout } = await run(name, [...flags, "-c", code], { env })
  return stdout.split("\n").flatMap((text) => (text === "" ? [] : [text.replace(/\t.*$/u, "")]))
}

/** Calls the function that the script has registered, as readline does. */
const BASH = `
source "$SCRIPT"
COMP_LINE="$LINE" COMP_POINT=\${#LINE}
read -ra COMP_WORDS <<< "$LINE"
[[ "$LINE" == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
registered=($(complete -p "\${COMP_WORDS[0]}"))
"\${registered[2]}" "\${COMP_WORDS[0]}" "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "\${COMPREPLY[@]}"
`

/**
 * Types each line and a Tab into one interactive shell, because its completions take seconds to load. The command prints its
 * arguments, so the result is the completed line, not the choices.
 */
const ZSH = `
zmodload zsh/zpty
zpty user zsh -f -i
typed() { zpty -w user "$1"; zpty -r -m user seen "*$2*" }
typed "PS1= PS2= ; autoload -Uz compinit && compinit -D -u; unsetopt beep; print rea''dy" ready
typed "source $SCRIPT; print loa''ded" loaded
for name in \${(u)\${(f)LINE}%% *}; do
  typed "$name() { print -r -- 'given '\\$@' end' }; print defi''ned" defined
done
for line in "\${(f)LINE}"; do
  zpty -w -n user "$line"$'\\t\\n'
  zpty -r -m user seen "*given * end*"
  print -r -- \${\${\${seen##*given }%% end*}##* }
done
zpty -d user
`

const FISH = `
source $SCRIPT
complete --do-complete $LINE
`

/** A shell that completes each line alone. */
const perLine = (name: "bash" | "fish", flags: ReadonlyArray<string>, code: string): Shell => ({
  name,
  isMissing: isMissing(name),
  complete: (script, lines) => Promise.all(lines.map((line) => linesOf(name, flags, code, script, line)))
})

export const shells: ReadonlyArray<Shell> = [
  perLine("bash", ["--norc", "--noprofile"], BASH),
  {
    name: "zsh",
    isMissing: isMissing("zsh"),
    complete: async (script, lines) =>
      (await linesOf("zsh", ["-f"], ZSH, script, lines.join("\n"))).map((word) => [word])
  },
  perLine("fish", ["--no-config"], FISH)
]
