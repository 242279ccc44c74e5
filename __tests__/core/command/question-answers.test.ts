import { describe, expect, it } from 'vitest'
import { readAnswers } from '../../../src/core/command/question-answers.ts'
import type { Question } from '../../../src/core/plan/planning.ts'
import { computeSeconds } from '../../support/processor.ts'

const questions: Question[] = [
  { id: 'q1', question: 'Which format?', options: ['JSON', 'YAML'], default: 'JSON' },
  { id: 'q2', question: 'How many retries?', options: [], default: 'three' },
  { id: 'q3', question: 'Where?', options: ['in src', 'in lib', 'in both'], default: 'in lib' },
]

/** `b:YAML | -:three | b:in lib`, or what is wrong. */
function said(words: string): string {
  const read = readAnswers(words, questions, 'ada')
  if (!read.ok) return read.error.detail
  return read.value.map(({ chosen, words: text }) => `${chosen ?? '-'}:${text}`).join(' | ')
}

describe('answers', () => {
  it.each([
    ['1b', 'b:YAML | -:three | b:in lib'],
    ['1b 2: at most 5', 'b:YAML | -:at most 5 | b:in lib'],
    ['1b, 3c', 'b:YAML | -:three | c:in both'],
    ['1B,3C', 'b:YAML | -:three | c:in both'],
    ['1 b and 3) a', 'b:YAML | -:three | a:in src'],
    ['1. b\n2: five\n3. c', 'b:YAML | -:five | c:in both'],
    ['1b\n2: five', 'b:YAML | -:five | b:in lib'],
    ['1b\n\n3c', 'b:YAML | -:three | c:in both'],
    ['2: five:\n- a\n\n    code  here\n3c', 'a:JSON | -:five:\n- a\n\n    code  here | c:in both'],
    ['2:\nfive\n1b', 'b:YAML | -:five | b:in lib'],
    ['q1b q3: somewhere else, really', 'b:YAML | -:three | -:somewhere else, really'],
    ['question 1 = b', 'b:YAML | -:three | b:in lib'],
    ['1: b', 'b:YAML | -:three | b:in lib'],
    ['1: yaml', 'b:YAML | -:three | b:in lib'],
    ['2: five, 1b', 'b:YAML | -:five | b:in lib'],
    ['2: five; 3: in lib', 'a:JSON | -:five | b:in lib'],
    ['2: use 3b of the RFC', 'a:JSON | -:use 3b of the RFC | b:in lib'],
    ['2: a, b and c', 'a:JSON | -:a, b and c | b:in lib'],
    ['defaults', 'a:JSON | -:three | b:in lib'],
    ['Default.', 'a:JSON | -:three | b:in lib'],
    [' `defaults` ', 'a:JSON | -:three | b:in lib'],
    ['1: JSON', 'a:JSON | -:three | b:in lib'],
    ['2: the defaults, but five', 'a:JSON | -:the defaults, but five | b:in lib'],
  ])('%j', (words, expected) => expect(said(words)).toBe(expected))

  it('are by whoever gave them, to the questions by their ids', () =>
    expect(readAnswers('2: five', questions, 'ada')).toEqual({
      ok: true,
      value: [
        { question: 'q1', chosen: 'a', words: 'JSON', by: 'ada' },
        { question: 'q2', chosen: null, words: 'five', by: 'ada' },
        { question: 'q3', chosen: 'b', words: 'in lib', by: 'ada' },
      ],
    }))
})

describe('what is no answer', () => {
  it.each([
    ['', 'There is no answer in it.'],
    [
      'yes please',
      '`yes please` is no answer: give the question’s number with an option’s letter, or with a colon and words.',
    ],
    ['4a', 'There is no question 4; there are 3.'],
    ['0a', 'There is no question 0; there are 3.'],
    ['1c', 'Question 1 has no option `c`.'],
    ['1a 1b', 'Question 1 is answered twice.'],
    ['2:', 'Question 2 has no words after its colon.'],
    [
      '1b\nThank you!',
      '`Thank you!` is no answer: give the question’s number with an option’s letter, or with a colon and words.',
    ],
    [
      '1b whatever',
      '`whatever` is no answer: give the question’s number with an option’s letter, or with a colon and words.',
    ],
  ])('%j', (words, detail) => expect(said(words)).toBe(detail.replaceAll('’', "'")))

  it('comes back with every question and what can be typed for it', () => {
    const read = readAnswers('9z', questions, 'ada')
    expect(read.ok ? [] : read.error.questions).toEqual([
      '1. Which format? · 1a: JSON · 1b: YAML · default: JSON',
      '2. How many retries? · default: three',
      '3. Where? · 3a: in src · 3b: in lib · 3c: in both · default: in lib',
    ])
  })

  it('takes no time with a text made to take long', () => {
    const seconds = computeSeconds(() => {
      readAnswers(`2: ${'1, '.repeat(50_000)}`, questions, 'ada')
      readAnswers('1 '.repeat(50_000), questions, 'ada')
      for (const piece of ['\n', '\n ', ' ', ',', ', 1 ', '\n1\n', ' q 1 '])
        readAnswers(`2: x${piece.repeat(30_000)}!`, questions, 'ada')
      for (const blank of [' ', '\n', '\t', ', ']) readAnswers(`1${blank.repeat(60_000)}!`, questions, 'ada')
      readAnswers(`default${'.'.repeat(60_000)}x`, questions, 'ada')
    })
    expect(seconds).toBeLessThan(4)
  })
})
