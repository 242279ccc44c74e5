import type { Expression, Tree, TreeMap } from './tree.ts'

/** A workflow file that the parser took, in the shape the runner reads. */
export interface Workflow {
  readonly path: string
  readonly name: string
  readonly runName: Tree | undefined
  readonly on: TreeMap
  readonly env: Tree | undefined
  readonly permissions: Tree | undefined
  readonly concurrency: Tree | undefined
  readonly defaults: RunDefaults
  readonly jobs: readonly JobDefinition[]
}

export interface RunDefaults {
  readonly shell: Tree | undefined
  readonly workingDirectory: Tree | undefined
}

export interface JobDefinition {
  readonly id: string
  readonly name: Tree | undefined
  readonly needs: readonly string[]
  readonly if: Expression
  readonly runsOn: Tree | undefined
  readonly permissions: Tree | undefined
  readonly concurrency: Tree | undefined
  readonly strategy: Tree | undefined
  readonly timeoutMinutes: Tree | undefined
  readonly cancelTimeoutMinutes: Tree | undefined
  readonly continueOnError: Tree | undefined
  readonly env: Tree | undefined
  readonly outputs: Tree | undefined
  readonly defaults: RunDefaults
  readonly steps: readonly StepDefinition[]
  /** A feature of this job that the hub does not support: a reusable workflow, a container. */
  readonly refused: string | undefined
}

interface AnyStep {
  readonly id: string | undefined
  readonly name: Tree | undefined
  readonly if: Expression
  readonly continueOnError: Tree | undefined
  readonly timeoutMinutes: Tree | undefined
  readonly env: Tree | undefined
}

export interface RunStep extends AnyStep {
  readonly kind: 'run'
  readonly run: Tree
  readonly shell: Tree | undefined
  readonly workingDirectory: Tree | undefined
}

export interface UsesStep extends AnyStep {
  readonly kind: 'uses'
  readonly uses: string
  readonly with: Tree | undefined
}

export type StepDefinition = RunStep | UsesStep
