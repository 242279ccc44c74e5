const MONTHS = '(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}'
const UNITS = '(?:ns|[µμu]s|ms|s|secs?|seconds?|mins?|minutes?|hours?)'

/** What a program prints differently each time that it runs, and what stands for it in a comparison. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?!\d)/g, '<date>'],
  [/(?<![\w:])\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?![\w:])/g, '<time>'],
  [new RegExp(`\\b${MONTHS} {1,2}\\d{1,2}\\b(?:,? \\d{4})?|\\b\\d{1,2} ${MONTHS} \\d{4}\\b`, 'gi'), '<date>'],
  // Since 1970, of our days: seconds, and thousandths of them, down to the billionth.
  [/\b1[6-9]\d{8}(?:\d{3}){0,3}\b/g, '<time>'],
  [new RegExp(`(?<![\\w.])\\d+(?:\\.\\d+)? ?${UNITS}\\b|(?<![\\w.])\\d+(?:\\.\\d+)?[mh]\\b`, 'g'), '<duration>'],
  [/\b(duration|elapsed)(_ms|_s)?(["']?[ :=]{1,3})\d+(?:\.\d+)?/gi, '$1$3<duration>'],
  [/\b(pid[ :=]{1,3})\d+\b|\(node:\d+\)|==\d+==/gi, '$1<pid>'],
  [/\b0x[0-9a-f]{6,16}\b|@(?=[a-f]*\d)[0-9a-f]{6,16}\b/gi, '<address>'],
  [/\b(localhost|\d{1,3}(?:\.\d{1,3}){3}):\d{2,5}\b|(\[::1?\]|::):\d{2,5}\b/g, '$1$2:<port>'],
  [/\b(port[ :=]{1,3})\d{2,5}\b/gi, '$1<port>'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '<name>'],
  // The last name of a path may say which file it is; the folders on the way there are made for one run.
  [
    /(?:(?<![\w.-])(?:\/var)?\/tmp|(?<=\/)_temp)\/[^\s/'"`:;,()<>]+(?:(?:\/[^\s/'"`:;,()<>]+)*(\/[^\s/'"`:;,()<>]+))?\/?/g,
    '<temp>$1',
  ],
]

/** Text of a program without times, durations, processes, addresses and temporary names; all other numbers stay. */
export const withoutIncidentals = (text: string): string =>
  FORMS.reduce((left, [form, instead]) => left.replace(form, instead), text)
