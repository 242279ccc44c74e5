import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Asked for each ref, so that a plain push is refused in parts and an atomic one as a whole.
 * GitHub lets no GITHUB_TOKEN bring a change to a workflow file, on any branch: a file counts as changed where, in a commit that
 * is new here, it differs from every parent and from the default branch.
 */
const UPDATE = `#!/bin/sh
ref=$1 old=$2 new=$3
case "$ref" in
  refs/heads/*|refs/tags/*) ;;
  *) [ "$HUB_REFUSES_CUSTOM_REFS" = yes ] && { echo "deny updating a hidden ref: $ref" >&2; exit 1; } ;;
esac
[ "$HUB_PUSHER" = job ] || exit 0
[ "$new" = 0000000000000000000000000000000000000000 ] && exit 0
git log --full-history -c --root --no-renames --format=%H --name-only "$new" --not --all -- .github/workflows |
  while read -r line; do
    case "$line" in
      '') continue ;;
      .github/*) ;;
      *) commit=$line; continue ;;
    esac
    ours=$(git rev-parse --verify --quiet "$commit:$line")
    theirs=$(git rev-parse --verify --quiet "HEAD:$line")
    [ "$ours" = "$theirs" ] && continue
    echo "refusing to allow a GitHub App to create or update workflow \\\`$line\\\` without \\\`workflows\\\` permission" >&2
    exit 1
  done
`

/** What really moved, told by git itself. */
const POST_RECEIVE = `#!/bin/sh
[ -n "$HUB_PUSHED" ] && cat > "$HUB_PUSHED"
exit 0
`

export function writeHooks(gitDir: string): void {
  const folder = join(gitDir, 'hooks')
  for (const [name, text] of Object.entries({ update: UPDATE, 'post-receive': POST_RECEIVE })) {
    writeFileSync(join(folder, name), text, { mode: 0o755 })
  }
}
