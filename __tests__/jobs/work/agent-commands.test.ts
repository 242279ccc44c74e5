import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ModelRequest } from '../../../src/ports/model.ts'
import { agentTask, bash, create, finish, says, slotWith } from '../../support/agent-slot.ts'
import { runningProcesses } from '../../support/processes.ts'
import { needsSandbox } from '../../support/sandbox.ts'
import { only, type SlotWorld, script, slotWorld, taken } from '../../support/slot.ts'

let world: SlotWorld
beforeEach(() => {
  world = slotWorld({ secrets: ['ghs_abcdefgh'] })
})
afterEach(() => world.remove())

const SANDBOXED = { agent_commands: 'sandboxed' }
const holdsB = { argv: script('grep -q b a/b.txt'), expect: '' }

/** The answers to the tool calls of the turn before this request. */
const answers = (request: ModelRequest | undefined): string[] =>
  (request?.turns.at(-1)?.blocks ?? []).flatMap((block) => (block.kind === 'result' ? [block.text] : []))

/** Runs shell lines one after the other, and returns what the agent was told of each. */
async function told(...lines: string[]): Promise<string[]> {
  agentTask(world, { acceptance: holdsB }, SANDBOXED)
  const { model, deeds } = slotWith(world, [
    says(...lines.map(bash)),
    says(create('a/b.txt', 'b\n'), finish('Wrote b')),
  ])
  await deeds
  return answers(model.requests[1])
}

const changed = () =>
  taken(world, only(world.uploads), 'show', '--format=', '--name-status', '--no-renames').split('\n')

describe('an agent that may run any command', needsSandbox, () => {
  it('runs a shell line with all that a shell has, and what it wrote in its paths is its work', async () => {
    const [made, read, failed] = await told(
      'mkdir -p a/deep && for i in 1 2 3; do echo "line $i" > "a/deep/$i"; done; ls a/deep | wc -l',
      'cat a/deep/* | grep -c line; [[ -n $BASH_VERSION ]] && echo bash',
      'echo no >&2; exit 3',
    )
    expect(made).toMatch(/^exit code 0, \d+\.\d s\n3\n$/)
    expect(read).toMatch(/^exit code 0, \d+\.\d s\n3\nbash\n$/)
    expect(failed).toMatch(/^exit code 3, \d+\.\d s\nno\n$/)
    expect(changed()).toEqual(['A\ta/b.txt', 'A\ta/deep/1', 'A\ta/deep/2', 'A\ta/deep/3'])
  })

  it('is told at once what was put back, and finds it as it was', async () => {
    const [changedElsewhere, found, replaced, again] = await told(
      'echo x > elsewhere; echo spoilt > a.txt; mkdir -p a .github/workflows; echo c > a/c; echo on: push > .github/workflows/x.yml',
      'cat a.txt; ls; cat a/c',
      'rm a.txt; ln -s /etc/passwd a.txt; git init -q nested; echo y > nested/y',
      'cat a.txt; ls',
    )
    expect(changedElsewhere).toContain(
      'Changes outside of what the task may write were put back: .github/workflows/x.yml, a.txt, elsewhere.',
    )
    expect(found).toMatch(/ s\na\na\na\.txt\nc\n$/)
    expect(replaced).toMatch(/put back: a\.txt, nested\./)
    expect(again).toMatch(/ s\na\na\na\.txt\n$/)
    expect(changed()).toEqual(['A\ta/b.txt', 'A\ta/c'])
  })

  it('is stopped after the seconds that it asked for', async () => {
    agentTask(world, { acceptance: holdsB }, SANDBOXED)
    const slow = { name: 'bash', input: { command: 'echo began; sleep 600', seconds: 1 } }
    const { model, deeds } = slotWith(world, [says(slow), says(create('a/b.txt', 'b\n'), finish('b'))])
    await deeds
    expect(answers(model.requests[1])[0]).toMatch(/^stopped when its time was over, 1\.\d s\nbegan\n$/)
  })

  it('leaves no process behind, whatever it does to keep one', async () => {
    const mark = `mark-of-${process.pid}-${Date.now()}`
    const keeps = `bash -c 'echo 1 >> a/begun; exec -a ${mark} sleep 600'`
    const [began] = await told(
      `mkdir -p a; ${keeps} & setsid ${keeps} & nohup ${keeps} >/dev/null 2>&1 & disown -a
       until [ "$(cat a/begun 2>/dev/null | wc -l)" = 3 ]; do :; done; rm a/begun; echo all began`,
    )
    expect(began).toMatch(/^exit code 0, \d+\.\d s\nall began\n$/)
    expect(runningProcesses().filter(({ args }) => args.includes(mark))).toEqual([])
    expect(changed()).toEqual(['A\ta/b.txt'])
  })
})

