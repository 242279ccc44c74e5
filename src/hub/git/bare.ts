import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { branchOfRef } from '../../core/ids.ts'
import { InvalidHubFolder } from '../invalid-folder.ts'
import { hubGitEnvironment, runHubGit } from './run.ts'

/** A file that the repository's configuration includes: written once, instead of one `git config` process for each line. */
const SETTINGS = `[uploadpack]
  allowAnySHA1InWant = true
  allowFilter = true
[receive]
  fsckObjects = true
  # GitHub writes these itself and accepts no push to them.
  hideRefs = refs/pull
  autogc = false
[gc]
  # A repository that lives for one evening needs no packing, and packing in the middle of a push costs time.
  auto = 0
[core]
  logAllRefUpdates = false
`

/** Creates the bare repository that the hub serves from the checkout's current branch, if it does not exist. Returns the default branch. */
export async function openBare(gitDir: string, checkout: string, log: (line: string) => void): Promise<string> {
  if (!existsSync(gitDir)) await copyBranch(gitDir, checkout, log)
  writeFileSync(join(gitDir, 'hub.config'), SETTINGS)
  writeHooks(gitDir)
  return branchOfRef(readFileSync(join(gitDir, 'HEAD'), 'utf8').trim().replace('ref: ', '')) ?? 'main'
}

async function copyBranch(gitDir: string, checkout: string, log: (line: string) => void): Promise<void> {
  const { branch, detachedAt } = await inspectCheckout(checkout)
  if (detachedAt !== null) log(`${checkout} is on no branch; ${detachedAt.slice(0, 8)} is served as ${branch}`)
  await must(['init', '--quiet', '--bare', '--template=', '--initial-branch', branch, gitDir])
  mkdirSync(join(gitDir, 'hooks'))
  appendFileSync(join(gitDir, 'config'), '[include]\n  path = hub.config\n')
  const pushed = await gitIn(checkout, ['push', '--quiet', '--no-verify', gitDir, `HEAD:refs/heads/${branch}`])
  if (pushed.code === 0) return
  // The next start would serve an incomplete copy.
  await rm(gitDir, { recursive: true, force: true })
  throw new InvalidHubFolder(`git could not copy ${checkout}: ${pushed.stderr.trim()}`)
}

async function must(args: readonly string[], cwd?: string): Promise<string> {
  const answer = await runHubGit(args, cwd === undefined ? {} : { cwd })
  if (answer.code !== 0) throw new Error(`git ${args.join(' ')}: ${answer.stderr.trim()}`)
  return answer.stdout.toString('utf8')
}

/** The part of a checkout that the hub copies. */
interface Checkout {
  branch: string
  /** The commit of a detached HEAD, else null. */
  detachedAt: string | null
}

