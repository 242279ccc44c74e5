import type { Failure } from '../failure.ts'
import type { PlanAnswer, Question } from '../plan/planning.ts'
import { err, ok, type Result } from '../result.ts'
import { quoted } from '../text/quoted.ts'

type BadAnswer = Extract<Failure, { reason: 'bad-answer' }>

/** The answer to one question as typed: a letter, or words. */
interface TypedAnswer {
  number: number
  letter: string | null
  words: string
}

/**
 * Parses the answers of `/answer`: `1b 2: words`, by number, with an option's letter or with words after a colon, separated
 * by commas, semicolons, lines or spaces. With `defaults`, and for every question that is not named, its default is taken.
 * Words extend over lines too, to a line, comma or semicolon before the next answer.
 */
export function readAnswers(
  words: string,
  questions: readonly Question[],
  by: string,
): Result<PlanAnswer[], BadAnswer> {
  const bad = (detail: string) => err({ reason: 'bad-answer' as const, detail, questions: questions.map(typeable) })
  const given = isDefaults(words) ? [] : readTyped(words)
  if (typeof given === 'string') return bad(given)
  const twice = given.find(({ number }, index) => given.findIndex((other) => other.number === number) !== index)
  if (twice !== undefined) return bad(`Question ${twice.number} is answered twice.`)
  const none = given.find(({ number }) => questions[number - 1] === undefined)
  if (none !== undefined) return bad(`There is no question ${none.number}; there are ${questions.length}.`)
  const answers: PlanAnswer[] = []
  for (const [index, question] of questions.entries()) {
    const typed = given.find(({ number }) => number === index + 1)
    const answer = typed === undefined ? defaultOf(question) : chosen(typed, question)
    if (answer === null) return bad(`Question ${index + 1} has no option ${quoted(typed?.letter ?? '')}.`)
    answers.push({ question: question.id, ...answer, by })
  }
  return ok(answers)
}

const isDefaults = (words: string): boolean => /^[`'"]*defaults?[.`'"]*$/i.test(words.trim())

/** `1b`, `1) b`, `q1 = b`, `1: words`; without a letter, words follow. Few blanks, so that it takes linear time. */
const ENTRY =
  /(?:q(?:uestion)?[^\S\n]{0,9})?([0-9]{1,3})[^\S\n]{0,9}(?:([:=])|[).]?[^\S\n]{0,9}([a-z])(?![\p{L}\p{N}]))/iu
const FIRST_ENTRY = new RegExp(`^${ENTRY.source}`, 'iu')
const BETWEEN = /^[\s,;.&]+|^and\s+/i
/** The end of words: a line break, comma or semicolon before the next answer. */
const END_OF_WORDS = new RegExp(`[\\n,;][^\\S\\n]{0,9}(?=${ENTRY.source})`, 'iu')

function readTyped(words: string): TypedAnswer[] | string {
  const given: TypedAnswer[] = []
  let rest = words
  for (;;) {
    while (BETWEEN.test(rest)) rest = rest.replace(BETWEEN, '')
    if (rest === '') return given.length > 0 ? given : 'There is no answer in it.'
    const entry = FIRST_ENTRY.exec(rest)
    if (entry === null)
      return `${quoted(rest)} is no answer: give the question's number with an option's letter, or with a colon and words.`
    rest = rest.slice(entry[0].length)
    const [, number, colon, letter = null] = entry
    const end = colon === undefined ? 0 : (END_OF_WORDS.exec(rest)?.index ?? rest.length)
    const said = rest.slice(0, end).trim()
    if (letter === null && said === '') return `Question ${number} has no words after its colon.`
    given.push({ number: Number(number), letter, words: said })
    rest = rest.slice(end)
  }
}

type Chosen = Pick<PlanAnswer, 'chosen' | 'words'>

/** The answer to a question; null if there is no option of that letter. Words that equal an option or its letter choose it. */
function chosen({ letter, words }: TypedAnswer, { options }: Question): Chosen | null {
  const named = letter === null ? undefined : options[indexOfLetter(letter)]
  if (letter !== null) return named === undefined ? null : { chosen: letter.toLowerCase(), words: named }
  const alone = /^[a-z]$/i.test(words) ? indexOfLetter(words) : -1
  const same = options.findIndex((option) => option.trim().toLowerCase() === words.toLowerCase())
  const place = same >= 0 ? same : alone
  const option = options[place]
  return option === undefined ? { chosen: null, words } : { chosen: letterOf(place), words: option }
}

function defaultOf({ options, default: words }: Question): Chosen {
  const place = options.indexOf(words)
  return { chosen: place < 0 ? null : letterOf(place), words }
}

const indexOfLetter = (letter: string): number => letter.toLowerCase().charCodeAt(0) - 'a'.charCodeAt(0)

/** The letter of the option at an index from 0. */
export const letterOf = (place: number): string => String.fromCharCode('a'.charCodeAt(0) + place)

/** A question and its possible answers, on one line. */
const typeable = ({ question, options, default: fallback }: Question, index: number): string => {
  const number = index + 1
  const choices = options.map((option, place) => `${number}${letterOf(place)}: ${option}`)
  return [`${number}. ${question}`, ...choices, `default: ${fallback}`].join(' · ')
}
