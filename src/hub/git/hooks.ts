import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * GitHub lets no GITHUB_TOKEN bring a change to a workflow file, on any branch. A file counts as changed where it differs from
 * every parent of a commit that is new here, and from the default branch.
 */
const PRE_RECEIVE = `#!/bin/sh
[ "$HUB_PUSHER" = job ] || exit 0
none=0000000000000000000000000000000000000000
while read -r old new ref; do
  [ "$new" = "$none" ] && continue
  git rev-list "$new" --not --all |
    git diff-tree --stdin -r -c --root --no-commit-id --name-only -- .github/workflows |
    sort -u | while read -r path; do
      ours=$(git rev-parse --verify --quiet "$new:$path")
      theirs=$(git rev-parse --verify --quiet "HEAD:$path")
      [ "$ours" = "$theirs" ] && continue
      echo "refusing to allow a GitHub App to create or update workflow \\\`$path\\\` without \\\`workflows\\\` permission" >&2
      exit 1
    done || exit 1
done
`

/** What really moved, told by git itself: a push may be refused in parts. */
const POST_RECEIVE = `#!/bin/sh
[ -n "$HUB_PUSHED" ] && cat > "$HUB_PUSHED"
exit 0
`

export function writeHooks(gitDir: string): void {
  writeFileSync(join(gitDir, 'hooks', 'pre-receive'), PRE_RECEIVE, { mode: 0o755 })
  writeFileSync(join(gitDir, 'hooks', 'post-receive'), POST_RECEIVE, { mode: 0o755 })
}
