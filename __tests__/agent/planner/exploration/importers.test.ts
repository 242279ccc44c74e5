import { describe, expect, it } from 'vitest'
import { IMPORT_LINE, importersOf } from '../../../../src/agent/planner/exploration/importers.ts'
import { searchPattern } from '../../../../src/core/text/search-pattern.ts'

describe('what other files import', () => {
  it.each([
    ['src/a.ts', "import { send } from './net/http.ts'", 'src/net/http.ts'],
    ['src/a.ts', "export * from '../src/net/http'", 'src/net/http.ts'],
    ['src/a.js', "const http = require('./net/http')", 'src/net/http.js'],
    ['src/a.ts', "import x from '@/net/http'", 'src/net/http.ts'],
    ['src/a.ts', "import x from './net'", 'src/net/index.ts'],
    ['app/a.py', 'from app.net.http import send', 'app/net/http.py'],
    ['app/a.py', 'import app.net', 'app/net/__init__.py'],
    ['a/A.java', 'import com.acme.net.Http;', 'src/com/acme/net/Http.java'],
    ['a.c', '#include "net/http.h"', 'src/net/http.h'],
    ['main.go', '\t"acme.example/app/net/http"', 'acme.example/app/net/http.go'],
    ['src/lib.rs', 'use crate::net::http;', 'src/crate/net/http.rs'],
  ])('is told by a line of %s: %s', (path, text, imported) => {
    expect(importersOf([{ path, text }], [path, imported, 'other/file.ts'])).toEqual(new Map([[imported, 1]]))
  })

  it('is counted, and not guessed where several files have the name', () => {
    const paths = ['a.ts', 'b.ts', 'x/log.ts', 'y/log.ts', 'z/one.ts']
    const lines = [
      { path: 'a.ts', text: "import { one } from './z/one.ts'" },
      { path: 'b.ts', text: "import { one } from './z/one.ts'" },
      { path: 'a.ts', text: "import { log } from 'log'" },
      { path: 'a.ts', text: "import React from 'react'" },
      { path: 'z/one.ts', text: "import { one } from './one.ts'" },
    ]
    expect(importersOf(lines, paths)).toEqual(new Map([['z/one.ts', 2]]))
  })

  it('is searched for with a pattern that git understands', () => expect(searchPattern(IMPORT_LINE).ok).toBe(true))
})
