import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { LOCAL_ACTION, workflowFor } from '../../../src/cli/example-files.ts'
import { sandboxHere } from '../../support/sandbox.ts'

export const ROOT = join(import.meta.dirname, '..', '..', '..')

/** Quick looks and pushes: loopback has no limits to be polite about. No baseline: its slot would cost each run seconds. */
export const SETTINGS = `
slots: { start: 4, cap: 8, idle_seconds: 30 }
limits: { pushes_per_minute: 6000, status_seconds: 1, poll_seconds: 0.5 }
baseline: off
`

/**
 * The worker program of most tests: writes `<task>/done.txt`, and does, when told, one of the things that workers must not.
 * `sh tools/work.sh TASK [milliseconds | signal] [misdeed]`; with `signal` it waits until a test releases it. A shell, since a run starts it often: it begins in a tenth of Node's time.
 */
const WORK = String.raw`
task=$1 milliseconds=$2 misdeed=$3
if [ "$milliseconds" = signal ]; then
  until [ -e ".git/go-$task" ]; do sleep 0.2; done
elif [ "$milliseconds" -gt 0 ]; then
  sleep "$((milliseconds / 1000)).$(printf %03d $((milliseconds % 1000)))"
fi
mkdir -p "$task"
printf 'done by %s\n%s' "$task" "$TRIBUTARY_NOTES" > "$task/done.txt"
readable() { tr '\0' '\n' < "$1"; }
case $misdeed in
  fails) exit 3 ;;
  fails-until-told) [ -n "$TRIBUTARY_NOTES" ] || exit 4 ;;
  outside) printf 'not mine' > elsewhere.txt ;;
  symlink) ln -s /etc/passwd "$task/link" ;;
  workflow) mkdir -p .github/workflows && printf 'on: push' > .github/workflows/evil.yml ;;
  hangs) sleep 3600 ;;
  leaks) { env; readable /proc/1/environ; readable /proc/self/environ; readable .git/config; } 2>&1 | tee "$task/env.txt" ;;
  shared) echo "line of $task" >> shared.txt ;;
esac
`

/** Acceptance: the task's own file, and those of the tasks named after it, are there. */
const CHECK = `
missing=
for task in "$@"; do [ -e "$task/done.txt" ] || missing="$missing, $task"; done
[ -z "$missing" ] || { echo "missing: $(echo "$missing" | cut -c3-)" >&2; exit 1; }
echo "all there: $*"
`

const SETTINGS_FILE = '.github/tributary.yml'

/** Files of a repository as this machine can work on them: without a sandbox, the settings say so by name. */
export function filesHere(files: Readonly<Record<string, string>>): Record<string, string> {
  const settings = files[SETTINGS_FILE]
  if (settings === undefined || sandboxHere() === 'bubblewrap') return { ...files }
  return { ...files, [SETTINGS_FILE]: `${settings.trimEnd()}\nsandbox: off\n` }
}

/** A checkout with the shipped workflow, ready to become a repository on the hub. */
export function makeRepository(folder: string, files: Readonly<Record<string, string>> = {}): string {
  const all = filesHere({
    'README.md': '# A repository\n',
    'shared.txt': 'first line\n',
    'tools/work.sh': WORK,
    'tools/check.sh': CHECK,
    [SETTINGS_FILE]: SETTINGS,
    '.github/workflows/tributary.yml': workflowFor(LOCAL_ACTION),
    ...files,
  })
  cpSync(madeOf(all), folder, { recursive: true })
  return folder
}

const made = new Map<string, string>()
/** Made once for the same files, and copied. */
function madeOf(files: Readonly<Record<string, string>>): string {
  const key = JSON.stringify(files)
  const known = made.get(key)
  if (known !== undefined && existsSync(known)) return known
  const folder = mkdtempSync(join(tmpdir(), 'tributary-made-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  commitAll(folder, 'Begin')
  made.set(key, folder)
  return folder
}

export const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()

function commitAll(folder: string, subject: string): void {
  git(folder, 'init', '--quiet', '--template=', '--initial-branch=main')
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--message', subject)
}
