import { filesContract } from '../../contract/files.contract.ts'
import { sourcesContract } from '../../contract/sources.contract.ts'
import { memoryFiles, memorySources } from './files.ts'

const treeOf = (texts: Readonly<Record<string, string>>) => ({ files: new Map(Object.entries(texts)) })

sourcesContract('files in memory', async (texts) => memorySources(treeOf(texts)))
filesContract('files in memory', async (texts) => memoryFiles(treeOf(texts)))