/** Runs git in a checkout that may belong to another user, as in a container; it is only read. */
const gitIn = (checkout: string, args: readonly string[]) =>
  runHubGit(args, {
    cwd: checkout,
    env: { ...hubGitEnvironment(), GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' },
  })

/** Throws if the hub cannot serve this folder. */
async function inspectCheckout(checkout: string): Promise<Checkout> {
  const args = ['rev-parse', '--is-shallow-repository', 'HEAD^{commit}', '--symbolic-full-name', 'HEAD']
  const { code, stdout } = await gitIn(checkout, args)
  const [isShallow, head = '', ref = ''] = stdout.toString('utf8').trim().split('\n')
  if (code !== 0)
    throw new InvalidHubFolder(
      `${checkout} has no commit to serve; in it, run: git init && git add . && git commit -m "First"`,
    )
  if (isShallow === 'true')
    throw new InvalidHubFolder(
      `${checkout} is a shallow clone, and a hub needs the whole history; in it, run: git fetch --unshallow`,
    )
  const branch = branchOfRef(ref)
  return branch === null ? { branch: 'main', detachedAt: head } : { branch, detachedAt: null }
}

/** For each fault of a kind: refuses a ref that fits its pattern, and holds its text, with its words. */
const FAULTS = `NONE=0000000000000000000000000000000000000000
refused() { # kind ref new
  for fault in "$HUB_REFUSALS"/$1-*; do
    [ -d "$fault" ] || continue
    printf '%s\\n' "$2" | grep -Eq -f "$fault/ref" || continue
    [ -s "$fault/contains" ] && { [ "$3" = $NONE ] || ! git grep -qF -f "$fault/contains" "$3" --; } && continue
    cat "$fault/words" >&2
    touch "$fault/used"
    return 0
  done
  return 1
}
`

/**
 * Asked for the whole push: which ref it does not want, GitHub does not always say. Notes for the hook of each ref whether any
 * commit that is new here touches a workflow file: nearly none does, and one look for all refs tells.
 */
const PRE_RECEIVE = `#!/bin/sh
${FAULTS}
tips=
while read -r old new ref; do
  refused whole "$ref" "$new" && exit 1
  [ "$new" = $NONE ] || tips="$tips $new"
done
[ "$HUB_PUSHER" = job ] && [ "$HUB_WORKFLOW_RULE" != trees ] && [ -n "$tips" ] || exit 0
touched=$(git log --full-history -c --root --no-renames --format= --name-only $tips --not --all -- .github/workflows) &&
  [ -z "$touched" ] && : > "$HUB_PUSHED.plain"
exit 0
`

/**
 * Asked for each ref, so that a plain push is refused in parts and an atomic one as a whole.
 * GitHub lets no GITHUB_TOKEN bring a change to a workflow file, on any branch. How it tells a change is read in two ways:
 * `commits`: where, in a commit that is new here, a file differs from every parent and from the default branch; `trees`: where
 * the pushed tree's file differs from the default branch's as that is now, no matter which commit changed it.
 */
const UPDATE = `#!/bin/sh
ref=$1 old=$2 new=$3
${FAULTS}
case "$ref" in
  refs/heads/*|refs/tags/*) ;;
  *) [ "$HUB_REFUSES_CUSTOM_REFS" = yes ] && { echo "deny updating a hidden ref: $ref" >&2; exit 1; } ;;
esac
refused ref "$ref" "$new" && exit 1
[ "$HUB_PUSHER" = job ] || exit 0
violates() {
  echo "error: GH013: Repository rule violations found for $ref." >&2
  echo "Review all repository rules at $HUB_RULES_URL" >&2
  echo "- $1" >&2
  exit 1
}
case "$ref" in
  refs/heads/tributary/*)
    for rule in $HUB_RULES; do
      case "$rule" in
        creation) [ "$old" = $NONE ] && violates "Cannot create ref due to creations being restricted." ;;
        deletion) [ "$new" = $NONE ] && violates "Cannot delete this branch" ;;
        update) [ "$old" = $NONE ] || [ "$new" = $NONE ] || violates "Cannot update this protected ref." ;;
        non_fast_forward)
          [ "$old" = $NONE ] || [ "$new" = $NONE ] || git merge-base --is-ancestor "$old" "$new" ||
            violates "Cannot force-push to this branch" ;;
        required_linear_history)
          [ "$new" = $NONE ] || [ -z "$(git rev-list --merges "$new" --not --all)" ] ||
            violates "This branch must not contain merge commits." ;;
        required_signatures) [ "$new" = $NONE ] || violates "Commits must have verified signatures." ;;
      esac
    done ;;
esac
[ "$new" = $NONE ] && exit 0
[ -e "$HUB_PUSHED.plain" ] && exit 0
keep() { # file, blob
  theirs=$(git rev-parse --verify --quiet "HEAD:$1")
  [ "$2" = "$theirs" ] && return
  echo "refusing to allow a GitHub App to create or update workflow \\\`$1\\\` without \\\`workflows\\\` permission" >&2
  exit 1
}
if [ "$HUB_WORKFLOW_RULE" = trees ]; then
  git ls-tree -r --name-only "$new" -- .github/workflows |
    while read -r line; do
      keep "$line" "$(git rev-parse --verify --quiet "$new:$line")"
    done
  exit
fi
git log --full-history -c --root --no-renames --format=%H --name-only "$new" --not --all -- .github/workflows |
  while read -r line; do
    case "$line" in
      '') continue ;;
      .github/*) ;;
      *) commit=$line; continue ;;
    esac
    keep "$line" "$(git rev-parse --verify --quiet "$commit:$line")"
  done
`

/** The refs that really moved, as git reports them. */
const POST_RECEIVE = `#!/bin/sh
[ -n "$HUB_PUSHED" ] && while read -r line; do echo "$line"; done > "$HUB_PUSHED"
exit 0
`

function writeHooks(gitDir: string): void {
  const folder = join(gitDir, 'hooks')
  for (const [name, text] of Object.entries({
    'pre-receive': PRE_RECEIVE,
    update: UPDATE,
    'post-receive': POST_RECEIVE,
  })) {
    writeFileSync(join(folder, name), text, { mode: 0o755 })
  }
}
