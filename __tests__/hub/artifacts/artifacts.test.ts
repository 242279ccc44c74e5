import { join } from 'node:path'
import { DefaultArtifactClient } from '@actions/artifact'
import { unzipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { runRecord, type TestHub, testHub, where } from '../support/hub.ts'
import { removeFolder, temporary, writeFiles } from '../support/repository.ts'

/** The environment that a job's steps have, as far as the client reads it. */
function asJob(hub: TestHub) {
  const run = runRecord(hub.host, { name: 'workflow_dispatch', actor: 'writer' })
  hub.host.saveRun(run)
  vi.stubEnv('ACTIONS_RESULTS_URL', hub.host.resultsUrl)
  vi.stubEnv('GITHUB_SERVER_URL', hub.host.serverUrl)
  vi.stubEnv('ACTIONS_RUNTIME_TOKEN', hub.host.runtimeToken({ id: hub.host.nextId(), run_id: run.id }))
  return run
}

function someFiles(): string {
  const folder = temporary('hub-upload')
  onTestFinished(() => removeFolder(folder))
  writeFiles(folder, { 'result.json': '{"ok":true}\n', 'work.bundle': 'x'.repeat(200_000) })
  return folder
}

describe('artifacts', () => {
  beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true))
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  })

  it('go up with GitHub’s own client and come down over REST', async () => {
    const hub = await testHub()
    const run = asJob(hub)
    const folder = someFiles()
    const files = ['result.json', 'work.bundle'].map((name) => join(folder, name))
    const name = 'tributary-42-t1-1'
    const uploaded = await new DefaultArtifactClient().uploadArtifact(name, files, folder)
    const { octokit } = hub.job({ actions: 'read' })
    const { data } = await octokit.actions.listWorkflowRunArtifacts({ ...where, run_id: run.id, name })
    expect(data.artifacts).toMatchObject([
      { id: uploaded.id, name, digest: `sha256:${uploaded.digest}`, workflow_run: { id: run.id } },
    ])
    const zip = await octokit.actions.downloadArtifact({
      ...where,
      artifact_id: uploaded.id ?? 0,
      archive_format: 'zip',
    })
    const unpacked = unzipSync(new Uint8Array(zip.data as ArrayBuffer))
    expect(Buffer.from(unpacked['result.json'] ?? []).toString()).toBe('{"ok":true}\n')
    expect(unpacked['work.bundle']?.length).toBe(200_000)
    expect((await hub.as('reader').actions.listArtifactsForRepo({ ...where, name: 'other' })).data.total_count).toBe(0)
  })

  it('are immutable: a second of the same name is refused in the same run, not in another', async () => {
    const hub = await testHub()
    asJob(hub)
    const folder = someFiles()
    const upload = () => new DefaultArtifactClient().uploadArtifact('twice', [join(folder, 'result.json')], folder)
    await upload()
    await expect(upload()).rejects.toThrow('already exists')
    asJob(hub)
    await upload()
    expect((await hub.as('reader').actions.listArtifactsForRepo({ ...where, name: 'twice' })).data.total_count).toBe(2)
  })

  it('are fetched and deleted by the client too', async () => {
    const hub = await testHub()
    asJob(hub)
    const folder = someFiles()
    const client = new DefaultArtifactClient()
    const { id } = await client.uploadArtifact('mine', [join(folder, 'result.json')], folder)
    expect((await client.listArtifacts()).artifacts).toMatchObject([{ id, name: 'mine' }])
    const { downloadPath } = await client.downloadArtifact(id ?? 0, { path: temporary('hub-download') })
    onTestFinished(() => removeFolder(downloadPath ?? ''))
    expect(downloadPath).toBeDefined()
    await client.deleteArtifact('mine')
    await expect(hub.as('reader').actions.getArtifact({ ...where, artifact_id: id ?? 0 })).rejects.toMatchObject({
      status: 404,
    })
  })

  it('take no token that the hub has not signed, and no link without its signature', async () => {
    const hub = await testHub()
    const run = asJob(hub)
    const claims = Buffer.from(JSON.stringify({ scp: `Actions.Results:${run.id}:1` })).toString('base64url')
    vi.stubEnv('ACTIONS_RUNTIME_TOKEN', `e30.${claims}.bad`)
    const folder = someFiles()
    const upload = new DefaultArtifactClient().uploadArtifact('forged', [join(folder, 'result.json')], folder)
    await expect(upload).rejects.toThrow('the runtime token is not good')
    expect((await fetch(`${hub.url}/_blobs/download/1/artifact.zip?se=9999999999999&sig=x`)).status).toBe(403)
  })
})
