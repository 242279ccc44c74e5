import { filesContract } from '../../contract/files.contract.ts'
import { sourcesContract } from '../../contract/sources.contract.ts'
import { nested } from '../../support/nested.ts'
import { treeStage } from './stage.ts'

sourcesContract('a work tree', async (texts) => (await treeStage(nested(texts))).files)
filesContract('a work tree', async (texts) => (await treeStage(nested(texts))).files)
