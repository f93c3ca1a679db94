/** Fictional people: invented names, example.com, and the numbers 555-01xx, which are reserved for fiction. */

const FIRST = ["Wren", "Sade", "Juno", "Otto", "Ines", "Bram", "Tess", "Milo", "Noor", "Emil", "Zora"]
const LAST = ["Imaginary", "Fiction", "Madeup", "Placeholder", "Pretend", "Invented", "Storybook"]

export interface Person {
  readonly accountName: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly phone: string
}

const at = (names: ReadonlyArray<string>, n: number): string => names[n % names.length] ?? ""

/** Returns the nth person, always the same; the account name contains the number, so it is unique. */
export const nth = (n: number): Person => {
  const firstName = at(FIRST, n)
  const lastName = at(LAST, n)
  const accountName = `${firstName}.${lastName}.${n}`.toLowerCase()
  return {
    accountName,
    firstName,
    lastName,
    email: `${accountName}@example.com`,
    phone: `20255501${(n % 100).toString().padStart(2, "0")}`
  }
}
