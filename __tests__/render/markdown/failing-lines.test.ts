import { describe, expect, it } from 'vitest'
import { failingLines, failingPlaces } from '../../../src/render/markdown/failing-lines.ts'

/** As pytest 9.0.3 prints it. */
const PYTEST = `F                                                                        [100%]
=================================== FAILURES ===================================
________________________________ test_double[1] ________________________________

n = 1

    @pytest.mark.parametrize("n", [1])
    def test_double(n):
>       assert double(n) == 2
E       assert 3 == 2
E        +  where 3 = double(1)

tests/test_double.py:8: AssertionError
=========================== short test summary info ============================
FAILED tests/test_double.py::test_double[1] - assert 3 == 2
1 failed in 0.11s
`

const PYTEST_IMPORT = `
==================================== ERRORS ====================================
_____________________ ERROR collecting tests/test_even.py ______________________
ImportError while importing test module 'tests/test_even.py'.
Hint: make sure your test modules/packages have valid Python names.
Traceback:
/usr/lib/python3.11/importlib/__init__.py:126: in import_module
    return _bootstrap._gcd_import(name[level:], package, level)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
tests/test_even.py:1: in <module>
    from click.utils import is_even
E   ImportError: cannot import name 'is_even' from 'click.utils'
=========================== short test summary info ============================
ERROR tests/test_even.py
1 error in 2.17s
`

const ESLINT = `
src/a.js
   3:1  warning  Unexpected console statement  no-console
  12:5  error  'x' is never used  no-unused-vars

✖ 2 problems (1 error, 1 warning)
`

const MAVEN = `[INFO] Compiling 3 source files
[ERROR] src/main/java/App.java:[12,5] cannot find symbol
[INFO] BUILD FAILURE
`

describe('the lines of an output that say what failed', () => {
  it('are those that pytest marks, from the line that failed on, in place of its banners and backtraces', () => {
    expect(failingLines(PYTEST).slice(0, 3)).toEqual([
      '>       assert double(n) == 2',
      'E       assert 3 == 2',
      'E        +  where 3 = double(1)',
    ])
    expect(failingLines(PYTEST_IMPORT).slice(0, 2)).toEqual([
      '    from click.utils import is_even',
      "E   ImportError: cannot import name 'is_even' from 'click.utils'",
    ])
  })

  it.each([
    ['ESLint', ESLINT, "  12:5  error  'x' is never used  no-unused-vars"],
    ['Maven', MAVEN, '[ERROR] src/main/java/App.java:[12,5] cannot find symbol'],
    [
      '.NET',
      'Build started.\nsrc/App.cs(12,5): error CS1002: ; expected\n',
      'src/App.cs(12,5): error CS1002: ; expected',
    ],
    [
      'Go',
      '=== RUN   TestDouble\n--- FAIL: TestDouble (0.00s)\n    double_test.go:8: got 6, want 4\n',
      '--- FAIL: TestDouble (0.00s)',
    ],
    ['Rust', 'running 1 test\ntest double ... FAILED\n', 'test double ... FAILED'],
    ['PHPUnit', 'PHPUnit 11\nF 1 / 1\nFAILURES!\nTests: 1, Assertions: 1, Failures: 1.\n', 'FAILURES!'],
  ])('begin with the first failure of %s', (_, output, line) => expect(failingLines(output)[0]).toBe(line))

  it('are the first ones with a word of failure in other outputs, and the last ones if there is none', () => {
    expect(failingLines('ok 1\n0 failed so far\nnot ok 2 - doubles\n  error: 6\n')).toEqual([
      'not ok 2 - doubles',
      '  error: 6',
    ])
    expect(failingLines('1\n2\n3\n4\n5\n6\n7\n')).toEqual(['2', '3', '4', '5', '6', '7'])
  })
})

describe('the places in files that an output names', () => {
  it('are told what pytest says of them, not only the kind of the error', () => {
    expect(failingPlaces(PYTEST)).toEqual([
      {
        path: 'tests/test_double.py',
        line: 8,
        message: 'assert 3 == 2\ntests/test_double.py:8: AssertionError',
      },
    ])
  })

  it('are found under the name of a file that stands alone, and in the brackets of Maven', () => {
    expect(failingPlaces(ESLINT)).toEqual([
      { path: 'src/a.js', line: 12, message: "12:5  error  'x' is never used  no-unused-vars" },
    ])
    expect(failingPlaces(MAVEN)).toEqual([
      {
        path: 'src/main/java/App.java',
        line: 12,
        message: '[ERROR] src/main/java/App.java:[12,5] cannot find symbol',
      },
    ])
  })
})
