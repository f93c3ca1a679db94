/**
 * The numbers on a command line. An invalid number throws an error that names its option and the expected value.
 */

const MOST = 100_000

export const positive = (name: string, text: string): number => {
  const value = Number(text)
  if (text.trim() !== "" && value > 0 && value <= MOST) return value
  throw new Error(`--${name} is "${text}": expected a number above 0 and up to ${MOST}.`)
}

export const whole = (name: string, text: string, least = 0): number => {
  if (/^\d{1,10}$/u.test(text) && Number(text) >= least) return Number(text)
  throw new Error(
    `--${name} is "${text}": expected a whole number of at least ${least} and at most 10 digits.`
  )
}
