import example from '../../examples/tributary.yml?raw'

/** The workflow that users paste, word for word as this version ships it. */
export const WORKFLOW = example
export const WORKFLOW_PATH = '.github/workflows/tributary.yml'

/** Where the one box is that has to be ticked. */
export const SETTINGS_BOX =
  'Settings > Actions > General > Workflow permissions > "Allow GitHub Actions to create and approve pull requests"'
