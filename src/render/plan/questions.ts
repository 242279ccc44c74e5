import { letterOf } from '../../core/command/question-answers.ts'
import type { PlanAnswer, Question } from '../../core/plan/planning.ts'
import { code } from '../markdown/code.ts'
import { inline } from '../markdown/escape.ts'
import { modelText } from '../markdown/model-text.ts'

/** An option is chosen by a letter from a to z. */
const OPTIONS = 26

/** The letter of the default option; null if the default is not one of the options. */
const defaultLetter = ({ options, default: fallback }: Question): string | null => {
  const place = options.indexOf(fallback)
  return place < 0 || place >= OPTIONS ? null : letterOf(place)
}

/** The command that takes all defaults. A question that it does not name takes its default too. */
export function answerLine(questions: readonly Question[]): string {
  const chosen = questions.flatMap((question, index) => {
    const letter = defaultLetter(question)
    return letter === null ? [] : [`${index + 1}${letter}`]
  })
  return `/answer ${chosen.length === 0 ? 'defaults' : chosen.join(' ')}`
}

/** A question with its lettered options, or with its answer if it has one. `most`: limit of each text in characters. */
export function questionLines(question: Question, index: number, answer: PlanAnswer | null, most: number): string[] {
  const number = index + 1
  const text = (words: string) => modelText(words, most)
  const asked = `**${number}.** ${text(question.question)}`
  if (answer !== null)
    return [asked, '', `- Answer of ${inline(answer.by)}: ${chosen(answer, number)}${text(answer.words)}`]
  const letter = defaultLetter(question)
  const options = question.options.slice(0, OPTIONS).map((option, place) => {
    const own = letterOf(place)
    return `- ${code(`${number}${own}`)} ${text(option)}${own === letter ? ' **(default)**' : ''}`
  })
  const fallback = letter === null ? [`- Default: ${text(question.default)}`] : []
  return [asked, '', ...options, ...fallback]
}

const chosen = ({ chosen: letter }: PlanAnswer, number: number): string =>
  letter === null ? '' : `${code(`${number}${letter}`)} `