describe('an agent that tries to get out with a shell', needsSandbox, () => {
  const around = () => dirname(world.tree)

  it('reads no secret of the job: not in its environment, in other processes, in homes or beside the tree', async () => {
    const secret = 'a-secret-of-the-job'
    process.env.TRIBUTARY_TEST_SECRET = secret
    writeFileSync(join(around(), 'key'), secret)
    const out = await told(
      `env; cat /proc/*/environ | tr '\\0' '\\n'; cat ../key ${join(around(), 'key')}`,
      `node -e 'const fs = require("fs"); for (const p of ["/proc/${process.pid}/environ", "/proc/1/environ", "../key"]) try { console.log(fs.readFileSync(p, "utf8")) } catch (e) { console.log(e.code) }'`,
      'ls -A ~ /root /home /tmp /run 2>&1; cat .git/config; git credential fill </dev/null; git remote -v',
      'for folder in /mnt /srv /media /boot /var/log; do ls -A "$folder"; done 2>/dev/null | wc -l; touch /mnt/x /usr/x /etc/x || echo kept out',
    )
    delete process.env.TRIBUTARY_TEST_SECRET
    expect(out.join('\n')).not.toContain(secret)
    expect(out[0]).not.toMatch(/TRIBUTARY_TEST_SECRET|ANTHROPIC|GITHUB_TOKEN/)
    expect(out[1]).toContain('ENOENT')
    expect(out[3]).toMatch(/\n0\n[\s\S]*kept out\n$/)
  })

  it('changes nothing outside of the tree, and no git folder', async () => {
    mkdirSync(join(around(), 'beside'))
    const before = readFileSync(join(world.tree, '.git', 'config'), 'utf8')
    const out = await told(
      `echo x > ../beside/x; node -e 'require("fs").writeFileSync("${join(around(), 'beside')}/y", "y")'; rm -rf ../beside`,
      `git config alias.st '!touch pwned'; echo '[alias]' >> .git/config; echo x > .git/hooks/pre-commit; git commit -qam x; rm -rf .git; mv .git x`,
      `git -c alias.pwn='!f() { echo "$PWD" > pwned; cat .git/config | wc -l; }; f' pwn; git -c core.fsmonitor='touch pwned2' status --short >/dev/null`,
    )
    expect(readdirSync(join(around(), 'beside'))).toEqual([])
    expect(readFileSync(join(world.tree, '.git', 'config'), 'utf8')).toBe(before)
    // What an alias does, it does in the sandbox, and it is put back as anything else.
    expect(out[2]).toMatch(/put back: .*pwned, pwned2\./)
    expect(changed()).toEqual(['A\ta/b.txt'])
  })

  it('reaches no network, by name, address or loopback', async () => {
    const fetching = (url: string) =>
      `fetch('${url}').then(() => console.log('reached'), (e) => console.log(e.cause.code))`
    const [out] = await told(
      `node -e "${fetching('http://example.com')}"; node -e "${fetching('http://127.0.0.1:8080')}"; node -e "${fetching('http://169.254.169.254/')}"; node -e "${fetching('http://[::1]:8080')}"; exec 3<>/dev/tcp/1.1.1.1/80 || echo no socket`,
    )
    expect(out).not.toContain('reached')
    expect(out).toContain('no socket')
    expect(out?.match(/EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ENETUNREACH/g)?.length).toBe(4)
  })

  it('gets no further with scripts of packages than with its own line', async () => {
    const scripts = {
      preevil: 'echo pre > ../elsewhere',
      evil: 'env; cat ../key; echo x > ../out; sh -c "sleep 600 &"',
    }
    writeFileSync(join(around(), 'key'), 'a-secret-of-the-job')
    const [out] = await told(
      `mkdir a && echo '${JSON.stringify({ name: 'a', scripts })}' > a/package.json && npm --prefix a run evil; rm a/package.json`,
    )
    expect(out).toContain('put back: elsewhere, out.')
    expect(out).not.toContain('a-secret-of-the-job')
    expect(out).not.toMatch(/ANTHROPIC|GITHUB_TOKEN/)
    expect(readdirSync(around())).not.toContain('out')
    expect(changed()).toEqual(['A\ta/b.txt'])
  })

  it('hands over no link out of the tree, and no second name of a file of another task', async () => {
    const out = await told(
      'mkdir a; ln -s /etc/passwd a/link; ln a.txt a/hard; mkfifo a/fifo; cat a/link | wc -l; echo spoilt >> a/hard',
      'ls a; cat a.txt; rm a/link',
    )
    expect(out[0]).toContain('put back: a.txt.')
    expect(out[1]).toContain('\na\n')
    expect(out[1]).not.toContain('fifo')
    expect(changed()).toEqual(['A\ta/b.txt', 'A\ta/hard'])
    expect(readFileSync(join(world.tree, 'a.txt'), 'utf8')).toBe('a\n')
  })
})
