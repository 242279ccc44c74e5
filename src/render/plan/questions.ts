import { letterOf } from '../../core/command/question-answers.ts'
import type { PlanAnswer, Question } from '../../core/plan/planning.ts'
import { code } from '../markdown/code.ts'
import { inline } from '../markdown/escape.ts'
import { modelText } from '../markdown/model-text.ts'

/** More cannot be chosen by a letter. */
const OPTIONS = 26

/** The letter of the option that counts where nobody chooses; null where the default is none of the options. */
const defaultLetter = ({ options, default: fallback }: Question): string | null => {
  const place = options.indexOf(fallback)
  return place < 0 || place >= OPTIONS ? null : letterOf(place)
}

/** The exact words that take every default; a question that they do not name takes its default too. */
export function answerLine(questions: readonly Question[]): string {
  const chosen = questions.flatMap((question, index) => {
    const letter = defaultLetter(question)
    return letter === null ? [] : [`${index + 1}${letter}`]
  })
  return `/answer ${chosen.length === 0 ? 'defaults' : chosen.join(' ')}`
}

/** One question with its lettered options, or with its answer where there is one. `most`: characters of each text. */
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
