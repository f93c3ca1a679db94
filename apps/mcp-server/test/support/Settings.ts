/** The names of the variables that every command reads, in the order of the help. */
export const settingsIn = (help: string): ReadonlyArray<string> =>
  Array.from(help.matchAll(/^ {2}(SAIL_[A-Z_]+) /gmu), ([, name = ""]) => name)
