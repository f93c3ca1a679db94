/**
 * The numbers on a command line. An invalid number throws an error that names its option and the expected value.
 */

const MOST = 100_000

export const positive = (name: string, text: string): number => {
  const value = Number(text)
  if (text.trim() !== "" && value > 0 && value <= MOST) return value
  throw new Error(`--${name} is "${text}": expected a number above 0 and up to ${MOST}.`)
}

export const whole = (name: string, text: string): number => {
  if (/^\d{1,10}$/u.test(text)) return Number(text)
  throw new Error(`--${name} is "${text}": expected a whole number of at most 10 digits.`)
}
