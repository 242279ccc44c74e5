/** What a sandbox can and cannot do, as planner and worker must know it alike. */
const SANDBOX = `Commands run in a sandbox. They see the work tree, the toolchains of the machine, and the dependencies that the workflow, or the set-up in the settings, installed for the base. Count on no network but for hosts that are named to you, no secrets, no services and no other checkout; time, memory and processes are limited, and what still runs when a command ends is stopped.`

/** For the planner: what a task can do, and the files over which plans stumble. */
export const PLANNING_GROUND = `What a task can and cannot do:
- It starts from the base and what its needs have landed, and sees nothing of the tasks beside it. It may read everything, and writes in its \`writes\` alone: what changes elsewhere is put back.
- ${SANDBOX} So a command that installs, downloads or calls a service proves nothing, unless its hosts are named below: it fails.
- \`reads\` names what a task builds on and does not write, as closely as \`writes\`: a change of the base branch in these paths makes the plan stale, and the agent is told what other tasks promise that write there.

Files over which plans stumble:
- Hub files, which every part of a change wants (an index of exports, a table of routes, a registry, a change log): give each to one task, mostly the last one, which wires the others. Two tasks that write it wait for each other.
- Migrations, and all files with a number in a row: one task for all of them, or one after another by \`needs\`.
- Lock files change with their manifest and by the package manager only. At most one task touches them, early, with both in \`writes\`; plan around a new dependency where the change does not need one.
- Generated files (bundles, snapshots, schemas, clients): they belong to the task that changes their source, with the command that makes them in \`steps\`; if several tasks change sources, a last one generates.
- Tests first. An acceptance that passes on the base shows nothing. Prefer a test that the task itself adds and that fails until it is done; name its file in \`writes\` and run that file alone.`

/** For the worker: the same, from where it stands. */
export const WORKING_GROUND = `What your work tree is:
- It holds the base and what your needs have landed, and nothing of the tasks beside you. You may read all of it; what the task builds on is named.
- ${SANDBOX} A command that fails for one of these is not yours to fix: say so under \`caveats\`.
- A path that you need and may not write is a fault of the plan: do not work around it. Do what can be done, and name the path under \`caveats\`, or finish with \`cannot\`.

Files that need care:
- Files that other tasks add to as well (an index of exports, a table of routes, a change log): add your lines, and leave the order and the form of all others.
- Migrations: never change one that is there; add the next, in the way in which the last ones are named.
- Lock files and generated files are not edited by hand: the command that makes them does it, if you may run it; if not, leave them and say so under \`caveats\`.
- Tests first: write the test, see it fail for the right reason, then make it pass.`
